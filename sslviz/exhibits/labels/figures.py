"""Ranges side by side on a logarithmic axis: from the least to the most that a thing may be."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import style

HOW_TO_READ = (
    "A bar runs from the lowest to the highest value; a diamond is a single number. Each grid line is ten times "
    "the one before."
)


def ranges(  # noqa: PLR0913 - the words around the bars, by keyword
    names: Sequence[str],
    low: np.ndarray,
    high: np.ndarray,
    written: Sequence[str],
    *,
    title: str,
    x_title: str,
    marked: int | None = None,
    line: tuple[float, str, int] | None = None,
    subtitle: str = "",
    height: int = 300,
) -> go.Figure:
    """One bar per name from low to high (both > 0), `written` at its right end. marked: the row in the strong colour.

    line: a value to compare with, its name, and the row in which it is marked.
    """
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    place = np.arange(len(names), dtype=np.int32)
    traces = []
    for i in place.tolist():
        color = style.POSITIVE if i == marked else style.CLASSES[0]
        single = low[i] == high[i]
        traces.append(
            go.Scatter(
                x=[low[i], high[i]],
                y=[i, i],
                mode="markers" if single else "lines",
                line={"color": color, "width": 16},
                marker={"color": color, "size": 17, "symbol": "diamond"},
                hovertemplate=f"{names[i]}: {written[i]}<extra></extra>",
            )
        )
    ends = np.log10([low.min(), high.max()])
    notes = [
        {"text": written[i], "x": float(np.log10(high[i])), "y": i, "xanchor": "left", "xshift": 12, "showarrow": False}
        | {"font": {"size": 13, "color": style.POSITIVE if i == marked else style.INK}}
        for i in place.tolist()
    ]
    shapes: list[dict[str, Any]] = []
    if line is not None:
        look = {"color": style.INK, "width": 3, "dash": "dot"}
        value, text, row = line
        shapes.append({"type": "line", "x0": value, "x1": value, "y0": row - 0.45, "y1": row + 0.45, "line": look})
        notes.append(
            {"text": text, "x": float(np.log10(value)), "y": row - 0.24, "xanchor": "left", "yanchor": "bottom"}
            | {"showarrow": False, "xshift": 3, "font": {"size": 12, "color": style.FAINT}}
        )
    span = float(ends[1] - ends[0]) or 1.0
    return style.figure(
        *traces,
        title=title,
        subtitle=subtitle,
        height=height,
        showlegend=False,
        hovermode="closest",
        margin={"l": 8, "r": 16, "t": 82 if subtitle else 62, "b": 8},
        annotations=notes,
        shapes=shapes,
        # room at the right for what is written there
        xaxis={"type": "log", "title": {"text": x_title}, "range": [ends[0] - 0.06 * span, ends[1] + 0.85 * span]}
        | {"dtick": 1, "exponentformat": "SI", "minexponent": 3},
        yaxis={"tickvals": place, "ticktext": list(names), "range": [len(names) - 0.4, -0.6], "showgrid": False},
    )
