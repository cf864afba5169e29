"""The slow copy: its weights drift by the book, its statistics stay its own, the gradient does not move it."""

import pytest
import torch
from torch import nn

from sslviz.nets.convnet import ConvNet
from sslviz.nets.momentum import SlowCopy


def linear(*weights):
    net = nn.Linear(2, 1, bias=False)
    with torch.no_grad():
        net.weight.copy_(torch.tensor([weights]))
    return net


def test_the_worked_example_of_the_lecture():
    net = linear(10.0, 2.0)
    copy = SlowCopy(net)
    seen = []
    for theta in ((12.0, 3.0), (11.0, 5.0)):
        copy.follow(linear(*theta), momentum=0.9)
        seen.append(copy.copy[0].weight.detach().flatten().tolist())
    assert seen[0] == pytest.approx([10.2, 2.1])
    assert seen[1] == pytest.approx([10.28, 2.39])
    assert net.weight.tolist() == [[10.0, 2.0]]


def test_after_many_steps_it_is_the_closed_form():
    """ξ_T = m^T ξ_0 + (1 − m) Σ m^(T−t) θ_t."""
    thetas = torch.randn(20, 2, generator=torch.Generator().manual_seed(0))
    copy, m = SlowCopy(linear(1.0, -1.0)), 0.7
    for theta in thetas:
        copy.follow(linear(*theta.tolist()), momentum=m)
    expected = m**20 * torch.tensor([1.0, -1.0]) + (1 - m) * sum(m ** (19 - t) * thetas[t] for t in range(20))
    torch.testing.assert_close(copy.copy[0].weight[0], expected)


@pytest.mark.parametrize(("momentum", "becomes"), [(0.0, (12.1, 3.3)), (1.0, (10.0, 2.0))])
def test_the_ends_of_the_scale_are_exact(momentum, becomes):
    copy = SlowCopy(linear(10.0, 2.0))
    copy.follow(linear(12.1, 3.3), momentum=momentum)
    assert torch.equal(copy.copy[0].weight[0], torch.tensor(becomes))


def test_all_weights_of_all_modules_follow_and_no_statistics():
    torch.manual_seed(0)
    net, head = ConvNet(16), nn.Sequential(nn.Linear(64, 8), nn.BatchNorm1d(8))
    copy = SlowCopy(net, head)
    with torch.no_grad():
        for p in (*net.parameters(), *head.parameters()):
            p.add_(1)
    net(torch.randn(8, 3, 32, 32))
    before = {name: value.clone() for name, value in copy.named_buffers()}
    old = [p.clone() for p in copy.parameters()]
    copy.follow(net, head, momentum=0.75)
    for p, was in zip(copy.parameters(), old, strict=True):
        torch.testing.assert_close(p.detach(), was + 0.25)
    for name, value in copy.named_buffers():
        assert torch.equal(value, before[name]), name
    assert len(before) > 0


def test_it_notes_statistics_of_its_own_in_training_and_uses_them_after_it():
    net = nn.BatchNorm1d(2)
    copy = SlowCopy(net)
    copy(torch.tensor([[1.0, 5.0], [3.0, 7.0]]))
    assert net.running_mean.tolist() == [0, 0]
    assert copy.copy[0].running_mean.tolist() == pytest.approx([0.2, 0.6])
    copy.eval()
    assert copy(torch.tensor([[0.2, 0.6]])).abs().max() < 1e-6


def test_it_computes_like_the_original_and_takes_no_gradient():
    net = ConvNet(16)
    copy = SlowCopy(net)
    x = torch.randn(4, 3, 32, 32)
    out = copy(x)
    torch.testing.assert_close(out, net(x).detach())
    assert not out.requires_grad
    assert not any(p.requires_grad for p in copy.parameters())
    assert all(p.requires_grad for p in net.parameters())
