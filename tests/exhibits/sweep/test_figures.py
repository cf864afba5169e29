"""The map and the curve of a sweep hold the numbers they were given, at their places, and say what is missing."""

import numpy as np
import pytest

from sslviz.exhibits.sweep.cells import Cell, Side
from sslviz.exhibits.sweep.figures import curve, heat, places

pytestmark = pytest.mark.usefixtures("every_figure_is_valid")

WORDS = {"metric": "k-NN accuracy", "title": "A sweep"}


def test_a_cell_of_a_mirrored_map_stands_twice_and_an_open_one_nowhere() -> None:
    cells = [
        Cell(0, 0, "crop", (0.4,), ("a",)),
        Cell(0, 1, "colour + crop", (0.5, 0.7), ("b", "c"), planned=2),
        Cell(1, 1, "colour", going="40% trained"),
    ]
    side = Side("one", ["crop", "colour"])
    figure = heat(cells, side, Side("the other", side.labels), mirrored=True, **WORDS)
    [trace] = figure.data
    np.testing.assert_allclose(trace.z, [[0.4, 0.6], [0.6, np.nan]], rtol=1e-6)
    assert trace.text[1][0] == trace.text[0][1] == f"60.0 ± {100 * np.std([0.5, 0.7], ddof=1):.1f}"
    assert "b<br>c" in trace.hovertext[1][0]
    assert "2 of 2 runs" in trace.hovertext[1][0]
    assert [note.text for note in figure.layout.annotations] == ["40%"]
    assert len(figure.layout.shapes) == 2  # an empty box, and the mark of the one at work


def test_a_map_with_nothing_in_it_is_still_a_map() -> None:
    figure = heat([Cell(0, 0, "x"), Cell(1, 0, "y")], Side("a", ["1", "2"]), Side("b", ["3"]), **WORDS)
    assert np.isnan(figure.data[0].z).all()
    assert figure.layout.xaxis.title.text == "a"


@pytest.mark.parametrize(
    ("labels", "expected", "log"),
    [
        (["0.1", "0.2", "1"], [0.1, 0.2, 1.0], True),
        (["0", "0.9", "1"], [0.0, 0.9, 1.0], False),
        (["32", "64"], [32.0, 64.0], False),
        (["mlp", "none"], [0.0, 1.0], False),
    ],
)
def test_numbers_keep_their_distances_and_words_stand_in_a_row(labels: list[str], expected: list, log: bool) -> None:
    assert places(labels) == (expected, log)
    cells = [Cell(i, 0, label, (0.2 + 0.1 * i, 0.4)) for i, label in enumerate(labels)]
    figure = curve(cells, Side("knob", labels), reference=0.2, **WORDS)
    mean = next(trace for trace in figure.data if trace.name == "mean")
    singles = next(trace for trace in figure.data if trace.name == "one run")
    order = np.argsort(expected)
    np.testing.assert_allclose(mean.x, np.array(expected)[order], rtol=1e-6)
    np.testing.assert_allclose(mean.y, [cells[i].mean for i in order], rtol=1e-6)
    assert list(mean.customdata) == list(order)
    assert len(singles.y) == 2 * len(labels)
    low, high = figure.layout.xaxis.range
    first, last = np.log10([min(expected), max(expected)]) if log else (min(expected), max(expected))
    assert low < first < last < high


def test_a_curve_without_a_finished_run_shows_what_is_at_work() -> None:
    figure = curve([Cell(0, 0, "a", going="5% trained"), Cell(1, 0, "b")], Side("knob", ["0.1", "0.2"]), **WORDS)
    assert [note.text for note in figure.layout.annotations] == ["5% trained"]
