"""Histograms, what two have in common, and the chance that the right one is the nearest."""

from itertools import combinations

import numpy as np
import pytest

from sslviz.exhibits.studio import maths


def test_shares_add_up_and_fall_into_the_right_bin() -> None:
    pictures = np.zeros((2, 3, 4, 4), np.uint8)
    pictures[1, 0], pictures[1, 1], pictures[1, 2, :2] = 255, 16, 15
    h = maths.histograms(pictures)
    np.testing.assert_allclose(h.sum(2), 1)
    assert (h[0, :, 0] == 1).all()
    assert h[1, 0, 15] == 1
    assert h[1, 1, 1] == 1
    assert h[1, 2, 0] == 1


def test_they_agree_with_numpy() -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (5, 3, 8, 8), dtype=np.uint8)
    h = maths.histograms(pictures)
    for i in range(5):
        for channel in range(3):
            expected = np.histogram(pictures[i, channel], 16, (0, 256))[0] / 64
            np.testing.assert_allclose(h[i, channel], expected)


def test_what_two_pictures_have_in_common() -> None:
    black, white = np.zeros((1, 3, 8, 8), np.uint8), np.full((1, 3, 8, 8), 255, np.uint8)
    half = np.concatenate([black[:, :, :4], white[:, :, 4:]], 2)
    h = maths.histograms(np.concatenate([black, white, half]))
    np.testing.assert_allclose(maths.intersections(h, h), [[1, 0, 0.5], [0, 1, 0.5], [0.5, 0.5, 1]])


@pytest.mark.parametrize("total", [2, 5, 7])
def test_the_share_found_is_that_of_all_possible_draws(total: int) -> None:
    s = np.random.default_rng(total).random((total, total))
    found = maths.found(maths.better(s), total)
    for n in range(1, total + 1):
        hits = [
            s[i, i] > max((s[i, j] for j in others), default=-1)
            for i in range(total)
            for others in combinations([j for j in range(total) if j != i], n - 1)
        ]
        assert found[n - 1] == pytest.approx(np.mean(hits))


def test_a_tie_is_not_found() -> None:
    assert maths.found(maths.better(np.ones((4, 4))), 4).tolist() == [1, 0, 0, 0]
