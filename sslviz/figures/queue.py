"""MoCo's queue: how alike one picture is to all the keys that wait there, from the newest to the oldest."""

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import style

HOW_TO_READ = (
    "Keys enter on the left and leave on the right, and the colour says how many of that age have that cosine with the "
    "query: a level band means that old keys are still comparable with new ones, a bent one that the key encoder "
    "changes too quickly; early on, the right part is the noise around 0 that the queue began with."
)
AGES, COSINES = 48, 50  # most bins from left to right; bins from -1 to 1


def queue(
    cosines: np.ndarray,
    age: np.ndarray,
    *,
    query: int | None = 0,
    batch: int | None = None,
    height: int = 380,
) -> go.Figure:
    """Density of the cosines over the age, their mean and the nearest key per age.

    cosines: 8 x K in [-1, 1], one row per query; age: K, in keys, 0 = newest.
    query: the row shown, None = all together. batch: keys that enter at each step; ages are then told in batches.
    """
    rows = np.asarray(cosines, dtype=np.float32)
    rows = rows if query is None else rows[query : query + 1]
    keys = rows.shape[1]
    unit = batch or 1
    bins = min(AGES, -(-keys // unit)) if batch else min(AGES, keys)
    of_key = np.minimum(np.asarray(age, dtype=np.int64) * bins // keys, bins - 1)
    edges = np.linspace(0, keys / unit, bins + 1, dtype=np.float32)
    middles = (edges[1:] + edges[:-1]) / 2
    of_cosine = np.clip(((rows + 1) / 2 * COSINES).astype(np.int64), 0, COSINES - 1)
    count = np.zeros((COSINES, bins), np.float32)
    np.add.at(count, (of_cosine, np.broadcast_to(of_key, rows.shape)), 1)
    total = count.sum(0)
    share = np.where(count > 0, count / np.maximum(total, 1), np.nan).astype(np.float32)
    mean = np.bincount(of_key, rows.mean(0), bins) / np.maximum(np.bincount(of_key, minlength=bins), 1)
    nearest = np.full(bins, -np.inf, np.float32)
    np.maximum.at(nearest, of_key, rows.max(0))
    who = "all queries" if query is None else f"query {query + 1}"
    asked = "1 query" if len(rows) == 1 else f"{len(rows)} queries"
    heat = go.Heatmap(
        x=edges,
        y=np.linspace(-1, 1, COSINES + 1, dtype=np.float32),
        z=share,
        zmin=0,
        zmax=max(0.2, float(np.nanquantile(share, 0.98))),  # a steady scale, unless the keys are nearly all alike
        colorscale=style.SEQUENTIAL,
        colorbar={"title": {"text": "share of keys", "side": "right"}, "tickformat": ".0%", **style.COLORBAR},
        hovertemplate="%{z:.0%} of the keys of age %{x:.3~g}: cosine %{y:.2f}<extra></extra>",
        hoverongaps=False,
    )
    lines = [
        _line(middles, mean.astype(np.float32), "mean", "solid"),
        _line(middles, nearest, "nearest", "dot"),
    ]
    return style.figure(
        heat,
        # on the dark blue and on the yellow: a broad line in the colour of the page below a thin one in ink
        *[
            go.Scatter(line).update(line={"color": style.PAPER, "width": 6, "dash": "solid"}, showlegend=False)
            for line in lines
        ],
        *lines,
        title=f"The queue as {who} sees it" if query is not None else "The queue as the queries see it",
        subtitle=f"{asked}, {keys:,} keys · mean cosine {rows.mean():.2f} · nearest {rows.max():.2f}".replace("-", "−"),
        height=height,
        meta={"cells": []},  # cells are bins, none can be pinned
        margin={"l": 8, "r": 12, "t": 76, "b": 8},
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 0, "yanchor": "bottom"},  # few cosines lie there
        xaxis={"title": {"text": "age (batches, newest left)" if batch else "age (keys, newest left)"}}
        | {"range": [0, float(edges[-1])], "showgrid": False},
        yaxis={"title": {"text": "cosine with the query"}, "range": [-1, 1], "tickvals": [-1, -0.5, 0, 0.5, 1]},
    )


def _line(x: np.ndarray, y: np.ndarray, name: str, dash: str) -> go.Scatter:
    return go.Scatter(
        x=x,
        y=y,
        name=name,
        mode="lines",
        line={"color": style.INK, "width": 2.5, "dash": dash},
        hovertemplate=f"{name} %{{y:.2f}}<extra></extra>",
    )
