"""Playing with attention: who is asked, where each head looks, what that covers, and what the patches know."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import pixels, style, tiles

ZOOM = 2  # screen pixels for each pixel of a picture, so that the figure's edge is a thin line
DIM = 0.28  # what is not kept keeps so much of its brightness
EDGE = (209, 66, 10)  # style.POSITIVE, as a pixel
SHADES = [  # over the picture: dark where nobody looks, clear where many do, a yellow veil on the brightest
    [0, "rgba(0, 0, 0, 0.66)"],
    [0.2, "rgba(0, 0, 0, 0.38)"],
    [0.6, "rgba(40, 36, 0, 0.08)"],
    [1, "rgba(255, 233, 69, 0.5)"],
]
LONG_WORD = re.compile(r"(\w{5})(\w{5,})")
NOTHING = 127  # where a network has no such head

HOW_TO_READ_ASKER = (
    "The brighter a patch, the more the asking token looks at it (mean of the heads of the last block of this run); "
    "click a patch, or walk with the arrow keys and press Enter, and that patch asks."
)
HOW_TO_READ_MAPS = (
    "Rows in pairs: a map, yellow where the head looks most (each on its own scale), and below it, bright, the fewest "
    "patches that hold the chosen share of the attention"
)
HOW_TO_READ_MASK = (
    "; the orange line is the true figure, and J (Jaccard) is the overlap of the two divided by everything that is in "
    "either, 1 for a perfect mask"
)
HOW_TO_READ_FEATURES = (
    "Cosine: yellow patches have features like those of whoever asks; directions: patches of one colour are alike, the "
    "colours being the three main directions in which this picture's patches differ, as red, green and blue."
)


@dataclass(frozen=True)
class Seen:
    """What one network does with the picture. maps: heads x L; kept: bool, heads x L; overlaps: heads, or None where
    there is no mask. The mean of the heads comes first, before the heads. cosines: L; colours: L x 3, in [0, 1].
    """

    name: str
    maps: np.ndarray
    kept: np.ndarray
    overlaps: np.ndarray | None
    cosines: np.ndarray
    colours: np.ndarray


def asker(picture: np.ndarray, looked: np.ndarray, token: int, *, height: int = 430) -> go.Figure:
    """picture: uint8 H x W x 3; looked: L, attention of the asking token, which is 0 (class token) or 1 + its patch."""
    side = round(len(looked) ** 0.5)
    source = pixels.uri(enlarged(picture))
    whole = {"source": source, "xref": "x", "yref": "y", "x": -0.5, "y": -0.5, "sizex": side, "sizey": side}
    frame = {"showgrid": False, "ticks": "", "showline": False, "range": [-0.5, side - 0.5]}
    count = {"tickvals": list(range(side)), "ticktext": [str(i + 1) for i in range(side)]}
    who = "the class token asks" if token == 0 else f"the patch in row {(token - 1) // side + 1}, column "
    who += "" if token == 0 else f"{(token - 1) % side + 1} asks"
    return style.figure(
        go.Heatmap(
            z=looked.reshape(side, side).astype(np.float32),
            colorscale=SHADES,
            xgap=1,
            ygap=1,
            zmin=0,
            zmax=float(looked.max()),
            showscale=False,
            hovertemplate="row %{customdata[0]}, column %{customdata[1]}: %{z:.1%} of the attention<extra></extra>",
            customdata=np.moveaxis(np.indices((side, side)) + 1, 0, -1),
        ),
        title="Who looks where?",
        subtitle=who,
        height=height,
        margin={"l": 8, "r": 12, "t": 76, "b": 8},
        meta={"cells": [], "cursor": True},  # a cell is chosen here, not a row
        images=[{**whole, "sizing": "stretch", "layer": "below", "xanchor": "left", "yanchor": "top"}],
        shapes=[] if token == 0 else [_cell(token - 1, side)],
        xaxis={**frame, **count, "constrain": "domain", "constraintoward": "left"}
        | {"title": {"text": "column of patches"}},
        yaxis={**frame, **count, "range": [side - 0.5, -0.5], "title": {"text": "row of patches"}}
        | {"scaleanchor": "x", "constrain": "domain"},
    )


def maps(picture: np.ndarray, mask: np.ndarray | None, seen: Sequence[Seen], share: float) -> go.Figure:
    """picture: uint8 H x W x 3; mask: bool, H x W, if there is one; share: of the attention, that is kept."""
    most = max(len(one.maps) for one in seen)
    side = round(seen[0].maps.shape[1] ** 0.5)
    rows = []
    for one in seen:
        low, high = one.maps.min(1, keepdims=True), one.maps.max(1, keepdims=True)
        shown = np.full((most, side, side), np.nan, np.float32)
        shown[: len(one.maps)] = ((one.maps - low) / np.where(high > low, high - low, 1)).reshape(-1, side, side)
        bright = np.full((most, *enlarged(picture).shape), NOTHING, np.uint8)
        for head, kept in enumerate(one.kept):
            bright[head] = covered(picture, kept, mask)
        captions = [""] * most
        if one.overlaps is not None:
            captions[: len(one.overlaps)] = [f"J {value:.2f}" for value in one.overlaps]
        rows += [tiles.Row(one.name, numbers=shown), tiles.Row(f"{share:.0%} of it", bright, captions=captions)]
    return tiles.figure(
        rows,
        title="Where the heads look",
        subtitle="and, below each, what that covers",
        x_title="heads of the last block",
        columns=["mean", *(str(head) for head in range(1, most))],
        scale_title="0 = least, 1 = most attention",
        width=760,
        height=200 + 255 * len(seen),
    )


def features(picture: np.ndarray, token: int, seen: Sequence[Seen]) -> go.Figure:
    """Cosines with the asking patch, and the main directions as colours: a column per network."""
    side, n = round(len(seen[0].cosines) ** 0.5), len(seen)
    shown = enlarged(picture)
    if token:
        shown = framed(shown, token - 1, side)
    patch = shown.shape[0] // side
    colours = np.stack([one.colours for one in seen]).reshape(n, side, side, 3)
    painted = (255 * colours).round().astype(np.uint8).repeat(patch, 1).repeat(patch, 2)
    return tiles.figure(
        [
            tiles.Row("picture", np.stack([shown] * n)),
            tiles.Row("cosine", numbers=np.stack([one.cosines for one in seen]).reshape(n, side, side)),
            tiles.Row("directions", painted),
        ],
        title="What the patches know",
        subtitle=f"compared with {'the class token' if token == 0 else 'the framed patch'}",
        x_title="network",
        # in a small window a column is narrower than a long word
        columns=[LONG_WORD.sub(r"\1-<br>\2", one.name.replace(" ", "<br>", 1)) for one in seen],
        scale=(-1, 1),
        scale_title="cosine",
        width=440,
    )


def through_time(picture: np.ndarray, mask: np.ndarray | None, steps: Sequence[int], kept: np.ndarray) -> go.Figure:
    """The kept patches at several moments of one run: bool, moments x L."""
    return tiles.figure(
        [tiles.Row("covered", np.stack([covered(picture, one, mask) for one in kept]))],
        title="This picture, through the training",
        x_title="training step",
        columns=[f"{step:,}" for step in steps],
        width=1100,
    )


def covered(picture: np.ndarray, kept: np.ndarray, mask: np.ndarray | None) -> np.ndarray:
    """The picture, enlarged: kept patches as they are, the rest dim, the edge of the mask as a line."""
    shown = enlarged(picture)
    side = round(len(kept) ** 0.5)
    patch = shown.shape[0] // side
    inside = kept.reshape(side, side).repeat(patch, 0).repeat(patch, 1)
    found = np.where(inside[..., None], shown, (DIM * shown).astype(np.uint8))
    if mask is not None:
        big = mask.repeat(ZOOM, 0).repeat(ZOOM, 1)
        edge = np.zeros_like(big)
        for axis in (0, 1):
            edge |= big != np.roll(big, 1, axis)
        found[edge] = EDGE
    return found


def framed(shown: np.ndarray, patch: int, side: int) -> np.ndarray:
    """The picture with a frame around one of its patches."""
    found, size = shown.copy(), shown.shape[0] // side
    top, left = (patch // side) * size, (patch % side) * size
    box = np.zeros(shown.shape[:2], bool)
    box[top : top + size, left : left + size] = True
    box[top + 1 : top + size - 1, left + 1 : left + size - 1] = False
    found[box] = EDGE
    return found


def enlarged(picture: np.ndarray) -> np.ndarray:
    found: np.ndarray = picture.repeat(ZOOM, 0).repeat(ZOOM, 1)
    return found


def _cell(patch: int, side: int) -> dict[str, object]:
    row, column = patch // side, patch % side
    box = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
    return {"type": "rect", "xref": "x", "yref": "y", **box, "line": {"color": style.POSITIVE, "width": 4}}
