"""Numbers sorted from large to small, beside the level that all of them would have if they were equal."""

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import style

MOST_BARS = 128  # more are drawn as one area: bars thinner than a pixel flicker


def sorted_bars(  # noqa: PLR0913 - the words of two axes, by keyword
    values: np.ndarray,
    level: float,
    level_name: str,
    *,
    title: str,
    x_title: str,
    y_title: str,
    subtitle: str = "",
    percent: bool = False,
    height: int = 320,
) -> go.Figure:
    """Bars of all values, largest first, and a dashed line at `level`; hovering tells which one a bar is."""
    values = np.asarray(values, dtype=np.float32)
    order = np.argsort(-values, kind="stable")
    what = {"name": x_title, "customdata": order.astype(np.int32) + 1}
    number = "%{y:.2~%}" if percent else "%{y:.3~g}"
    hover = {"hovertemplate": f"no. %{{customdata}}: {number}<extra></extra>"}
    color, n = style.CLASSES[0], len(values)
    bars: go.Bar | go.Scatter
    if n <= MOST_BARS:
        place = np.arange(1, n + 1, dtype=np.int32)
        width = 0.8 if n <= 64 else 1
        bars = go.Bar(
            x=place, y=values[order], **what, **hover, width=width, marker={"color": color, "line": {"width": 0}}
        )
    else:
        edges = np.arange(n + 1, dtype=np.float32) + 0.5
        steps = np.append(values[order], values[order[-1:]])
        line = {"shape": "hv", "width": 2, "color": color}
        bars = go.Scatter(x=edges, y=steps, **what, **hover, mode="lines", line=line, fill="tozeroy", fillcolor=color)
    pad = 0.5 + 0.01 * n
    ends = (1 - pad, n + pad)
    return style.figure(
        bars,
        level_line(level, *ends),
        title=title,
        subtitle=subtitle,
        height=height,
        showlegend=False,
        hovermode="closest",
        margin={"l": 8, "r": 12, "t": 76 if subtitle else 52, "b": 8},
        annotations=[level_label(level, level_name)],
        xaxis={"title": {"text": x_title}, "range": list(ends), "showgrid": False},
        yaxis={"title": {"text": y_title}, "rangemode": "tozero", "tickformat": ".1~%" if percent else ".3~g"},
    )


def level_line(level: float, start: float, end: float) -> go.Scatter:
    """A dashed line. A trace and not a shape, so that the axis always reaches it."""
    return go.Scatter(
        x=np.array([start, end], dtype=np.float32),
        y=np.array([level, level], dtype=np.float32),
        mode="lines",
        line={"color": style.INK, "width": 2, "dash": "dash"},
        hoverinfo="skip",
    )


def level_label(level: float, text: str) -> dict[str, object]:
    """The name of the line, above its right end: sorted values are below it there."""
    return {
        "text": text,
        "x": 1,
        "xref": "x domain",
        "xanchor": "right",
        "y": level,
        "yref": "y",
        "yanchor": "bottom",
    } | {
        "showarrow": False,
        "font": {"size": 14, "color": style.INK},
    }
