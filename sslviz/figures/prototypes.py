"""SwAV's prototypes: how many of them are used, and by which views."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import style, tiles
from sslviz.figures.bars import sorted_bars
from sslviz.figures.matrix import MOST_NAMES, row_name, row_order
from sslviz.figures.softmax import entropy

HOW_TO_READ = (
    "Each bar is the share of recent views that have this prototype as their nearest one: with bars close to the "
    "dashed line all prototypes are used alike, one tall bar means that all pictures fell into one group (collapse)."
)
HOW_TO_READ_ASSIGNMENTS = (
    "Each row is the code of one view, a soft choice of prototypes (yellow = much weight); the two views of a picture, "
    "3a and 3b, lie below each other and should choose the same prototypes, different pictures others."
)


def usage(share: np.ndarray, *, height: int = 320) -> go.Figure:
    """Sorted bars of the share of views per prototype: P numbers that sum to 1."""
    p = np.asarray(share, dtype=np.float64)
    p = p / p.sum() if p.sum() > 0 else p
    rare = int((p < 0.1 / len(p)).sum())
    return sorted_bars(
        p,
        1 / len(p),
        f"all alike: 1/P = {1 / len(p):.2%}",
        title="Use of the prototypes",
        subtitle=f"effective number used exp(H) = {np.exp(entropy(p)):.1f} of {len(p)} · "
        f"{rare} with less than a tenth of 1/P",
        x_title="prototypes, most used first",
        y_title="share of views",
        percent=True,
        height=height,
    )


def assignments(
    codes: np.ndarray, *, images: int | None = 8, labels: Sequence[int] | np.ndarray | None = None, height: int = 400
) -> go.Figure:
    """Heat map of the codes of the first `images` pictures: rows 1a, 1b, 2a, …; prototypes in the order of their users.

    codes: 2N x P, rows sum to 1, first views first. labels: class of each picture, N, by which they are then sorted.
    """
    codes = np.asarray(codes, dtype=np.float32)
    total = len(codes) // 2
    shown = min(images or total, total)
    rows = row_order(shown, total, "by image")
    if labels is not None:
        rows = rows[np.argsort(np.asarray(labels)[rows % total], kind="stable")]
    z = codes[rows]
    both = z.reshape(shown, 2, -1).sum(1)  # pictures x P
    # by the picture that uses it most, so that choices lie on a staircase; what nobody uses comes last
    user = np.where(both.max(0) > 0.01, both.argmax(0), shown)
    columns = np.lexsort((-both.max(0), user))
    agree = float((z[0::2].argmax(1) == z[1::2].argmax(1)).mean())
    spread = np.mean([np.exp(entropy(row)) for row in z.astype(np.float64)])
    few = len(rows) <= MOST_NAMES
    middles = 2 * np.linspace(0, shown - 1, min(shown, 9)).astype(int)
    names = (
        {"tickvals": list(range(len(rows))), "ticktext": [row_name(int(row), total) for row in rows]}
        if few
        else {"tickvals": (middles + 0.5).tolist(), "ticktext": [str(rows[i] % total + 1) for i in middles]}
    )
    y_title = ("view" if few else "picture (two rows each)") + ("" if labels is None else ", by class")
    heat = go.Heatmap(
        z=z[:, columns],
        zmin=0,
        zmax=tiles.top_of(z),
        colorscale=style.SEQUENTIAL,
        colorbar={"title": {"text": "weight in the code", "side": "right"}, **style.COLORBAR},
        hovertemplate="%{z:.1%} of the code of view %{y}<extra></extra>",
    )
    borders = [
        {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "yref": "y", "y0": y, "y1": y}
        | {"line": {"color": style.PAPER, "width": 2}}
        for y in (np.arange(1.5, len(rows) - 1, 2).tolist() if few else [])
    ]
    return style.figure(
        heat,
        title="Codes of the views",
        subtitle=f"same prototype for both views: {agree:.0%} of the pictures shown · "
        f"prototypes per code exp(H) = {spread:.1f}",
        height=height,
        meta={"cells": []},
        margin={"l": 8, "r": 12, "t": 80, "b": 8},
        shapes=borders,
        xaxis={"title": {"text": f"{codes.shape[1]} prototypes, grouped by their users"}, "showgrid": False}
        | {"tickvals": [], "range": [-0.5, codes.shape[1] - 0.5]},
        yaxis={"title": {"text": y_title}, "showgrid": False, "ticks": "", "range": [len(rows) - 0.5, -0.5], **names},
    )
