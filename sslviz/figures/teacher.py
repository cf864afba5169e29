"""DINO's teacher between two walls: all outputs alike, or one output always."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from scipy.special import softmax

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
