"""The lecture's numbers on the temperature to their last digit, and every formula against torch's autograd."""

import math

import numpy as np
import pytest
import torch

from sslviz.measures import softmax


def shown(scores: tuple[float, ...], tau: float) -> tuple[list[str], list[str]]:
    log_p = softmax.log_probabilities(scores, tau)
    weights = [softmax.written(s / tau) for s in scores]
    return weights, [softmax.written(value, softmax.places(log_p)) for value in log_p]


def test_the_lecture_at_temperature_1() -> None:
    assert shown(softmax.EXAMPLE, 1) == (["2.460", "1.221", "0.905"], ["0.536", "0.266", "0.197"])


def test_the_lecture_at_temperature_a_tenth() -> None:
    assert shown(softmax.EXAMPLE, 0.1) == (["8103.1", "7.389", "0.368"], ["0.99904", "0.00091", "0.00005"])
    assert softmax.small(softmax.loss(softmax.EXAMPLE, 0.1)) == "0.00096"


def test_the_lecture_with_the_positive_lost() -> None:
    p = np.exp(softmax.log_probabilities(softmax.LOST, 0.1))
    assert p[0] == pytest.approx(0.487856, abs=5e-7)
    assert softmax.small(softmax.loss(softmax.LOST, 0.1)) == "0.718"
    assert softmax.loss((0.2, 0.2, 0.2), 0.1) == pytest.approx(math.log(3))


@pytest.mark.parametrize("tau", [1e-3, 0.01, 0.1, 1.0, 10.0])
@pytest.mark.parametrize("scores", [softmax.EXAMPLE, softmax.LOST, (-1.0, 1.0), tuple(np.linspace(-1, 1, 8))])
def test_against_autograd(scores: tuple[float, ...], tau: float) -> None:
    s = torch.tensor(scores, dtype=torch.float64, requires_grad=True)
    log_tau = torch.tensor(math.log(tau), dtype=torch.float64, requires_grad=True)
    log_p = torch.log_softmax(s / log_tau.exp(), 0)
    (-log_p[0]).backward()
    assert s.grad is not None
    assert log_tau.grad is not None
    np.testing.assert_allclose(softmax.log_probabilities(scores, tau), log_p.detach(), atol=1e-12, rtol=1e-12)
    assert softmax.loss(scores, tau) == pytest.approx(-float(log_p.detach()[0]), abs=1e-12)
    assert softmax.entropy(softmax.log_probabilities(scores, tau)) == pytest.approx(
        float(torch.distributions.Categorical(logits=log_p.detach()).entropy()), abs=1e-9
    )
    assert softmax.pull(scores, tau) == pytest.approx(-float(s.grad[0]), rel=1e-9, abs=1e-9)
    assert softmax.slope(scores, tau) == pytest.approx(float(log_tau.grad), rel=1e-9, abs=1e-9)
    if float(s.grad[1:].sum()) > 1e-9:
        np.testing.assert_allclose(softmax.shares(scores, tau), s.grad[1:] / s.grad[1:].sum(), atol=1e-9)


@pytest.mark.parametrize("tau", [1e-3, 0.01])
def test_nothing_overflows(tau: float) -> None:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        table = softmax.table((1.0, -1.0, 0.999), tau)
        formulae = softmax.formulae((1.0, -1.0, 0.999), tau)
    assert np.isfinite(table.drop(columns=["score", "gradient_share"]).to_numpy(dtype=float)).all()
    assert "inf" not in formulae
    assert "nan" not in formulae
    assert softmax.loss(softmax.EXAMPLE, 1e-3) == pytest.approx(math.exp(-700), rel=1e-9)  # not just 0


def test_huge_and_tiny_numbers_are_powers_of_ten() -> None:
    assert softmax.written(900) == "7.33·10³⁹⁰"
    assert softmax.written(-1000, latex=True) == r"5.08 \cdot 10^{-435}"
    assert softmax.written(math.log(9.999e6)) == "1.00·10⁷"
    assert softmax.written(-math.inf) == "0"


def test_equal_scores_are_equally_likely_and_give_n_choices() -> None:
    log_p = softmax.log_probabilities((0.3,) * 5, 0.07)
    assert math.exp(softmax.entropy(log_p)) == pytest.approx(5)
    assert softmax.shares((0.3,) * 5, 0.07) == pytest.approx([0.25] * 4)
    assert softmax.slope((0.3,) * 5, 0.07) == 0


def test_the_formulae_hold_the_current_numbers() -> None:
    assert r"\frac{8103.1}{8103.1 + 7.389 + 0.368} = 0.99904" in softmax.formulae(softmax.EXAMPLE, 0.1)
    assert r"\dots" in softmax.formulae((0.9, 0.2, -0.1, 0.5), 0.1)
