from functools import partial

import pytest
import torch
import torch.nn.functional as F
from lightly.loss import NegativeCosineSimilarity
from torch import nn

from sslviz.methods.simsiam import SimSiam
from tests.methods.given import Given, build, touched, train, vectors

simsiam = partial(build, SimSiam)


def on_vectors(**knobs):
    """z is what the test gives; the predictor is one linear layer."""
    method = simsiam(Given(), **knobs)
    method.projector, method.predictor = nn.Identity(), nn.Linear(16, 16)
    return method


@pytest.mark.parametrize("predictor", [True, False])
def test_loss_is_the_mean_of_both_orders_on_the_blackboard(predictor):
    x1, x2 = vectors()
    method = on_vectors(predictor=predictor)
    total = 0.0
    for this, other in ((x1, x2), (x2, x1)):
        p = method.predictor(this).detach() if predictor else this
        for a, b in zip(p.double(), other.double(), strict=True):
            total += -float(a @ b / (a.norm() * b.norm())) / 2
    assert float(method.step(x1, x2).loss.detach()) == pytest.approx(total / 8, rel=1e-5)


def test_loss_agrees_with_lightly():
    x1, x2 = vectors(64)
    method, cosine = on_vectors(), NegativeCosineSimilarity()
    theirs = 0.5 * (cosine(method.predictor(x1), x2) + cosine(method.predictor(x2), x1))
    assert float(method.step(x1, x2).loss.detach()) == pytest.approx(float(theirs.detach()), rel=1e-5)


def test_gradient_flows_through_the_prediction_alone_unless_the_stop_is_taken_away():
    """With the stop-gradient the goals are constants: the gradient is that of the loss with numbers in their place."""
    x1, x2 = (x.requires_grad_() for x in vectors())
    for stop in (True, False):
        method = on_vectors(stop_gradient=stop)
        grads = torch.autograd.grad(method.step(x1, x2).loss, (x1, x2))
        goal1, goal2 = (x1.detach(), x2.detach()) if stop else (x1, x2)
        cos = F.cosine_similarity
        loss = -(cos(method.predictor(x1), goal2) + cos(method.predictor(x2), goal1)).mean() / 2
        for ours, by_hand in zip(grads, torch.autograd.grad(loss, (x1, x2)), strict=True):
            torch.testing.assert_close(ours, by_hand)


def test_gradient_reaches_everything_and_no_predictor_that_is_off(pictures):
    method = simsiam()
    views = method.views(pictures)
    names = {name for name, _ in method.named_parameters()}
    for predictor in (True, False):
        method.knobs = SimSiam.Knobs(predictor=predictor)
        method.zero_grad()
        method.step(*views).loss.backward()
        assert touched(method) == {name for name in names if predictor or not name.startswith("predictor")}


def test_exhibits_and_metrics_against_loops():
    x1, x2 = vectors()
    method = on_vectors()
    step = method.step(x1, x2)
    z = torch.cat([x1, x2])
    p = method.predictor(z).detach()
    cosines = F.cosine_similarity(z[:, None], z[None], dim=-1)
    predicted = F.cosine_similarity(p[:, None], z[None], dim=-1)
    torch.testing.assert_close(step.exhibits["similarity"], cosines)
    torch.testing.assert_close(step.exhibits["prediction_similarity"], predicted)
    met = [float(cosines[i, (i + 8) % 16]) for i in range(16)]
    own = [float(predicted[i, i]) for i in range(16)]
    assert float(step.metrics["positive_cosine"]) == pytest.approx(sum(met) / 16, abs=1e-6)
    assert float(step.metrics["predictor_cosine"]) == pytest.approx(sum(own) / 16, abs=1e-6)
    assert 0.15 < float(step.metrics["output_std"]) < 0.3  # 1/√16 for directions at random
    one = torch.ones(8, 16)
    assert float(method.step(one, one).metrics["output_std"]) == pytest.approx(0, abs=1e-6)


@pytest.mark.slow
def test_without_predictor_and_stop_gradient_all_pictures_soon_get_one_answer(pictures):
    def spread(**knobs):
        method = simsiam(batch_norm=False, **knobs)
        *_, last = train(method, 20, lambda: method.views(pictures))
        return float(last.metrics["output_std"])

    assert spread(predictor=False, stop_gradient=False) < 0.3 * spread()


def test_batch_norm_can_be_left_out():
    def norms(method):
        heads = (*method.projector, *method.predictor)
        return sum(isinstance(layer, nn.BatchNorm1d) for layer in heads)

    assert norms(simsiam()) == 4
    assert norms(simsiam(batch_norm=False)) == 0
