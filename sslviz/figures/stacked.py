"""Two charts over the same steps as one, a loss above a score: at one glance whether both tell the same story."""

from typing import Any

import plotly.graph_objects as go

UPPER, LOWER = [0.55, 1], [0, 0.45]  # shares of the height
MOVED = {"y": "y3", "y domain": "y3 domain"}


def stacked(upper: go.Figure, lower: go.Figure, *, title: str) -> go.Figure:
    """upper, lower: from `curves.curves`, with the same pins. Pins and their lines go through both."""
    figure = go.Figure(upper, _validate=False)
    layout = figure.layout
    for trace in lower.data:
        if trace.yaxis != "y2":  # the pins are there already
            figure.add_trace(go.Scatter(trace).update(yaxis="y3"))
    levels = [_moved(shape) for shape in lower.layout.shapes if shape.yref == "y"]
    through = [shape if shape.yref == "y" else _through(shape) for shape in layout.shapes]
    figure.update_layout(
        title={"text": title, "subtitle": {"text": ""}},
        shapes=[*through, *levels],
        annotations=[*layout.annotations, *map(_moved, lower.layout.annotations)],
        margin_r=max(layout.margin.r, lower.layout.margin.r),
        yaxis_domain=UPPER,
        xaxis_anchor="y3",
        yaxis3={**lower.layout.yaxis.to_plotly_json(), "domain": LOWER, "anchor": "x"},
    )
    return figure


def _moved(part: Any) -> dict[str, Any]:
    known: dict[str, Any] = part.to_plotly_json()
    return known | {"yref": MOVED[known["yref"]]}


def _through(shape: Any) -> dict[str, Any]:
    """From the upper edge of the one chart to the lower edge of the other."""
    known: dict[str, Any] = shape.to_plotly_json()
    return known | {"yref": "paper", "y0": 0, "y1": 1}
