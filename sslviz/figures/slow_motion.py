"""The tensors of one training step as pictures: what passed through on the way forth, and what came back."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from sslviz.figures import style, tiles

MOST_NAMES = 32  # rows up to which each one is named
MOST_COLUMNS = 256
HOW_TO_READ = "One row per view, one column per number (channel)."
HOW_TO_READ_SIGNED = (
    "One row per view, one column per number: green if the loss grows with it, brown if it falls, pale where the loss "
    "does not care."
)
HOW_TO_READ_MAPS = (
    "Below each picture, how strongly the channels of a stage answer at each place, on average; yellow is the stage's "
    "strongest answer. Every stage sees half as many places and asks more questions."
)
HOW_TO_READ_PIXELS = (
    "Yellow pixels are those that the loss depends on most. Nobody moves pixels: the gradient that arrives here shows "
    "what in the picture mattered to this step."
)
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


def heat(
    values: np.ndarray,
    *,
    title: str,
    unit: str,
    subtitle: str = "",
    rows: Sequence[str] = (),
    x_title: str = "channel",
    y_title: str = "view",
    signed: bool = False,
    square: bool = False,
    top: float | None = None,
    columns: Sequence[str] = (),
) -> go.Figure:
    """B x d numbers; rows, columns: their names, shown where there is room.

    signed: colours that part at 0; else from 0 to the largest, unless the least is below 0.
    """
    values = np.nan_to_num(np.asarray(values, np.float32))[:, :MOST_COLUMNS]
    most = top or float(np.abs(values).max()) or 1.0
    signed = signed or float(values.min()) < 0
    few = len(rows) == len(values) <= MOST_NAMES
    trace = go.Heatmap(
        z=values,
        zmin=-most if signed else 0,
        zmax=most,
        colorscale=style.DIVERGING if signed else style.SEQUENTIAL,
        colorbar={"title": {"text": unit, "side": "right"}, "tickformat": ".2~g", "exponentformat": "e"}
        | style.COLORBAR,
        xgap=1 if square else 0,
        ygap=1,
        customdata=np.array(rows)[:, None].repeat(values.shape[1], 1) if few else None,
        hovertemplate=f"{y_title} {'%{customdata}' if few else '%{y}'}, {x_title} %{{x}}: %{{z:.3~g}}<extra></extra>",
    )
    narrow = values.shape[1] <= MOST_NAMES
    across = {"tickvals": list(range(values.shape[1])), "ticktext": list(columns)} if columns and narrow else {}
    names = {"tickvals": list(range(len(rows))), "ticktext": list(rows)} if few else {}
    tall: dict[str, Any] = {
        "autorange": "reversed",
        "showgrid": False,
        "ticks": "",
        "title": {"text": y_title},
        **names,
    }
    wide: dict[str, Any] = {"showgrid": False, "title": {"text": x_title}, "ticks": "", **across}
    if square:
        tall |= {"scaleanchor": "x", "constraintoward": "top", "constrain": "domain"}
        wide |= {"constrain": "domain", **names}
    return style.figure(
        trace,
        title=title,
        subtitle=subtitle,
        height=max(420, 130 + 18 * len(rows)),
        yaxis=tall,
        xaxis=wide,
        margin=_margin(subtitle),
    )


def views(pictures: Sequence[np.ndarray], names: Sequence[str], *, title: str) -> go.Figure:
    """Rows of N pictures each, uint8 N x H x W x 3; small crops are enlarged to the size of the first."""
    size = pictures[0].shape[1]
    rows = [
        tiles.Row(name, each.repeat(k := max(1, size // each.shape[1]), 1).repeat(k, 2))
        for name, each in zip(names, pictures, strict=True)
    ]
    return tiles.figure(rows, title=title, x_title="picture", width=680)


def under(
    pictures: Sequence[np.ndarray],
    numbers: Sequence[np.ndarray],
    names: Sequence[tuple[str, str]],
    *,
    title: str,
    scale_title: str,
) -> go.Figure:
    """Below each row of pictures (uint8 N x H x W x 3) the numbers that belong to it: N x h x w, of any resolution, or
    several such rows. Scaled from 0 to the largest of its row of numbers.
    """
    rows = []
    for picture, number, (name, below) in zip(pictures, numbers, names, strict=True):
        shown = np.nan_to_num(np.asarray(number, np.float32))
        if len(picture):
            rows.append(tiles.Row(name, picture))
        rows.append(tiles.Row(below, numbers=shown / max(float(shown.max()), 1e-30)))
    return tiles.figure(rows, title=title, x_title="picture", scale_title=scale_title, width=680)


def terms(before: np.ndarray, rows: Sequence[str], *, title: str, after: np.ndarray | None = None) -> go.Figure:
    """The loss of each view, and their mean; beside it, if there is, the loss after the step."""
    x = np.arange(len(before), dtype=np.int32)
    kinds = [("before", before, style.CLASSES[0])] + ([("after", after, style.CLASSES[1])] if after is not None else [])
    bars = [
        go.Bar(
            x=x,
            y=np.asarray(values, np.float32),
            name=f"{name}: mean {values.mean():.4g}",
            marker={"color": color, "line": {"width": 0}},
            hovertemplate=f"{name}, view %{{x}}: %{{y:.4~g}}<extra></extra>",
        )
        for name, values, color in kinds
    ]
    lines = [
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": float(values.mean()), "y1": float(values.mean())}
        | {"line": {"color": color, "width": 2, "dash": "dash"}}
        for _, values, color in kinds
    ]
    return style.figure(
        *bars,
        title=title,
        height=420,
        shapes=lines,
        showlegend=True,
        legend=_LEGEND,
        margin={"l": 8, "r": 12, "t": 84, "b": 8},
        xaxis={"title": {"text": "view"}, "tickvals": x, "ticktext": list(rows), "showgrid": False},
        yaxis={"title": {"text": "loss of this view (nats)" if "ln" in title else "loss of this view"}},
    )


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
        xaxis={"title": {"text": unit}, "rangemode": "tozero", "tickformat": written},
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
        legend={**_LEGEND, "traceorder": "normal"},
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


MOVED = {"both": style.CLASSES[0], "student": style.CLASSES[1], "teacher": style.CLASSES[3]}
SYMBOL = {"both": "circle", "student": "square", "teacher": "diamond"}
_LEGEND = {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.0, "yanchor": "bottom"}


def _tall(bars: int, each: int = 22) -> int:
    return 110 + each * max(bars, 4)


def _margin(subtitle: str) -> dict[str, int]:
    return {"l": 8, "r": 12, "t": 76 if subtitle else 52, "b": 8}
