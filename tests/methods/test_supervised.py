import pytest
import torch
from torch import nn

from sslviz.data.augment import Augment, AugmentKnobs
from sslviz.methods import METHODS
from sslviz.methods.supervised import Supervised
from sslviz.nets import ENCODERS
from sslviz.nets.convnet import ConvNet


class Given(nn.Module):
    """An "encoder" with one weight, 1: it hands on what it is given."""

    dim = 16

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(()))

    def forward(self, x):
        return self.weight * x


def supervised(encoder=None, **knobs):
    torch.manual_seed(0)
    augment = Augment(AugmentKnobs(), torch.full((3,), 0.5))
    return Supervised(encoder or ConvNet(16), Supervised.Knobs(**knobs), augment, classes=5)


@pytest.fixture
def pictures():
    return torch.randint(0, 256, (8, 3, 32, 32), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def labels():
    return torch.arange(8) % 5


def test_it_is_in_the_catalogue_and_wants_labels():
    assert METHODS["supervised"] is Supervised
    assert Supervised.labelled
    assert [name for name, method in METHODS.items() if method.labelled] == ["supervised"]


@pytest.mark.parametrize("epsilon", [0.0, 0.1])
def test_loss_is_the_sum_on_the_blackboard(labels, epsilon):
    x = torch.randn(8, 16, generator=torch.Generator().manual_seed(0))
    method = supervised(Given(), label_smoothing=epsilon)
    step = method.step(x, labels)
    total, right = 0.0, 0
    for one, y in zip(x, labels.tolist(), strict=True):
        logits = method.head(one).double().detach()
        log_p = (logits - logits.exp().sum().log()).tolist()
        total -= sum(((1 - epsilon) * (c == y) + epsilon / 5) * log_p[c] for c in range(5))
        right += int(logits.argmax()) == y
    assert float(step.loss.detach()) == pytest.approx(total / 8, rel=1e-5)
    assert float(step.metrics["accuracy"]) == right / 8
    assert torch.equal(step.exhibits["class_logits"], method.head(x))
    assert torch.equal(step.exhibits["labels"], labels)


def test_smoothing_acts_at_the_next_step(labels):
    x = torch.randn(8, 16, generator=torch.Generator().manual_seed(0))
    method = supervised(Given())
    sharp = method.step(x, labels).loss
    method.knobs = Supervised.Knobs(label_smoothing=0.2)
    assert torch.equal(method.step(x, labels).loss, supervised(Given(), label_smoothing=0.2).step(x, labels).loss)
    assert not torch.equal(method.step(x, labels).loss, sharp)


def test_views_are_one_view_and_the_labels(pictures, labels):
    method = supervised()
    x, y = method.views(pictures, labels)
    method.augment.seed(0, 0)
    assert torch.equal(x, method.augment(pictures))
    assert torch.equal(y, labels)


def test_without_labels_it_says_so(pictures):
    with pytest.raises(ValueError, match="label for every picture"):
        supervised().views(pictures)


def test_gradient_reaches_everything(pictures, labels):
    method = supervised()
    method.step(*method.views(pictures, labels)).loss.backward()
    for name, parameter in method.named_parameters():
        assert parameter.grad.abs().sum() > 0, name


def test_step_changes_nothing_and_says_the_same_twice(pictures, labels):
    method = supervised().eval()
    views = method.views(pictures, labels)
    before = {name: value.clone() for name, value in method.state_dict().items()}
    first, second = method.step(*views), method.step(*views)
    assert torch.equal(first.loss, second.loss)
    assert all(torch.equal(value, before[name]) for name, value in method.state_dict().items())


@pytest.mark.parametrize("encoder", Supervised.encoders)
def test_it_takes_each_of_its_encoders(pictures, labels, encoder):
    method = supervised(ENCODERS[encoder](16))
    assert method.step(*method.views(pictures, labels)).loss.isfinite()
    assert method.embed(method.augment.plain(pictures)).shape == (8, method.encoder.dim)


def test_it_learns_eight_pictures_by_heart(pictures, labels):
    method = supervised()
    optimizer = torch.optim.AdamW(method.parameters(), 2e-3)
    x = method.augment.plain(pictures)
    assert float(method.step(x, labels).metrics["accuracy"]) < 0.7
    for _ in range(20):
        optimizer.zero_grad()
        method.step(x, labels).loss.backward()
        optimizer.step()
    assert float(method.step(x, labels).metrics["accuracy"]) == 1
