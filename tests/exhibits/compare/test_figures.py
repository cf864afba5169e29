"""Parallel coordinates: every axis on its own scale, words in order, gaps where a run has no such knob."""

import numpy as np
import pytest

from sslviz.exhibits.compare.figures_parallel import Axis, parallel, place, written

pytestmark = pytest.mark.usefixtures("every_figure_is_valid")


def test_numbers_go_from_the_smallest_to_the_largest() -> None:
    assert place(Axis("a", [1, 2, 3])) == [0, 0.5, 1]
    assert place(Axis("tau", [0.01, 0.1, 1.0])) == pytest.approx([0, 0.5, 1])  # logarithmic
    assert place(Axis("a", [5, 5])) == [0.5, 0.5]


def test_what_a_run_does_not_have_is_a_gap() -> None:
    heights = place(Axis("a", [1, None, 3]))
    assert heights[0] == 0
    assert np.isnan(heights[1])
    assert all(np.isnan(height) for height in place(Axis("a", [None, None])))


def test_words_stand_apart_in_order() -> None:
    axis = Axis("projector", ["none", "mlp", "linear"])
    assert place(axis) == [1, 0.5, 0]
    assert not axis.is_numeric


def test_the_figure_names_axes_runs_and_ends() -> None:
    axes = [Axis("temperature", [0.1, 0.5]), Axis("20-NN, at the end", [0.25, 0.5], score=True)]
    figure = parallel(axes, ["one", "two"])
    assert [trace.name for trace in figure.data] == ["one", "two"]
    assert figure.data[0].line.dash != figure.data[1].line.dash
    assert figure.data[1].y.tolist() == [1, 1]
    assert list(figure.layout.xaxis.ticktext) == ["temperature", "20-NN<br>at the end"]
    assert [note.text for note in figure.layout.annotations] == ["0.1", "0.5", "25.0%", "50.0%"]
    assert written(axes[1], 0.5) == "50.0%"
