import math
from functools import partial

import pytest
import torch
import torch.nn.functional as F
from lightly.loss import NegativeCosineSimilarity
from torch import nn

from sslviz.methods.byol import BYOL
from sslviz.methods.simclr import SimCLR
from tests.methods.given import Given, build, touched, vectors

byol = partial(build, BYOL)


def on_vectors(**knobs):
    """z is what the test gives, z' is its double backwards: the target has drifted away."""
    method = byol(Given(), projector="none", **knobs)
    method.target.copy = Backwards()
    return method


class Backwards(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.full((), 2.0))

    def forward(self, x):
        return self.weight * x.flip(1)


@pytest.mark.parametrize("predictor", [True, False])
def test_loss_is_the_squared_distance_on_the_blackboard_in_both_orders(predictor):
    x1, x2 = vectors()
    method = on_vectors(predictor=predictor).double()
    x1, x2 = x1.double(), x2.double()
    total = 0.0
    for this, other in ((x1, x2), (x2, x1)):
        q, t = method.predictor(this) if predictor else this, 2 * other.flip(1)
        for a, b in zip(q, t, strict=True):
            total += float(((a / a.norm() - b / b.norm()) ** 2).sum().detach())
    assert float(method.step(x1, x2).loss.detach()) == pytest.approx(total / 8, rel=1e-9)


def test_loss_agrees_with_lightly():
    x1, x2 = vectors(64)
    method, cosine = on_vectors(), NegativeCosineSimilarity()
    q1, q2, t1, t2 = method.predictor(x1), method.predictor(x2), method.target(x1), method.target(x2)
    theirs = 4 + 2 * (cosine(q1, t2) + cosine(q2, t1))
    assert float(method.step(x1, x2).loss.detach()) == pytest.approx(float(theirs.detach()), rel=1e-5)


def test_loss_runs_from_0_to_8():
    x = torch.eye(16)
    method = byol(Given(), projector="none", predictor=False)
    assert float(method.step(x, x).loss.detach()) == pytest.approx(0, abs=1e-6)
    assert float(method.step(x, -x).loss.detach()) == pytest.approx(8)


@pytest.mark.parametrize(("weight", "predictor", "target"), [(1.0, True, True), (0.3, True, False), (0.7, False, True)])
def test_negatives_add_the_infonce_of_the_appendix(weight, predictor, target):
    """2/B Σ S(v_i, v'_i) - β 2α/B Σ ln(Σ_{j≠i} exp(S(v_i, v_j)/α) + Σ_j exp(S(v_i, v'_j)/α)), negated, both orders."""
    x1, x2 = vectors()
    alpha, n = 0.3, len(x1)
    method = on_vectors(negatives=weight, temperature=alpha, predictor=predictor, target=target).double()
    x1, x2 = x1.double(), x2.double()

    def phi(x):
        return F.normalize(method.predictor(x) if predictor else x)

    def psi(x):
        return F.normalize(2 * x.flip(1) if target else x)

    total = 0.0
    for v, w in ((x1, x2), (x2, x1)):
        same, other = phi(v) @ psi(v).T, phi(v) @ psi(w).T
        for i in range(n):
            total += 2 - 2 * float(other[i, i].detach())
            candidates = [same[i, j] for j in range(n) if j != i] + [other[i, j] for j in range(n)]
            total += weight * 2 * alpha * math.log(sum(math.exp(float(s.detach()) / alpha) for s in candidates))
    assert float(method.step(x1, x2).loss.detach()) == pytest.approx(total / n, rel=1e-9)


@pytest.mark.parametrize("alpha", [0.1, 0.5])
def test_the_cell_without_predictor_and_target_but_with_negatives_is_simclr(alpha):
    """4 + 4 α NT-Xent, gradients included: only the scale differs, which AdamW does not see."""
    x1, x2 = (x.requires_grad_() for x in vectors())
    loss = on_vectors(negatives=1.0, temperature=alpha, predictor=False, target=False).step(x1, x2).loss
    z = F.normalize(torch.cat([x1, x2]))
    logits = (z @ z.T / alpha).masked_fill(torch.eye(16, dtype=torch.bool), -torch.inf)
    by_hand = 4 + 4 * alpha * F.cross_entropy(logits, torch.arange(16).roll(8))
    torch.testing.assert_close(loss, by_hand)
    ours, theirs = torch.autograd.grad(loss, (x1, x2)), torch.autograd.grad(by_hand, (x1, x2))
    torch.testing.assert_close(ours, theirs)
    simclr = SimCLR(Given(), SimCLR.Knobs(projector="none", temperature=alpha), None).step(x1, x2).loss
    torch.testing.assert_close(loss, 4 + 4 * alpha * simclr)


def test_without_target_the_gradient_flows_through_both_sides_and_the_copy_is_not_asked(pictures):
    x1, x2 = (x.requires_grad_() for x in vectors())
    for stop in (True, False):  # there is nothing that could be stopped
        method = on_vectors(target=False, predictor=False, stop_gradient=stop)
        grads = torch.autograd.grad(method.step(x1, x2).loss, (x1, x2))
        by_hand = (4 - 4 * F.cosine_similarity(x1, x2)).mean()
        for ours, expected in zip(grads, torch.autograd.grad(by_hand, (x1, x2)), strict=True):
            torch.testing.assert_close(ours, expected)
    method = byol(target=False)
    method.target = None  # would raise if it were called
    method.step(*method.views(pictures)).loss.backward()


def test_the_temperature_is_idle_while_negatives_weigh_nothing():
    x1, x2 = vectors()
    losses = [on_vectors(temperature=tau).step(x1, x2).loss for tau in (0.01, 1.0)]
    assert torch.equal(*losses)
    sharp, mild = (on_vectors(temperature=tau, negatives=0.5).step(x1, x2).loss for tau in (0.05, 1.0))
    assert not torch.isclose(sharp, mild)


def test_without_predictor_it_gets_no_gradient_and_without_stop_gradient_the_target_does(pictures):
    method = byol()
    views = method.views(pictures)
    with torch.no_grad():  # the copy must differ, or agreement would already be perfect in places
        for p in method.target.parameters():
            p.add_(0.01 * torch.randn_like(p))
    names = {name for name, _ in method.named_parameters()}
    for predictor, stop in ((False, True), (True, False), (False, False), (True, True)):
        method.knobs = BYOL.Knobs(predictor=predictor, stop_gradient=stop)
        method.zero_grad()
        method.step(*views).loss.backward()
        without = {
            n for n in names if (n.startswith("predictor") and not predictor) or (n.startswith("target") and stop)
        }
        assert touched(method) == names - without


def test_an_optimiser_leaves_a_stopped_target_alone(pictures):
    method = byol()
    optimizer = torch.optim.AdamW(method.parameters(), lr=0.1, weight_decay=0.5)
    before = [p.clone() for p in method.target.parameters()]
    for _ in range(2):
        optimizer.zero_grad()
        method.step(*method.views(pictures)).loss.backward()
        optimizer.step()
    assert all(torch.equal(p, was) for p, was in zip(method.target.parameters(), before, strict=True))


def test_after_step_moves_the_target_by_the_momentum_of_this_moment(pictures):
    method = byol(momentum=0.9)
    step = method.step(*method.views(pictures))
    online = [*method.encoder.parameters(), *method.projector.parameters()]
    with torch.no_grad():
        for p in online:
            p.add_(1)
    for momentum, distance in ((0.9, 0.9), (1.0, 0.9), (0.5, 0.45), (0.0, 0.0)):
        method.knobs = BYOL.Knobs(momentum=momentum)
        method.after_step(step)
        for p, t in zip(online, method.target.parameters(), strict=True):
            torch.testing.assert_close(p - t, torch.full_like(p, distance), atol=1e-5, rtol=0)


def test_exhibits_and_metrics_against_loops():
    x1, x2 = vectors()
    method = on_vectors()
    step = method.step(x1, x2)
    z = torch.cat([x1, x2])
    t = z.flip(1)
    q = torch.cat([method.predictor(x1), method.predictor(x2)]).detach()  # BatchNorm sees one view at a time
    torch.testing.assert_close(step.exhibits["similarity"], F.cosine_similarity(z[:, None], z[None], dim=-1))
    predicted = F.cosine_similarity(q[:, None], t[None], dim=-1)
    torch.testing.assert_close(step.exhibits["prediction_similarity"], predicted)
    pairs = sum(float(predicted[i, (i + 8) % 16]) for i in range(16)) / 16
    assert float(step.metrics["positive_cosine"]) == pytest.approx(pairs, abs=1e-6)
    assert float(step.loss.detach()) == pytest.approx(4 - 4 * pairs, rel=1e-5)
    own = sum(float(F.cosine_similarity(a, b, dim=0)) for a, b in zip(z, t, strict=True)) / 16
    assert float(step.metrics["teacher_cosine"]) == pytest.approx(own, abs=1e-6)
    assert 0.15 < float(step.metrics["output_std"]) < 0.3  # 1/√16 for directions at random
    one = torch.ones(8, 16)
    assert float(method.step(one, one).metrics["output_std"]) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("kind", ["mlp", "linear", "none"])
def test_the_target_begins_as_the_online_network(pictures, kind):
    method = byol(projector=kind).eval()
    x = method.augment.plain(pictures)
    torch.testing.assert_close(method.target(x), method.projector(method.encoder(x)))
