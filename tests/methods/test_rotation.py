import math
from functools import partial

import pytest
import torch
from torch import nn

from sslviz.methods.rotation import Rotation
from tests.methods import given
from tests.methods.given import Given, build, train

rotation = partial(build, Rotation)
vectors = partial(given.vectors, views=4)


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


@pytest.mark.slow
def test_with_the_caption_on_the_answer_is_there_to_be_read():
    """Noise has no upper side: a few steps can learn only the caption."""

    def last_loss(caption):
        method, chance = rotation(augment={"crop_scale": 1.0, "jitter": 0.0}, caption=caption), torch.Generator()
        noise = (torch.randint(0, 256, (8, 3, 32, 32), generator=chance.manual_seed(i)).byte() for i in range(12))
        return float(train(method, 12, lambda: method.views(next(noise)))[-1].loss.detach())

    assert last_loss(True) < 0.5 * math.log(4)
    assert last_loss(False) > 0.9 * math.log(4)
