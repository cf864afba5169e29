import math
from functools import partial

import pytest
import torch
import torch.nn.functional as F
from lightly.loss import SwaVLoss
from lightly.loss.swav_loss import sinkhorn as lightly_sinkhorn

from sslviz.methods.swav import SwAV, sinkhorn
from tests.methods.given import Given, build, vectors

P = 12
swav = partial(build, SwAV, prototypes=P, freeze_prototypes=0)


def on_vectors(**knobs):
    return swav(Given(), projector="none", **knobs)


def codes_on_the_blackboard(s, epsilon, iterations):
    """Algorithm 1 of the paper, number by number: columns (prototypes), then rows (pictures), again and again."""
    n, p = s.shape
    q = [[math.exp(float(s[i, k]) / epsilon) for k in range(p)] for i in range(n)]
    for _ in range(iterations):
        for k in range(p):
            total = sum(q[i][k] for i in range(n))
            for i in range(n):
                q[i][k] /= total * p
        for i in range(n):
            total = sum(q[i])
            q[i] = [value / (total * n) for value in q[i]]
    return [[value / sum(row) for value in row] for row in q]


@pytest.mark.parametrize("views", [2, 5])
@pytest.mark.parametrize("equipartition", [True, False])
def test_loss_is_the_sum_on_the_blackboard(views, equipartition):
    method = on_vectors(equipartition=equipartition, temperature=0.2, sinkhorn_epsilon=0.1)
    crops = vectors(views=views)
    s = [F.normalize(x.double()) @ method.prototypes.detach().double().T for x in crops]
    total, terms = 0.0, 0
    for i in (0, 1):
        q = codes_on_the_blackboard(s[i], 0.1, 3 if equipartition else 0)
        for v in range(views):
            if v == i:
                continue
            for n in range(8):
                below = sum(math.exp(float(x) / 0.2) for x in s[v][n])
                total -= sum(q[n][k] * math.log(math.exp(float(s[v][n, k]) / 0.2) / below) for k in range(P))
                terms += 1
    assert float(method.step(*crops).loss.detach()) == pytest.approx(total / terms, rel=1e-5)


@pytest.mark.parametrize("local", [0, 3])
@pytest.mark.parametrize(("tau", "epsilon"), [(0.1, 0.05), (0.5, 0.2)])
def test_loss_agrees_with_lightly(local, tau, epsilon):
    method = on_vectors(temperature=tau, sinkhorn_epsilon=epsilon)
    crops = vectors(64, views=2 + local)
    s = [F.normalize(x) @ method.prototypes.detach().T for x in crops]
    theirs = SwaVLoss(temperature=tau, sinkhorn_epsilon=epsilon)(s[:2], s[2:])
    assert float(method.step(*crops).loss.detach()) == pytest.approx(float(theirs), rel=1e-5)


def test_codes_agree_with_lightly_and_stay_finite_where_exp_overflows():
    s = torch.rand(64, P, generator=torch.Generator().manual_seed(0)) * 2 - 1
    torch.testing.assert_close(sinkhorn(s / 0.05, 3), lightly_sinkhorn(s, 3, 0.05))
    assert not lightly_sinkhorn(s, 3, 0.005).isfinite().all()
    assert sinkhorn(s / 0.005, 3).isfinite().all()


def test_codes_share_the_pictures_equally():
    s = torch.rand(60, P, generator=torch.Generator().manual_seed(0)) + torch.linspace(0, 1, P)  # the last is favoured
    before, q = sinkhorn(s / 0.2, 0), sinkhorn(s / 0.2, 100)
    torch.testing.assert_close(q.sum(1), torch.ones(60))
    torch.testing.assert_close(q.sum(0), torch.full((P,), 60 / P), rtol=1e-3, atol=0)
    assert before.sum(0)[-1] > 10 * before.sum(0)[0]
    ratio = q / before  # codes are the softmax, rows and columns rescaled: Diag(u) exp(s/ε) Diag(v)
    torch.testing.assert_close(ratio[0, :] / ratio[1, :], (ratio[0, 0] / ratio[1, 0]).expand(P), rtol=1e-3, atol=0)


def test_knowing_nothing_costs_log_of_the_number_of_prototypes():
    same = torch.ones(8, 16)
    method = on_vectors()
    method.prototypes.data.fill_(0.25)
    assert float(method.step(same, same).loss.detach()) == pytest.approx(math.log(P), rel=1e-5)
    name, value = SwAV.ignorance({"prototypes": P})
    assert value == pytest.approx(math.log(P))
    assert str(P) in name


def test_views_are_two_large_and_some_small_crops(pictures):
    sizes = [tuple(x.shape[2:]) for x in swav(local_crops=3).views(pictures)]
    assert sizes == [(32, 32)] * 2 + [(16, 16)] * 3
    assert len(swav(local_crops=0).views(pictures)) == 2


def test_no_gradient_comes_through_the_codes():
    by_codes = on_vectors()
    x1, x2 = (x.requires_grad_() for x in vectors())
    s1, s2 = (F.normalize(x) @ by_codes.prototypes.T for x in (x1, x2))
    q1, q2 = (by_codes.codes(s.detach()) for s in (s1, s2))
    guess = sum((q * F.log_softmax(s / 0.1, 1)).sum() for q, s in ((q1, s2), (q2, s1)))
    expected = torch.autograd.grad(-guess / 16, (x1, x2))  # of the loss with the codes as constants
    torch.testing.assert_close(torch.autograd.grad(by_codes.step(x1, x2).loss, (x1, x2)), expected)


def test_prototypes_are_frozen_at_first_then_learn(pictures):
    method = swav(freeze_prototypes=2)
    for frozen in (True, True, False):
        method.zero_grad()
        step = method.step(*method.views(pictures))
        step.loss.backward()
        assert (method.prototypes.grad is None) == frozen
        assert all(p.grad is not None for p in method.encoder.parameters())
        method.after_step(step)


def test_after_step_brings_the_prototypes_back_to_the_sphere():
    method = on_vectors()
    step = method.step(*vectors())
    with torch.no_grad():
        method.prototypes.mul_(torch.linspace(0.5, 2, P)[:, None])
        directions = F.normalize(method.prototypes)
    method.after_step(step)
    torch.testing.assert_close(method.prototypes.norm(dim=1), torch.ones(P))
    torch.testing.assert_close(method.prototypes.detach(), directions)


@pytest.mark.slow
def test_usage_is_the_running_share_of_views_nearest_to_each_prototype():
    method = on_vectors()
    crops = vectors(views=4)
    nearest = (F.normalize(torch.cat(crops[:2])) @ method.prototypes.T).argmax(1)
    share = torch.tensor([float((nearest == k).sum()) / 16 for k in range(P)])
    step = method.step(*crops)
    torch.testing.assert_close(step.exhibits["prototype_usage"], torch.full((P,), 1 / P))  # nothing is known yet
    assert float(step.metrics["prototypes_used"]) == pytest.approx(1)
    for _ in range(300):
        method.after_step(step)
    torch.testing.assert_close(method.usage, share, atol=1e-5, rtol=0)
    one = torch.ones(8, 16)
    for _ in range(300):
        method.after_step(method.step(one, one))
    assert float(method.step(one, one).metrics["prototypes_used"]) == pytest.approx(1 / P, rel=1e-3)


def test_exhibits_and_metrics_against_loops():
    method = on_vectors(sinkhorn_epsilon=0.05)
    crops = vectors(views=3)
    step = method.step(*crops)
    z = F.normalize(torch.cat(crops[:2]))
    s = z @ method.prototypes.detach().T
    torch.testing.assert_close(step.exhibits["similarity"], F.cosine_similarity(z[:, None], z[None], dim=-1))
    torch.testing.assert_close(step.exhibits["prototype_similarity"], s)
    q = torch.tensor(codes_on_the_blackboard(s[:8], 0.05, 3) + codes_on_the_blackboard(s[8:], 0.05, 3))
    torch.testing.assert_close(step.exhibits["assignments"], q, atol=1e-5, rtol=1e-4)
    surprise = -sum(float(v) * math.log(float(v)) for v in q.flatten() if v > 0) / 16
    assert float(step.metrics["code_entropy"]) == pytest.approx(surprise, rel=1e-4)
    same = sum(int(s[i].argmax() == s[i + 8].argmax()) for i in range(8)) / 8
    assert float(step.metrics["same_group"]) == pytest.approx(same)
    assert method.step(crops[0], crops[0]).metrics["same_group"] == 1


def test_one_picture_in_every_place_gets_codes_that_say_nothing_only_if_balanced():
    """Why equipartition prevents collapse: all z alike cannot all be sent to one prototype."""
    one = torch.ones(8, 16)
    torch.testing.assert_close(on_vectors().step(one, one).exhibits["assignments"], torch.full((16, P), 1 / P))
    free = on_vectors(equipartition=False, sinkhorn_epsilon=0.01).step(one, one)
    assert free.exhibits["assignments"].amax(1).min() > 0.5
