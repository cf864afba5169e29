"""The pretext room: what a network answers about one picture, how sure it is, where it errs, what it is worth."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from sslviz.figures import pixels, style, tiles
from sslviz.measures.scores import FINAL

TURNS = ("0°", "90°", "180°", "270°")
HOW_TO_READ_TURNS = "How probable it finds each of its four answers; orange is the true one, or the nearest to it."
HOW_TO_READ_ANGLES = (
    "The picture is turned once round; each line is one answer, and it knows only four. Half-way between two of them "
    "(dotted) the nearest answer changes; the upright line is where the picture is now."
)
HOW_TO_READ_TRAY = "Click a tile, then another: they change places."
HOW_TO_READ_PLACE = (
    "All colours that it can choose from, at the lightness of this place; the larger, the more probable; the true one "
    "is ringed."
)
HOW_TO_READ_SURE = (
    "The probability of the likeliest colour: where it is small, bets are spread. Click a place to see them."
)
HOW_TO_READ_WORTH = (
    "Bars: a linear probe on the frozen features h. The tick on each bar is the same encoder with random weights, the "
    f"diamond is the {FINAL.name}."
)


def turns(p: np.ndarray, true: int, *, height: int = 300) -> go.Figure:
    """Four bars. p: 4; true: 0 … 3."""
    colors = [style.POSITIVE if turn == true else style.NEGATIVE for turn in range(4)]
    bars = go.Bar(
        x=list(TURNS),
        y=np.asarray(p, np.float32),
        marker={"color": colors, "line": {"width": 0}},
        text=[f"{value:.0%}" for value in p],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="turned by %{x}: %{y:.2%}<extra></extra>",
    )
    return style.figure(
        bars,
        title="By how much was it turned?",
        height=height,
        xaxis={"title": {"text": "answer (to the left)"}, "type": "category", "showgrid": False},
        yaxis={"title": {"text": "probability"}, "range": [0, 1.08], "tickformat": ".0%"},
    )


def over_angle(angles: np.ndarray, p: np.ndarray, now: float, *, height: int = 320) -> go.Figure:
    """Four curves over the angle. p: angles x 4; now: where the picture is."""
    x = np.append(angles, 360).astype(np.float32)
    y = np.concatenate([p, p[:1]]).astype(np.float32)
    dash = ("solid", "dash", "dot", "dashdot")
    lines = [
        go.Scatter(
            x=x,
            y=y[:, turn],
            name=TURNS[turn],
            mode="lines",
            line={"color": style.CLASSES[turn], "width": 2.5, "dash": dash[turn]},
            hovertemplate=f"turned by %{{x}}°: {TURNS[turn]} with %{{y:.1%}}<extra></extra>",
        )
        for turn in range(4)
    ]
    faint, bold = {"color": style.FAINT, "width": 1, "dash": "dot"}, {"color": style.INK, "width": 2}
    posts = [*((at, faint) for at in (45.0, 135.0, 225.0, 315.0)), (now, bold)]
    return style.figure(
        *lines,
        title="Its belief, once round",
        height=height,
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom"},
        margin={"l": 8, "r": 16, "t": 76, "b": 8},
        shapes=[
            {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper", "line": line} for at, line in posts
        ],
        xaxis={"title": {"text": "turned to the left by (degrees)"}, "range": [0, 360], "dtick": 45},
        yaxis={"title": {"text": "probability"}, "range": [0, 1.02], "tickformat": ".0%"},
    )


def tray(
    pictures: np.ndarray,
    *,
    title: str,
    columns: int,
    captions: Sequence[str] = (),
    chosen: int | None = None,
    subtitle: str = "",
    width: int = 640,
) -> go.Figure:
    """Pictures in cells that can be clicked: uint8 N x H x W x 3, row by row. A clicked cell has row and column.

    captions: a short text below each picture. chosen: a framed one. width: in pixels, for which the height is made.
    """
    n, h, w, _ = pictures.shape
    rows = -(-n // columns)
    gap, strip = max(1, w // 12), round(0.36 * h) if captions else max(1, h // 12)
    cells = np.zeros((rows * columns, h + strip, w + gap, 4), np.uint8)
    cells[:n, :h, :w, :3], cells[:n, :h, :w, 3] = pictures, 255
    tall, wide = cells.shape[1:3]
    sheet = cells.reshape(rows, columns, tall, wide, 4).swapaxes(1, 2).reshape(rows * tall, columns * wide, 4)
    image = go.Image(
        source=pixels.uri(sheet), x0=-0.5 + 0.5 / wide, dx=1 / wide, y0=-0.5 + 0.5 / tall, dy=1 / tall, hoverinfo="skip"
    )
    numbers = np.full(rows * columns, np.nan, np.float32)
    numbers[:n] = 0
    clicks = go.Heatmap(
        z=numbers.reshape(rows, columns),
        colorscale=[[0, "rgba(0,0,0,0)"], [1, "rgba(0,0,0,0)"]],
        showscale=False,
        hoverongaps=False,
        text=[
            [(captions[at] if at < len(captions) else str(at + 1)) for at in range(r * columns, (r + 1) * columns)]
            for r in range(rows)
        ],
        hovertemplate="%{text}<extra></extra>",
    )
    place = np.arange(len(captions))
    words = go.Scatter(
        x=(place % columns - gap / wide / 2).astype(np.float32),
        y=(place // columns + 0.5 - strip / tall / 2).astype(np.float32),
        mode="text",
        text=list(captions),
        textfont={"size": 13},
        hoverinfo="skip",
        cliponaxis=False,
    )
    shapes = []
    if chosen is not None:
        left, top = chosen % columns - 0.5, chosen // columns - 0.5
        line = {"color": style.POSITIVE, "width": 4}
        shapes = [{"type": "rect", "x0": left, "x1": left + w / wide, "y0": top, "y1": top + h / tall, "line": line}]
    frame = {"visible": False}
    above = 76 if subtitle else 52
    ratio = rows * tall / (columns * wide)
    return style.figure(
        image,
        clicks,
        *([words] if captions else []),
        title=title,
        subtitle=subtitle,
        height=round(ratio * width + above),
        meta={"cells": [], "fit": {"ratio": ratio, "beside": 0, "above": above}},
        shapes=shapes,
        showlegend=False,
        margin={"l": 0, "r": 0, "t": above, "b": 0},
        xaxis={**frame, "range": [-0.5, columns - 0.5]},
        yaxis={
            **frame,
            "range": [rows - 0.5, -0.5],
            "scaleratio": tall / wide,
            "scaleanchor": "x",
            "constrain": "domain",
            "constraintoward": "top",
        },
    )


def sure(confidence: np.ndarray, at: tuple[int, int], *, height: int = 340) -> go.Figure:
    """Probability of the likeliest colour at each place, h x w; `at`: row and column of the framed one."""
    heat = go.Heatmap(
        z=np.asarray(confidence, np.float32),
        zmin=0,
        zmax=tiles.top_of(confidence),
        colorscale=style.SEQUENTIAL,
        colorbar={"title": {"text": "probability", "side": "right"}, "tickformat": ".0%"} | style.COLORBAR,
        hovertemplate="place %{y}, %{x}: %{z:.1%}<extra></extra>",
    )
    row, column = at
    box = {"type": "rect", "x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
    axis = {"showgrid": False, "ticks": "", "constrain": "domain"}
    return style.figure(
        heat,
        title="How sure it is",
        height=height,
        meta={"cells": []},
        shapes=[box | {"line": {"color": style.POSITIVE, "width": 4}}],
        xaxis={**axis, "title": {"text": "column"}},
        yaxis={**axis, "title": {"text": "row"}, "autorange": "reversed", "scaleanchor": "x", "constraintoward": "top"},
    )


def place(bins: np.ndarray, p: np.ndarray, colors: np.ndarray, true: int, *, height: int = 340) -> go.Figure:
    """Bets on the colour of one place. bins: Q x 2; p: Q; colors: uint8 Q x 3, what each bin looks like."""
    size = 6 + 44 * np.sqrt(p / p.max())
    dots = go.Scatter(
        x=bins[:, 0].astype(np.float32),
        y=bins[:, 1].astype(np.float32),
        mode="markers",
        marker={
            "size": size.astype(np.float32),
            "color": [f"rgb({r},{g},{b})" for r, g, b in colors.tolist()],
            "line": {"width": [4.0 if q == true else 0.5 for q in range(len(p))]}
            | {"color": [style.POSITIVE if q == true else style.FAINT for q in range(len(p))]},
        },
        customdata=p.astype(np.float32),
        hovertemplate="a %{x:.0f}, b %{y:.0f}: %{customdata:.1%}<extra></extra>",
    )
    return style.figure(
        dots,
        title="Its bets on this place",
        subtitle=f"likeliest {p.max():.0%} · the true colour {p[true]:.0%}",
        height=height,
        showlegend=False,
        margin={"l": 8, "r": 12, "t": 76, "b": 8},
        xaxis={"title": {"text": "a: green to red (Lab)"}, "range": [-115, 115]},
        yaxis={"title": {"text": "b: blue to yellow (Lab)"}, "range": [-125, 115]},
    )


def worth(table: pd.DataFrame, *, height: int | None = None) -> go.Figure:
    """Bars, best first. table: method, kind, linear, random, exam (the last two may be missing), all 0 … 1."""
    table = table.sort_values("linear", ascending=False)
    kinds = dict.fromkeys(table["kind"])
    traces: list[Any] = []
    for number, kind in enumerate(kinds):
        some = table[table["kind"] == kind]
        traces.append(
            go.Bar(
                y=some["method"],
                x=some["linear"].to_numpy(np.float32),
                name=kind,
                orientation="h",
                marker={"color": style.CLASSES[number], "line": {"width": 0}},
                text=[f"{score:.1%}" for score in some["linear"]],
                textposition="inside",
                insidetextanchor="start",
                hovertemplate="%{y}: linear probe %{x:.1%}<extra></extra>",
            )
        )
    for column, name, mark in (("random", "random weights", "line-ns"), ("exam", FINAL.name, "diamond-open")):
        traces.append(
            go.Scatter(
                y=table["method"],
                x=table[column].to_numpy(np.float32),
                name=name,
                mode="markers",
                marker={"symbol": mark, "size": 14, "color": style.INK, "line": {"width": 3, "color": style.INK}},
                hovertemplate=f"%{{y}}: {name} %{{x:.1%}}<extra></extra>",
            )
        )
    return style.figure(
        *traces,
        title="What the features are worth",
        height=height or 150 + 34 * len(table),
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom"},
        margin={"l": 8, "r": 12, "t": 84, "b": 8},
        barmode="overlay",
        xaxis={"title": {"text": "test accuracy"}, "range": [0, 1], "tickformat": ".0%"},
        yaxis={
            "title": {"text": "method"},
            "autorange": "reversed",
            "categoryorder": "array",
            "categoryarray": table["method"].tolist(),
        },
    )
