"""What a representation knows: probes as paired bars, few labels as a curve, and where classes are confused."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from sslviz.figures import style
from sslviz.foreign import in_legend
from sslviz.lessons.supervised import REFERENCE
from sslviz.measures.scores import EVALUATED

HOW_TO_READ_FACTORS = (
    "For each thing that can be asked of a picture, how often a probe reads it off h (kept) and off z (what the loss "
    "sees, thrown away). Ticks: random weights and chance. Where z is far below h, the projector has taken the blow: "
    "the loss wanted this to be ignored."
)
HOW_TO_READ_FACTORS_KNN = (
    "The same questions, answered by the neighbours: h can contain a factor (left) that still does not decide which "
    "pictures lie close together. Neighbours should not agree on what the augmentations vary."
)
HOW_TO_READ_FEW = (
    "On the left there are hardly any labels. Lines are means over draws, bands reach from the worst to the best "
    "draw. Where the dotted line (the same network learning from these labels alone) crosses, pre-training stops "
    "paying off."
)
HOW_TO_READ_NEIGHBOURS = (
    f"k neighbours vote: a few are easily wrong, many lie far away. The {EVALUATED.name} has k = 20."
)
TOP, TEXT, FRAME = 1.12, 22, 170  # of the axis; pixels of a number over its bar; of all that is not between the axes
NAMES = {"h": "h, kept", "z": "z, seen by the loss"}


def factors(rows: pd.DataFrame, *, title: str, height: int = 420) -> go.Figure:
    """Paired bars. rows: encoder (trained, random), features (h, z), target, chance, score; a row per bar and tick."""
    targets = list(dict.fromkeys(rows["target"]))
    place = {target: i for i, target in enumerate(targets)}
    traces: list[go.Bar | go.Scatter] = []
    for i, (features, name) in enumerate(NAMES.items()):
        some = rows[(rows["features"] == features) & (rows["encoder"] == "trained")]
        if not len(some):
            continue
        x = np.array([place[t] for t in some["target"]], np.float32) + (i - 0.5) * 0.36
        color = style.CLASSES[0] if features == "h" else style.NEGATIVE
        score = some["score"].to_numpy(np.float32)
        traces.append(
            go.Bar(
                x=x,
                y=score,
                width=0.34,
                name=name,
                marker={"color": color, "line": {"width": 0}},
                hovertemplate=f"{name}: %{{y:.1%}}<extra></extra>",
            )
        )
        random = rows[(rows["features"] == features) & (rows["encoder"] == "random")]
        at = np.array([place[t] for t in random["target"]], np.float32) + (i - 0.5) * 0.36
        traces.append(_ticks(at, random["score"].to_numpy(np.float32), "random weights", style.INK, 22, not i))
        untrained = dict(zip(random["target"], random["score"], strict=True))
        ticks = [(untrained.get(t, 0.0), level) for t, level in zip(some["target"], some["chance"], strict=True)]
        traces.append(_values(x, score, ticks, height))
    chance = rows.drop_duplicates("target")
    middle = np.array([place[t] for t in chance["target"]], np.float32)
    traces.append(_ticks(middle, chance["chance"].to_numpy(np.float32), "chance", style.POSITIVE, 40, True))
    return style.figure(
        *traces,
        title=title,
        height=height,
        barmode="overlay",
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": -0.32, "yanchor": "top"},
        xaxis=_targets(targets),
        yaxis={"title": {"text": "test pictures answered correctly"}, "range": [0, TOP], "tickformat": ".0%"},
    )


def _targets(names: Sequence[str]) -> dict[str, Any]:
    """An axis of what is asked for."""
    words = [in_legend(name).replace("_", "<br>") for name in names]
    look = {"showgrid": False, "ticks": "", "tickangle": 0, "tickfont": {"size": 11}}
    return {"tickvals": list(range(len(words))), "ticktext": words, "title": {"text": "asked for"}, **look}


def _values(x: np.ndarray, score: np.ndarray, ticks: list[tuple[float, float]], height: int) -> go.Scatter:
    """The numbers over the bars, in percent; above a tick, where one would go through the number."""
    tall = TEXT / (height - FRAME) * TOP
    at = []
    for value, near in zip(score.tolist(), ticks, strict=True):
        for tick in sorted(near):
            value = tick if value - tall / 4 < tick < value + tall else value
        at.append(value)
    return go.Scatter(
        x=x,
        y=np.array(at, np.float32),
        mode="text",
        text=[f"{100 * value:.0f}" for value in score.tolist()],
        textposition="top center",
        textfont={"size": 14},
        cliponaxis=False,
        showlegend=False,
        hoverinfo="skip",
    )


def _ticks(x: np.ndarray, y: np.ndarray, name: str, color: str, size: int, legend: bool) -> go.Scatter:
    return go.Scatter(
        x=x,
        y=y,
        mode="markers",
        name=name,
        showlegend=legend,
        marker={"symbol": "line-ew", "size": size, "line": {"width": 2.5, "color": color}},
        hovertemplate=f"{name}: %{{y:.1%}}<extra></extra>",
    )


LINES = {  # encoder -> its name, colour number, dash
    "trained": ("linear probe on this run's h", 0, "solid"),
    "random": ("linear probe on random weights", 9, "dash"),
    "scratch": ("supervised from scratch", 1, "dot"),
}


def few_shot(rows: pd.DataFrame, *, height: int = 380) -> go.Figure:
    """Accuracy over labels per class. rows: encoder (trained, random, scratch), labels, draw, score."""
    traces: list[go.Scatter] = []
    crossing = crossover(rows)
    for encoder, (name, color, dash) in LINES.items():
        group = rows[rows["encoder"] == encoder].groupby("labels")["score"]
        if not len(group):
            continue
        x, mean = np.array(list(group.groups), np.float32), group.mean().to_numpy(np.float32)
        low, high = group.min().to_numpy(np.float32), group.max().to_numpy(np.float32)
        hue = style.CLASSES[color]
        traces += [
            go.Scatter(x=x, y=high, mode="lines", line={"width": 0}, showlegend=False, hoverinfo="skip"),
            go.Scatter(
                x=x,
                y=low,
                mode="lines",
                line={"width": 0},
                fill="tonexty",
                fillcolor=_faded(hue),
                showlegend=False,
                hoverinfo="skip",
            ),
            go.Scatter(
                x=x,
                y=mean,
                name=name,
                mode="lines+markers",
                line={"color": hue, "width": 2.5, "dash": dash},
                hovertemplate=f"{name}: %{{y:.1%}} with %{{x}} labels per class<extra></extra>",
            ),
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
        legend={"orientation": "h", "x": 0, "y": -0.22, "yanchor": "top"},
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
        traces.append(
            go.Scatter(
                x=some["k"].to_numpy(np.float32),
                y=some["score"].to_numpy(np.float32),
                name={"trained": "this run", "random": "random weights"}[encoder],
                mode="lines+markers",
                line={"color": style.CLASSES[color], "width": 2.5, "dash": dash},
                hovertemplate="k = %{x}: %{y:.1%}<extra></extra>",
            )
        )
    ticks: Sequence[float] = sorted(set(rows["k"]))
    return style.figure(
        *traces,
        title="How many neighbours to ask",
        height=height,
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": -0.25, "yanchor": "top"},
        xaxis={"title": {"text": "k (logarithmic)"}, "type": "log"}
        | {"tickvals": list(ticks), "ticktext": [f"{t:g}" for t in ticks]},
        yaxis={"title": {"text": "accuracy of the vote on h"}, "tickformat": ".0%", "rangemode": "tozero"},
    )


def _faded(color: str) -> str:
    r, g, b = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({r}, {g}, {b}, 0.16)"


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


def references(rows: pd.DataFrame, *, title: str, height: int = 420) -> go.Figure:
    """This run as bars, other encoders as marks. rows: encoder (trained and those of REFERENCES), target, score."""
    targets = list(dict.fromkeys(rows["target"]))
    place = {target: i for i, target in enumerate(targets)}

    def of(encoder: str) -> tuple[np.ndarray, np.ndarray]:
        some = rows[rows["encoder"] == encoder]
        return np.array([place[t] for t in some["target"]], np.float32), some["score"].to_numpy(np.float32)

    x, y = of("trained")
    own = {"color": style.CLASSES[0], "line": {"width": 0}}
    traces: list[go.Bar | go.Scatter] = [
        go.Bar(x=x, y=y, width=0.7, name="this run", marker=own, hovertemplate="this run: %{y:.1%}<extra></extra>")
    ]
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
        legend={"orientation": "h", "x": 0, "y": -0.32, "yanchor": "top"},
        xaxis=_targets(targets),
        yaxis={"title": {"text": "test pictures answered correctly"}, "range": [0, 1.04], "tickformat": ".0%"},
    )
