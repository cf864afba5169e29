"""MAE by hand: a picture cut into patches, what the encoder gets of it, and what that costs."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import pixels, style

HOW_TO_READ = (
    "Left: the picture in patches. Middle: what stays visible. Right: the encoder gets these patches and nothing else, "
    "each with its position; empty places cost nothing."
)
HOW_TO_READ_COST = (
    "Read up from a mask ratio: how many times cheaper than nothing hidden (each line on the grid doubles). Lines are "
    "computed; dots are measured, their bars reach from the slowest round (other programs disturb) to the fastest."
)
TICKS = (0.25, 0.5, 1, 2, 4, 8, 16)
EMPTY = (127, 137, 155, 70)  # half clear: works on both pages
ZOOM, GUTTER, APART = 8, 3, 24  # screen pixels per pixel, between two patches, between two pictures


@dataclass(frozen=True)
class Line:
    """How many times cheaper than nothing hidden, computed at each `ratio`. dash: plotly's name of a dash."""

    name: str
    ratio: np.ndarray
    value: np.ndarray
    color: str
    dash: str = "solid"


@dataclass(frozen=True)
class Dots:
    """How many times cheaper, measured, with the lowest and the highest; a number from a paper has no bars."""

    name: str
    ratio: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    color: str
    symbol: str


def patches(picture: np.ndarray, visible: np.ndarray, patch: int, *, height: int = 330) -> go.Figure:
    """picture: uint8 H x W x 3; visible: numbers of the visible patches, ascending, row by row."""
    side = picture.shape[0] // patch
    cut = picture.reshape(side, patch, side, patch, 3).transpose(0, 2, 1, 3, 4).reshape(side * side, patch, patch, 3)
    shown = np.zeros(len(cut), bool)
    shown[visible] = True
    packed, some = np.zeros_like(cut), np.arange(len(cut)) < len(visible)
    packed[: len(visible)] = cut[visible]
    three = [_mosaic(tiles, mask, side) for tiles, mask in ((cut, np.ones_like(shown)), (cut, shown), (packed, some))]
    size = three[0].shape[0]
    whole = np.zeros((size, 3 * size + 2 * APART, 4), np.uint8)
    for i, one in enumerate(three):
        whole[:, i * (size + APART) : i * (size + APART) + size] = one
    names = [f"{len(cut)} patches", f"{len(visible)} visible", f"the encoder gets {len(visible)}"]
    source = "data:image/png;base64," + base64.b64encode(pixels.png(whole)).decode()
    width = whole.shape[1]
    frame = {"showgrid": False, "ticks": "", "showline": False}
    return style.figure(
        go.Image(source=source, x0=0.5, y0=0.5, dx=1, dy=1, hoverinfo="skip"),
        title="From the picture to the encoder",
        height=height,
        meta={"cells": [], "fit": {"ratio": size / width, "beside": 20, "above": 110}},
        xaxis={**frame, "range": [0, width], "tickvals": [size / 2 + i * (size + APART) for i in range(3)]}
        | {"ticktext": names, "tickangle": 0, "constraintoward": "left", "title": {"text": "patches of the picture"}},
        yaxis={**frame, "range": [size, 0], "showticklabels": False, "scaleanchor": "x", "constrain": "domain"}
        | {"constraintoward": "top"},
    )


def cost(lines: Sequence[Line], dots: Sequence[Dots], ratio: float, *, title: str, height: int = 440) -> go.Figure:
    """How many times cheaper over the mask ratio, on a logarithmic axis; `ratio` is the chosen one."""
    traces = [
        go.Scatter(
            x=(100 * one.ratio).astype(np.float32),
            y=one.value.astype(np.float32),
            name=one.name,
            mode="lines",
            line={"color": one.color, "width": 2.5, "dash": one.dash},
            hovertemplate=f"{one.name}: %{{y:.2f}}× at %{{x:.0f}} % hidden<extra></extra>",
        )
        for one in lines
    ] + [
        go.Scatter(
            x=(100 * one.ratio).astype(np.float32),
            y=one.value.astype(np.float32),
            name=one.name,
            mode="markers",
            marker={"color": one.color, "size": 13, "symbol": one.symbol, "line": {"width": 1.5, "color": style.PAPER}},
            error_y={"type": "data", "symmetric": False, "thickness": 1.5, "color": one.color}
            | {"array": one.high - one.value, "arrayminus": one.value - one.low},
            hovertemplate=f"{one.name}: %{{y:.2f}}× at %{{x:.0f}} % hidden<extra></extra>",
        )
        for one in dots
    ]
    chosen = {"type": "line", "xref": "x", "yref": "y domain", "x0": 100 * ratio, "x1": 100 * ratio, "y0": 0, "y1": 1}
    return style.figure(
        *traces,
        title=title,
        height=height,
        hovermode="closest",
        showlegend=True,
        legend=style.BELOW,
        shapes=[{**chosen, "line": {"color": style.FAINT, "width": 1.5, "dash": "dot"}}],
        xaxis={"title": {"text": "mask ratio (% of the patches hidden)"}, "range": [-2, 97]},
        yaxis={"title": {"text": "times cheaper (logarithmic)"}, "type": "log", "range": [-0.66, 1.3]}
        | {"tickvals": list(TICKS), "ticktext": [f"{tick:g}×" for tick in TICKS]},
    )


def _mosaic(cut: np.ndarray, shown: np.ndarray, side: int) -> np.ndarray:
    """Patches, side² x p x p x 3, as one RGBA picture with gaps; those not shown are empty places."""
    patch = cut.shape[1] * ZOOM
    pitch = patch + GUTTER
    out = np.zeros((side * pitch - GUTTER, side * pitch - GUTTER, 4), np.uint8)
    for i, (tile, visible) in enumerate(zip(cut, shown, strict=True)):
        top, left = i // side * pitch, i % side * pitch
        place = out[top : top + patch, left : left + patch]
        place[...] = EMPTY
        if visible:
            place[..., :3] = tile.repeat(ZOOM, 0).repeat(ZOOM, 1)
            place[..., 3] = 255
    return out
