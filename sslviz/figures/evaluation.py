"""What a probe reads off a representation: paired bars, for h and for z, beside random weights and chance."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from sslviz.figures import style
from sslviz.foreign import in_legend

HOW_TO_READ_FACTORS = (
    "For each thing that can be asked of a picture, how often a probe reads it off h (kept) and off z (what the loss "
    "sees, thrown away). Ticks: random weights and chance. Where z is far below h, the projector has taken the blow: "
    "the loss wanted this to be ignored."
)
HOW_TO_READ_FACTORS_KNN = (
    "The same questions, answered by the neighbours: h can contain a factor (left) that still does not decide which "
    "pictures lie close together. Neighbours should not agree on what the augmentations vary."
)
TOP, TEXT, FRAME = 1.12, 22, 170  # of the axis; pixels of a number over its bar; of all that is not between the axes
NAMES = {"h": "h, kept", "z": "z, seen by the loss"}


def factors(rows: pd.DataFrame, *, title: str, height: int = 420) -> go.Figure:
    """Paired bars. rows: encoder (trained, random), features (h, z), target, chance, score; a row per bar and tick."""
    targets = list(dict.fromkeys(rows["target"]))
    place = {target: i for i, target in enumerate(targets)}
    traces: list[go.Bar | go.Scatter] = []
    for i, (features, name) in enumerate(NAMES.items()):
        some = rows[(rows["features"] == features) & (rows["encoder"] == "trained")]
        if not len(some):
            continue
        x = np.array([place[t] for t in some["target"]], np.float32) + (i - 0.5) * 0.36
        color = style.CLASSES[0] if features == "h" else style.NEGATIVE
        score = some["score"].to_numpy(np.float32)
        traces.append(style.bars(x, score, color, f"{name}: %{{y:.1%}}", width=0.34, name=name))
        random = rows[(rows["features"] == features) & (rows["encoder"] == "random")]
        at = np.array([place[t] for t in random["target"]], np.float32) + (i - 0.5) * 0.36
        traces.append(_ticks(at, random["score"].to_numpy(np.float32), "random weights", style.INK, 22, not i))
        untrained = dict(zip(random["target"], random["score"], strict=True))
        ticks = [(untrained.get(t, 0.0), level) for t, level in zip(some["target"], some["chance"], strict=True)]
        traces.append(_values(x, score, ticks, height))
    chance = rows.drop_duplicates("target")
    middle = np.array([place[t] for t in chance["target"]], np.float32)
    traces.append(_ticks(middle, chance["chance"].to_numpy(np.float32), "chance", style.POSITIVE, 40, True))
    return style.figure(
        *traces,
        title=title,
        height=height,
        barmode="overlay",
        showlegend=True,
        legend=style.BELOW,
        xaxis=targets_axis(targets),
        yaxis={"title": {"text": "test pictures answered correctly"}, "range": [0, TOP], "tickformat": ".0%"},
    )


def targets_axis(names: Sequence[str]) -> dict[str, Any]:
    """An axis of what is asked for."""
    words = [in_legend(name).replace("_", "<br>") for name in names]
    look = {"showgrid": False, "ticks": "", "tickangle": 0, "tickfont": {"size": 11}}
    return {"tickvals": list(range(len(words))), "ticktext": words, "title": {"text": "asked for"}, **look}


def _values(x: np.ndarray, score: np.ndarray, ticks: list[tuple[float, float]], height: int) -> go.Scatter:
    """The numbers over the bars, in percent; above a tick, where one would go through the number."""
    tall = TEXT / (height - FRAME) * TOP
    at = []
    for value, near in zip(score.tolist(), ticks, strict=True):
        for tick in sorted(near):
            value = tick if value - tall / 4 < tick < value + tall else value
        at.append(value)
    return go.Scatter(
        x=x,
        y=np.array(at, np.float32),
        mode="text",
        text=[f"{100 * value:.0f}" for value in score.tolist()],
        textposition="top center",
        textfont={"size": 14},
        cliponaxis=False,
        showlegend=False,
        hoverinfo="skip",
    )


def _ticks(x: np.ndarray, y: np.ndarray, name: str, color: str, size: int, legend: bool) -> go.Scatter:
    return go.Scatter(
        x=x,
        y=y,
        mode="markers",
        name=name,
        showlegend=legend,
        marker={"symbol": "line-ew", "size": size, "line": {"width": 2.5, "color": color}},
        hovertemplate=f"{name}: %{{y:.1%}}<extra></extra>",
    )
