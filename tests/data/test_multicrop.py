import pytest
import torch

from sslviz.data.augment import Augment, AugmentKnobs
from sslviz.data.multicrop import by_size, multi_crop

PLAIN = {"flip": 0.0, "jitter": 0.0, "gray": 0.0}


def ramps(n=256, size=64):
    """Red says how far to the right a pixel lies, green how far down: a crop's size can be read from its colours."""
    place = ((torch.arange(size) + 0.5) / size * 255).round().byte()
    red, green = place.expand(size, size), place[:, None].expand(size, size)
    return torch.stack([red, green, torch.zeros_like(red)]).repeat(n, 1, 1, 1)


def share(crops):
    """Kept share of the picture's area, one per crop."""
    size = crops.shape[-1]
    across = (crops[:, 0, :, -2] - crops[:, 0, :, 1]).mean(1) * size / (size - 3)
    down = (crops[:, 1, -2] - crops[:, 1, 1]).mean(1) * size / (size - 3)
    return across * down


def augment(**knobs):
    return Augment(AugmentKnobs(**knobs), torch.full((3,), 0.5))


def test_two_large_crops_then_the_small_ones():
    crops = multi_crop(augment(), ramps(5), local=3, local_size=24, boundary=0.4)
    assert [tuple(crop.shape) for crop in crops] == [(5, 3, 64, 64)] * 2 + [(5, 3, 24, 24)] * 3
    assert all(not torch.equal(a, b) for a, b in [(crops[0], crops[1]), (crops[2], crops[3]), (crops[3], crops[4])])
    assert len(multi_crop(augment(), ramps(5), local=0, local_size=24, boundary=0.4)) == 2


@pytest.mark.parametrize(
    ("crop_scale", "boundary", "large", "small"),
    [(0.1, 0.4, (0.4, 1.0), (0.1, 0.4)), (0.6, 0.4, (0.6, 1.0), (0.4, 0.4)), (1.0, 0.5, (1.0, 1.0), (0.5, 0.5))],
)
def test_the_boundary_parts_large_from_small(crop_scale, boundary, large, small):
    crops = multi_crop(augment(crop_scale=crop_scale, **PLAIN), ramps(), local=1, local_size=32, boundary=boundary)
    for crop, (low, high) in zip(crops, (large, large, small), strict=True):
        found = share(crop)
        assert float(found.min()) == pytest.approx(low, abs=0.03)
        assert float(found.max()) == pytest.approx(high, abs=0.03)


def test_without_small_crops_there_are_two_ordinary_views():
    for crop in multi_crop(augment(crop_scale=0.2, **PLAIN), ramps(), local=0, local_size=32, boundary=0.6):
        assert float(share(crop).min()) == pytest.approx(0.2, abs=0.03)


def test_all_chance_follows_from_the_seed():
    a, b = augment(), augment()
    a.seed(3, 7), b.seed(3, 7)
    first, second = (multi_crop(x, ramps(4), local=2, local_size=16, boundary=0.4) for x in (a, b))
    assert all(torch.equal(x, y) for x, y in zip(first, second, strict=True))


def test_one_batch_per_size_in_the_same_order():
    crops = tuple(torch.full((2, 3, size, size), float(i)) for i, size in enumerate((8, 8, 4, 4, 4)))
    large, small = by_size(crops)
    assert (large.shape, small.shape) == ((4, 3, 8, 8), (6, 3, 4, 4))
    assert [x.flatten(1)[:, 0].tolist() for x in (large, small)] == [[0, 0, 1, 1], [2, 2, 3, 3, 4, 4]]
