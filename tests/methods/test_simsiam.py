import pytest
import torch
import torch.nn.functional as F
from lightly.loss import NegativeCosineSimilarity
from torch import nn

from sslviz.data.augment import Augment, AugmentKnobs
from sslviz.methods import METHODS
from sslviz.methods.simsiam import SimSiam
from sslviz.nets.convnet import ConvNet


def simsiam(encoder=None, **knobs):
    torch.manual_seed(0)
    augment = Augment(AugmentKnobs(), torch.full((3,), 0.5))
    return SimSiam(encoder or ConvNet(16), SimSiam.Knobs(**knobs), augment)


class Given(nn.Module):
    """An "encoder" with one weight, 1: it hands on what it is given, so that z can be chosen by a test."""

    dim = 16

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(()))

    def forward(self, x):
        return self.weight * x


def on_vectors(**knobs):
    """z is what the test gives; the predictor is one linear layer."""
    method = simsiam(Given(), **knobs)
    method.projector, method.predictor = nn.Identity(), nn.Linear(16, 16)
    return method


def vectors(n=8, seed=0):
    return torch.randn(2, n, 16, generator=torch.Generator().manual_seed(seed)).unbind()


@pytest.fixture
def pictures():
    return torch.randint(0, 256, (8, 3, 32, 32), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def touched(method):
    """Names of the parameters that a gradient has reached."""
    return {name for name, p in method.named_parameters() if p.grad is not None and p.grad.abs().sum() > 0}


def test_it_is_in_the_catalogue():
    assert METHODS["simsiam"] is SimSiam


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


def test_step_changes_nothing_but_batch_norm_statistics(pictures):
    method = simsiam()
    views = method.views(pictures)

    def changed():
        before = {name: value.clone() for name, value in method.state_dict().items()}
        method.step(*views)
        return {name for name, value in method.state_dict().items() if not torch.equal(value, before[name])}

    method.eval()
    assert changed() == set()
    method.train()
    kinds = {name.rsplit(".", 1)[-1] for name in changed()}
    assert kinds == {"running_mean", "running_var", "num_batches_tracked"}


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


def test_without_predictor_and_stop_gradient_all_pictures_soon_get_one_answer(pictures):
    def spread(**knobs):
        method = simsiam(batch_norm=False, **knobs)
        optimizer = torch.optim.AdamW(method.parameters(), lr=2e-3)
        for _ in range(20):
            step = method.step(*method.views(pictures))
            optimizer.zero_grad()
            step.loss.backward()
            optimizer.step()
        return float(step.metrics["output_std"])

    assert spread(predictor=False, stop_gradient=False) < 0.3 * spread()


def test_batch_norm_can_be_left_out():
    def norms(method):
        heads = (*method.projector, *method.predictor)
        return sum(isinstance(layer, nn.BatchNorm1d) for layer in heads)

    assert norms(simsiam()) == 4
    assert norms(simsiam(batch_norm=False)) == 0


def test_h_and_z(pictures):
    method = simsiam().eval()
    x = method.augment.plain(pictures)
    assert method.embed(x).shape == (8, 64)
    assert torch.equal(method.project(x), method.projector(method.embed(x)))
