import cmath
import math

import pytest
import torch
import torch.nn.functional as F
from lightly.loss import LeJEPALoss
from lightly.loss.lejepa_loss import lejepa_invariance_loss

from sslviz.methods.lejepa import LeJEPA, points
from tests.methods.given import Given, build, touched


def on_vectors(**knobs):
    return build(LeJEPA, Given().requires_grad_(False), projector="none", **knobs)


def vectors(views=4, n=24, seed=0, d=16):
    chance = torch.Generator().manual_seed(seed)
    shared = torch.randn(n, d, generator=chance)
    return [1.5 * shared + 0.5 * torch.randn(n, d, generator=chance) for _ in range(views)]


def directions(m=32, seed=1, d=16):
    return F.normalize(torch.randn(d, m, generator=torch.Generator().manual_seed(seed)), dim=0)


def sigreg(z, a):
    return float(on_vectors().step(*z, a).metrics["sigreg"])


def by_hand(views, a):
    """Agreement and SIGReg: picture by picture, direction by direction and point by point, from −3 to 3."""
    views, a = [view.double() for view in views], a.double()
    n, d = views[0].shape
    mean = sum(views) / len(views)
    agreement = sum(float(((view - mean) ** 2).sum()) for view in views) / (len(views) * n * d)
    total, dt = 0.0, 3 / 16
    for view in views:
        for m in range(a.shape[1]):
            u = [float(view[i] @ a[:, m]) for i in range(n)]
            for k in range(-16, 17):
                t = k * dt
                phi = math.exp(-t * t / 2)
                far = abs(sum(cmath.exp(1j * t * each) for each in u) / n - phi) ** 2
                total += n * far * phi * (dt / 2 if abs(k) == 16 else dt)
    return agreement, total / (len(views) * a.shape[1])


@pytest.mark.parametrize("views", [2, 5])
@pytest.mark.parametrize("weight", [0.05, 0.6])
def test_loss_is_the_sum_on_the_blackboard(views, weight):
    x, a = vectors(views), directions(5)
    agreement, statistic = by_hand(x, a)
    step = on_vectors(gaussian_weight=weight).step(*x, a)
    assert float(step.loss) == pytest.approx((1 - weight) * agreement + weight * statistic, rel=1e-5)
    assert float(step.metrics["invariance"]) == pytest.approx(agreement, rel=1e-5)
    assert float(step.metrics["sigreg"]) == pytest.approx(statistic, rel=1e-5)


@pytest.mark.parametrize("weight", [0.05, 0.6])
def test_loss_and_gradient_agree_with_lightly(weight):
    """All of our views are among its global ones; it is given our directions."""
    a = directions()
    mine, its = ([x.requires_grad_() for x in vectors()] for _ in range(2))
    ours = on_vectors(gaussian_weight=weight).step(*mine, a).loss
    loss, z = LeJEPALoss(lambda_param=weight, sigreg_num_vectors=a.shape[1]), torch.stack(its)
    loss.sigreg._generate_unit_vectors = lambda *_, **__: a
    theirs = weight * loss.sigreg(z) + (1 - weight) * lejepa_invariance_loss(all_proj=z, global_proj=z)
    assert float(ours.detach()) == pytest.approx(float(theirs.detach()), rel=1e-5)
    ours.backward()
    theirs.backward()
    for one, other in zip(mine, its, strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-4, atol=1e-7)


def test_points_and_weights_are_lightlys():
    sigreg, (t, dt) = LeJEPALoss().sigreg, points(torch.zeros(1))
    assert torch.equal(t, sigreg.t)
    torch.testing.assert_close(dt * (-t.square() / 2).exp(), sigreg.weights)
    assert float(dt.sum()) == pytest.approx(6)
    assert float(dt @ (-t.square() / 2).exp()) == pytest.approx(math.sqrt(2 * math.pi) * math.erf(3 / 2**0.5), rel=1e-4)


def area(c):
    """∫ exp(−c t²/2) dt from −3 to 3."""
    return math.sqrt(2 * math.pi / c) * math.erf(3 * math.sqrt(c / 2))


@pytest.mark.parametrize("n", [8, 64])
def test_one_answer_for_all_costs_in_proportion_to_n(n):
    """All u are 0: N ∫ (1 − φ)² φ dt = N ∫ φ − 2φ² + φ³ dt."""
    known = n * (area(1) - 2 * area(2) + area(3))
    assert sigreg([torch.zeros(n, 16)] * 2, directions()) == pytest.approx(known, rel=1e-3)
    assert known == pytest.approx(0.402 * n, rel=0.01)
    step = on_vectors(gaussian_weight=0.0).step(torch.ones(n, 16), torch.ones(n, 16), directions())
    assert float(step.loss) == 0  # and nothing without λ


def test_numbers_spread_as_a_normal_distribution_says_cost_nearly_nothing():
    """In one dimension: the quantiles at (i + ½)/N."""
    n = 1000
    even = torch.distributions.Normal(0.0, 1.0).icdf((torch.arange(n) + 0.5) / n)[:, None]
    method = build(LeJEPA, Given(1).requires_grad_(False), projector="none")
    for a in (torch.ones(1, 1), -torch.ones(1, 1)):
        assert float(method.step(even, even, a).metrics["sigreg"]) < 0.01
        assert float(method.step(2 * even, 2 * even, a).metrics["sigreg"]) > 50  # too wide
        assert float(method.step(even + 1, even + 1, a).metrics["sigreg"]) > 50  # beside
        assert float(method.step(even.sign(), even.sign(), a).metrics["sigreg"]) > 10  # mean 0, variance 1, two heaps


@pytest.mark.parametrize("n", [16, 256])
def test_points_of_a_normal_distribution_score_the_same_whatever_their_number(n):
    """E |mean exp(itu) − φ|² = (1 − φ²)/N, so SIGReg is ∫ φ − φ³ dt on average."""
    chance = torch.Generator().manual_seed(0)
    z = torch.randn(400, n, 16, generator=chance)
    assert sigreg(z, directions(8)) == pytest.approx(area(1) - area(3), rel=0.05)
    assert area(1) - area(3) == pytest.approx(1.05, rel=0.01)


def test_numbers_that_repeat_each_other_are_seen():
    chance = torch.Generator().manual_seed(0)
    free = torch.randn(64, 16, generator=chance)
    repeated = free[:, :1].expand(-1, 16)  # each of them is normally distributed
    assert sigreg([repeated] * 2, directions(256)) > 3 * sigreg([free] * 2, directions(256))


def test_the_number_of_views_and_of_directions_are_live_knobs(pictures):
    method = on_vectors()
    method.augment.seed(3, 5)
    *views, a = method.views(pictures)
    assert [view.shape for view in views] == [(8, 3, 32, 32)] * 4
    assert not torch.equal(views[2], views[3])
    assert a.shape == (16, 256)
    torch.testing.assert_close(a.norm(dim=0), torch.ones(256))
    method.knobs = LeJEPA.Knobs(number_of_views=2, directions=7, projector="none")
    method.augment.seed(3, 5)
    *fewer, b = method.views(pictures)
    assert len(fewer) == 2
    assert b.shape == (16, 7)
    assert torch.equal(torch.stack(fewer), torch.stack(views[:2]))  # M and V leave the other views as they are


def test_the_directions_follow_from_seed_and_step(pictures):
    method = build(LeJEPA)

    def drawn(seed, step):
        method.augment.seed(seed, step)
        return method.views(pictures)[-1]

    first = drawn(0, 1)
    assert first.shape == (64, 256)
    torch.rand(5)  # nobody else's chance matters
    assert torch.equal(drawn(0, 1), first)
    assert not torch.equal(drawn(0, 2), first)
    assert not torch.equal(drawn(1, 1), first)


def test_the_directions_take_no_gradient_and_every_weight_does(pictures):
    method = build(LeJEPA)
    views = method.views(pictures)
    assert not views[-1].requires_grad
    step = method.step(*views)
    assert not any(tensor.requires_grad for tensor in [*step.exhibits.values(), *step.metrics.values()])
    step.loss.backward()
    assert touched(method) == {name for name, _ in method.named_parameters()}


def test_the_mean_of_the_views_is_no_goal_held_still():
    """The gradient flows through it too: 2 (z − z̄)/(VNd), of which the mean takes nothing away, as Σ (z − z̄) = 0."""
    x = [view.requires_grad_() for view in vectors(3)]
    on_vectors(gaussian_weight=0.0).step(*x, directions()).loss.backward()
    z = torch.stack([view.detach() for view in x])
    torch.testing.assert_close(torch.stack([view.grad for view in x]), 2 * (z - z.mean(0)) / z.numel())


def test_the_gradient_is_that_of_the_loss():
    x = [view.double().requires_grad_() for view in vectors(3, n=5)]
    method, a = on_vectors(gaussian_weight=0.5).double(), directions(3).double()
    assert torch.autograd.gradcheck(lambda *views: method.step(*views, a).loss, x)


def test_metrics_are_means_over_pairs_of_views():
    x = vectors(4)
    step, z = on_vectors().step(*x, directions()), F.normalize(torch.stack(x), dim=2)
    pairs = [(z[i] * z[j]).sum(1).mean() for i in range(4) for j in range(4) if i != j]
    assert float(step.metrics["positive_cosine"]) == pytest.approx(float(sum(pairs) / 12), rel=1e-5)
    assert float(step.metrics["output_std"]) == pytest.approx(float(z.flatten(0, 1).std(0).mean()), rel=1e-5)
    first = torch.cat([z[0], z[1]])
    torch.testing.assert_close(step.exhibits["similarity"], first @ first.T)


@pytest.mark.slow
def test_with_sigreg_z_becomes_round_without_it_views_only_attract():
    """Gradient steps on z itself, with new directions in every one."""

    def fitted(weight):
        method = on_vectors(gaussian_weight=weight)
        x = [(torch.tensor([1.0] * 4 + [0.05] * 12) * v).requires_grad_() for v in vectors(2, n=64)]  # flat at first
        optimizer = torch.optim.Adam(x, lr=0.05)
        for seed in range(300):
            optimizer.zero_grad()
            method.step(*x, directions(64, seed)).loss.backward()
            optimizer.step()
        z = torch.stack(x).detach()
        last = method.step(*z, directions(256, 1000)).metrics
        return float(torch.linalg.svdvals(z[0] - z[0].mean(0)).min()) / 8, last

    narrowest, last = fitted(0.3)
    assert narrowest > 0.5
    assert float(last["sigreg"]) < 1.05
    assert float(last["positive_cosine"]) > 0.95
    narrowest, last = fitted(0.0)
    assert narrowest < 0.1
    assert float(last["sigreg"]) > 5
