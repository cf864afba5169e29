"""What the pretext room asks: the method's own answers, on whole pictures."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from sslviz.data.dataset import Dataset
from sslviz.data.lab import rgb_to_lab
from sslviz.exhibits.pretext import ask
from sslviz.figures.jigsaw import unshuffle
from sslviz.methods.colorization import SPREAD
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.training.loaded import load_network
from sslviz.training.worker import Wishes, run


def network(method: str, folder: Path, tiny: Dataset, quick: RunSettings, **knobs: Any) -> Any:
    made = RunFolder.create(folder, quick.model_copy(update={"method": method, "data": "tiny"}).change(**knobs))
    assert run(made, folder, Wishes(made), loaded=tiny).state == "done"
    return load_network(made, made.weights_steps()[-1], tiny).method


def test_the_belief_is_the_softmax_of_the_methods_own_logits(tmp_path: Path, tiny: Dataset, quick: RunSettings) -> None:
    method = network("rotation", tmp_path, tiny, quick)
    x = method.augment.plain(tiny.test.images[:3])
    out = method.step(*(torch.rot90(x, k, (2, 3)) for k in range(4)))
    own = out.exhibits["angle_logits"].softmax(1).view(4, 3, 4)
    for picture in range(3):
        over = ask.turns_over_angle(method, tiny.test.images[picture])
        assert over.shape == (72, 4)
        np.testing.assert_allclose(over[[0, 18, 36, 54]], own[:, picture], atol=1e-6)
    np.testing.assert_allclose(over.sum(1), 1, rtol=1e-5)


@pytest.mark.parametrize("quarter", range(4))
def test_a_small_turn_goes_on_where_the_quarter_turn_ended(quarter: int) -> None:
    """To the left, and continuously: a wrong direction would jump by half a turn."""
    x = (
        torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(0))
        .repeat_interleave(4, 2)
        .repeat_interleave(4, 3)
    )
    exact = ask.turned(x, 90 * quarter)
    assert torch.equal(exact, torch.rot90(x, quarter, (2, 3)))
    for near in (-0.01, 0.01):
        assert (ask.turned(x, 90 * quarter + near) - exact).abs().max() < 0.01
    assert (ask.turned(x, 90 * quarter + 20) - exact).abs().max() > 0.1


@pytest.mark.parametrize("side", [2, 3])
def test_tiles_are_where_they_were_put(side: int, tmp_path: Path, tiny: Dataset, quick: RunSettings) -> None:
    method = network("jigsaw", tmp_path, tiny, quick, tiles_per_side=side, permutations=20)
    images, chance = tiny.test.images[:4], np.random.default_rng(0)
    orders = np.stack([chance.permutation(side**2) for _ in range(4)])
    found = ask.puzzle(method, images, orders)
    straight = ask.puzzle(method, images, np.tile(np.arange(side**2), (4, 1)))
    for shuffled, order, whole in zip(found.shuffled, orders, straight.shuffled, strict=True):
        np.testing.assert_array_equal(unshuffle(shuffled, order), whole)
    # the same tiles through the method's own step: corners in the middle, the order one that it knows
    y = torch.tensor([3, 0, 7, 5])
    known = ask.puzzle(method, images, found.permutations[y])
    x = F.interpolate(images / 255.0, size=(16 * side,) * 2, mode="bilinear") - method.augment.mean
    out = method.step(x, torch.full((4, side**2, 2), 2), y)
    np.testing.assert_allclose(known.probability, out.exhibits["permutation_logits"].softmax(1), atol=1e-4)
    far = known.shuffled.astype(int) - out.exhibits["shuffled"].permute(0, 2, 3, 1).numpy()
    assert np.abs(far).max() <= 1


def test_colours_are_the_methods_own(tmp_path: Path, tiny: Dataset, quick: RunSettings) -> None:
    method = network("colorization", tmp_path, tiny, quick)
    images = tiny.test.images[:5]
    out = method.step(method.augment.plain(images))
    found = ask.colours(method, images)
    np.testing.assert_array_equal(found.painted, out.exhibits["colored"].permute(0, 2, 3, 1))
    np.testing.assert_array_equal(found.gray, out.exhibits["gray"].permute(0, 2, 3, 1))
    np.testing.assert_allclose(found.probability.max(1), out.exhibits["confidence"], atol=1e-6)
    # the true bin is the nearest one: from the pixels themselves
    ab = F.avg_pool2d(rgb_to_lab(images / 255.0)[:, 1:], 4).movedim(1, -1)
    far = (ab[..., None, :] - method.bins).norm(dim=-1)  # N x h x w x Q
    chosen = far.gather(-1, torch.from_numpy(found.truth)[..., None])[..., 0]
    assert (chosen - far.amin(-1)).abs().max() < 0.01 * SPREAD
    # cold: only the likeliest colour of each place is left; hot: all places look alike
    cold, hot = (ask.colours(method, images, t).painted.astype(int) for t in (0.02, 50.0))
    assert (
        np.ptp(hot - found.gray.astype(int), axis=(0, 1, 2)).max()
        < np.ptp(cold - found.gray.astype(int), axis=(0, 1, 2)).max()
    )


def test_sure_and_wrong_counts_only_what_is_wrong() -> None:
    p = np.zeros((2, 3, 1, 2))
    p[0, 0] = [[0.9, 0.5]]
    p[1, 1] = [[0.8, 0.7]]
    nothing = np.zeros(0)
    truth = np.array([[[0, 1]], [[1, 1]]])
    found = ask.Colours(nothing, nothing, p, truth, nothing, nothing)
    np.testing.assert_allclose(found.sure_and_wrong, [0.25, 0])


def test_a_bin_without_colour_is_grey() -> None:
    gray, red = ask.bin_colours(np.array([[0, 0], [60, 40]]), 50.0).astype(int)
    assert np.ptp(gray) <= 1
    assert red[0] > red[1] + 60
