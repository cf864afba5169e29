import math

import pytest
import torch
import torch.nn.functional as F

from sslviz.nets.convnet import ConvNet
from sslviz.nets.heads import mlp, projector
from sslviz.nets.precision import CANDIDATES, Precision, probe, settle_threads

CPU = torch.device("cpu")


def test_convnet_has_the_size_it_says():
    net = ConvNet(32)
    assert sum(p.numel() for p in net.parameters()) == pytest.approx(0.29e6, rel=0.01)
    for width, size in ((16, 32), (32, 16), (64, 48)):
        net = ConvNet(width)
        assert net.dim == 4 * width
        assert net(torch.randn(2, 3, size, size)).shape == (2, net.dim)


def test_every_weight_of_the_convnet_gets_gradient():
    net = ConvNet(16)
    net(torch.randn(4, 3, 32, 32)).square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in net.parameters())


def test_precision_changes_digits_but_neither_weights_nor_the_type_of_h():
    torch.manual_seed(0)
    net, x = ConvNet(16), torch.randn(8, 3, 32, 32)
    exact = net(x)
    before = {name: value.clone() for name, value in net.named_parameters()}
    for candidate in CANDIDATES:
        net.precision = candidate.dtype
        net.to(memory_format=candidate.memory_format)
        h = net(x)
        assert h.dtype == torch.float32
        h.sum().backward()
        digits = 1e-4 if candidate.dtype == torch.float32 else 0.05
        assert torch.allclose(h, exact, atol=digits * float(exact.detach().abs().max()))
    for name, value in net.named_parameters():
        assert torch.equal(value, before[name])
        assert value.dtype == torch.float32
        assert value.grad is not None
        assert value.grad.dtype == torch.float32


def test_projectors():
    h = torch.randn(4, 128)
    assert projector("mlp", 128)(h).shape == (4, 64)
    assert projector("linear", 128, d_out=32)(h).shape == (4, 32)
    assert torch.equal(projector("none", 128)(h), h)
    linear = projector("linear", 128)
    assert torch.allclose(linear(2 * h), 2 * linear(h), atol=1e-5)
    mlp = projector("mlp", 128)
    assert not torch.allclose(mlp(2 * h), 2 * mlp(h), atol=1e-2)


class FakeMachine:
    """A clock and a training step that takes as long as the test says: `cost` per candidate, in seconds; `says`: the
    loss and the gradients of those that do not say what is right.
    """

    def __init__(self, cost, noise=(), says=None):
        self.now, self.cost, self.noise, self.calls, self.says = 0.0, cost, list(noise), 0, says or {}

    def clock(self):
        return self.now

    def step(self, dtype, memory_format):
        self.calls += 1
        cost = self.cost[Precision(dtype, memory_format)]
        if isinstance(cost, Exception):
            raise cost
        self.now += cost + (self.noise.pop(0) if self.noise else 0)
        loss, *gradient = self.says.get(Precision(dtype, memory_format), (1.0, 0.6, 0.8))
        return torch.tensor(loss), torch.tensor(gradient)

    def choose(self, **limits):
        return probe(self.step, CPU, clock=self.clock, **limits)


def costs(*seconds):
    return dict(zip(CANDIDATES, seconds, strict=True))


@pytest.mark.parametrize("fastest", range(4))
def test_probe_takes_the_fastest(fastest):
    machine = FakeMachine(costs(*(0.01 if i == fastest else 0.02 for i in range(4))))
    assert machine.choose() == CANDIDATES[fastest]
    assert machine.now < 1


def test_probe_is_not_fooled_by_warm_up_or_by_noise():
    slow_at_first = FakeMachine(costs(0.02, 0.02, 0.02, 0.01), noise=[0, 0, 0, 0.15, 0, 0.1, 0, 0, 0.05, 0, 0, 0.02])
    assert slow_at_first.choose() == CANDIDATES[3]


def test_probe_stays_with_float32_where_nothing_is_clearly_faster():
    assert FakeMachine(costs(0.0100, 0.0099, 0.0098, 0.0097)).choose() == Precision()


def test_probe_leaves_out_what_raises():
    no = RuntimeError("bfloat16 is not supported here")
    assert FakeMachine(costs(0.02, 0.01, no, no)).choose() == CANDIDATES[1]
    assert FakeMachine(costs(0.02, 0.03, no, NotImplementedError())).choose() == Precision()
    assert FakeMachine(costs(no, no, no, no)).choose() == Precision()


@pytest.mark.parametrize(
    "wrong", [(1.0, 0.6, math.nan), (math.nan, 0.6, 0.8), (1.0, 0.8, -0.6), (1.4, 0.6, 0.8), (1.0, 0.0, 0.0)]
)
def test_probe_leaves_out_what_is_fast_and_wrong(wrong):
    """As Apple's GPUs have been with some layouts."""
    fast = costs(0.04, 0.02, 0.03, 0.01)
    assert FakeMachine(fast).choose() == CANDIDATES[3]
    assert FakeMachine(fast, says={CANDIDATES[3]: wrong}).choose() == CANDIDATES[1]
    assert FakeMachine(fast, says=dict.fromkeys(CANDIDATES[1:], wrong)).choose() == Precision()
    rounded = {CANDIDATES[3]: (1.001, 0.63, 0.75)}
    assert FakeMachine(fast, says=rounded).choose() == CANDIDATES[3]
    assert FakeMachine(fast, says={CANDIDATES[1]: (1.001, 0.63, 0.75)}).choose() == CANDIDATES[3]


@pytest.mark.parametrize(("several", "one", "chosen"), [(0.5, 0.25, 1), (0.25, 0.5, 2), (0.25, 0.25, 1)])
def test_one_thread_where_two_wait_for_each_other(several, one, chosen):
    now = 0.0

    def work():
        nonlocal now
        now += one if torch.get_num_threads() == 1 else several

    torch.set_num_threads(2)
    settle_threads(work, seconds=4, clock=lambda: now)
    assert torch.get_num_threads() == chosen
    torch.set_num_threads(1)
    before = now
    settle_threads(work, clock=lambda: now)  # there is nothing to try
    assert now == before


def test_probe_ends_on_a_machine_that_is_far_too_busy():
    machine = FakeMachine(costs(5.0, 5.0, 5.0, 5.0))
    assert machine.choose() == Precision()
    assert machine.calls == 1


def test_probe_of_a_real_net_answers_with_a_candidate():
    net, x = ConvNet(16), torch.randn(16, 3, 32, 32)

    def step(dtype, memory_format):
        net.precision = dtype
        net.to(memory_format=memory_format)
        net.zero_grad()
        loss = net(x).sum()
        loss.backward()
        return [loss.detach()]

    assert probe(step, CPU, seconds=0.1) in CANDIDATES


def test_a_whitened_stem_sees_all_directions_of_the_patches_alike() -> None:
    torch.manual_seed(0)
    smooth = F.interpolate(torch.randn(500, 3, 8, 8), 32, mode="bilinear")  # neighbours alike, as in pictures
    net = ConvNet(16)
    before = net.net[0].weight.std()
    net.whiten(smooth)
    weight = net.net[0].weight.detach()
    torch.testing.assert_close(weight[:8], -weight[8:])
    torch.testing.assert_close(weight.std(), before)
    patches = F.unfold(smooth, 4, stride=4).transpose(1, 2).flatten(0, 1)
    seen = (patches - patches.mean(0)) @ weight[:8].flatten(1).T
    covariance = seen.T @ seen / len(seen)
    correlation = covariance / covariance.diagonal().outer(covariance.diagonal()).sqrt()
    assert (correlation - torch.eye(8)).abs().max() < 0.01
    assert covariance.diagonal().max() / covariance.diagonal().min() < 1.2


def test_mlp_is_linear_layers_with_batch_norm_and_relu_between_them():
    def kinds(net):
        return [type(layer).__name__ for layer in net]

    three = ["Linear", "BatchNorm1d", "ReLU"]
    assert kinds(mlp(8, 4, 2)) == [*three, "Linear"]
    assert kinds(mlp(8, 4, 4, 2, norm_last=True)) == [*three, *three, "Linear", "BatchNorm1d"]
    assert kinds(mlp(8, 4, 2, norm=False, norm_last=True)) == ["Linear", "ReLU", "Linear"]
    assert kinds(projector("mlp", 8, layers=3)) == [*three, *three, "Linear"]
    assert mlp(8, 4, 2)(torch.randn(3, 8)).shape == (3, 2)
