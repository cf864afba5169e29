import math

import pytest
import torch
from torch import nn

from sslviz.data.augment import Augment, AugmentKnobs
from sslviz.methods import METHODS
from sslviz.methods.rotation import Rotation
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


def rotation(encoder=None, augment=None, **knobs):
    torch.manual_seed(0)
    augment = Augment(AugmentKnobs(**(augment or {})), torch.full((3,), 0.5))
    return Rotation(encoder or ConvNet(16), Rotation.Knobs(**knobs), augment)


def vectors(n=8):
    return torch.randn(4, n, 16, generator=torch.Generator().manual_seed(0)).unbind()


@pytest.fixture
def pictures():
    return torch.randint(0, 256, (8, 3, 32, 32), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def test_it_is_in_the_catalogue():
    assert METHODS["rotation"] is Rotation


def test_loss_is_the_mean_on_the_blackboard_of_all_turns_of_all_pictures():
    turns = vectors()
    method = rotation(Given()).eval()
    step = method.step(*turns)
    total, right = 0.0, 0
    for y, x in enumerate(turns):
        for one in x:
            logits = method.head(one[None])[0].double().detach()
            total += -float(logits[y] - logits.exp().sum().log())
            right += int(logits.argmax()) == y
    assert float(step.loss.detach()) == pytest.approx(total / 32, rel=1e-5)
    assert float(step.metrics["accuracy"]) == right / 32


def test_exhibits_are_the_logits_all_0_degrees_first():
    turns = vectors()
    method = rotation(Given()).eval()
    logits = method.step(*turns).exhibits["angle_logits"]
    assert logits.shape == (32, 4)
    torch.testing.assert_close(logits[16:24], method.head(turns[2]))


def test_knowing_nothing_costs_log_4():
    method = rotation(Given())
    nn.init.zeros_(method.head[-1].weight)
    name, level = Rotation.ignorance({})
    assert (name, level) == ("ln 4", math.log(4))
    assert float(method.step(*vectors()).loss.detach()) == pytest.approx(level, rel=1e-6)


def test_views_are_one_view_in_four_exact_quarter_turns(pictures):
    method = rotation()
    views = method.views(pictures)
    method.augment.seed(0, 0)
    assert torch.equal(views[0], method.augment(pictures))
    for turns, view in enumerate(views):
        assert view.shape == (8, 3, 32, 32)
        assert torch.equal(torch.rot90(view, -turns, (2, 3)), views[0])
    assert torch.equal(views[1][:, :, 31, 0], views[0][:, :, 0, 0])  # to the left: the upper left corner comes down
    assert torch.equal(views[2], views[0].flip(2, 3))


def test_the_caption_lies_on_the_edge_that_was_the_lower_one(pictures):
    plain, marked = rotation().views(pictures), rotation(caption=True).views(pictures)
    edges = [(..., slice(30, 32), slice(None)), (..., slice(30, 32)), (..., slice(0, 2), slice(None)), (..., slice(2))]
    for view, before, edge in zip(marked, plain, edges, strict=True):
        assert (view[edge] == 0.5).all()
        assert (view != before).sum() <= 8 * 3 * 2 * 32


def test_gradient_reaches_everything(pictures):
    method = rotation()
    method.step(*method.views(pictures)).loss.backward()
    for name, parameter in method.named_parameters():
        assert parameter.grad.abs().sum() > 0, name


def test_step_changes_nothing_and_says_the_same_twice(pictures):
    method = rotation().eval()
    views = method.views(pictures)
    before = {name: value.clone() for name, value in method.state_dict().items()}
    first, second = method.step(*views), method.step(*views)
    assert torch.equal(first.loss, second.loss)
    assert all(torch.equal(value, before[name]) for name, value in method.state_dict().items())


@pytest.mark.parametrize("encoder", Rotation.encoders)
def test_it_takes_each_of_its_encoders(pictures, encoder):
    method = rotation(ENCODERS[encoder](16))
    assert method.step(*method.views(pictures)).loss.isfinite()
    assert method.embed(method.augment.plain(pictures)).shape == (8, method.encoder.dim)


def test_with_the_caption_on_the_answer_is_there_to_be_read(pictures):
    """Noise has no upper side: a few steps can learn only the caption."""
    losses = {True: [], False: []}
    for caption, found in losses.items():
        method = rotation(augment={"crop_scale": 1.0, "jitter": 0.0}, caption=caption)
        optimizer = torch.optim.AdamW(method.parameters(), 2e-3)
        for step in range(12):
            noise = torch.randint(0, 256, (8, 3, 32, 32), generator=torch.Generator().manual_seed(step)).byte()
            loss = method.step(*method.views(noise)).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            found.append(float(loss.detach()))
    assert losses[True][-1] < 0.5 * math.log(4)
    assert losses[False][-1] > 0.9 * math.log(4)
