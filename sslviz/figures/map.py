"""The map: every picture a point, close together when the network finds the pictures alike."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import style
from sslviz.foreign import in_legend, in_plotly

HOW_TO_READ = (
    "Neighbours on the map look alike to the network. The axes have no meaning and no unit, distances between far "
    "clusters mean little; hover a point to see its picture."
)


def scatter(  # noqa: PLR0913 - two ways to colour the points, by keyword
    layout: np.ndarray,
    *,
    labels: Sequence[int] | np.ndarray | None = None,
    classes: Sequence[str] = (),
    factor: np.ndarray | None = None,
    factor_name: str = "",
    cyclic: bool = False,
    sprite: dict[str, Any] | None = None,
    title: str = "Map of the representation",
    axes: tuple[str, str] = ("UMAP 1 (no unit)", "UMAP 2 (no unit)"),
    height: int = 520,
) -> go.Figure:
    """N x 2 positions, coloured by class (colour and symbol) or by a continuous factor, N; neither: one colour.

    cyclic: the factor goes once round from 0 to 1, as a hue does. sprite: from `style.sprite`, kind "point".
    Drawn as SVG: 2,000 points are few enough, and WebGL is missing on some machines.
    """
    layout = np.asarray(layout, dtype=np.float32)
    if factor is not None:
        traces = [_by_factor(layout, np.asarray(factor, dtype=np.float32), factor_name, cyclic)]
    elif labels is not None:
        of_point = np.asarray(labels)
        traces = [
            _points(layout, np.flatnonzero(of_point == c), classes[c] if c < len(classes) else f"class {c}", int(c))
            for c in np.unique(of_point)
        ]
    else:
        traces = [_points(layout, np.arange(len(layout)), "picture", 0)]
    for trace in traces:
        trace.hoverinfo = "none" if sprite else "text"
    axis = {
        "showgrid": False,
        "showticklabels": False,
        "ticks": "",
        "showline": True,
        "mirror": True,
        "linecolor": style.GRID,
    }
    return style.figure(
        *traces,
        title=title,
        height=height,
        meta=sprite or {},
        hovermode="closest",
        showlegend=factor is None and labels is not None,
        legend={"x": 1.01, "xanchor": "left", "y": 1, "yanchor": "top"},
        xaxis={**axis, "title": {"text": axes[0]}},
        # equal units on both axes; `domain` keeps the frame tight around the points
        yaxis={**axis, "title": {"text": axes[1]}, "scaleanchor": "x", "constrain": "domain"}
        | {"constraintoward": "top"},
    )


def hold(figure: go.Figure, layouts: np.ndarray) -> go.Figure:
    """A square frame, wide enough for all moments, T x N x 2: it stands still while the points wander."""
    low, high = layouts.reshape(-1, 2).min(0).astype(float), layouts.reshape(-1, 2).max(0).astype(float)
    half = 0.53 * max(float((high - low).max()), 1e-6)
    ranges = np.stack([(low + high) / 2 - half, (low + high) / 2 + half], axis=1).tolist()
    figure.update_xaxes(range=ranges[0], constrain="domain")
    return figure.update_yaxes(range=ranges[1])


def _points(layout: np.ndarray, index: np.ndarray, name: str, number: int) -> go.Scatter:
    """The points of one class; customdata says which picture each of them is."""
    return go.Scatter(
        x=layout[index, 0],
        y=layout[index, 1],
        customdata=index.astype(np.int32),
        mode="markers",
        name=in_legend(name),
        hovertext=in_plotly(name),
        marker={
            "size": 7,
            "opacity": 0.85,
            "color": style.CLASSES[number % len(style.CLASSES)],
            "symbol": style.SYMBOLS[number % len(style.SYMBOLS)],
            "line": {"width": 0},
        },
    )


def _by_factor(layout: np.ndarray, factor: np.ndarray, name: str, cyclic: bool) -> go.Scatter:
    bar = {"title": {"text": in_legend(name), "side": "right"}, **style.COLORBAR}
    scale = {"colorscale": style.CYCLIC, "cmin": 0, "cmax": 1} if cyclic else {"colorscale": style.SEQUENTIAL}
    return go.Scatter(
        x=layout[:, 0],
        y=layout[:, 1],
        customdata=np.arange(len(layout), dtype=np.int32),
        mode="markers",
        name=in_legend(name),
        # an outline, for both ends of a scale come close to the colour of one of the pages
        marker={"size": 7, "color": factor, "colorbar": bar, "line": {"width": 0.5, "color": style.FAINT}, **scale},
        hovertext=[f"{in_plotly(name)} {value:.2f}" for value in factor],
    )
