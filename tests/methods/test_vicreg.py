import pytest
import torch
import torch.nn.functional as F
from lightly.loss import VICRegLoss

from sslviz.methods.vicreg import VICReg
from tests.methods.given import Given, build, touched


def on_vectors(**knobs):
    return build(VICReg, Given().requires_grad_(False), projector="none", **knobs)


def only(term):
    """Weights of which two are 0."""
    return {f"{name}_weight": float(name == term) for name in ("invariance", "variance", "covariance")}


def vectors(n=64, seed=0):
    """Two views that agree in part; some numbers vary less than γ, some more, and neighbours repeat each other."""
    chance = torch.Generator().manual_seed(seed)
    shared, a, b = torch.randn(3, n, 16, generator=chance)
    size = torch.linspace(0.1, 2, 16)
    shared = shared + 0.5 * shared.roll(1, 1)
    return 5 + size * (shared + 0.3 * a), size * (shared + 0.3 * b)


def by_hand(x1, x2):
    """Equations 1 to 5, entry by entry, with the authors' factors: s over d, v/2 for each view."""
    n, d = x1.shape
    s = sum(float((x1[i, j].double() - x2[i, j].double()) ** 2) for i in range(n) for j in range(d)) / (n * d)
    v = c = 0.0
    for x in (x1.double(), x2.double()):
        mean = sum(x[i] for i in range(n)) / n
        cov = torch.zeros(d, d, dtype=torch.float64)
        for i in range(n):
            cov += torch.outer(x[i] - mean, x[i] - mean) / (n - 1)
        v += sum(max(0.0, 1 - float(cov[j, j] + 1e-4) ** 0.5) for j in range(d)) / d / 2
        c += sum(float(cov[i, j] ** 2) for i in range(d) for j in range(d) if i != j) / d
    return s, v, c


@pytest.mark.parametrize("weights", [(25.0, 25.0, 1.0), (1.0, 50.0, 10.0), (0.0, 0.0, 1.0)])
def test_loss_is_the_sum_on_the_blackboard(weights):
    x1, x2 = vectors()
    s, v, c = by_hand(x1, x2)
    names = ("invariance_weight", "variance_weight", "covariance_weight")
    step = on_vectors(**dict(zip(names, weights, strict=True))).step(x1, x2)
    assert float(step.loss) == pytest.approx(weights[0] * s + weights[1] * v + weights[2] * c, rel=1e-5)
    metrics = [float(step.metrics[name]) for name in ("invariance", "variance", "covariance")]
    assert metrics == pytest.approx([s, v, c], rel=1e-5)  # before the weights
    assert min(s, v, c) > 0.01


@pytest.mark.parametrize("weights", [(25.0, 25.0, 1.0), (1.0, 50.0, 10.0)])
def test_loss_and_gradient_agree_with_lightly(weights):
    names = ("invariance_weight", "variance_weight", "covariance_weight")
    mine, its = ([x.requires_grad_() for x in vectors()] for _ in range(2))
    ours = on_vectors(**dict(zip(names, weights, strict=True))).step(*mine).loss
    theirs = VICRegLoss(*weights)(*its)
    assert float(ours.detach()) == pytest.approx(float(theirs.detach()), rel=1e-5)
    ours.backward()
    theirs.backward()
    for one, other in zip(mine, its, strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-4, atol=1e-7)


def test_what_costs_nothing_and_what_one_answer_for_all_costs():
    words = torch.tensor([[(row >> bit) & 1 for bit in range(8)] for row in range(256)]).float()  # all of 8 bits
    spread = 7 + 2.5 * words  # independent numbers of variance 25/16, whatever their mean
    assert float(on_vectors().step(spread, spread).loss) == pytest.approx(0, abs=1e-6)
    one = torch.ones(64, 16)
    assert float(on_vectors().step(one, one).loss) == pytest.approx(25 * (1 - 0.01))  # √ε = 0.01 is all its spread
    same = torch.randn(64, 1, generator=torch.Generator().manual_seed(0)).expand(-1, 16)
    variance = float(same[:, 0].var())
    step = on_vectors(**only("covariance")).step(same, same)  # every number repeats the first
    assert float(step.loss) == pytest.approx(2 * 15 * variance**2, rel=1e-5)


def test_the_loss_does_not_see_where_z_stands():
    x1, x2 = vectors()
    there, here = on_vectors().step(x1 + 3, x2 + 3), on_vectors().step(x1, x2)
    assert float(there.loss) == pytest.approx(float(here.loss), rel=1e-4)


def test_numbers_that_vary_enough_are_left_alone():
    x1, x2 = (x.requires_grad_() for x in vectors())
    on_vectors(**only("variance")).step(x1, x2).loss.backward()
    for x in (x1, x2):
        varies = x.detach().std(0) > 1
        assert 0 < varies.sum() < 16
        assert torch.equal((x.grad != 0).any(0), ~varies)


def test_views_meet_in_the_invariance_alone():
    x1, x2 = vectors()
    for term, alone in (("invariance", False), ("variance", True), ("covariance", True)):
        x = x1.clone().requires_grad_()
        gradients = [torch.autograd.grad(on_vectors(**only(term)).step(x, other).loss, x)[0] for other in (x2, 3 * x2)]
        assert torch.equal(*gradients) == alone


def test_the_gradient_is_that_of_the_loss():
    x = [v.double().requires_grad_() for v in vectors(n=6)]
    method = on_vectors().double()
    assert torch.autograd.gradcheck(lambda *views: method.step(*views).loss, x)


def test_nothing_that_is_shown_or_kept_holds_a_gradient(pictures):
    method = build(VICReg)
    step = method.step(*method.views(pictures))
    shown = [*step.exhibits.values(), *step.metrics.values(), *step.update.values()]
    assert not any(tensor.requires_grad for tensor in shown)
    step.loss.backward()
    assert touched(method) == {name for name, _ in method.named_parameters()}


def test_exhibits_and_metrics():
    x1, x2 = vectors()
    method = on_vectors()
    step = method.step(x1, x2)
    z = torch.cat([x1, x2])
    torch.testing.assert_close(step.exhibits["similarity"], F.cosine_similarity(z[:, None], z[None], dim=-1))
    assert float(step.metrics["positive_cosine"]) == pytest.approx(float(F.cosine_similarity(x1, x2).mean()), rel=1e-5)
    assert float(step.metrics["output_std"]) == pytest.approx(float(F.normalize(z).std(0).mean()), rel=1e-5)
    c = torch.corrcoef(torch.cat([x1, x2], 1).T)[:16, 16:]
    torch.testing.assert_close(step.update["cross_correlation"], c, atol=1e-5, rtol=0)


def test_the_shown_matrix_is_the_average_of_the_training_batches():
    method, expected = on_vectors(), torch.zeros(16, 16)
    for seed in range(40):
        x1, x2 = vectors(seed=seed)
        step = method.step(x1, x2)
        torch.testing.assert_close(step.exhibits["cross_correlation"], expected, atol=1e-5, rtol=0)
        method.after_step(step)
        expected = 0.9 * expected + 0.1 * torch.corrcoef(torch.cat([x1, x2], 1).T)[:16, 16:]
    assert float(expected.diagonal().min()) > 0.8


def test_a_weight_acts_at_the_next_step():
    x1, x2 = vectors()
    method = on_vectors()
    method.knobs = VICReg.Knobs(variance_weight=3.0, projector="none")
    assert torch.equal(method.step(x1, x2).loss, on_vectors(variance_weight=3.0).step(x1, x2).loss)


@pytest.mark.slow
def test_with_the_variance_small_numbers_spread_without_it_none_does():
    """Gradient steps on z itself."""

    def fitted(weight, steps=300):
        method, x = on_vectors(variance_weight=weight), [v.requires_grad_() for v in vectors()]
        optimizer = torch.optim.Adam(x, lr=0.05)
        for _ in range(steps):
            optimizer.zero_grad()
            method.step(*x).loss.backward()
            optimizer.step()
        return x[0].detach().std(0), float(method.step(*x).metrics["covariance"])

    before, repeated = fitted(25.0, 0)
    kept, covariance = fitted(25.0)
    left, _ = fitted(0.0)
    assert before.min() < 0.2
    assert kept.min() > 0.9
    assert covariance < 0.05 * repeated
    assert (left < before).all()
