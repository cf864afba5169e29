"""The similarity matrix: how alike any two views look to the network, and which of them must become alike."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import style

HOW_TO_READ = (
    "Each cell compares two views (3a and 3b are the two views of picture 3): yellow = alike, dark blue = opposite; "
    "the two views of one picture (outlined where there is room) should turn yellow, all other cells dark. "
    "The diagonal, a view with itself, is left out."
)
HOW_TO_READ_CORRELATION = (
    "Row i, column j: how channel i of one view goes with channel j of the other, in recent batches. The loss wants "
    "a diagonal of ones (both views say the same) and zeros elsewhere (no channel repeats another)."
)
MOST_VALUES = 8  # rows up to which the numbers are printed into the cells
MOST_NAMES = 16  # rows up to which every row is named


def row_order(images: int, total: int, order: Literal["by view", "by image"], views: int = 2) -> np.ndarray:
    """Rows of the full matrix in the order in which they are drawn; row i is view i // total of picture i % total.

    "by view" puts all first views first: positives lie on two off-diagonals. "by image" puts the views of a picture
    side by side: positives are blocks along the diagonal.
    """
    grid = np.arange(views)[:, None] * total + np.arange(images)[None, :]  # views x images
    return (grid if order == "by view" else grid.T).reshape(-1)


def row_name(row: int, total: int) -> str:
    """ "3b" is the second view of the third picture."""
    return f"{row % total + 1}{'abcdefgh'[row // total]}"


def similarity(  # noqa: PLR0913 - what is marked in it, by keyword
    cosines: np.ndarray,
    *,
    images: int | None = None,
    order: Literal["by view", "by image"] = "by view",
    labels: Sequence[int] | np.ndarray | None = None,
    pinned: int | None = None,
    sprite: dict[str, Any] | None = None,
    diverging: bool = False,
    title: str = "Similarity of the views",
    height: int = 460,
) -> go.Figure:
    """Heat map of the first `images` of N pictures. cosines: 2N x 2N, in [-1, 1], before the temperature.

    labels: class of each picture, N; different pictures of one class ("false negatives") then get a dotted outline.
    pinned: row of the full matrix that is outlined. sprite: from `style.sprite`, tile i = row i of the full matrix.
    Hover, click and `pinned` speak of rows of the full matrix, whatever the order.
    """
    total = len(cosines) // 2
    rows = row_order(min(images or total, total), total, order)
    shown = np.asarray(cosines, dtype=np.float32)[np.ix_(rows, rows)].copy()
    np.fill_diagonal(shown, np.nan)
    picture = rows % total
    not_self = ~np.eye(len(rows), dtype=bool)
    positive = (picture[:, None] == picture[None, :]) & not_self
    heat = go.Heatmap(
        z=shown,
        zmin=-1,
        zmax=1,
        colorscale=style.DIVERGING if diverging else style.SEQUENTIAL,
        colorbar={"title": {"text": "cosine", "side": "right"}, "tickvals": [-1, 0, 1], **style.COLORBAR},
        texttemplate="%{z:.2f}" if len(rows) <= MOST_VALUES else None,
        xgap=1 if len(rows) <= MOST_NAMES else 0,
        ygap=1 if len(rows) <= MOST_NAMES else 0,
        hoverinfo="none" if sprite else "z",
        hoverongaps=False,
    )
    # among many cells an outline would hide the very colour that it points to
    outlines = [_outline(positive, style.POSITIVE, "solid")] if len(rows) <= MOST_NAMES else []
    if labels is not None:
        of_row = np.asarray(labels)[picture]
        outlines.append(
            _outline((of_row[:, None] == of_row[None, :]) & ~positive & not_self, style.FALSE_NEGATIVE, "dot")
        )
    axis = {"showgrid": False, "constrain": "domain", "ticks": "", **_names(rows, total, order)}
    meta: dict[str, Any] = {"cells": rows.tolist(), "images": total, "pinned": pinned, **(sprite or {})}
    return style.figure(
        heat,
        title=title,
        height=height,
        meta=meta,
        shapes=[outline for outline in outlines if outline],
        xaxis={**axis, "range": [-0.5, len(rows) - 0.5], "title": {"text": "view k (compared with)"}},
        yaxis={
            **axis,
            "range": [len(rows) - 0.5, -0.5],
            "title": {"text": "view i (anchor)"},
            "scaleanchor": "x",
            "constraintoward": "top",
        },
    )


def correlation(c: np.ndarray, *, height: int = 380) -> go.Figure:
    """Cross-correlation of the channels of two views, d x d in [-1, 1]: the loss of Barlow Twins wants the identity."""
    heat = go.Heatmap(
        z=np.asarray(c, dtype=np.float32),
        zmin=-1,
        zmax=1,
        colorscale=style.DIVERGING,
        colorbar={"title": {"text": "correlation", "side": "right"}, "thickness": 14, "outlinewidth": 0},
        hovertemplate="channel %{y} of view a, %{x} of view b: %{z:.2f}<extra></extra>",
    )
    frame = {"constrain": "domain", "showgrid": False}
    return style.figure(
        heat,
        title="Cross-correlation of z",
        height=height,
        xaxis={"title": {"text": "channel of view b"}, **frame},
        yaxis={"title": {"text": "channel of view a"}, "autorange": "reversed", "scaleanchor": "x", **frame},
    )


def _outline(cells: np.ndarray, color: str, dash: str) -> dict[str, Any] | None:
    """One shape around all marked cells (a shape for each would slow every refresh)."""
    r = 0.44
    path = "".join(f"M{x - r:g},{y - r:g}H{x + r:g}V{y + r:g}H{x - r:g}Z" for y, x in np.argwhere(cells).tolist())
    line = {"color": color, "width": 3, "dash": dash} if len(cells) <= MOST_NAMES else {"color": color, "width": 1}
    return {"type": "path", "path": path, "xref": "x", "yref": "y", "line": line} if path else None


def _names(rows: np.ndarray, total: int, order: str) -> dict[str, Any]:
    """Every row by its name, or, where there are many, a name for each group of rows."""
    n = len(rows)
    if n <= MOST_NAMES:
        return {"tickvals": list(range(n)), "ticktext": [row_name(int(row), total) for row in rows]}
    if order == "by view":
        return {"tickvals": [n / 4 - 0.5, 3 * n / 4 - 0.5], "ticktext": [f"a (1–{n // 2})", f"b (1–{n // 2})"]}
    places = np.linspace(0, n // 2 - 1, 5).astype(int)
    return {"tickvals": (2 * places + 0.5).tolist(), "ticktext": [str(i + 1) for i in places]}
