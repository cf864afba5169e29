"""What the features of the pretext methods are worth, beside those of other methods."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from sslviz.figures import style
from sslviz.measures.scores import FINAL

HOW_TO_READ = (
    "Bars: a linear probe on the frozen features h. The tick on each bar is the same encoder with random weights, the "
    f"diamond is the {FINAL.name}."
)


def worth(table: pd.DataFrame, *, height: int | None = None) -> go.Figure:
    """Bars, best first. table: method, kind, linear, random, exam (the last two may be missing), all 0 … 1."""
    table = table.sort_values("linear", ascending=False)
    kinds = dict.fromkeys(table["kind"])
    traces: list[Any] = []
    for number, kind in enumerate(kinds):
        some = table[table["kind"] == kind]
        text = {"text": [f"{score:.1%}" for score in some["linear"]], "textposition": "inside"}
        look = {"name": kind, "orientation": "h", "insidetextanchor": "start", **text}
        x, hover = some["linear"].to_numpy(np.float32), "%{y}: linear probe %{x:.1%}"
        traces.append(style.bars(x, some["method"], style.CLASSES[number], hover, **look))
    for column, name, mark in (("random", "random weights", "line-ns"), ("exam", FINAL.name, "diamond-open")):
        traces.append(
            go.Scatter(
                y=table["method"],
                x=table[column].to_numpy(np.float32),
                name=name,
                mode="markers",
                marker={"symbol": mark, "size": 14, "color": style.INK, "line": {"width": 3, "color": style.INK}},
                hovertemplate=f"%{{y}}: {name} %{{x:.1%}}<extra></extra>",
            )
        )
    return style.figure(
        *traces,
        title="What the features are worth",
        height=height or 150 + 34 * len(table),
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom"},
        margin={"l": 8, "r": 12, "t": 84, "b": 8},
        barmode="overlay",
        xaxis={"title": {"text": "test accuracy"}, "range": [0, 1], "tickformat": ".0%"},
        yaxis={
            "title": {"text": "method"},
            "autorange": "reversed",
            "categoryorder": "array",
            "categoryarray": table["method"].tolist(),
        },
    )
