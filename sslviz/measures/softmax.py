r"""InfoNCE as a choice: one positive among its negatives, and how the temperature sharpens that choice.

s   scores (cosines); the first one, s₊, belongs to the positive, all others to negatives
τ   temperature
P   softmax: P_k = exp(s_k / τ) / Σ_j exp(s_j / τ)                       eq. 1 of SimCLR (Chen et al. 2020)
ℓ   loss: −ln P₊
H   entropy: −Σ P_k ln P_k, in nats; exp(H) equally likely choices would be as uncertain

Everything is computed from logarithms (log-sum-exp): at τ = 0.001, exp(s / τ) has 390 digits and P is still exact.
"""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special

EXAMPLE = (0.9, 0.2, -0.1)  # the lecture's scores, at τ = 1 and 0.1
LOST = (0.2, 0.2, -0.1)  # the lecture's second case: "the positive at 0.2", at τ = 0.1
LOST_TEMPERATURE = 0.1
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
LARGE = 1e6  # from here on a number is written as a power of ten


def log_probabilities(scores: Sequence[float] | np.ndarray, tau: float) -> np.ndarray:
    """ln P_k = s_k/τ − ln Σ_j exp(s_j/τ), for any τ > 0."""
    return np.asarray(special.log_softmax(np.asarray(scores, dtype=np.float64) / tau))


def loss(scores: Sequence[float] | np.ndarray, tau: float) -> float:
    """−ln P₊ = ln(1 + Σ_negatives exp((s_k − s₊)/τ)): exact also where P₊ is 1 to the last digit. In nats."""
    logits = np.asarray(scores, dtype=np.float64) / tau
    return float(np.logaddexp.reduce(np.append(0.0, logits[1:] - logits[0])))


def entropy(log_p: np.ndarray) -> float:
    """H = −Σ P ln P in nats, from ln P."""
    return float(special.entr(np.exp(log_p)).sum())


def shares(scores: Sequence[float] | np.ndarray, tau: float) -> np.ndarray:
    """The share of the repulsion that each negative gets: P_k / Σ_negatives P = softmax over the negatives alone.

    ∂ℓ/∂s_k = P_k/τ for a negative, so they are shares of the gradient, too. (Wang & Liu 2021: the relative penalty.)
    """
    return np.asarray(np.exp(log_probabilities(np.asarray(scores)[1:], tau)))


def pull(scores: Sequence[float] | np.ndarray, tau: float) -> float:
    """How strongly the positive is drawn in: −∂ℓ/∂s₊ = (1 − P₊)/τ, which is what all negatives get together."""
    return float(-np.expm1(-loss(scores, tau)) / tau)


def slope(scores: Sequence[float] | np.ndarray, tau: float) -> float:
    """∂ℓ/∂ln τ = Σ_k P_k (s₊ − s_k)/τ: above zero, a τ that is learned (as in CLIP) goes down."""
    s = np.asarray(scores, dtype=np.float64)
    return float((np.exp(log_probabilities(s, tau)) * (s[0] - s)).sum() / tau)


def about_log_3() -> str:
    """What the lecture says of its second case, and what it comes to exactly. Every page with this case says so."""
    exact = loss(LOST, LOST_TEMPERATURE)
    return (
        f"The lecture says only that this loss is “≈ log 3 ≈ 1”. Exactly, P = {math.exp(-exact):.5f} and the loss is "
        f"{exact:.3f} nats; these two numbers are ours. ln 3 = {math.log(3):.3f} would need three equal scores."
    )


def table(scores: Sequence[float], tau: float) -> pd.DataFrame:
    """One row per score, all numbers of one temperature in full precision; exp(s/τ) as its logarithm."""
    log_p = log_probabilities(scores, tau)
    return pd.DataFrame(
        {
            "tau": tau,
            "score": names(len(scores)),
            "s": list(scores),
            "ln_exp": np.asarray(scores) / tau,
            "P": np.exp(log_p),
            "ln_P": log_p,
            "gradient_share": [math.nan, *shares(scores, tau)],
            "loss": loss(scores, tau),
            "entropy_nats": entropy(log_p),
            "exp_entropy": math.exp(entropy(log_p)),
        }
    )


def names(count: int) -> list[str]:
    """The positive is +, the negatives are counted."""
    return ["+", *(str(i) for i in range(1, count))]


def places(log_p: np.ndarray) -> int:
    """Decimals for all P of a row: three are enough until one of them is small."""
    return 3 if float(log_p.min()) >= math.log(0.1) else 5


def written(logarithm: float, decimals: int = 3, *, latex: bool = False) -> str:
    """exp(logarithm) as a person writes it: 0.368, 8103.1, or 7.33·10³⁹⁰ where that many digits would not help."""
    if logarithm == -math.inf:
        return "0"
    if math.log(0.5) - decimals * math.log(10) <= logarithm < math.log(LARGE):
        value = math.exp(logarithm)
        return f"{value:.{1 if value >= 1000 else decimals}f}"
    power = math.floor(logarithm / math.log(10))
    front = 10 ** (logarithm / math.log(10) - power)
    if round(front, 2) >= 10:
        front, power = front / 10, power + 1
    return rf"{front:.2f} \cdot 10^{{{power}}}" if latex else f"{front:.2f}·10{str(power).translate(SUPERSCRIPT)}"


def small(value: float, *, latex: bool = False) -> str:
    """A loss or an entropy: three decimals, five below 0.01, a power of ten where these would be zeros."""
    return written(math.log(value) if value > 0 else -math.inf, 3 if value >= 0.01 else 5, latex=latex)


def formulae(scores: Sequence[float], tau: float) -> str:
    """P₊, the loss and the entropy with the current numbers in them, as the lines of a LaTeX `aligned`."""
    log_p = log_probabilities(scores, tau)
    decimals = places(log_p)
    weights = [written(s / tau, latex=True) for s in scores]
    p = [written(value, decimals, latex=True) for value in log_p]
    powers = [rf"e^{{{s:.4g}/{tau:g}}}" for s in scores]
    # the first and the last term that is no power of ten; the others add nothing that can be seen
    terms = [rf"{text} \ln {text}" for text in p if "10^" not in text]
    total = _sum(terms, 2) if len(terms) == len(p) else " + ".join([*terms[:2], r"\dots"])
    if decimals > 3:  # too long for one line
        total = total.replace(" + ", "\\\\\n&\\qquad + ", 1)
    h = entropy(log_p)
    surprise = loss(scores, tau)
    chosen = p[0] if surprise > 1e-5 else rf"1 - {small(-math.expm1(-surprise), latex=True)}"
    lines = [
        rf"P_+ &= \frac{{{powers[0]}}}{{{_sum(powers)}}}",
        rf"&= \frac{{{weights[0]}}}{{{_sum(weights)}}}" + ("" if chosen == p[0] else "\\\\[6pt]\n&") + f" = {chosen}",
        rf"\ell &= -\ln P_+ = {small(surprise, latex=True)}",
        rf"H &= -({total})",
        rf"&= {small(h, latex=True)}\ \text{{nats}},\quad e^{{H}} = {math.exp(h):.3f}",
    ]
    return "\\begin{aligned}\n" + " \\\\[6pt]\n".join(lines) + "\n\\end{aligned}"


def _sum(terms: Sequence[str], most: int = 3) -> str:
    """The first terms, and dots if there are more."""
    return " + ".join(terms if len(terms) <= most else [*terms[: most - 1], r"\dots", terms[-1]])
