import inspect
import math
from functools import partial

import pytest
import torch
import torch.nn.functional as F
from lightly.loss import NTXentLoss

from sslviz.methods.simclr import SimCLR
from tests.methods.given import Given, build, train, vectors

simclr = partial(build, SimCLR)


def on_vectors(**knobs):
    return simclr(Given().requires_grad_(False), projector="none", **knobs)


@pytest.mark.parametrize("tau", [0.05, 0.2, 1.0])
def test_loss_is_the_double_sum_on_the_blackboard(tau):
    x1, x2 = vectors()
    n = len(x1)
    z = [v / v.norm() for v in torch.cat([x1, x2]).double()]
    total = 0.0
    for i in range(2 * n):
        j = (i + n) % (2 * n)
        denominator = sum(math.exp(float(z[i] @ z[k]) / tau) for k in range(2 * n) if k != i)
        total += -math.log(math.exp(float(z[i] @ z[j]) / tau) / denominator)
    assert float(on_vectors(temperature=tau).step(x1, x2).loss) == pytest.approx(total / (2 * n), rel=1e-5)


@pytest.mark.parametrize("tau", [0.07, 0.5])
def test_loss_agrees_with_lightly(tau):
    x1, x2 = vectors(n=64, d=32)
    assert float(on_vectors(temperature=tau).step(x1, x2).loss) == pytest.approx(
        float(NTXentLoss(temperature=tau)(x1, x2)), rel=1e-5
    )


@pytest.mark.parametrize("n", [2, 4, 128])
def test_identical_embeddings_cost_log_of_the_number_of_candidates(n):
    same = torch.ones(n, 16)
    step = on_vectors().step(same, same)
    assert float(step.loss) == pytest.approx(math.log(2 * n - 1), rel=1e-5)


def test_perfect_partners_cost_nothing_and_worst_ones_do_not_overflow():
    x = torch.eye(16)
    perfect = on_vectors(temperature=0.01).step(x, x)
    assert float(perfect.loss) == pytest.approx(0, abs=1e-6)
    apart = torch.cat([x[:1], -x[:1]])  # every view sits on the other picture's, opposite to its partner
    worst = on_vectors(temperature=0.01).step(apart, apart.flip(0))
    assert float(worst.loss) == pytest.approx(200)


def test_gradient_is_the_closed_form():
    """dL/ds_ij = (p_ij - [j is i's partner]) / (2N τ), chained through s = z zᵀ and z = x/|x|."""
    tau, n = 0.3, 6
    x = torch.cat(vectors(n=n)).double().requires_grad_()
    on_vectors(temperature=tau).step(x[:n], x[n:]).loss.backward()
    with torch.no_grad():
        norm = x.norm(dim=1, keepdim=True)
        z = x / norm
        logits = (z @ z.T / tau).fill_diagonal_(-torch.inf)
        target = torch.eye(2 * n, dtype=torch.float64).roll(n, dims=1)
        g_s = (logits.softmax(1) - target) / (2 * n * tau)
        g_z = (g_s + g_s.T) @ z
        g_x = (g_z - z * (z * g_z).sum(1, keepdim=True)) / norm
    assert torch.allclose(x.grad, g_x, atol=1e-10)


def test_small_temperature_gives_the_nearest_negative_more_of_the_gradient():
    share = {}
    for tau in (0.05, 1.0):
        x = torch.cat(vectors(n=8)).requires_grad_()
        s = on_vectors(temperature=tau).step(x[:8], x[8:]).exhibits["similarity"]
        p = (s / tau).fill_diagonal_(-torch.inf).softmax(1).detach()
        p[torch.arange(16), torch.arange(16).roll(8)] = 0
        share[tau] = float((p.amax(1) / p.sum(1)).mean())
    assert share[0.05] > 0.6 > 0.2 > share[1.0]


def test_exhibit_is_the_raw_cosines_in_the_order_of_the_views():
    x1, x2 = vectors(n=5)
    s = on_vectors(temperature=0.05).step(x1, x2).exhibits["similarity"]
    expected = F.cosine_similarity(torch.cat([x1, x2])[:, None], torch.cat([x1, x2])[None], dim=-1)
    assert torch.allclose(s, expected, atol=1e-6)


def test_metrics_against_loops():
    x1, x2 = vectors(n=7, d=4)
    step = on_vectors().step(x1, x2)
    s = step.exhibits["similarity"]
    partner = [(i + 7) % 14 for i in range(14)]
    hits = [max((k for k in range(14) if k != i), key=lambda k, i=i: float(s[i, k])) == partner[i] for i in range(14)]
    negatives = [float(s[i, k]) for i in range(14) for k in range(14) if k not in (i, partner[i])]
    assert float(step.metrics["contrastive_accuracy"]) == pytest.approx(sum(hits) / 14)
    assert float(step.metrics["positive_cosine"]) == pytest.approx(sum(float(s[i, partner[i]]) for i in range(14)) / 14)
    assert float(step.metrics["negative_cosine"]) == pytest.approx(sum(negatives) / len(negatives), abs=1e-6)


def test_temperature_acts_at_the_next_step():
    x1, x2 = vectors()
    method = on_vectors(temperature=0.2)
    before = float(method.step(x1, x2).loss)
    method.knobs = SimCLR.Knobs(temperature=1.0, projector="none")
    assert float(method.step(x1, x2).loss) == pytest.approx(float(on_vectors(temperature=1.0).step(x1, x2).loss))
    assert float(method.step(x1, x2).loss) != pytest.approx(before)


def test_without_cosines_the_loss_is_that_of_dot_products():
    x1, x2 = vectors()
    z, n, tau = torch.cat([x1, x2]).double(), len(x1), 0.5
    total = 0.0
    for i in range(2 * n):
        denominator = sum(math.exp(float(z[i] @ z[k]) / tau) for k in range(2 * n) if k != i)
        total += -math.log(math.exp(float(z[i] @ z[(i + n) % (2 * n)]) / tau) / denominator)
    step = on_vectors(temperature=tau, normalise=False).step(x1, x2)
    assert float(step.loss) == pytest.approx(total / (2 * n), rel=1e-5)
    torch.testing.assert_close(step.exhibits["similarity"], (z @ z.T).float())
    cosines = on_vectors(temperature=tau).step(x1, x2)
    for name in ("positive_cosine", "negative_cosine"):  # these stay cosines
        torch.testing.assert_close(step.metrics[name], cosines.metrics[name])
    longer = on_vectors(temperature=tau, normalise=False).step(2 * x1, 2 * x2).loss
    assert float(longer) != pytest.approx(float(step.loss), rel=0.1)
    torch.testing.assert_close(on_vectors(temperature=tau).step(2 * x1, 2 * x2).loss, cosines.loss)


@pytest.mark.parametrize("weight", [0.0, 0.4])
def test_negatives_weigh_the_denominator(weight):
    x1, x2 = vectors()
    z, n, tau = F.normalize(torch.cat([x1, x2]).double()), len(x1), 0.2
    total = 0.0
    for i in range(2 * n):
        denominator = sum(math.exp(float(z[i] @ z[k]) / tau) for k in range(2 * n) if k != i)
        total += weight * math.log(denominator) - float(z[i] @ z[(i + n) % (2 * n)]) / tau
    loss = on_vectors(temperature=tau, negatives=weight).step(x1, x2).loss
    assert float(loss) == pytest.approx(total / (2 * n), rel=1e-4)


@pytest.mark.slow
def test_without_negatives_all_pictures_soon_get_one_answer(pictures):
    def others(negatives):
        method = simclr(negatives=negatives)
        *_, last = train(method, 25, lambda: method.views(pictures))
        return float(last.metrics["negative_cosine"])

    assert others(0.0) > 0.98 > 0.95 > others(1.0)


def test_learned_temperature_starts_at_the_knob_moves_and_stays_in_range():
    x1, x2 = vectors()
    method = on_vectors(temperature=0.2, learn_temperature=True)
    step = method.step(x1, x1 + 0.01 * x2)
    assert float(step.metrics["temperature"]) == pytest.approx(0.2)
    fixed = on_vectors(temperature=0.2).step(x1, x1 + 0.01 * x2)
    assert float(step.loss.detach()) == pytest.approx(float(fixed.loss), rel=1e-5)
    step.loss.backward()
    assert method.log_scale.grad < 0  # these partners agree: a sharper softmax costs less
    for far in (9.0, -9.0):
        with torch.no_grad():
            method.log_scale.fill_(far)
        method.after_step(step)
        assert 0.01 - 1e-6 <= float(method.temperature.detach()) <= 1
    assert "temperature" not in on_vectors().step(x1, x2).metrics


def test_a_few_steps_teach_it_to_find_partners(pictures):
    method = simclr()
    views = method.views(pictures)
    first, *_, last = train(method, 15, lambda: views)
    assert last.loss < 0.5 * first.loss


def test_the_source_of_step_fits_beside_the_equation():
    lines = inspect.getsource(SimCLR.step).rstrip().splitlines()
    assert len(lines) <= 8
    assert max(map(len, lines)) <= 100
    assert "fmt" not in "".join(lines)
