"""What a step changes, as pictures: gradient and update of each layer, the teacher's distance, and the steps so far."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from sslviz.exhibits.slow_motion.figures import LEGEND
from sslviz.figures import style

HOW_TO_READ_LAYERS = (
    "One bar per layer, first layer on top: the length of its gradient; and how far the step moved its weights, as a "
    "share of their own length."
)
HOW_TO_READ_TEACHER = (
    "Distance of the teacher's layer from the student's: before the step, after the student has moved, and after the "
    "teacher has followed by the share 1 − m."
)
HOW_TO_READ_HISTORY = (
    "Each mark is a step that you have taken; its form says what moved. All of them see the same pictures in the same "
    "views."
)
MOVED = {"both": style.CLASSES[0], "student": style.CLASSES[1], "teacher": style.CLASSES[3]}
SYMBOL = {"both": "circle", "student": "square", "teacher": "diamond"}


def layers(table: pd.DataFrame) -> tuple[go.Figure, go.Figure]:
    """Length of the gradient, and of the update as a share of the weights', one bar per layer. table: of a SlowStep."""
    share = table["update"] / table["weight"].clip(lower=1e-12)
    return (
        _layers(table, table["gradient"], "Gradient of each layer", "length of the gradient", ".2~g"),
        _layers(table, share, "What the step changes", "share of the weights' length", ".2~%"),
    )


def _layers(table: pd.DataFrame, values: pd.Series, title: str, unit: str, written: str) -> go.Figure:
    bars = go.Bar(
        y=table["layer"],
        x=values.to_numpy(np.float32),
        orientation="h",
        marker={"color": style.CLASSES[0], "line": {"width": 0}},
        customdata=table[["kind", "numbers"]].to_numpy(),
        hovertemplate=f"%{{y}} (%{{customdata[0]}}, %{{customdata[1]:,}} numbers): %{{x:{written}}}<extra></extra>",
    )
    return style.figure(
        bars,
        title=title,
        height=_tall(len(table)),
        xaxis={"title": {"text": unit}, "rangemode": "tozero", "tickformat": written, "nticks": 4},
        yaxis={"autorange": "reversed", "title": {"text": "layer"}, "tickfont": {"size": 12}, "ticks": ""},
    )


def teacher(table: pd.DataFrame) -> go.Figure:
    """Three bars per layer: before, between, after. table: from a SlowStep."""
    kinds = [("before the step", "before"), ("the student has moved", "between"), ("the teacher has followed", "after")]
    colors = (style.NEGATIVE, style.CLASSES[0], style.POSITIVE)
    bars = [
        go.Bar(
            y=table["layer"],
            x=table[key].to_numpy(np.float32),
            name=name,
            orientation="h",
            marker={"color": color, "line": {"width": 0}},
            hovertemplate=f"%{{y}}, {name}: %{{x:.4~g}}<extra></extra>",
        )
        for (name, key), color in zip(kinds, colors, strict=True)
    ]
    return style.figure(
        *bars,
        title="How far the teacher is behind",
        height=_tall(len(table), 34),
        showlegend=True,
        legend={**LEGEND, "traceorder": "normal"},
        margin={"l": 8, "r": 12, "t": 84, "b": 8},
        xaxis={"title": {"text": "distance of student and teacher, ‖θ − ξ‖"}, "rangemode": "tozero"},
        yaxis={"autorange": "reversed", "title": {"text": "layer"}, "tickfont": {"size": 12}, "ticks": ""},
    )


def history(values: Sequence[float], moved: Sequence[str], *, title: str, y_title: str) -> go.Figure:
    """A number before the first step and after each one. moved: what moved in each step, one fewer than values."""
    color = [style.INK] + [MOVED[each] for each in moved]
    line = go.Scatter(
        x=np.arange(len(values), dtype=np.int32),
        y=np.asarray(values, np.float32),
        mode="lines+markers",
        line={"color": style.FAINT, "width": 2},
        marker={"size": 12, "color": color, "symbol": ["circle"] + [SYMBOL[each] for each in moved]},
        text=["start", *moved],
        hovertemplate="step %{x} (%{text}): %{y:.4~g}<extra></extra>",
        cliponaxis=False,
    )
    return style.figure(
        line,
        title=title,
        subtitle="● both · ■ student only · ◆ teacher only",
        height=300,
        margin={"l": 8, "r": 20, "t": 76, "b": 8},
        xaxis={"title": {"text": "steps taken by hand"}, "dtick": max(1, len(values) // 10), "rangemode": "tozero"},
        yaxis={"title": {"text": y_title}, "tickformat": ".3~g"},
    )


def _tall(bars: int, each: int = 22) -> int:
    return 110 + each * max(bars, 4)
