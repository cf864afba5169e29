import math

import pytest
import torch

from sslviz.measures.geometry import alignment, uniformity


def points(n=30, d=8, seed=0):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def test_alignment_against_a_slow_loop_and_at_its_ends():
    a, b = points(), points(seed=1)
    by_hand = [float((x / x.norm() - y / y.norm()).norm()) ** 2 for x, y in zip(a, b, strict=True)]
    assert alignment(a, b) == pytest.approx(sum(by_hand) / len(by_hand), rel=1e-5)
    assert alignment(a, 3 * a) == pytest.approx(0, abs=1e-6)
    assert alignment(a, -a) == pytest.approx(4, rel=1e-6)


def test_uniformity_against_a_slow_loop_and_at_its_ends():
    z = points()
    unit = [x / x.norm() for x in z]
    kernel = [math.exp(-2 * float((x - y).norm()) ** 2) for i, x in enumerate(unit) for y in unit[:i]]
    assert uniformity(z) == pytest.approx(math.log(sum(kernel) / len(kernel)), rel=1e-5)
    assert uniformity(torch.ones(10, 4)) == pytest.approx(0, abs=1e-6)
    assert -4 < uniformity(points(1000, 64)) < -3.7


def test_a_single_point_has_no_pair():
    assert math.isnan(uniformity(points(1)))
