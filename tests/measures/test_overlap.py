"""The neighbour overlap against a slow loop and scikit-learn's neighbours, and at its two ends."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestNeighbors

from sslviz.measures import projection
from sslviz.measures.overlap import by_chance, nearest_in_h, nearest_on_map, overlap

K = 15


@pytest.fixture(scope="module")
def digits() -> torch.Tensor:
    return torch.from_numpy(load_digits().data[:300].astype(np.float32))


def slow(points: np.ndarray, metric: str) -> list[set[int]]:
    """The neighbours of each point by scikit-learn, itself left out."""
    model = NearestNeighbors(n_neighbors=K, metric=metric, algorithm="brute").fit(points)
    return [set(row) for row in model.kneighbors(return_distance=False)]


def test_a_map_against_h_is_what_a_loop_over_sklearns_neighbours_counts(digits: torch.Tensor) -> None:
    layout = projection.pca(digits.numpy())
    expected = [len(a & b) / K for a, b in zip(slow(digits.numpy(), "cosine"), slow(layout, "euclidean"), strict=True)]
    found = overlap(nearest_in_h(digits, K), nearest_on_map(torch.from_numpy(layout), K))
    np.testing.assert_allclose(found, expected, atol=2 / K)  # where two are equally far, either may be taken
    assert found.mean() == pytest.approx(np.mean(expected), abs=1e-3)
    assert 0.2 < found.mean() < 0.6


def test_the_same_is_one_and_random_ones_share_what_chance_says(digits: torch.Tensor) -> None:
    near = nearest_in_h(digits, K)
    shuffled = near[:, torch.randperm(K, generator=torch.Generator().manual_seed(0))]
    assert overlap(near, shuffled).tolist() == [1.0] * len(digits)
    generator = torch.Generator().manual_seed(1)
    tables = [nearest_in_h(torch.randn(1000, 20, generator=generator), K) for _ in range(2)]
    assert overlap(*tables).mean() == pytest.approx(by_chance(1000, K), rel=0.15)


def test_turning_mirroring_and_scaling_a_map_change_nothing() -> None:
    layout = torch.randn(200, 3, generator=torch.Generator().manual_seed(0))
    turn, _ = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(1)))
    assert overlap(nearest_on_map(layout), nearest_on_map(layout @ turn * 7 + 3)).mean() > 0.999


def test_few_points_and_coinciding_points() -> None:
    for n in (1, 2, 5):
        points = torch.zeros(n, 2)
        near = nearest_on_map(points)
        assert near.shape == (n, min(K, n - 1))
        assert all(i not in row for i, row in enumerate(near.tolist()))
        assert overlap(near, near).shape == (n,)
    with pytest.raises(ValueError, match="cannot be compared"):
        overlap(torch.zeros(3, 2), torch.zeros(3, 4))
