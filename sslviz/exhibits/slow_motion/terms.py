"""What a loss is made of, view by view, from the tensors that a method shows: probabilities and terms.

    s, p   scores of a row's candidates, and their softmax
    y      1 for the right candidate, 0 for all others
    ℓ      loss of one row; the loss of the batch is their mean, times `factor`

SimCLR, MoCo: which of the others is my partner? (arXiv:2002.05709, equation 1; 1911.05722, equation 1.) Rotation,
jigsaw, supervised: which class? BYOL, SimSiam: no choice at all, only an angle (2006.07733, equation 2; 2011.10566,
equation 1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import log_softmax, logsumexp, softmax

CLASSES = {"rotation": "angle_logits", "jigsaw": "permutation_logits", "supervised": "class_logits"}


@dataclass(frozen=True)
class Terms:
    """terms: one per row. logits: rows x candidates, -inf for no candidate; right: the right one in each row. Losses
    that choose among no candidates have neither.
    """

    terms: np.ndarray
    factor: float = 1.0
    logits: np.ndarray | None = None
    right: np.ndarray | None = None

    @property
    def probability(self) -> np.ndarray | None:
        """p: rows x candidates, each row sums to 1."""
        return None if self.logits is None else np.asarray(softmax(self.logits, axis=1))


def terms(method: str, exhibits: Mapping[str, np.ndarray], values: Mapping[str, Any]) -> Terms | None:
    """None for a method whose loss cannot be told view by view from what it shows. values: the knobs."""
    x = {name: np.asarray(value, np.float64) for name, value in exhibits.items()}
    if method == "simclr":
        logits = x["similarity"] / values["temperature"]
        np.fill_diagonal(logits, -np.inf)  # k is not i
        partner = np.roll(np.arange(len(logits)), len(logits) // 2)
        pulled = -logits[np.arange(len(logits)), partner]
        return Terms(pulled + values["negatives"] * logsumexp(logits, axis=1), 1.0, logits, partner)
    if method == "moco":
        n = len(x["similarity"]) // 2
        if n > len(x["queue_similarity"]):  # it shows eight queries
            return None
        own = np.diagonal(x["similarity"][:n, n:])  # query i and key i
        return choices(np.column_stack([own, x["queue_similarity"]]) / values["temperature"], np.zeros(n, int))
    if method in CLASSES:
        logits = x[CLASSES[method]]
        if method == "rotation":
            right = np.arange(4).repeat(len(logits) // 4)
        else:
            right = x["permutation" if method == "jigsaw" else "labels"].astype(int)
        smoothing = values["label_smoothing"] if method == "supervised" else 0.0
        return choices(logits, right, smoothing)
    if method in ("byol", "simsiam"):
        s = x["prediction_similarity"]
        meant = s[np.arange(len(s)), np.roll(np.arange(len(s)), len(s) // 2)]  # of a prediction and its goal
        if method == "simsiam":
            return Terms(-meant)
        alpha, crowd = values["temperature"], s / values["temperature"]
        np.fill_diagonal(crowd, -np.inf)
        return Terms(2 - 2 * meant + values["negatives"] * 2 * alpha * logsumexp(crowd, axis=1), 2.0)
    return None


def choices(logits: np.ndarray, right: np.ndarray, smoothing: float = 0.0) -> Terms:
    """Cross-entropy of each row. smoothing: the share of the goal that is spread evenly over all candidates."""
    cost = -np.asarray(log_softmax(logits, axis=1))
    chosen = cost[np.arange(len(logits)), right]
    return Terms((1 - smoothing) * chosen + smoothing * cost.mean(1), 1.0, logits, right)
