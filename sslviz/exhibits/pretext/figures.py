"""The pretext room: pictures that can be clicked, and what a network answers of how one was turned."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import pixels, style

TURNS = ("0°", "90°", "180°", "270°")
HOW_TO_READ_TURNS = "How probable it finds each of its four answers; orange is the true one, or the nearest to it."
HOW_TO_READ_ANGLES = (
    "The picture is turned once round; each line is one answer, and it knows only four. Half-way between two of them "
    "(dotted) the nearest answer changes; the upright line is where the picture is now."
)
HOW_TO_READ_TRAY = "Click a tile, then another: they change places."


def turns(p: np.ndarray, true: int, *, height: int = 300) -> go.Figure:
    """Four bars. p: 4; true: 0 … 3."""
    colors = [style.POSITIVE if turn == true else style.NEGATIVE for turn in range(4)]
    text = {"text": [f"{value:.0%}" for value in p], "textposition": "outside", "cliponaxis": False}
    bars = style.bars(list(TURNS), np.asarray(p, np.float32), colors, "turned by %{x}: %{y:.2%}", **text)
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
    hover = "turned by %{{x}}°: {} with %{{y:.1%}}"
    lines = [
        style.line(x, y[:, i], style.CLASSES[i], hover.format(turn), dash=dash[i], name=turn)
        for i, turn in enumerate(TURNS)
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
