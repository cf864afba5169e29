"""What a loss is made of, row by row, from the tensors that a method shows: probabilities and terms.

    s, p   scores of a row's candidates, and their softmax
    y      1 for the right candidate, 0 for all others
    ℓ      loss of one row; the loss of the batch is their mean, times `factor`

How a method's terms follow from its exhibits stands on its card.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray
Exhibits = Mapping[str, Array]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Terms:
    """terms: one per row. logits: rows x candidates, -inf for no candidate; right: the right one in each row. Losses
    that choose among no candidates have neither.
    """

    terms: Array
    factor: float = 1.0
    logits: Array | None = None
    right: Array | None = None

    @property
    def probability(self) -> Array | None:
        """p: rows x candidates, each row sums to 1."""
        return None if self.logits is None else np.exp(log_softmax(self.logits))


MakeTerms = Callable[[Exhibits, Values], Terms | None]  # exhibits in float64, all knobs


def choices(logits: Array, right: Array, smoothing: float = 0.0) -> Terms:
    """Cross-entropy of each row. smoothing: the share of the goal that is spread evenly over all candidates."""
    cost = -log_softmax(logits)
    chosen = cost[np.arange(len(logits)), right]
    return Terms((1 - smoothing) * chosen + smoothing * cost.mean(1), 1.0, logits, right)


def partners(rows: int) -> Array:
    """The other view of the same picture, for 2N views of which the second N follow the first: i -> i ± N."""
    return np.roll(np.arange(rows), rows // 2)


def meetings(s: Array) -> Array:
    """Cosine of each prediction with its goal, the other view of its picture: 2N x 2N -> 2N."""
    return np.asarray(s[np.arange(len(s)), partners(len(s))])


def log_sum_exp(logits: Array) -> Array:
    """ln Σ exp of each row."""
    top = logits.max(1, keepdims=True)
    return np.asarray(top[:, 0] + np.log(np.exp(logits - top).sum(1)))


def log_softmax(logits: Array) -> Array:
    """ln p of each candidate of a row."""
    return np.asarray(logits - log_sum_exp(logits)[:, None])
