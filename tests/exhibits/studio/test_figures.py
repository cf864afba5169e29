"""The figures of the two pages with pictures: what is drawn is what was given."""

import numpy as np
import pytest

from sslviz.exhibits.studio import figures
from sslviz.figures import masking, style

pytestmark = pytest.mark.usefixtures("every_figure_is_valid")


def test_each_crop_has_a_step_in_each_panel() -> None:
    shares = np.random.default_rng(0).dirichlet(np.ones(16), (3, 3)).astype(np.float32)
    rows = [figures.Crops("No jitter", shares, (0.875, 0.25)), figures.Crops("Jitter", shares[::-1], (0.5, 0.5))]
    figure = figures.histograms(rows)
    assert len(figure.data) == 2 * 3 * 3
    np.testing.assert_allclose(figure.data[1].y[:-1], 100 * shares[1, 0])  # crop B, red
    assert sum(bool(trace.showlegend) for trace in figure.data) == 3
    assert len({(t.line.color, t.line.dash) for t in figure.data}) == 3  # told apart without colours, too
    assert len({t.line.dash for t in figure.data}) == 3
    assert "88%" in figure.layout.annotations[0].text
    assert figure.layout.title.text
    assert all(figure.layout[f"xaxis{i}"].title.text for i in (4, 5, 6))
    assert figure.layout.yaxis.title.text


def test_the_share_found_begins_at_two_candidates_and_has_chance_beside_it() -> None:
    share = np.linspace(1, 0.5, 16)
    figure = figures.found([figures.Found("one", share, style.POSITIVE)])
    np.testing.assert_allclose(figure.data[0].y, 100 * share[1:], rtol=1e-6)
    np.testing.assert_allclose(figure.data[1].y, 100 / np.arange(2, 17), rtol=1e-6)
    assert list(figure.layout.xaxis.ticktext) == ["2", "4", "8", "16"]


@pytest.mark.parametrize("visible", [[0], [3, 5, 63], list(range(64))])
def test_patches_show_the_picture_the_visible_and_the_packed(visible: list[int]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    figure = masking.patches(picture, np.array(visible), 4)
    assert list(figure.layout.xaxis.ticktext) == [
        "64 patches",
        f"{len(visible)} visible",
        f"the encoder gets {len(visible)}",
    ]


def test_hidden_patches_are_empty_places() -> None:
    cut = np.full((4, 4, 4, 3), 200, np.uint8)
    whole = masking._mosaic(cut, np.array([True, False, False, True]), 2)
    assert (whole[0, 0] == 200).sum() == 3
    assert whole[0, 0, 3] == 255
    assert tuple(whole[0, -1]) == masking.EMPTY
    assert tuple(whole[-1, -1, :3]) == (200, 200, 200)
    assert whole[4 * masking.ZOOM + 1, 4 * masking.ZOOM + 1, 3] == 0  # the gap is clear


def test_measured_costs_have_their_range() -> None:
    ratio = np.array([0.5, 0.75])
    line = masking.Line("computed", ratio, np.array([2.0, 4.0]), style.CLASSES[0])
    dots = masking.Dots("m", ratio, np.array([1.8, 3.0]), np.array([1.0, 2.5]), np.array([1.9, 3.2]), style.INK, "star")
    figure = masking.cost([line], [dots], 0.75, title="t")
    np.testing.assert_allclose(figure.data[1].error_y.array, [0.1, 0.2])
    np.testing.assert_allclose(figure.data[1].error_y.arrayminus, [0.8, 0.5])
    assert figure.layout.shapes[0].x0 == 75
    assert figure.layout.xaxis.title.text
    assert figure.layout.yaxis.title.text
