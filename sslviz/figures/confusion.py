"""The confusion matrix: what is taken for what."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import style
from sslviz.foreign import in_legend, in_plotly

HOW_TO_READ = (
    "Row: what is true; column: what the network answers; the numbers count pictures; a good network has them "
    "all on the diagonal."
)
SIDE_BY_SIDE = 5  # names of classes below the matrix; more of them stand upright


def confusion(truth: np.ndarray, answer: np.ndarray, names: Sequence[str], *, height: int = 380) -> go.Figure:
    """How often each thing was taken for which. truth, answer: M numbers; names: of the C classes."""
    count = np.zeros((len(names), len(names)), np.int32)
    np.add.at(count, (np.asarray(truth).astype(int), np.asarray(answer).astype(int)), 1)
    share = count / np.maximum(count.sum(1, keepdims=True), 1)
    few = len(names) <= 16
    whole = [in_plotly(name) for name in names]
    heat = go.Heatmap(
        z=share.astype(np.float32),
        zmin=0,
        zmax=1,
        text=np.where(count > 0, count.astype(str), "") if few else None,
        texttemplate="%{text}" if few else None,
        textfont={"size": 15},
        colorscale=style.SEQUENTIAL,
        colorbar={"title": {"text": "share of the row", "side": "right"}, "tickformat": ".0%", **style.COLORBAR},
        hovertext=[[f"{true} taken for {said}" for said in whole] for true in whole] if few else None,
        hovertemplate=("%{hovertext}" if few else "%{y} taken for %{x}") + ": %{z:.0%}<extra></extra>",
        xgap=1,
        ygap=1,
    )
    upright = {"tickangle": 90} if len(names) > SIDE_BY_SIDE else {}
    axis = {"showgrid": False, "ticks": "", "constrain": "domain"}
    named = {"tickvals": list(range(len(names))), "ticktext": [in_legend(name) for name in names]} if few else {}
    return style.figure(
        heat,
        title="What is taken for what",
        subtitle=f"{np.trace(count) / max(count.sum(), 1):.0%} of {count.sum()} right",
        height=height,
        meta={"cells": []},
        margin={"l": 8, "r": 12, "t": 76, "b": 8},
        xaxis={**axis, **named, **upright, "range": [-0.5, len(names) - 0.5], "title": {"text": "answer"}},
        yaxis={**axis, **named, "range": [len(names) - 0.5, -0.5], "title": {"text": "truth"}, "scaleanchor": "x"}
        | {"constraintoward": "top"},
    )


def angles(angle_logits: np.ndarray, *, height: int = 380) -> go.Figure:
    """`confusion` of the four rotations. angle_logits: 4N x 4, all 0° first."""
    answer = np.asarray(angle_logits, np.float32).argmax(1)
    return confusion(np.repeat(np.arange(4), len(answer) // 4), answer, ["0°", "90°", "180°", "270°"], height=height)
