import itertools
import math
from functools import partial

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from sslviz.data.lab import lab_to_rgb, rgb_to_lab
from sslviz.methods.colorization import SPREAD, STEP, Colorization, bins
from tests.methods.given import build

colorization = partial(build, Colorization)


def smooth(n=4):
    """Pictures with wide patches of strong colour: float, minus the mean of one half."""
    coarse = torch.rand(n, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    return F.interpolate(coarse, 32, mode="nearest") - 0.5


def one(*values):
    return torch.tensor(values).view(1, 3, 1, 1)


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [  # Lindbloom's calculator and CIE tables for sRGB and D65
        ((1.0, 0.0, 0.0), (53.24, 80.09, 67.20)),
        ((0.0, 1.0, 0.0), (87.73, -86.18, 83.18)),
        ((0.0, 0.0, 1.0), (32.30, 79.19, -107.86)),
        ((1.0, 1.0, 0.0), (97.14, -21.55, 94.48)),
        ((1.0, 1.0, 1.0), (100.0, 0.0, 0.0)),
        ((0.5, 0.5, 0.5), (53.39, 0.0, 0.0)),
        ((0.01, 0.01, 0.01), (0.70, 0.0, 0.0)),
        ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
    ],
)
def test_lab_of_known_colours(rgb, lab):
    torch.testing.assert_close(rgb_to_lab(one(*rgb)), one(*lab), atol=0.02, rtol=0)


def test_lab_and_back():
    rgb = torch.rand(4, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    rgb[:, :, :2] *= 0.05  # the straight piece near black, too
    torch.testing.assert_close(lab_to_rgb(rgb_to_lab(rgb)), rgb, atol=1e-4, rtol=0)


def test_colours_that_no_screen_shows_are_clipped():
    rgb = lab_to_rgb(one(50.0, 200.0, -200.0))
    assert rgb.min() == 0
    assert rgb.max() == 1
    assert lab_to_rgb(one(100.0, 0.0, 0.0)).min() > 0.999


def test_bins_are_the_grid_points_next_to_a_colour():
    found = {tuple(q) for q in bins().int().tolist()}
    rgb = torch.rand(60_000, 3, 1, 1, generator=torch.Generator().manual_seed(0))
    seen = {tuple(q) for q in ((rgb_to_lab(rgb)[:, 1:, 0, 0] / STEP).round() * STEP).int().tolist()}
    assert len(found) == len(bins())
    assert seen <= found
    assert len(found - seen) <= 5  # of strong colours, which few random ones come close to
    assert (0, 0) in found
    assert (80, -100) in found  # blue
    assert (0, -100) not in found


def test_shares_of_the_bins_are_a_bell_around_the_true_colour():
    method = colorization()
    ab = torch.tensor([[20.0, 31.0], [-47.0, 3.0]]).T.reshape(1, 2, 1, 2)
    shares = method.shares(ab)
    assert shares.shape == (1, len(method.bins), 1, 2)
    for place, (a, b) in enumerate([(20.0, 31.0), (-47.0, 3.0)]):
        far = [(a - float(q[0])) ** 2 + (b - float(q[1])) ** 2 for q in method.bins]
        bell = [math.exp(-d / (2 * SPREAD**2)) for d in far]
        expected = torch.tensor([height / sum(bell) for height in bell])
        torch.testing.assert_close(shares[0, :, 0, place], expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize("rebalance", [True, False])
def test_loss_and_trivial_loss_are_those_on_the_blackboard(rebalance):
    method = colorization(rebalance=rebalance).eval()
    with torch.no_grad():
        method.share.copy_(torch.rand(len(method.share)).softmax(0))
    x = smooth()
    step = method.step(x)
    lab = rgb_to_lab(x + 0.5).double()
    grey = (lab[:, :1] / 100 - 0.5).float().repeat(1, 3, 1, 1)
    p = method.decoder(method.encoder.maps(grey)).double().softmax(1).detach()
    q = len(method.bins)
    assert p.shape == (4, q, 8, 8)
    cost = weights = 0.0
    common = torch.zeros(q, dtype=torch.double)
    for n, i, j in itertools.product(range(4), range(8), range(8)):
        ab = lab[n, 1:, 4 * i : 4 * i + 4, 4 * j : 4 * j + 4].mean((1, 2))
        bell = torch.exp(-(ab - method.bins).square().sum(1) / (2 * SPREAD**2))
        z = bell / bell.sum()
        v = 1 / (0.5 * float(method.share[z.argmax()]) + 0.5 / q) if rebalance else 1.0
        cost -= v * float((z * p[n, :, i, j].log()).sum())
        weights += v
        common += v * z
    common /= weights
    assert float(step.loss.detach()) == pytest.approx(cost / weights, rel=1e-4)
    trivial = -float((common * (common + 1e-12).log()).sum())
    assert float(step.metrics["trivial_loss"]) == pytest.approx(trivial, rel=1e-4)


def test_the_trivial_loss_is_what_the_best_fixed_answer_costs():
    """A decoder that sees nothing, with the best bias: found by gradient descent."""
    method = colorization().eval()
    last = method.decoder[-1]
    nn.init.zeros_(last.weight)
    x = smooth()
    solver = torch.optim.LBFGS([last.bias], max_iter=200, line_search_fn="strong_wolfe")

    def loss():
        solver.zero_grad()
        value = method.step(x).loss
        value.backward()
        return value

    solver.step(loss)
    step = method.step(x)
    assert float(step.loss.detach()) == pytest.approx(float(step.metrics["trivial_loss"]), abs=2e-3)


def test_knowing_nothing_costs_log_q():
    method = colorization()
    nn.init.zeros_(method.decoder[-1].weight)
    nn.init.zeros_(method.decoder[-1].bias)
    name, level = Colorization.ignorance({})
    assert name == f"ln Q, Q = {len(method.bins)}"
    assert float(method.step(smooth()).loss.detach()) == pytest.approx(level, rel=1e-5)


def test_rare_colours_weigh_more():
    method = colorization()
    with torch.no_grad():
        method.share.zero_()[:2] = torch.tensor([0.9, 0.1])
    q = len(method.share)
    expected = [1 / (0.45 + 0.5 / q), 1 / (0.05 + 0.5 / q), 2 * q]
    torch.testing.assert_close(method.rarity()[:3], torch.tensor(expected))
    method.knobs = Colorization.Knobs(rebalance=False)
    assert method.rarity().unique().tolist() == [1]


def test_after_step_counts_the_colours():
    method = colorization()
    x = smooth()
    ab = F.adaptive_avg_pool2d(rgb_to_lab(x + 0.5)[:, 1:], 8)
    seen = method.shares(ab).mean((0, 2, 3))
    before = method.share.clone()
    method.after_step(method.step(x))
    torch.testing.assert_close(method.share, 0.99 * before + 0.01 * seen)
    assert float(method.share.sum()) == pytest.approx(1)


def test_the_encoder_sees_no_colour(pictures):
    """Two pictures of equal lightness and different colours get the same h, and the same guess."""
    method = colorization().eval()
    light = rgb_to_lab(smooth() + 0.5)[:, :1].clamp(40, 60)
    turned = [lab_to_rgb(torch.cat([light, c * torch.ones_like(light), 0 * light], 1)) - 0.5 for c in (-10.0, 10.0)]
    assert (turned[0] - turned[1]).abs().mean() > 0.02
    h = [method.embed(x) for x in turned]
    torch.testing.assert_close(h[0], h[1], atol=1e-4, rtol=1e-4)
    logits = [method.step(x).exhibits["colored"].float() for x in turned]
    assert (logits[0] - logits[1]).abs().max() <= 1  # of 255
    maps = method.encoder.maps(method.grey(rgb_to_lab(turned[0] + 0.5)[:, :1]))
    assert maps.shape == (4, 64, 4, 4)
    torch.testing.assert_close(maps.mean((2, 3)), h[0], atol=1e-5, rtol=1e-4)


def test_exhibits_keep_the_lightness_and_show_the_annealed_mean():
    method = colorization().eval()
    nn.init.zeros_(method.decoder[-1].weight)
    green = int((method.bins - torch.tensor([-40.0, 40.0])).square().sum(1).argmin())
    with torch.no_grad():
        method.decoder[-1].bias.fill_(0)[green] = 20  # sure of one colour
    light = torch.full((2, 1, 32, 32), 60.0)
    x = lab_to_rgb(torch.cat([light, 0 * light, 0 * light], 1)) - 0.5
    shown = method.step(x).exhibits
    assert shown["gray"].dtype == shown["colored"].dtype == torch.uint8
    assert torch.equal(shown["gray"], method.augment.display(x))
    torch.testing.assert_close(shown["confidence"], torch.ones(2, 8, 8), atol=1e-4, rtol=0)
    lab = rgb_to_lab(shown["colored"] / 255)
    torch.testing.assert_close(lab[0, :, 16, 16], torch.tensor([60.0, -40.0, 40.0]), atol=0.6, rtol=0)
