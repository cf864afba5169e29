import pytest
import torch

from sslviz.data.augment import Augment, AugmentKnobs
from sslviz.measures.finetune import HIGH, fine_tuned
from sslviz.methods.simclr import SimCLR
from sslviz.nets.convnet import ConvNet

PLAIN = AugmentKnobs(crop_scale=1.0, flip=0.0, jitter=0.0, gray=0.0)


def network():
    torch.manual_seed(0)
    return SimCLR(ConvNet(16), SimCLR.Knobs(), Augment(PLAIN, torch.full((3,), 0.5)))


def score(net, tiny, **more):
    view = Augment(PLAIN, torch.full((3,), 0.5))
    train, test = tiny.train, tiny.test
    return fine_tuned(
        net, view, view.plain, train.images, train.labels, test.images, test.labels, classes=4, batch=32, **more
    )


@pytest.mark.slow
def test_four_colours_are_learnt_from_scratch_and_the_network_stays_as_it_is(tiny):
    net = network()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    assert score(net, tiny, rate=HIGH, steps=30) > 0.9
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert net.training


@pytest.mark.slow
def test_the_same_seed_gives_the_same_score_and_more_steps_a_better_one(tiny):
    few = score(network(), tiny, rate=HIGH, steps=2)
    assert few == score(network(), tiny, rate=HIGH, steps=2)
    assert few < score(network(), tiny, rate=HIGH, steps=30)


def test_what_is_drawn_leaves_the_chance_of_others_alone(tiny):
    net = network()
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    score(net, tiny, steps=1)
    assert torch.equal(torch.rand(1), expected)
