"""The InfoNCE loss worked out by hand: from a matrix of similarities to every term of the loss and of its gradient.

    N       pictures; two views of each; row i is view i // N of picture i % N         2N rows
    s_ij    similarity of views i and j, -1 … 1; s_ii is left out                      2N x 2N
    τ       temperature
    P_ij    probability that the anchor i takes j for its partner                      2N x 2N, P_ii = 0
    ℓ_i     loss of the anchor i, in nats

P_ij = exp(s_ij/τ) / Σ_{k ≠ i} exp(s_ik/τ)      ℓ_i = −ln P_i,partner      L = Σ_i ℓ_i / 2N
∂L/∂s_ij = (P_ij − [j is the partner of i]) / (2N τ), every entry of the matrix taken for itself

Chen et al. 2020, "A Simple Framework for Contrastive Learning of Visual Representations", equation 1 (NT-Xent).
Every exponential is taken of a difference to the largest one (log-sum-exp), so that no temperature overflows.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import special

from sslviz.measures.infonce_views import LECTURE_NAMES, name, relations

PLAIN = str.maketrans("₁₂₃₄", "1234", "z")  # z₂ -> 2, for LaTeX


@dataclass(frozen=True)
class InfoNCE:
    """similarity: 2N x 2N, symmetric; temperature > 0. Arrays have one row per anchor. `lecture`: views are z₁ … z₄."""

    similarity: np.ndarray
    temperature: float
    lecture: bool = False

    @cached_property
    def names(self) -> list[str]:
        """What each view is called, row by row."""
        rows = len(self.similarity)
        plain = [name(row, rows // 2) for row in range(rows)]
        return [LECTURE_NAMES[view] for view in plain] if self.lecture else plain

    @cached_property
    def order(self) -> np.ndarray:
        """In which order the rows are drawn: the lecture counts picture by picture, we first views first."""
        rows = np.arange(len(self.similarity))
        return np.asarray(np.argsort(np.array(self.names)) if self.lecture else rows)

    @cached_property
    def partner(self) -> np.ndarray:
        """The other view of the same picture."""
        rows = len(self.similarity)
        return np.roll(np.arange(rows), rows // 2)

    @cached_property
    def is_partner(self) -> np.ndarray:
        return np.asarray(self.partner[:, None] == np.arange(len(self.similarity))[None, :])

    @cached_property
    def logits(self) -> np.ndarray:
        """s/τ, and −∞ for a view with itself."""
        logits = np.asarray(self.similarity, dtype=np.float64) / self.temperature
        np.fill_diagonal(logits, -np.inf)
        return logits

    @cached_property
    def loss(self) -> np.ndarray:
        """ℓ = ln(1 + Σ_negatives exp((s_k − s_partner)/τ)): the small losses keep all their digits."""
        return np.asarray(np.logaddexp(0.0, self._against - self.logits[self.is_partner]))

    @cached_property
    def _negatives(self) -> np.ndarray:
        return np.where(self.is_partner, -np.inf, self.logits)

    @cached_property
    def _against(self) -> np.ndarray:
        """ln Σ exp(s_k/τ) over the negatives."""
        return log_sum_exp(self._negatives)

    @cached_property
    def probability(self) -> np.ndarray:
        return np.asarray(np.exp(self.logits - log_sum_exp(self.logits)[:, None]))

    @cached_property
    def push(self) -> np.ndarray:
        """How the negatives share the push among them: each row sums to 1, partner and self are 0."""
        return np.asarray(np.exp(self._negatives - self._against[:, None]))

    @cached_property
    def gradient(self) -> np.ndarray:
        """∂L/∂s: negative for the partner (a step makes them more alike), positive for all others."""
        missing = -np.expm1(-self.loss)  # 1 − P of the partner, also when P is nearly 1
        return np.asarray((self.push - self.is_partner) * missing[:, None] / (self.temperature * len(self.loss)))

    @cached_property
    def entropy(self) -> np.ndarray:
        """H of each row of P, in nats."""
        return row_entropy(self.probability)

    @cached_property
    def effective(self) -> np.ndarray:
        """exp(H) of the push: as many equally near negatives would share it in the same way. 1 … 2N − 2."""
        return np.asarray(np.exp(row_entropy(self.push)))

    @property
    def mean_loss(self) -> float:
        return float(self.loss.mean())

    @property
    def ceiling(self) -> float:
        """ln(2N − 1): the loss of guessing, when all similarities are equal. It can be worse than that."""
        return math.log(len(self.similarity) - 1)

    @cached_property
    def angle(self) -> np.ndarray:
        """arccos s, in degrees, of every two views."""
        return np.asarray(np.degrees(np.arccos(np.clip(self.similarity, -1, 1))))

    def table(self, labels: np.ndarray) -> pd.DataFrame:
        """One row per anchor and other view: everything that the worksheet draws."""
        rows = len(self.similarity)
        names = np.array(self.names)
        anchor, other = np.nonzero(~np.eye(rows, dtype=bool))
        columns = {"cosine": self.similarity, "angle_degrees": self.angle, "logit": self.logits}
        columns |= {"probability": self.probability, "gradient": self.gradient, "share_of_push": self.push}
        return pd.DataFrame(
            {"anchor": names[anchor], "other": names[other]}
            | {"relation": relations(labels)[anchor, other], "temperature": self.temperature}
            | {key: value[anchor, other] for key, value in columns.items()}
            | {"loss_of_anchor": self.loss[anchor], "mean_loss": self.mean_loss}
        )

    def latex(self, anchor: int) -> str:
        """The loss of one anchor and the mean loss, with the numbers in them."""
        half, partner = len(self.loss) // 2, int(self.partner[anchor])
        others = [partner] + [k for k in range(2 * half) if k not in (anchor, partner)]
        t = f"{self.temperature:g}"
        terms = [rf"e^{{{self.similarity[anchor, k]:.2f}/{t}}}" for k in others]
        a, b = (self.names[row].translate(PLAIN) for row in (anchor, partner))
        return (
            rf"\ell_{{{a}}} = -\ln \frac{{e^{{s_{{{a},{b}}}/\tau}}}}{{\sum_{{k \neq {a}}} e^{{s_{{{a},k}}/\tau}}}}"
            rf" = -\ln \frac{{{terms[0]}}}{{{' + '.join(terms)}}}"
            rf" = -\ln {self.probability[anchor, partner]:.5f} = {self.loss[anchor]:.5f}"
            "\n\n"
            rf"L = \frac{{1}}{{{2 * half}}} \sum_i \ell_i = {self.mean_loss:.5f}, \qquad "
            rf"\ln(2N - 1) = \ln {2 * half - 1} = {self.ceiling:.5f}"
        )


def log_sum_exp(x: np.ndarray) -> np.ndarray:
    """ln Σ exp(x) of each row; −∞ counts nothing."""
    return np.asarray(special.logsumexp(x, axis=1))


def row_entropy(p: np.ndarray) -> np.ndarray:
    """−Σ p ln p of each row, in nats; 0 ln 0 = 0."""
    return np.asarray(special.entr(p).sum(1))


def written_exp(logit: float) -> str:
    """exp(logit) in four digits, "8103.1" or "2.688e+43", from the exponent alone: nothing overflows."""
    if abs(logit) < 9.2:
        value = math.exp(logit)
        return f"{value:.1f}" if value >= 1000 else f"{value:#.4g}" if value >= 1 else f"{value:.3g}"
    ten = math.floor(logit / math.log(10))
    return f"{math.exp(logit - ten * math.log(10)):.3f}e{ten:+d}"
