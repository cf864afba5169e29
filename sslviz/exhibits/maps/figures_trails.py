"""Trails: the way that the points which moved most have gone, through maps that were laid onto each other."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import style

MOST = 60


def moved_most(first: np.ndarray, last: np.ndarray, most: int = MOST) -> np.ndarray:
    """The numbers of the points that lie farthest from where they were, the farthest first: two N x D -> at most
    `most`. A point that has not moved at all is never among them.
    """
    length = np.linalg.norm(np.asarray(last, np.float64) - first, axis=1)
    order = np.argsort(-length, kind="stable")[:most]
    found: np.ndarray = order[length[order] > 0]
    return found


def trails(layouts: Sequence[np.ndarray], points: np.ndarray) -> go.Scatter:
    """One line for each of `points` through T maps of N x 2, oldest first; the small ring is where it started."""
    way = np.stack([np.asarray(layout, np.float32)[points] for layout in layouts], 1)  # P x T x 2
    gap = np.full((len(points), 1, 2), np.nan, np.float32)  # lifts the pen between two points
    line = np.concatenate([way, gap], 1).reshape(-1, 2)
    return go.Scatter(
        x=line[:, 0],
        y=line[:, 1],
        mode="lines",
        line={"color": style.INK, "width": 1.2},
        opacity=0.5,
        hoverinfo="skip",
        showlegend=False,
        name="trails",
    )
