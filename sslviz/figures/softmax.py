"""One anchor's softmax: how a temperature shares the attention of the loss between the positive and all negatives.

p_k = exp(s_k / τ) / Σ_{j ≠ anchor} exp(s_j / τ)        NT-Xent, eq. 1 of SimCLR (Chen et al. 2020)
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from scipy import special

from sslviz.figures import style
from sslviz.figures.matrix import row_name

HOW_TO_READ = (
    "Each bar is the probability that this view is taken for the anchor's other half, among the views shown; −ln of "
    "the orange one is this anchor's loss among them. The curve of the loss is a mean over all anchors, each among all "
    "views of the batch (in MoCo: among the queue). A small τ lets only the most similar views count; a large τ makes "
    "all views count alike."
)
MOST_NAMES = 24  # bars up to which each one is named


def probabilities(scores: np.ndarray, anchor: int, temperature: float) -> np.ndarray:
    """Softmax of one row of raw cosines, the anchor itself left out (its probability is 0). Safe for any τ > 0."""
    logits = np.asarray(scores, dtype=np.float64) / temperature
    logits[anchor] = -np.inf
    return np.asarray(special.softmax(logits))


def entropy(p: np.ndarray) -> float:
    """Shannon entropy in nats; exp of it is the number of equally likely candidates that would be as uncertain."""
    return float(special.entr(p).sum())


def softmax(
    scores: np.ndarray,
    anchor: int,
    positive: int,
    temperature: float,
    *,
    labels: Sequence[int] | np.ndarray | None = None,
    ordered: bool = False,
    sprite: dict[str, Any] | None = None,
    height: int = 340,
) -> go.Figure:
    """Bars of `probabilities(scores, anchor, temperature)`, the positive in its own colour.

    scores: one row of the similarity matrix, 2N (row i = view i // N of picture i % N). labels: class of each picture,
    N; negatives of the anchor's class are then marked. ordered: largest first. sprite: from `style.sprite`.
    """
    total = len(scores) // 2
    p = probabilities(scores, anchor, temperature)
    rows = np.delete(np.arange(len(p)), anchor)
    if ordered:
        rows = rows[np.argsort(-p[rows], kind="stable")]
    groups = {"positive": rows == positive}
    if labels is not None:
        of_row = np.asarray(labels)[np.arange(len(p)) % total]
        groups["same class"] = (of_row[rows] == of_row[anchor]) & (rows != positive)
    groups["negative"] = ~np.logical_or.reduce(list(groups.values()))
    colors = {"positive": style.POSITIVE, "same class": style.FALSE_NEGATIVE, "negative": style.NEGATIVE}
    bars = [
        go.Bar(
            x=np.flatnonzero(of_group).astype(np.int32),
            y=p[rows[of_group]].astype(np.float32),
            customdata=rows[of_group].astype(np.int32),
            name=name,
            width=0.85,
            marker={"color": colors[name], "line": {"width": 0}},
            hovertext=[
                f"{row_name(int(row), total)}: p = {p[row]:.4f}<br>cosine {scores[row]:.2f}" for row in rows[of_group]
            ],
            hoverinfo="none" if sprite else "text",
        )
        for name, of_group in groups.items()
        if of_group.any()
    ]
    negatives = np.delete(p, [anchor, positive])
    effective = np.exp(entropy(negatives / negatives.sum())) if negatives.sum() > 0 else 1.0
    loss = np.inf if p[positive] == 0 else -np.log(p[positive])
    few = len(rows) <= MOST_NAMES
    return style.figure(
        *bars,
        title=f"Softmax of view {row_name(anchor, total)} at τ = {temperature:.3g}",
        subtitle=f"P(positive) = {p[positive]:.3f} · −ln P = {loss:.3f} nats among the {len(p)} views shown<br>"
        f"entropy H = {entropy(p):.2f} nats · effective negatives {effective:.1f} of {len(negatives)}",
        height=height,
        meta=sprite or {},
        barmode="overlay",
        showlegend=True,
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "top"},
        margin={"l": 8, "r": 12, "t": 98, "b": 8},
        xaxis={"title": {"text": "the other views" + (", most similar first" if ordered else "")}, "showgrid": False}
        | {"tickvals": list(range(len(rows))) if few else [], "ticktext": [row_name(int(row), total) for row in rows]}
        | {"range": [-0.6, len(rows) - 0.4]},
        yaxis={"title": {"text": "probability"}, "range": [0, 1.02]},
    )
