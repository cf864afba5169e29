"""What a representation is worth: few labels and neighbours as curves, and other encoders beside it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from sslviz.figures import style
from sslviz.figures.evaluation import targets_axis
from sslviz.lessons.supervised import REFERENCE
from sslviz.measures.scores import EVALUATED

HOW_TO_READ_FEW = (
    "On the left there are hardly any labels. Lines are means over draws, bands reach from the worst to the best "
    "draw. Where the dotted line (the same network learning from these labels alone) crosses, pre-training stops "
    "paying off."
)
HOW_TO_READ_NEIGHBOURS = (
    f"k neighbours vote: a few are easily wrong, many lie far away. The {EVALUATED.name} has k = 20."
)
HOW_TO_READ_REFERENCES = (
    "Bars are this run, marks are other encoders, all frozen and tested on the same pictures; ResNet-18 and "
    "DINOv2, which have seen millions of photographs, get these pictures enlarged to the 224 × 224 pixels they know."
)
REFERENCES = {  # encoder -> its name, colour, symbol
    "random": ("random weights", style.INK, "line-ew"),
    "pixels": ("raw pixels, PCA", style.CLASSES[5], "x"),
    REFERENCE: ("supervised, same pictures", style.CLASSES[6], "diamond"),
    "resnet18": ("ResNet-18, ImageNet labels", style.CLASSES[2], "triangle-up"),
    "dinov2": ("DINOv2 ViT-S/14", style.CLASSES[3], "star"),
}
LINES = {  # encoder -> its name, colour number, dash
    "trained": ("linear probe on this run's h", 0, "solid"),
    "random": ("linear probe on random weights", 9, "dash"),
    "scratch": ("supervised from scratch", 1, "dot"),
}


def few_shot(rows: pd.DataFrame, *, height: int = 380) -> go.Figure:
    """Accuracy over labels per class. rows: encoder (trained, random, scratch), labels, draw, score."""
    traces: list[go.Scatter] = []
    crossing = crossover(rows)
    edge: dict[str, Any] = {"mode": "lines", "line": {"width": 0}, "showlegend": False, "hoverinfo": "skip"}
    for encoder, (name, color, dash) in LINES.items():
        group = rows[rows["encoder"] == encoder].groupby("labels")["score"]
        if not len(group):
            continue
        x, mean = np.array(list(group.groups), np.float32), group.mean().to_numpy(np.float32)
        low, high = group.min().to_numpy(np.float32), group.max().to_numpy(np.float32)
        hue, hover = style.CLASSES[color], f"{name}: %{{y:.1%}} with %{{x}} labels per class"
        traces += [
            go.Scatter(x=x, y=high, **edge),
            go.Scatter(x=x, y=low, fill="tonexty", fillcolor=_faded(hue), **edge),
            style.line(x, mean, hue, hover, dash=dash, name=name, mode="lines+markers"),
        ]
    ticks = sorted(set(rows["labels"]))
    level = "never overtakes it here" if crossing is None else f"is level at {crossing:.3g} labels per class"
    return style.figure(
        *traces,
        title="With few labels",
        subtitle=f"learning from scratch {level}",
        height=height,
        margin={"l": 8, "r": 12, "t": 76, "b": 8},
        showlegend=True,
        legend=style.BELOW,
        xaxis={"title": {"text": "labels per class (logarithmic)"}, "type": "log"}
        | {"tickvals": ticks, "ticktext": [f"{t:g}" for t in ticks]},
        yaxis={"title": {"text": "test accuracy"}, "tickformat": ".0%", "rangemode": "tozero"},
    )


def crossover(rows: pd.DataFrame) -> float | None:
    """Labels per class at which learning from scratch draws level, between the measured ones (in log labels); None if
    it stays below.
    """
    mean = rows.groupby(["encoder", "labels"])["score"].mean()
    if not {"trained", "scratch"} <= set(rows["encoder"]):
        return None
    ahead = (mean["scratch"] - mean["trained"]).dropna()
    for (x0, d0), (x1, d1) in zip(ahead.items(), list(ahead.items())[1:], strict=False):
        if d0 < 0 <= d1:
            return float(np.exp(np.interp(0, [d0, d1], np.log([x0, x1]))))
    return float(ahead.index[0]) if len(ahead) and ahead.iloc[0] >= 0 else None


def over_k(rows: pd.DataFrame, *, height: int = 340) -> go.Figure:
    """k-NN accuracy over k. rows: encoder (trained, random), k, score."""
    traces = []
    for encoder in ("trained", "random"):
        some = rows[rows["encoder"] == encoder].sort_values("k")
        _, color, dash = LINES[encoder]
        x, y = (some[column].to_numpy(np.float32) for column in ("k", "score"))
        name = {"trained": "this run", "random": "random weights"}[encoder]
        look = style.line(x, y, style.CLASSES[color], "k = %{x}: %{y:.1%}", dash=dash, name=name, mode="lines+markers")
        traces.append(look)
    ticks: Sequence[float] = sorted(set(rows["k"]))
    return style.figure(
        *traces,
        title="How many neighbours to ask",
        height=height,
        showlegend=True,
        legend=style.BELOW,
        xaxis={"title": {"text": "k (logarithmic)"}, "type": "log"}
        | {"tickvals": list(ticks), "ticktext": [f"{t:g}" for t in ticks]},
        yaxis={"title": {"text": "accuracy of the vote on h"}, "tickformat": ".0%", "rangemode": "tozero"},
    )


def references(rows: pd.DataFrame, *, title: str, height: int = 420) -> go.Figure:
    """This run as bars, other encoders as marks. rows: encoder (trained and those of REFERENCES), target, score."""
    targets = list(dict.fromkeys(rows["target"]))
    place = {target: i for i, target in enumerate(targets)}

    def of(encoder: str) -> tuple[np.ndarray, np.ndarray]:
        some = rows[rows["encoder"] == encoder]
        return np.array([place[t] for t in some["target"]], np.float32), some["score"].to_numpy(np.float32)

    x, y = of("trained")
    own = style.bars(x, y, style.CLASSES[0], "this run: %{y:.1%}", width=0.7, name="this run")
    traces: list[go.Bar | go.Scatter] = [own]
    there = [encoder for encoder in REFERENCES if (rows["encoder"] == encoder).any()]
    for i, encoder in enumerate(there):
        name, color, symbol = REFERENCES[encoder]
        x, y = of(encoder)
        line = symbol.startswith("line")  # is all edge
        edge = {"width": 2.5 if line else 1.5, "color": color if line else style.PAPER}
        traces.append(
            go.Scatter(
                x=x + np.float32((i - (len(there) - 1) / 2) * 0.14),
                y=y,
                mode="markers",
                name=name,
                marker={"symbol": symbol, "size": 22 if line else 13, "color": color, "line": edge},
                hovertemplate=f"{name}: %{{y:.1%}}<extra></extra>",
            )
        )
    return style.figure(
        *traces,
        title=title,
        height=height,
        showlegend=True,
        legend=style.BELOW,
        xaxis=targets_axis(targets),
        yaxis={"title": {"text": "test pictures answered correctly"}, "range": [0, 1.04], "tickformat": ".0%"},
    )


def _faded(color: str) -> str:
    r, g, b = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({r}, {g}, {b}, 0.16)"
