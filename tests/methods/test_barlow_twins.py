import pytest
import torch
import torch.nn.functional as F
from lightly.loss import BarlowTwinsLoss

from sslviz.methods.barlow_twins import BarlowTwins
from tests.methods.given import Given, build


def on_vectors(**knobs):
    return build(BarlowTwins, Given().requires_grad_(False), projector="none", **knobs)


def vectors(n=64, seed=0):
    """Two views that agree in part, in numbers of any mean and size."""
    chance = torch.Generator().manual_seed(seed)
    shared, a, b = torch.randn(3, n, 16, generator=chance)
    return 5 + 100 * (shared + a), 30 * (shared + 0.5 * b)


def correlations(x1, x2):
    """Equation 2, entry by entry."""
    a, b = x1.double() - x1.double().mean(0), x2.double() - x2.double().mean(0)
    c = torch.zeros(16, 16, dtype=torch.float64)
    for i in range(16):
        for j in range(16):
            c[i, j] = (a[:, i] * b[:, j]).sum() / ((a[:, i] ** 2).sum().sqrt() * (b[:, j] ** 2).sum().sqrt())
    return c


@pytest.mark.parametrize("weight", [0.005, 0.5])
def test_loss_is_the_double_sum_on_the_blackboard(weight):
    x1, x2 = vectors()
    c = correlations(x1, x2)
    total = 0.0
    for i in range(16):
        for j in range(16):
            total += float((1 - c[i, i]) ** 2) if i == j else weight * float(c[i, j] ** 2)
    assert float(on_vectors(redundancy_weight=weight).step(x1, x2).loss) == pytest.approx(total, rel=1e-5)


@pytest.mark.parametrize("weight", [0.005, 0.5])
def test_loss_agrees_with_lightly(weight):
    x1, x2 = vectors()
    ours = on_vectors(redundancy_weight=weight).step(x1, x2).loss
    assert float(ours) == pytest.approx(float(BarlowTwinsLoss(lambda_param=weight)(x1, x2)), rel=1e-5)


def test_independent_numbers_that_agree_cost_nothing_and_one_answer_for_all_costs_the_most():
    x = torch.tensor([[(row >> bit) & 1 for bit in range(8)] for row in range(256)]).float()  # all words of 8 bits
    assert float(on_vectors().step(100 * x, 100 * x).loss) == pytest.approx(0, abs=1e-5)
    one = torch.ones(64, 16)
    assert float(on_vectors().step(one, one).loss) == pytest.approx(16)


def test_exhibits_and_metrics():
    x1, x2 = vectors()
    step, c = on_vectors(redundancy_weight=0.1).step(x1, x2), correlations(x1, x2)
    torch.testing.assert_close(step.update["cross_correlation"].double(), c, atol=1e-5, rtol=0)
    assert not step.update["cross_correlation"].requires_grad
    z = torch.cat([(x - x.mean(0)) / x.std(0) for x in (x1, x2)])
    torch.testing.assert_close(step.exhibits["similarity"], F.cosine_similarity(z[:, None], z[None], dim=-1))
    diagonal = [float(c[i, i]) for i in range(16)]
    off = [float(c[i, j]) for i in range(16) for j in range(16) if i != j]
    assert float(step.metrics["diagonal"]) == pytest.approx(sum(diagonal) / 16, abs=1e-5)
    assert float(step.metrics["off_diagonal"]) == pytest.approx((sum(v * v for v in off) / len(off)) ** 0.5, abs=1e-5)
    assert float(step.loss) == pytest.approx(
        float(step.metrics["invariance"] + 0.1 * step.metrics["redundancy"]), rel=1e-5
    )


def test_the_shown_matrix_is_the_average_of_the_training_batches():
    method, expected = on_vectors(), torch.zeros(16, 16, dtype=torch.float64)
    for seed in range(40):
        x1, x2 = vectors(seed=seed)
        step = method.step(x1, x2)
        shown = step.exhibits["cross_correlation"].double()
        torch.testing.assert_close(shown, expected, atol=1e-5, rtol=0)
        method.after_step(step)
        assert torch.equal(step.exhibits["cross_correlation"].double(), shown)  # a picture that was made stays as it is
        expected = 0.9 * expected + 0.1 * correlations(x1, x2)
    torch.testing.assert_close(method.recent.double(), expected, atol=1e-5, rtol=0)
    assert float(expected.abs().amax()) > 0.5


def test_the_weight_acts_at_the_next_step():
    x1, x2 = vectors()
    method = on_vectors(redundancy_weight=0.01)
    method.knobs = BarlowTwins.Knobs(redundancy_weight=1.0, projector="none")
    assert torch.equal(method.step(x1, x2).loss, on_vectors(redundancy_weight=1.0).step(x1, x2).loss)
