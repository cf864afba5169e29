import numpy as np
import torch

from sslviz.data.sources import shapes


def test_counts_types_and_factors():
    told = []
    data = shapes.make(200, 50, progress=lambda what, share: told.append(share))
    assert data.train.images.shape == (200, 3, 32, 32)
    assert data.test.images.shape == (50, 3, 32, 32)
    assert data.train.images.dtype == torch.uint8
    assert data.train.masks is not None
    assert data.train.masks.shape == (200, 32, 32)
    assert data.train.masks.dtype == torch.bool
    assert len(data.classes) == 10
    assert data.train.labels is not None
    assert data.train.labels.bincount().tolist() == [20] * 10
    assert set(data.train.factors) == {"shape", "hue", "background_hue", "size", "x", "y", "angle"}
    assert all(f.dtype == np.float32 and f.shape == (200,) for f in data.train.factors.values())
    assert np.array_equal(data.train.factors["shape"], data.train.labels.numpy())
    for hue in (data.train.factors["hue"], data.train.factors["background_hue"]):
        assert 0 <= hue.min() < 0.1
        assert 0.9 < hue.max() <= 1
    assert told == sorted(told)
    assert told[-1] == 1


def test_the_seed_decides_every_byte():
    one, same, other = shapes.make(60, 20, seed=3), shapes.make(60, 20, seed=3), shapes.make(60, 20, seed=4)
    assert torch.equal(one.train.images, same.train.images)
    assert torch.equal(one.test.images, same.test.images)
    assert not torch.equal(one.train.images, other.train.images)
    assert not torch.equal(one.train.images[:20], one.test.images)  # the test pictures are not those of the training


def test_masks_lie_on_figures_of_the_stated_hue_and_place():
    data = shapes.make(500, 10).train
    assert data.masks is not None
    masks, factors = data.masks.numpy(), data.factors
    area = masks.mean((1, 2))
    assert area.min() > 0.04
    assert area.max() < 0.65

    # the mean colour on the figure has the figure's hue, the mean colour off it the ground's
    images = data.images.numpy().transpose(0, 2, 3, 1) / 255
    for inside, name in ((masks, "hue"), (~masks, "background_hue")):
        colour = np.stack([image[m].mean(0) for image, m in zip(images, inside, strict=True)])
        assert np.median(np.abs(_turn(_hue(colour) - factors[name]))) < 0.01

    # the circle's centre of mass is its centre
    circles = factors["shape"] == 0
    pixel = (np.arange(32) + 0.5) / 16 - 1
    x = (masks[circles] * pixel).sum((1, 2)) / masks[circles].sum((1, 2))
    y = (masks[circles] * pixel[:, None]).sum((1, 2)) / masks[circles].sum((1, 2))
    whole = factors["size"][circles] < 0.75  # not cut off by the border
    assert np.abs(x - factors["x"][circles])[whole].max() < 0.02
    assert np.abs(y - factors["y"][circles])[whole].max() < 0.02


def test_figure_and_ground_are_never_of_one_hue():
    factors = shapes.make(1000, 10).train.factors
    assert np.abs(_turn(factors["hue"] - factors["background_hue"])).min() > 0.1


def test_every_shape_is_a_distance():
    """Negative somewhere inside, positive far outside, never steeper than 1: else outlines are ragged."""
    axis = np.linspace(-1.6, 1.6, 161, dtype=np.float32)
    x, y = np.meshgrid(axis, axis)
    for name, distance in shapes.SHAPES.items():
        d = distance(x, y)
        assert d.min() < -0.1, name
        assert d[[0, 0, -1, -1], [0, -1, 0, -1]].min() > 0.3, name
        for step in (np.diff(d, axis=0), np.diff(d, axis=1)):
            assert np.abs(step).max() < 1.01 * (axis[1] - axis[0]), name


def test_shapes_differ_from_each_other():
    """Upright and of the same size, no two masks share more than 80 % of their pixels."""
    axis = np.linspace(-1.2, 1.2, 100, dtype=np.float32)
    x, y = np.meshgrid(axis, axis)
    masks = [distance(x, y) < 0 for distance in shapes.SHAPES.values()]
    for i, one in enumerate(masks):
        for other in masks[:i]:
            assert (one & other).sum() / (one | other).sum() < 0.8


def _hue(rgb):
    """Hue in turns of N x 3 colours."""
    r, g, b = rgb.T
    return np.arctan2(np.sqrt(3) * (g - b), 2 * r - g - b) / (2 * np.pi)


def _turn(difference):
    return (difference + 0.5) % 1 - 0.5
