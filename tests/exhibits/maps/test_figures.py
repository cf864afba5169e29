"""Maps in space and trails, as numbers: nothing is lost on the way to the browser."""

import base64

import numpy as np
import pytest

from sslviz.exhibits.maps import figures_3d, figures_trails
from sslviz.figures import style

pytestmark = pytest.mark.usefixtures("every_figure_is_valid")


def decoded(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(-1, 3)


def test_positions_fill_the_cube_and_keep_their_shape() -> None:
    layout = np.random.default_rng(0).normal(size=(50, 3)) * [1, 2, 5] + 7
    found = decoded(figures_3d.solid(layout)["positions"])
    assert np.abs(found).max() <= 1 + 1e-6
    ratio = np.linalg.norm(found[1:] - found[:-1], axis=1) / np.linalg.norm(layout[1:] - layout[:-1], axis=1)
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-4)
    assert len(decoded(figures_3d.solid(np.zeros((0, 3)))["positions"])) == 0
    assert np.isfinite(decoded(figures_3d.solid(np.ones((4, 3)))["positions"])).all()


def test_classes_and_factors_have_the_colours_of_the_plane() -> None:
    layout = np.zeros((3, 3))
    about = figures_3d.solid(layout, labels=np.array([2, 0, 11]), classes=("a", "b", "c"))
    assert about["of"] == [2, 0, 11]
    assert (about["names"][2], about["names"][11]) == ("c", "class 11")
    assert about["colors"][11] == style.CLASSES[1]
    about = figures_3d.solid(layout, factor=np.array([0.0, np.nan, 4.0]), factor_name="size")
    assert about["of"] == [0, 0, 63]
    assert (about["scale"]["low"], about["scale"]["high"]) == ("0", "4")
    assert all(color.startswith("#") and len(color) == 7 for color in about["colors"])
    assert figures_3d.solid(layout, factor=np.array([0.5, 0.5, 0.5]), cyclic=True)["of"] == [32, 32, 32]


def test_the_points_that_moved_most_come_first_and_those_that_stayed_never() -> None:
    first = np.zeros((5, 2))
    last = np.array([[0, 0], [3, 4], [0, 1], [0, 0], [0, 9]])
    assert figures_trails.moved_most(first, last).tolist() == [4, 1, 2]
    assert figures_trails.moved_most(first, last, 1).tolist() == [4]
    line = figures_trails.trails([first, last], np.array([4, 1]))
    np.testing.assert_array_equal(line.y, [0, 9, np.nan, 0, 4, np.nan])
    assert len(figures_trails.trails([first, last], np.array([], int)).x) == 0
