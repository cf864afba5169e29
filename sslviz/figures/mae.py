"""One picture under one mask: what the network saw, what it paints, the truth, and where it is wrong; and the same mask
through the moments of a run, or in several runs.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import pixels, style, tiles
from sslviz.figures.reconstruction import HIDDEN

HOW_TO_READ = (
    "Compare prediction and truth where the first picture is grey; below the prediction, the squared error of each "
    "hidden patch: dark blue = right, yellow = far off, empty = was visible."
)
HOW_TO_READ_STRIP = (
    "One mask, one picture, another network in each column: what it paints, and below, where it is wrong (one scale "
    "for all; larger errors have the colour of its end)."
)
HOW_TO_READ_LAPSE = (
    "The mean error of each column above; dashed: the two answers that need no network. Only under both lines has it "
    "understood something of this picture."
)
CAPTION = 0.11  # height of a picture's name, in pictures
TALLEST = 560  # pixels of a strip: two networks need not fill the page
NAMES = ("visible", "prediction", "truth", "error")


def visible(truth: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """uint8 H x W x 3 with the hidden patches (bool L) grey."""
    return np.where(grown(hidden, truth), np.uint8(HIDDEN), truth)


def pasted(prediction: np.ndarray, truth: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """The prediction under the mask, the truth everywhere else."""
    return np.where(grown(hidden, truth), prediction, truth)


def grown(hidden: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """A mask of patches as a mask of pixels: bool L -> H x W x 1."""
    side = round(len(hidden) ** 0.5)
    patch = truth.shape[0] // side
    return np.asarray(hidden, bool).reshape(side, side).repeat(patch, 0).repeat(patch, 1)[..., None]


def answer(
    truth: np.ndarray, hidden: np.ndarray, prediction: np.ndarray, error: np.ndarray, *, height: int = 760
) -> go.Figure:
    """truth, prediction (pasted or not): uint8 H x W x 3; hidden: bool L; error: L, shown where hidden."""
    pitch, down = tiles.pitch_of(truth.shape[1]), 1 + CAPTION + 0.03
    places = [(0.0, CAPTION), (pitch, CAPTION), (0.0, CAPTION + down), (pitch, CAPTION + down)]
    right, bottom = pitch + 1, CAPTION + down + 1
    side = round(len(hidden) ** 0.5)
    shown = np.where(hidden, np.asarray(error, np.float32), np.float32(np.nan)).reshape(side, side)
    left, top = places[3]
    edges = np.linspace(0, 1, side + 1)
    wrong = go.Heatmap(
        z=shown.astype(np.float32),
        x=(left + edges).astype(np.float32),
        y=(top + edges).astype(np.float32),
        customdata=(np.stack(np.divmod(np.arange(side * side), side), 1) + 1).reshape(side, side, 2).astype(np.uint8),
        coloraxis="coloraxis",
        hoverongaps=False,
        hovertemplate="row %{customdata[0]}, column %{customdata[1]}: error %{z:.4f}<extra></extra>",
    )
    pictures = [visible(truth, hidden), prediction, truth]
    names = [_name(name, x, y) for name, (x, y) in zip(NAMES, places, strict=True)]
    frame = {"visible": False, "showgrid": False}
    ratio, above, below = bottom / right, 40, 68
    return style.figure(
        *(_picture(one, x, y) for one, (x, y) in zip(pictures, places, strict=False)),
        wrong,
        title="What the network paints under the mask",
        height=height,
        meta={"cells": [], "fit": {"ratio": ratio, "beside": 0, "above": above + below}},
        showlegend=False,
        hovermode="closest",
        margin={"l": 0, "r": 0, "t": above, "b": below},
        xaxis={**frame, "range": [0, right], "constrain": "domain", "constraintoward": "left"},
        yaxis={**frame, "range": [bottom, 0], "scaleanchor": "x", "constrain": "domain", "constraintoward": "top"},
        annotations=[*names, tiles.above_colorbar("mean squared error of a hidden patch", below)],
        shapes=[{"type": "rect", "x0": left, "x1": left + 1, "y0": top, "y1": top + 1, "line": _EDGE}],
        coloraxis={"cmin": 0, "cmax": tiles.top_of(shown), "colorscale": style.SEQUENTIAL, "colorbar": tiles.COLORBAR},
    )


def strip(
    predictions: Sequence[np.ndarray],
    errors: Sequence[np.ndarray],
    hidden: np.ndarray,
    names: Sequence[str],
    *,
    title: str,
    x_title: str,
) -> go.Figure:
    """A column per network. predictions: uint8 H x W x 3, pasted or not; errors: L each; names: below the columns,
    together with the mean error. The later half decides where the scale ends: an untrained network is far off.
    """
    side = round(len(hidden) ** 0.5)
    wrong = np.where(hidden, np.stack([np.asarray(error, np.float32) for error in errors]), np.float32(np.nan))
    means = [float(np.mean(one[hidden])) if hidden.any() else float("nan") for one in wrong]
    figure = tiles.figure(
        [tiles.Row("painted", np.stack(list(predictions))), tiles.Row("error", numbers=wrong.reshape(-1, side, side))],
        title=title,
        x_title=x_title,
        columns=[f"{name}<br>{mean:.4f}" for name, mean in zip(names, means, strict=True)],
        scale=(0, tiles.top_of(wrong[len(wrong) // 2 :])),
        scale_title="mean squared error of a hidden patch",
        hover="%{z:.4f}",
        width=1080,
    )
    return figure.update_layout(height=min(figure.layout.height, TALLEST))


def lapse(steps: Sequence[int], means: Sequence[float], references: dict[str, float]) -> go.Figure:
    """The mean error at each moment, moments evenly spaced as in the strip. references: name -> level."""
    at = np.arange(len(steps), dtype=np.float32)
    values = np.array([*means, *references.values()])
    low, high = np.log10(values[values > 0].min()) - 0.15, np.log10(values.max()) + 0.1
    ticks = [tick for tick in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1) if low < np.log10(tick) < high]
    line = {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "yref": "y"}
    place = {"x": 1, "xref": "x domain", "xanchor": "right", "yref": "y", "showarrow": False}
    upper = max(references.values(), default=0.0)
    return style.figure(
        go.Scatter(
            x=at,
            y=np.array(means, np.float32),
            mode="lines+markers",
            line={"color": style.CLASSES[0], "width": 2.5},
            marker={"size": 9},
            hovertemplate="%{y:.4f}<extra></extra>",
        ),
        title="Error under this mask, moment by moment",
        height=320,
        showlegend=False,
        xaxis={"title": {"text": "training step (kept moments, evenly spaced)"}, "range": [-0.4, len(steps) - 0.6]}
        | {"tickvals": at.tolist(), "ticktext": [f"{step:,}" for step in steps]},
        yaxis={"title": {"text": "mean squared error (logarithmic)"}, "type": "log", "range": [low, high]}
        | {"tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]},
        shapes=[
            {**line, "y0": level, "y1": level, "line": {"color": style.FAINT, "width": 1.5, "dash": "dash"}}
            for level in references.values()
        ],
        annotations=[
            {**place, "text": f"{name}: {level:.4f}", "y": np.log10(level), "font": {"size": 13, "color": style.FAINT}}
            | {"yanchor": "bottom" if level == upper else "top"}
            for name, level in references.items()
            if level > 0
        ],
    )


_EDGE = {"color": style.GRID, "width": 1}


def _picture(picture: np.ndarray, x: float, y: float) -> go.Image:
    h, w, _ = picture.shape
    return go.Image(source=pixels.uri(picture), x0=x + 0.5 / w, dx=1 / w, y0=y + 0.5 / h, dy=1 / h, hoverinfo="skip")


def _name(text: str, x: float, y: float) -> dict[str, Any]:
    """The name of a picture, above its left corner."""
    place = {"x": x, "xref": "x", "xanchor": "left", "y": y, "yref": "y", "yanchor": "bottom"}
    return {"text": f"<b>{text}</b>", "showarrow": False, "font": {"size": 15}, **place}
