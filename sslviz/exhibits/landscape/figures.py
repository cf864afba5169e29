"""Pictures of the landscape: which method stands on which idea, and two scores of the same methods side by side."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import style

HOW_TO_READ_IDEAS = "A full circle marks the idea that a method is built on, a ring one that it borrows from."
HOW_TO_READ_SCORES = "Each method has two bars; the two scores rank the methods differently."


def placed(
    rows: Sequence[str],
    columns: Sequence[str],
    main: Sequence[int],
    also: Sequence[int],
    why: Sequence[str],
    *,
    height: int = 460,
) -> go.Figure:
    """Circles on a grid. main, also: the column of each row's full circle and of its ring, -1 for none."""
    traces = []
    for name, where, symbol in (("built on it", main, "circle"), ("borrows from it", also, "circle-open")):
        shown = [i for i, column in enumerate(where) if column >= 0]
        traces.append(
            go.Scatter(
                x=np.array([where[i] for i in shown], dtype=np.int32),
                y=np.array(shown, dtype=np.int32),
                name=name,
                mode="markers",
                marker={"symbol": symbol, "size": 19, "color": [style.CLASSES[where[i]] for i in shown]}
                | {"line": {"width": 3, "color": [style.CLASSES[where[i]] for i in shown]}},
                hovertext=[f"{rows[i]}: {why[i]}" for i in shown],
                hoverinfo="text",
                hoverlabel={"namelength": -1},
            )
        )
    return style.figure(
        *traces,
        title="What is predicted?",
        subtitle=HOW_TO_READ_IDEAS,
        height=height,
        showlegend=False,
        hovermode="closest",
        margin={"l": 8, "r": 12, "t": 110, "b": 8},
        xaxis={"tickvals": list(range(len(columns))), "ticktext": [_two_lines(name) for name in columns], "side": "top"}
        | {"range": [-0.5, len(columns) - 0.5], "tickangle": 0, "ticks": ""},
        yaxis={
            "tickvals": list(range(len(rows))),
            "ticktext": list(rows),
            "range": [len(rows) - 0.5, -0.5],
            "ticks": "",
        },
    )


def scores(
    names: Sequence[str],
    first: np.ndarray,
    second: np.ndarray,
    titles: tuple[str, str],
    *,
    title: str,
    subtitle: str = "",
    height: int = 400,
) -> go.Figure:
    """Two bars for each name, best at the top as given, each with its number."""
    bars = [
        go.Bar(
            y=list(names),
            x=np.asarray(values, dtype=np.float32),
            name=heading,
            orientation="h",
            text=[f"{value:g}" for value in values],
            textposition="outside",
            cliponaxis=False,
            marker={"color": style.CLASSES[color], "pattern": {"shape": pattern, "size": 6}},
            hovertemplate="%{y}: %{x:.3~g}<extra>" + heading + "</extra>",
        )
        for heading, values, color, pattern in ((titles[0], first, 0, ""), (titles[1], second, 1, "/"))
    ]
    return style.figure(
        *bars,
        title=title,
        subtitle=subtitle,
        height=height,
        barmode="group",
        bargap=0.3,
        legend=style.BELOW,
        margin={"l": 8, "r": 36, "t": 76, "b": 8},
        xaxis={"title": {"text": "score (%)"}, "range": [0, 100]},
        yaxis={"autorange": "reversed", "showgrid": False, "ticks": ""},
    )


def _two_lines(name: str) -> str:
    words = name.split()
    half = (len(words) + 1) // 2
    return " ".join(words[:half]) + "<br>" + " ".join(words[half:])
