from functools import partial

import pytest
import torch

from sslviz.methods import METHODS
from sslviz.methods.supervised import Supervised
from tests.methods.given import Given, build, train

supervised = partial(build, Supervised)


def test_it_alone_wants_labels():
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


def test_it_learns_eight_pictures_by_heart(pictures, labels):
    method = supervised()
    x = method.augment.plain(pictures)
    assert float(method.step(x, labels).metrics["accuracy"]) < 0.7
    train(method, 20, lambda: (x, labels))
    assert float(method.step(x, labels).metrics["accuracy"]) == 1
