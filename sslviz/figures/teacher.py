"""DINO's teacher between two walls: all outputs alike, or one output always."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from scipy.special import softmax

from sslviz.figures import style
from sslviz.figures.bars import sorted_bars
from sslviz.figures.curves import Pin, Series, curves
from sslviz.figures.softmax import entropy as entropy_of

HOW_TO_READ = (
    "How undecided the teacher is about one picture, and its mean answer over all pictures: healthy is a single answer "
    "well below ln K while the mean stays near it; both at ln K is collapse to a uniform answer, both at 0 means that "
    "one output wins for every picture."
)
HOW_TO_READ_OUTPUTS = (
    "Each bar is what the teacher gives to one output on average over the views: bars near the dashed line mean that "
    "all outputs are used, one bar near 100 % that one output has won everything."
)
HOW_TO_READ_WALLS = (
    "Four recorded runs, one for each position of the two switches: thick is the run that the switches name, thin are "
    "the answers of the other three to one picture, and a line that lies on a wall is a teacher that says the same "
    "about every picture."
)


def probabilities(logits: np.ndarray, center: np.ndarray, temperature: float) -> np.ndarray:
    """softmax((g − C) / τ) of every row: 2N x K raw logits and the centre, K (zeros for a teacher without)."""
    scaled = (np.asarray(logits, dtype=np.float64) - np.asarray(center, dtype=np.float64)) / temperature
    return np.asarray(softmax(scaled, axis=1))


def entropy(
    step: np.ndarray,
    one: np.ndarray,
    outputs: int,
    *,
    mean: np.ndarray | None = None,
    pins: Sequence[Pin] = (),
    height: int = 340,
) -> go.Figure:
    """Entropy over steps, between its two walls. one: of the answer to a picture, averaged over pictures; mean: of the
    averaged answer; both in nats. outputs: K."""
    top = float(np.log(outputs))
    series = [Series("one picture", step, one, 0)]
    if mean is not None:
        series.append(Series("mean answer", step, mean, 1))
    return curves(
        series,
        title="Entropy of the teacher",
        y_title="entropy (nats)",
        references={"all outputs alike: ln K =": top, "one output wins:": 0.0},
        y_range=(-0.05 * top, 1.05 * top),
        pins=pins,
        height=height,
    )


def outputs(logits: np.ndarray, center: np.ndarray, temperature: float, *, height: int = 320) -> go.Figure:
    """Mean probability of each output, sorted. logits: 2N x K raw; center: K; temperature: the teacher's."""
    p = probabilities(logits, center, temperature)
    mean, k = p.mean(0), p.shape[1]
    single = np.mean([entropy_of(row) for row in p])
    return sorted_bars(
        mean,
        1 / k,
        f"all alike: 1/K = {1 / k:.2%}",
        title="The teacher's outputs",
        subtitle=f"in use over {len(p)} views exp(H) = {np.exp(entropy_of(mean)):.1f} of {k} · "
        f"in one view {np.exp(single):.1f}",
        x_title="outputs, most used first",
        y_title="mean probability",
        percent=True,
        height=height,
    )


def walls(runs: pd.DataFrame, centring: bool, sharpening: bool, outputs: int, *, height: int = 360) -> go.Figure:
    """Entropy over steps of the four runs. runs: centring, sharpening (bool), step, one, mean (nats)."""
    top = float(np.log(outputs))
    traces = []
    for (with_centre, with_sharp), run in runs.groupby(["centring", "sharpening"]):
        name = switched(bool(with_centre), bool(with_sharp))
        chosen = (bool(with_centre), bool(with_sharp)) == (centring, sharpening)
        for column, color, dash in (("one", 0, "solid"), ("mean", 1, "dash")):
            if not chosen and column == "mean":
                continue
            traces.append(
                go.Scatter(
                    x=run["step"].to_numpy(np.int32),
                    y=run[column].to_numpy(np.float32),
                    mode="lines",
                    name=("one picture" if column == "one" else "mean answer") if chosen else name,
                    showlegend=chosen,
                    line={"color": style.CLASSES[color], "width": 3.5, "dash": dash}
                    if chosen
                    else {"color": style.FAINT, "width": 1.3},
                    hovertemplate=f"{name}: %{{y:.2f}} nats<br>step %{{x}}<extra></extra>",
                )
            )
    traces.sort(key=lambda trace: trace.showlegend)  # the chosen run on top
    wall = {
        "type": "line",
        "xref": "x domain",
        "x0": 0,
        "x1": 1,
        "line": {"color": style.INK, "width": 2, "dash": "dash"},
    }
    text = {
        "xref": "x domain",
        "x": 1,
        "xanchor": "right",
        "showarrow": False,
        "font": {"size": 14, "color": style.INK},
    }
    return style.figure(
        *traces,
        title="Between two walls",
        subtitle=switched(centring, sharpening),
        height=height,
        margin={"l": 8, "r": 12, "t": 76, "b": 8},
        showlegend=True,
        legend=style.BELOW,
        hovermode="closest",
        shapes=[{**wall, "y0": level, "y1": level} for level in (0.0, top)],
        annotations=[
            {**text, "y": top, "yanchor": "bottom", "text": f"all outputs alike: ln K = {top:.2f}"},
            {**text, "y": 0.0, "yanchor": "top", "text": "one output wins: 0"},
        ],
        xaxis={"title": {"text": "training step"}, "rangemode": "tozero"},
        yaxis={"title": {"text": "entropy (nats)"}, "range": [-0.12 * top, 1.12 * top]},
    )


def switched(centring: bool, sharpening: bool) -> str:
    return f"centring {'on' if centring else 'off'}, sharpening {'on' if sharpening else 'off'}"
