"""A map of advice: which answer belongs to which pair of counts, and where one stands on it."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import style

HOW_TO_READ = "Each mark is the advice for that many labels and images, all else unchanged; the frame is where you are."


def advice_map(  # noqa: PLR0913 - the words of two axes, by keyword
    x: np.ndarray,
    y: np.ndarray,
    answer: Sequence[str],
    here: tuple[int, int],
    *,
    x_names: Sequence[str],
    y_names: Sequence[str],
    x_title: str,
    y_title: str,
    title: str,
    height: int = 460,
) -> go.Figure:
    """x, y: places of the cells, counted from 0; answer: what to do in each; here: the place to frame."""
    answers = np.asarray(answer)
    traces = []
    for color, name in enumerate(dict.fromkeys(answer)):
        mine = answers == name
        look = {"color": style.CLASSES[color % 10], "symbol": style.SYMBOLS[color % 10], "size": 20}
        hover = [f"{name}<br>{x_names[i]} × {y_names[j]}" for i, j in zip(x[mine], y[mine], strict=True)]
        traces.append(
            go.Scatter(
                x=x[mine].astype(np.int32),
                y=y[mine].astype(np.int32),
                name=name,
                mode="markers",
                marker=look,
                hovertext=hover,
                hoverinfo="text",
            )
        )
    frame = {"type": "rect", "x0": here[0] - 0.42, "x1": here[0] + 0.42, "y0": here[1] - 0.42, "y1": here[1] + 0.42}
    return style.figure(
        *traces,
        title=title,
        height=height,
        showlegend=True,
        hovermode="closest",
        legend=style.BELOW,
        margin={"l": 8, "r": 12, "t": 52, "b": 8},
        shapes=[{**frame, "line": {"color": style.POSITIVE, "width": 3}}],
        xaxis={"title": {"text": x_title}, "tickvals": list(range(len(x_names))), "ticktext": list(x_names)}
        | {"range": [-0.6, len(x_names) - 0.4]},
        yaxis={"title": {"text": y_title}, "tickvals": list(range(len(y_names))), "ticktext": list(y_names)}
        | {"range": [-0.6, len(y_names) - 0.4]},
    )
