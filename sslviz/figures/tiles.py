"""Rows of small pictures, each row with its name, and maps of numbers below the pictures that they speak of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import pixels, style

TOPS = (0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
CAPTION = 0.34  # height of a line of text below a tile, in tiles

Box = tuple[float, float, float, float]  # left, top, right, bottom, in tiles


@dataclass(frozen=True)
class Row:
    """pictures: uint8 N x H x W x 3. numbers: N x h x w, drawn in colours, nan = nothing, `height` tiles high.

    captions: N texts below the tiles. names: h texts, one for each line of the numbers, in place of the row's `name`.
    """

    name: str
    pictures: np.ndarray | None = None
    numbers: np.ndarray | None = None
    height: float = 1.0
    captions: Sequence[str] = ()
    names: Sequence[str] = ()


def figure(  # noqa: PLR0913 - the words around the rows, by keyword
    rows: Sequence[Row],
    *,
    title: str,
    x_title: str,
    y_title: str = "",
    columns: Sequence[str] = (),
    subtitle: str = "",
    scale: tuple[float, float] = (0, 1),
    scale_title: str = "",
    hover: str = "%{z:.2f}",
    written: str | None = None,
    width: int = 640,
    height: int | None = None,
    **layout: Any,
) -> go.Figure:
    """All rows (at least one of pictures), one below the other. columns: text below each column, else its number.

    width: of the page, in pixels, for which the height is chosen.
    scale: the ends of the colours of the numbers; scale_title names them; hover, written: how a number is told.
    `layout.meta.fit` says how high the figure must be for a width: `ratio` x (width - `beside`) + `above`.
    """
    first = next(row.pictures for row in rows if row.pictures is not None)
    n, pitch, top = len(first), pitch_of(first.shape[2]), 0.0
    traces: list[Any] = []
    ticks: list[tuple[float, str]] = []
    for row in rows:
        if row.pictures is not None:
            traces.append(_pictures(row.pictures, top))
        if row.numbers is not None:
            traces.append(_numbers(row.numbers, pitch, top, row.height, f"{row.name}: {hover}", written))
        if row.captions:
            traces.append(_captions(row.captions, pitch, top + row.height))
        ticks += [(top + (i + 0.5) * row.height / len(row.names), name) for i, name in enumerate(row.names)]
        ticks += [] if row.names else [(top + row.height / 2, row.name)]
        top += row.height + pitch - 1 + (CAPTION if row.captions else 0)
    bottom, right = top - pitch + 1, n * pitch - pitch + 1
    text = columns or [str(i + 1) for i in range(n)]
    colored = any(row.numbers is not None for row in rows)
    lines = max(t.count("<br>") for t in text)
    below = 50 + 18 * lines + 80 * colored
    above = (98 if subtitle else 56) + below  # 98: the subtitle may take two lines
    beside = 40 + 8 * max(len(name) for _, name in ticks) + 24 * bool(y_title)
    ratio = bottom / right
    frame = {"showgrid": False, "ticks": "", "showline": False}
    return style.figure(
        *traces,
        title=title,
        subtitle=subtitle,
        height=height or round(ratio * (width - beside) + above),
        meta={"cells": [], "fit": {"ratio": ratio, "beside": beside, "above": above}},
        showlegend=False,
        hovermode="closest",
        margin={"l": 8, "r": 12, "t": 80 if subtitle else 56, "b": below},
        xaxis={**frame, "range": [0, right], "constraintoward": "left", "tickangle": 0}
        | {"tickvals": (np.arange(n) * pitch + 0.5).tolist(), "ticktext": list(text)},
        yaxis={**frame, "range": [bottom, 0], "scaleanchor": "x", "constrain": "domain", "constraintoward": "top"}
        | {"ticklabelstandoff": 4}
        | {"title": {"text": y_title}, "tickvals": [at for at, _ in ticks], "ticktext": [name for _, name in ticks]},
        coloraxis={"cmin": scale[0], "cmax": scale[1], "colorscale": style.SEQUENTIAL}
        | {"showscale": colored, "colorbar": COLORBAR},
        annotations=[_x_title(x_title, right / 2, 24 + 18 * lines)] + [above_colorbar(scale_title, below)] * colored,
        **layout,
    )


# lying below the tiles, which need the width
COLORBAR: dict[str, Any] = {
    "orientation": "h",
    "thickness": 14,
    "outlinewidth": 0,
    "lenmode": "pixels",
    "len": 180,
    "x": 0,
    "xanchor": "left",
    "yref": "container",
    "y": 0,  # not a share of the height: the title above it stands so many pixels from the bottom
    "yanchor": "bottom",
}


def outline(boxes: Sequence[Box], color: str, dash: bool = True) -> list[dict[str, Any]]:
    """Frames around boxes. Dashed: on a broad line in the page's colour, so that they are seen on any picture."""
    path = "".join(f"M{left:g},{top:g}H{right:g}V{bottom:g}H{left:g}Z" for left, top, right, bottom in boxes)
    kinds: list[dict[str, Any]] = [{"color": color, "width": 2.5}]
    if dash:
        kinds = [{"color": style.PAPER, "width": 5}, {"color": color, "width": 3, "dash": "dash"}]
    return [{"type": "path", "path": path, "xref": "x", "yref": "y", "line": line} for line in kinds] if path else []


def top_of(numbers: np.ndarray) -> float:
    """The end of a scale from 0: the next round number, since a scale that moves with every step tells nothing."""
    largest = float(np.nanmax(numbers, initial=0.0))
    return min((top for top in TOPS if top >= largest), default=largest)


def pitch_of(width: int) -> float:
    """From one tile to the next, in tiles; the gap is whole pixels of pictures that are so wide."""
    return 1 + pixels.gap(width) / width


def _pictures(pictures: np.ndarray, top: float) -> go.Image:
    if pictures.dtype != np.uint8 or pictures.ndim != 4 or pictures.shape[-1] != 3:
        raise ValueError(f"expected uint8 pictures N x H x W x 3, got {pictures.dtype} {pictures.shape}")
    _, h, w, _ = pictures.shape
    return go.Image(
        source=pixels.uri(pixels.band(pictures)), x0=0.5 / w, dx=1 / w, y0=top + 0.5 / h, dy=1 / h, hoverinfo="skip"
    )


def _numbers(
    numbers: np.ndarray, pitch: float, top: float, height: float, hover: str, written: str | None
) -> go.Heatmap:
    n, h, w = numbers.shape
    z = np.full((h, n, w + 1), np.nan, np.float32)  # one more column for the gap
    z[:, :, :w] = np.asarray(numbers, np.float32).transpose(1, 0, 2)
    edges = np.arange(n)[:, None] * pitch + np.arange(w + 1) / w
    return go.Heatmap(
        z=z.reshape(h, -1)[:, :-1],
        x=edges.reshape(-1).astype(np.float32),
        y=(top + np.linspace(0, height, h + 1)).astype(np.float32),
        coloraxis="coloraxis",
        hoverongaps=False,
        hovertemplate=hover + "<extra></extra>",
        texttemplate=written,
        textfont={"size": 13},
    )


def _x_title(text: str, x: float, down: int) -> dict[str, Any]:
    """The name of the x axis, under the middle of the tiles: they need not fill the axis."""
    place = {"x": x, "xref": "x", "xanchor": "center", "y": 0, "yref": "y domain", "yanchor": "top", "yshift": -down}
    return {"text": text, "showarrow": False, "font": {"size": 15}, **place}


def above_colorbar(text: str, below: int) -> dict[str, Any]:
    """What the colours mean, above COLORBAR in the margin of `below` pixels. (Its own title would land on it or be
    cut.)
    """
    place = {"x": 0, "xref": "paper", "xanchor": "left", "y": 0, "yref": "paper", "yanchor": "bottom"}
    return {"text": text, "showarrow": False, "font": {"size": 15}, "yshift": 47 - below, **place}


def _captions(captions: Sequence[str], pitch: float, top: float) -> go.Scatter:
    return go.Scatter(
        x=(np.arange(len(captions)) * pitch + 0.5).astype(np.float32),
        y=np.full(len(captions), top + CAPTION / 2, np.float32),
        mode="text",
        text=list(captions),
        textfont={"size": 14},
        hoverinfo="skip",
        cliponaxis=False,
    )
