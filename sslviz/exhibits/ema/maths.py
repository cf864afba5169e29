r"""The slow teacher: an exponential moving average (EMA) of the student's weights, as in BYOL, MoCo and DINO.

θ_t   the student after step t; θ_0 is where both begin
ξ_t   the teacher: ξ_0 = θ_0,  ξ_t = m ξ_{t−1} + (1 − m) θ_t          (Grill et al. 2020, eq. 1)
m     momentum, from 0 (the teacher is the student) to 1 (the teacher never moves)
"""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

EXAMPLE = ((10.0, 2.0), (12.0, 3.0), (11.0, 5.0))  # the lecture's θ_0, θ_1, θ_2
EXAMPLE_MOMENTUM = 0.9

# Grill et al. 2020, Table 5a: momentum -> top-1 accuracy in percent on ImageNet, ResNet-50, 300 epochs
PUBLISHED = {1.0: 18.8, 0.999: 69.8, 0.99: 72.5, 0.9: 68.4, 0.0: 0.3}


def teacher(student: np.ndarray, momentum: float | np.ndarray) -> np.ndarray:
    """ξ_0 … ξ_T of θ_0 … θ_T (T+1 x any). `momentum`: one number, or m_1 … m_T."""
    student = np.asarray(student, dtype=np.float64)
    m = np.broadcast_to(np.asarray(momentum, dtype=np.float64), len(student) - 1)
    out = student.copy()
    for t in range(1, len(student)):
        out[t] = m[t - 1] * out[t - 1] + (1 - m[t - 1]) * student[t]
    return out


def half_life(momentum: float) -> float:
    """Steps after which half of an old weight is forgotten: ln ½ / ln m. 0 for m = 0, infinite for m = 1."""
    if momentum <= 0:
        return 0.0
    return math.inf if momentum >= 1 else math.log(0.5) / math.log(momentum)


def memory(momentum: float) -> float:
    """1/(1 − m): over about so many steps the teacher averages. Infinite for m = 1."""
    return math.inf if momentum >= 1 else 1 / (1 - momentum)


def lag(momentum: float) -> float:
    """m/(1 − m): so many steps the teacher is behind a student that walks steadily; the usual 1/(1 − m), less one."""
    return momentum * memory(momentum) if momentum < 1 else math.inf


def noise_left(momentum: float) -> float:
    """√((1 − m)/(1 + m)): the share of the student's independent step-to-step noise that is left in the teacher."""
    return math.sqrt((1 - momentum) / (1 + momentum))


def rising(start: float, steps: int) -> np.ndarray:
    """m_1 … m_T from `start` to 1: 1 − (1 − m_0)(cos(π t/T) + 1)/2. (BYOL; DINO rises so, too.)"""
    t = np.arange(1, steps + 1)
    return np.asarray(1 - (1 - start) * (np.cos(np.pi * t / steps) + 1) / 2)


def walk(steps: int, noise: float, seed: int) -> np.ndarray:
    """One weight of a student that learns, θ_0 … θ_T: it goes from 0 towards 1, turns half-way, and trembles.

    Made up, so that lag and smoothing can be seen; no network was trained. noise: standard deviation per step.
    """
    t = np.arange(steps + 1) / max(steps, 1)
    trend = np.where(t < 0.5, 1 - np.exp(-8 * t), (1 - math.exp(-4)) * (1 - 0.5 * (1 - np.exp(-8 * (t - 0.5)))))
    trembling = noise * np.random.default_rng(seed).standard_normal(steps + 1)
    trembling[0] = 0
    return np.asarray(trend + trembling)


def table(student: np.ndarray, momentum: float) -> pd.DataFrame:
    """One row per step: t, θ and ξ of every weight."""
    found = teacher(student, momentum)
    columns: dict[str, object] = {"t": range(len(student))}
    for name, values in (("theta", np.asarray(student)), ("xi", found)):
        columns |= {f"{name}_{i + 1}": values[:, i] for i in range(values.shape[1])}
    return pd.DataFrame(columns)


def facts(momenta: Sequence[float]) -> pd.DataFrame:
    """What each momentum means, in steps and in words, and the paper's accuracy with it; as text."""
    rows = []
    for m in momenta:
        words = "no teacher at all" if m == 0 else "never changes" if m == 1 else ""
        published = PUBLISHED.get(m)
        rows.append(
            {
                "m": f"{m:g}",
                "half-life": _steps(half_life(m)),
                "memory": _steps(memory(m)),
                "behind by": _steps(lag(m)),
                "noise left": f"{noise_left(m):.1%}",
                "in words": words or f"averages about {memory(m):.0f} students",
                "paper: BYOL": "–" if published is None else f"{published} %",
            }
        )
    return pd.DataFrame(rows)


def formulae(student: np.ndarray, momentum: float) -> str:
    """ξ_1, ξ_2 … with the current numbers in them, as the lines of a LaTeX `aligned`."""
    found = teacher(student, momentum)
    lines = [rf"\xi_0 &= \theta_0 = {_vector(found[0])}"]
    for t in range(1, len(found)):
        lines.append(
            rf"\xi_{{{t}}} &= {momentum:g} \cdot {_vector(found[t - 1])} + {1 - momentum:.6g} \cdot "
            rf"{_vector(student[t])} = {_vector(found[t])}"
        )
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def half_lives(momenta: Sequence[float]) -> str:
    """Half-life and memory of each momentum with the numbers in them, as LaTeX; m = 0 and m = 1 have neither."""
    lines = [
        rf"t_{{1/2}}({m:g}) &= \frac{{\ln 1/2}}{{\ln {m:g}}} = {half_life(m):.4g}, \qquad "
        rf"\frac{{1}}{{1 - {m:g}}} = {memory(m):.4g}"
        for m in momenta
        if 0 < m < 1
    ]
    return "\\[\n\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}\n\\]\n"


def _vector(values: Sequence[float] | np.ndarray) -> str:
    return "(" + ",\\, ".join(f"{value:.6g}" for value in values) + ")"


def _steps(value: float) -> str:
    return "∞" if math.isinf(value) else f"{value:.4g}"
