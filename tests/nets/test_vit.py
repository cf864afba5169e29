"""The vision transformer: positions, attention, and what it is not shown it cannot know."""

import math

import pytest
import torch
import torch.nn.functional as F

from sslviz.nets.vit import GAIN, PATCH, RANGE, SLOWEST, Block, ViT, sincos

CPU = torch.device("cpu")


@pytest.fixture
def net():
    torch.manual_seed(0)
    return ViT(16).eval()


@pytest.fixture
def x():
    return torch.randn(3, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def some(n, length, visible, seed=0):
    """Numbers of visible patches, in order: n x visible."""
    noise = torch.rand(n, length, generator=torch.Generator().manual_seed(seed))
    return noise.argsort(1)[:, :visible].sort(1).values


def test_it_has_the_size_it_says():
    net = ViT(32)
    assert sum(p.numel() for p in net.parameters()) == pytest.approx(0.8e6, rel=0.02)
    assert (net.dim, len(net.blocks), net.blocks[0].heads) == (128, 4, 4)
    assert (ViT(16).dim, ViT(16).blocks[0].heads) == (64, 2)


@pytest.mark.parametrize("size", [8, 16, 32, 48])
def test_pictures_of_several_sizes(net, size):
    x, length = torch.randn(2, 3, size, size), (size // PATCH) ** 2
    assert net(x).shape == (2, 64)
    assert net.tokens(x).shape == (2, 1 + length, 64)
    assert net.attention(x).shape == (2, 2, 1 + length, 1 + length)
    assert torch.equal(net(x), net.tokens(x)[:, 0])


def test_every_weight_gets_gradient(net, x):
    net.tokens(x, some(3, 64, 16)).square().mul(torch.randn(64)).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in net.parameters())


def test_positions_against_the_formula():
    d, side = 16, 4
    found = sincos(d, side, CPU)
    for patch in range(side * side):
        row, column = divmod(patch, side)
        expected = []
        for place in (row, column):
            angles = [(place + 0.5) * RANGE / side / SLOWEST ** (i / (d // 4)) for i in range(d // 4)]
            expected += [math.sin(a) for a in angles] + [math.cos(a) for a in angles]
        assert found[patch].tolist() == pytest.approx(expected, abs=1e-6)
    assert torch.unique((found * 1e4).round(), dim=0).shape == (side * side, d)  # no two places alike


def test_small_pictures_span_the_same_range():
    """The first wave turns by one radian per unit: it tells where a patch lies. 4 x 4 patches lie between 8 x 8."""
    fine, coarse = (torch.atan2(p[:, 0], p[:, 4]).view(s, s) for s, p in ((s, sincos(16, s, CPU)) for s in (8, 4)))
    turns = torch.tensor([0, 0, 0, 0, 1, 1, 1, 1]) * 2 * math.pi  # places beyond π
    torch.testing.assert_close(fine[:, 0][:3], torch.tensor([0.5, 1.5, 2.5]))
    torch.testing.assert_close((fine[:, 0] + turns)[4:6], torch.tensor([4.5, 5.5]))
    torch.testing.assert_close(coarse[:, 0][:2], torch.tensor([1.0, 3.0]))  # the middles of two fine places each
    assert torch.equal(fine[:, 0], fine[:, 7])  # how far down, wherever it lies to the right


def test_attention_rows_sum_to_one_and_are_those_of_the_block(net, x):
    """Mixing the values with the map by hand gives what the block computes with the fused operation."""
    found = net.attention(x)
    torch.testing.assert_close(found.sum(-1), torch.ones(3, 2, 65))
    assert found.min() >= 0
    t = net.start(x)
    for block in net.blocks[:-1]:
        t = block(t)
    last = net.blocks[-1]
    v = last.split(last.norm1(t))[2]
    mixed = t + last.out((found @ v).transpose(1, 2).flatten(2))
    by_hand = mixed + last.mlp(last.norm2(mixed))
    torch.testing.assert_close(by_hand, last(t), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(net.norm(by_hand), net.tokens(x), atol=1e-5, rtol=1e-4)


def test_attention_is_the_softmax_of_equation_7():
    torch.manual_seed(0)
    block, t = Block(64), torch.randn(1, 5, 64)
    found = block.attention(t)
    w, b = block.qkv.weight, block.qkv.bias
    for head in range(2):
        rows = slice(32 * head, 32 * (head + 1))
        q = F.linear(t[0], w[:64][rows], b[:64][rows])
        k = F.linear(t[0], w[64:128][rows], b[64:128][rows])
        for i in range(5):
            scores = torch.stack([q[i] @ k[j] / math.sqrt(32) for j in range(5)])
            torch.testing.assert_close(found[0, head, i], scores.exp() / scores.exp().sum())


def test_without_positions_patches_would_be_a_bag(net, x):
    """Two patches change places: with their positions the class token notices."""
    swapped = x.clone()
    swapped[:, :, :4, :4], swapped[:, :, 28:, 28:] = x[:, :, 28:, 28:], x[:, :, :4, :4]
    assert (net(swapped) - net(x)).abs().max() > 1e-3
    both = [net.embed_patches(GAIN * v).flatten(2).transpose(1, 2) for v in (x, swapped)]
    torch.testing.assert_close(both[0][:, [63, *range(1, 63), 0]], both[1])  # the same patches, in other places


def test_content_and_place_of_a_patch_are_about_equally_loud():
    torch.manual_seed(0)
    net, pixels = ViT(32), torch.rand(64, 3, 32, 32) - 0.5
    ratio = net.embed_patches(GAIN * pixels).std() / sincos(128, 8, CPU).square().mean().sqrt()
    assert 0.5 < ratio < 2
    assert net.embed_patches(pixels).std() / sincos(128, 8, CPU).square().mean().sqrt() < 0.5  # without the gain


def test_visible_patches_keep_their_places(net, x):
    """All patches visible, in any order: the tokens are those of the whole picture, in that order."""
    order = torch.rand(3, 64, generator=torch.Generator().manual_seed(1)).argsort(1)
    t = net.tokens(x, order)
    whole = net.tokens(x)
    torch.testing.assert_close(t[:, 0], whole[:, 0], atol=1e-5, rtol=1e-4)
    for i in range(3):
        torch.testing.assert_close(t[i, 1:], whole[i, 1:][order[i]], atol=1e-5, rtol=1e-4)


def test_hidden_pixels_are_never_seen(net, x):
    visible = some(3, 64, 16)
    hidden = torch.ones(3, 64).scatter(1, visible, 0)
    hidden_pixels = hidden.view(3, 1, 8, 8).repeat_interleave(4, 2).repeat_interleave(4, 3).bool()
    t = net.tokens(x, visible)
    assert t.shape == (3, 17, 64)
    assert torch.equal(t, net.tokens(torch.where(hidden_pixels, 1e3, x), visible))
    changed = net.tokens(torch.where(hidden_pixels, x, x + 1), visible)
    assert ((changed - t).abs().amax(2) > 1e-3).all()


def test_bfloat16_is_near_float32(net, x):
    exact, looks = net.tokens(x).detach(), net.attention(x).detach()
    net.precision = torch.bfloat16
    rough, rough_looks = net.tokens(x), net.attention(x)
    assert rough.dtype == rough_looks.dtype == torch.float32
    assert 0 < (rough - exact).abs().max() < 0.1 * exact.abs().max()
    torch.testing.assert_close(rough_looks.sum(-1), torch.ones(3, 2, 65), atol=0.02, rtol=0)
    torch.testing.assert_close(rough_looks, looks, atol=0.02, rtol=0)
    assert all(p.dtype == torch.float32 for p in net.parameters())
