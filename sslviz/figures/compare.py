"""Several runs in one picture: curves over a common clock, likeness of the same pictures, and a legend for all maps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import clock, style
from sslviz.foreign import in_legend, in_plotly

HOW_TO_READ = (
    "One line per run, the same colour and dash everywhere on this page; the vertical line is the clock's moment, "
    "what comes later is faint. Smoothing is a running mean: faint lines are the values as recorded."
)
HOW_TO_READ_LIKENESS = (
    "Cosine similarity of h of the same test pictures, sorted by class, from −1 (dark blue) to 1 (yellow): yellow "
    "squares along the diagonal mean that a class holds together, yellow everywhere that all look alike to the network."
)
FEW = 40  # points up to which each is marked
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


@dataclass(frozen=True)
class Line:
    """One run (or the mean of several): x, y equally long; low and high bound a band; raw is y before smoothing."""

    name: str
    x: np.ndarray
    y: np.ndarray
    number: int  # of its colour and dash
    raw: np.ndarray | None = None
    low: np.ndarray | None = None
    high: np.ndarray | None = None


def smooth(values: np.ndarray, share: float) -> np.ndarray:
    """Exponential running mean: each value keeps `share` of the past; the start counts no zeros before it (as in
    Adam).
    """
    if not 0 < share < 1:
        return values
    result, mean, weight = np.empty(len(values)), 0.0, 0.0
    for i, value in enumerate(values):
        mean, weight = share * mean + (1 - share) * value, share * weight + (1 - share)
        result[i] = mean / weight
    return result


def over(  # noqa: PLR0913 - the words of two axes, by keyword
    lines: Sequence[Line],
    *,
    title: str,
    x_title: str,
    y_title: str,
    at: float | None = None,
    references: dict[str, float] | None = None,
    percent: bool = False,
    log: str = "none",
    height: int = 420,
) -> go.Figure:
    """Curves over a common axis. at: the moment, a vertical line. references: name -> dashed level.

    log: "none", "x", "y" or "both"; what is not positive then has no place and is left out.
    """
    traces: list[go.Scatter] = []
    for line in lines:
        color = style.CLASSES[line.number % len(style.CLASSES)]
        x = line.x.astype(np.float32)
        if line.low is not None and line.high is not None:
            edge = np.concatenate([line.high, line.low[::-1]]).astype(np.float32)
            both = np.concatenate([x, x[::-1]])
            band = {"fill": "toself", "fillcolor": color, "opacity": 0.2, "line": {"width": 0}, "mode": "lines"}
            traces.append(go.Scatter(x=both, y=edge, hoverinfo="skip", showlegend=False, **band))
        if line.raw is not None:
            faint = {"line": {"color": color, "width": 1}, "opacity": 0.3, "mode": "lines"}
            traces.append(go.Scatter(x=x, y=line.raw.astype(np.float32), hoverinfo="skip", showlegend=False, **faint))
        number = "%{y:.1%}" if percent else "%{y:.4~g}"
        traces.append(
            go.Scatter(
                x=x,
                y=line.y.astype(np.float32),
                name=in_plotly(line.name),
                mode="lines" if len(x) > FEW else "lines+markers",
                marker={"size": 8, "symbol": style.SYMBOLS[line.number % len(style.SYMBOLS)]},
                line={"color": color, "width": 2.5, "dash": DASHES[line.number % len(DASHES)]},
                hovertemplate=f"{number}<br>{x_title} %{{x:,.0f}}<extra>%{{fullData.name}}</extra>",
            )
        )
    if not any(len(line.x) for line in lines):
        traces.append(go.Scatter(x=[], y=[], showlegend=False))
    references = references or {}
    levels = [f"{name} {value:.0%}" if percent else f"{name} {value:.3g}" for name, value in references.items()]
    now = [] if at is None or (at <= 0 and log in ("x", "both")) else clock.now(at)
    shapes = [style.level(value) for value in references.values()] + now
    return style.figure(
        *traces,
        title=in_plotly(title),
        subtitle=f"dashed: {', '.join(levels)}" if levels else "",
        height=height,
        hovermode="closest",
        showlegend=len(lines) > 1,
        shapes=shapes,
        **names_above(len(lines), extra=34 if levels else 0),
        xaxis={"title": {"text": x_title}, **({"type": "log"} if log in ("x", "both") else {"rangemode": "tozero"})},
        yaxis={"title": {"text": in_plotly(y_title)}, **({"type": "log"} if log in ("y", "both") else {})}
        | {"tickformat": ".0%" if percent else "" if log in ("y", "both") else ".3~g"},
    )


def likeness(cosines: np.ndarray, classes: Sequence[str], *, title: str, height: int = 330) -> go.Figure:
    """N x N cosines of pictures that are sorted by class. classes: the name of each picture's class, N, or empty."""
    heat = go.Heatmap(
        z=np.asarray(cosines, dtype=np.float32),
        zmin=-1,
        zmax=1,
        colorscale=style.SEQUENTIAL,
        showscale=False,
        hovertemplate="%{y} and %{x}: %{z:.2f}<extra></extra>",
    )
    n = len(cosines)
    axis = {"showgrid": False, "constrain": "domain", "ticks": "", "showticklabels": False}
    if len(classes) == n:
        names = [in_plotly(name) for name in classes]
        heat.text = [[f"{a} and {b}" for b in names] for a in names]
        heat.hovertemplate = "%{text}: %{z:.2f}<extra></extra>"
    return style.figure(
        heat,
        title=title,
        height=height,
        margin={"l": 4, "r": 4, "t": 40, "b": 4},
        xaxis={**axis, "range": [-0.5, n - 0.5], "title": {"text": "picture, sorted by class"}},
        yaxis={**axis, "range": [n - 0.5, -0.5], "title": {"text": "picture"}, "scaleanchor": "x"}
        | {"constraintoward": "top"},
    )


def legend(classes: Sequence[str]) -> go.Figure:
    """The colours and symbols of the classes, once for all maps of a page."""
    traces = [
        go.Scatter(
            x=[None],
            y=[None],
            name=in_legend(name),
            mode="markers",
            marker={"size": 9, "color": style.CLASSES[i % len(style.CLASSES)]}
            | {"symbol": style.SYMBOLS[i % len(style.SYMBOLS)]},
        )
        for i, name in enumerate(classes)
    ]
    hidden = {"visible": False, "fixedrange": True}
    return style.figure(
        *traces,
        title="Classes on the maps",
        height=112,  # two rows, on a narrow window
        showlegend=True,
        margin={"l": 0, "r": 0, "t": 34, "b": 0},
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "top"},
        xaxis=hidden,
        yaxis=hidden,
    )


def names_above(count: int, extra: int = 0) -> dict[str, Any]:
    """A legend between title and plot: two names in a line fit the narrowest window."""
    place = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"}
    return {"legend": place, "margin": {"l": 8, "r": 12, "t": 44 + extra + 22 * -(-count // 2), "b": 8}}
