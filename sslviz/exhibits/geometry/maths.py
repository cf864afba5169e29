r"""Views as points on a circle or a sphere, and the forces that a loss puts on them: who pulls, who pushes, how hard.

    N      pictures; two views of each; row i is view i // N of picture i % N         2N rows
    z_i    a view, a point of length 1 in d dimensions (2: circle, 3: sphere)         2N x d
    s_ij   cosine of views i and j
    L      the loss of all views; it depends on the cosines alone, so one number per pair says everything:
    w_ij   ∂L/∂s_ij, of the pair i, j: below zero they attract each other, above zero they repel         2N x 2N

∂L/∂z_i = Σ_j w_ij z_j; on the sphere only what is tangent to it counts, Σ_j w_ij (z_j − s_ij z_i). Each loss has two
parts, what the partners do and what all the others do, and one knob:

- NT-Xent (Chen et al. 2020, eq. 1), temperature τ: L = mean −s_i,partner/τ + mean ln Σ_{k≠i} exp(s_ik/τ)
- alignment + uniformity (Wang & Isola 2020, section 4.1.1, their α = 2, t = 2), weight λ:
  L = mean |z_i − z_partner|² + λ ln mean exp(−2 |z_i − z_j|²), i and j views of different pictures
- attraction only (BYOL's squared distance, Grill et al. 2020, eq. 2, without predictor, target and stop-gradient),
  overlap ω: L = (1 − ω) mean |z_i − z_partner|² + ω mean |z_i − z_other picture|².
  Points that are free only merge two by two (ω = 0). In training, views of different pictures look alike now and then;
  ω is the share of such pairs (the augmentation graph of HaoChen et al. 2021), here the same for every pair.

Every exponential is taken of a difference to the largest one (log-sum-exp), so that no temperature overflows.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sslviz.measures.infonce import InfoNCE, log_sum_exp
from sslviz.measures.infonce_views import name

MOST = 8  # pictures
T = 2.0  # Wang & Isola's t
Part = tuple[float, np.ndarray]  # a part of the loss, and w: 2N x 2N, symmetric, 0 on the diagonal


@dataclass(frozen=True)
class Forces:
    """A loss at some points: its value, its two parts, and their gradients on the sphere (each 2N x d)."""

    loss: float
    partner: float
    others: float
    partner_gradient: np.ndarray
    others_gradient: np.ndarray

    @property
    def gradient(self) -> np.ndarray:
        return np.asarray(self.partner_gradient + self.others_gradient)


def forces(z: np.ndarray, loss: str, knob: float) -> Forces:
    """z: 2N x d, of length 1; loss: a name in LOSSES; knob: its τ, λ or ω."""
    partner, others = LOSSES[loss](z @ z.T, knob)
    total = InfoNCE(z @ z.T, knob).mean_loss if loss == "NT-Xent" else partner[0] + others[0]  # small: all digits
    return Forces(total, partner[0], others[0], tangent(z, partner[1] @ z), tangent(z, others[1] @ z))


def nt_xent(s: np.ndarray, temperature: float) -> tuple[Part, Part]:
    work = InfoNCE(s, temperature)
    scale = 1 / (len(s) * temperature)
    partner = -float(s[work.is_partner].mean()) / temperature, -2 * scale * work.is_partner
    return partner, (float(log_sum_exp(work.logits).mean()), scale * (work.probability + work.probability.T))


def align_uniform(s: np.ndarray, weight: float) -> tuple[Part, Part]:
    others = _is_other(s)
    logits = np.where(others, T * (2 * s - 2), -np.inf)  # −t |z_i − z_j|²
    total = log_sum_exp(logits.reshape(1, -1))[0]  # each pair stands there twice
    share = 2 * np.exp(logits - total)  # of a pair in the sum over all pairs
    uniform = float(total - math.log(others.sum()))
    return _pull(s, _is_partner(s)), (weight * uniform, weight * 2 * T * share)


def attraction(s: np.ndarray, overlap: float) -> tuple[Part, Part]:
    near, far = _pull(s, _is_partner(s)), _pull(s, _is_other(s))
    return ((1 - overlap) * near[0], (1 - overlap) * near[1]), (overlap * far[0], overlap * far[1])


LOSSES: dict[str, Callable[[np.ndarray, float], tuple[Part, Part]]] = {
    "NT-Xent": nt_xent,
    "alignment + uniformity": align_uniform,
    "attraction only": attraction,
}


def _is_partner(s: np.ndarray) -> np.ndarray:
    return np.roll(np.eye(len(s), dtype=bool), len(s) // 2, axis=1)


def _is_other(s: np.ndarray) -> np.ndarray:
    return ~_is_partner(s) & ~np.eye(len(s), dtype=bool)


def _pull(s: np.ndarray, pairs: np.ndarray) -> Part:
    """mean |z_i − z_j|² = 2 − 2 s over the marked pairs (both orders), and how each of them attracts."""
    return float(2 - 2 * s[pairs].mean()), -4 * pairs / pairs.sum()


def tangent(z: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """What is left of each gradient on the sphere: the part along z would only change a length that is fixed."""
    return np.asarray(gradient - (gradient * z).sum(1, keepdims=True) * z)


def step(z: np.ndarray, gradient: np.ndarray, eta: float) -> np.ndarray:
    """One gradient step, and back to length 1. Each view moves by η · 2N times its gradient: L is a mean over 2N views,
    and so η means the same for every N.
    """
    moved = z - eta * len(z) * gradient
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True))


def start(pictures: int, d: int, seed: int) -> np.ndarray:
    """2N random points on the sphere in d dimensions. A picture's views stay where they are when N changes."""
    z = np.random.default_rng(seed).standard_normal((MOST, 2, d))[:pictures]
    z = z.transpose(1, 0, 2).reshape(2 * pictures, d)
    return np.asarray(z / np.linalg.norm(z, axis=1, keepdims=True))


def facts(z: np.ndarray) -> dict[str, float]:
    """What is said of the points under any loss: align, uniform (0: all in one place), and the mean cosines."""
    s = z @ z.T
    (align, _), (uniform, _) = align_uniform(s, 1.0)
    return {"align": align, "uniform": uniform, "partners": 1 - align / 2, "others": float(s[_is_other(s)].mean())}


def at_degrees(degrees: np.ndarray) -> np.ndarray:
    """Points from angles: one per point on the circle, counter-clockwise from the right; longitude and latitude on the
    sphere. degrees: k x (d − 1); k x d comes back.
    """
    angle = np.radians(degrees)
    longitude, latitude = angle[:, 0], angle[:, 1] if angle.shape[1] == 2 else np.zeros(len(angle))
    x, y = np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude)
    return np.stack([x, y, np.sin(latitude)][: angle.shape[1] + 1], axis=1)


def table(z: np.ndarray, loss: str, knob: float) -> pd.DataFrame:
    """One row per view: where it is, and the negative gradient that moves it, in its two parts and whole."""
    found = forces(z, loss, knob)
    columns: dict[str, object] = {"view": [name(row, len(z) // 2) for row in range(len(z))]}
    vectors = {"": z, "partner_force_": -found.partner_gradient, "others_force_": -found.others_gradient}
    for prefix, vector in (vectors | {"force_": -found.gradient}).items():
        columns |= {f"{prefix}{axis}": vector[:, k] for k, axis in enumerate("xyz"[: z.shape[1]])}
    columns |= {"loss": found.loss, "partner_part": found.partner, "others_part": found.others}
    return pd.DataFrame(columns | {f"mean_{name}": value for name, value in facts(z).items()})


FORMULAE = {  # loss -> its two parts, and its knob
    "NT-Xent": (
        r"-\tfrac{1}{2N}\sum_i s_{i,i'} / \tau",
        r"\tfrac{1}{2N}\sum_i \ln \sum_{k \neq i} e^{s_{i,k}/\tau}",
        r"\tau",
    ),
    "alignment + uniformity": (
        r"\operatorname{mean}_i \lVert z_i - z_{i'} \rVert^2",
        r"\lambda \ln \operatorname{mean}_{i,k} e^{-2 \lVert z_i - z_k \rVert^2}",
        r"\lambda",
    ),
    "attraction only": (
        r"(1 - \omega) \operatorname{mean}_i \lVert z_i - z_{i'} \rVert^2",
        r"\omega \operatorname{mean}_{i,k} \lVert z_i - z_k \rVert^2",
        r"\omega",
    ),
}


def formula(loss: str) -> str:
    """The loss as LaTeX; i' is the partner of i, k a view of another picture (in NT-Xent: any view but i)."""
    partner, others, _ = FORMULAE[loss]
    return rf"L = \underbrace{{{partner}}}_{{\text{{partners}}}} + \underbrace{{{others}}}_{{\text{{others}}}}"


def latex(z: np.ndarray, loss: str, knob: float) -> str:
    """The loss and the force on a view, with the current numbers in them."""
    found, (_, _, letter) = forces(z, loss, knob), FORMULAE[loss]
    return (
        f"\\[\n{formula(loss)} = {found.partner:.5f} {found.others:+.5f} = {found.loss:.5f}, "
        f"\\qquad {letter} = {knob:g}\n\\]\n"
        "\\[\n-\\nabla_i L = -\\sum_j \\frac{\\partial L}{\\partial s_{i,j}} (z_j - s_{i,j} z_i), "
        "\\qquad z_i \\leftarrow \\frac{z_i - 2N \\eta \\nabla_i L}{\\lVert z_i - 2N \\eta \\nabla_i L \\rVert}\n\\]\n"
    )
