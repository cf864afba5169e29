"""Several runs in one picture: smoothing, bands, and one colour for one run."""

import numpy as np
import pytest

from sslviz.figures import compare, style
from sslviz.figures.compare import Line


def test_smoothing_keeps_a_constant_and_halves_a_step_as_a_running_mean_does() -> None:
    np.testing.assert_allclose(compare.smooth(np.full(9, 3.0), 0.9), 3.0)
    smoothed = compare.smooth(np.array([0.0, 1.0, 1.0]), 0.5)
    np.testing.assert_allclose(smoothed, [0, 2 / 3, 6 / 7])  # weights 1:2 and 1:2:4
    values = np.array([1.0, -2.0])
    assert compare.smooth(values, 0) is values


def test_a_run_keeps_its_colour_and_dash_whatever_else_is_drawn() -> None:
    x = np.arange(3.0)
    line = Line("b", x, x, 1, raw=x + 1)
    banded = Line("a", x, x, 0, low=x - 1, high=x + 1)
    figure = compare.over([banded, line], title="t", x_title="x", y_title="y", at=2.0, references={"chance": 0.1})
    band, mean, raw, smooth = figure.data
    assert band.y.tolist() == [1, 2, 3, 1, 0, -1]  # up, and back down
    assert {mean.line.color, band.fillcolor} == {style.CLASSES[0]}
    assert {raw.line.color, smooth.line.color} == {style.CLASSES[1]}
    assert mean.line.dash != smooth.line.dash
    assert [shape.y0 for shape in figure.layout.shapes] == [0.1, 0, 0]
    assert [shape.name for shape in figure.layout.shapes[1:]] == ["ahead", "now"]
    assert figure.layout.shapes[1].x0 == 2.0
    assert "chance 0.1" in figure.layout.title.subtitle.text


@pytest.mark.parametrize(("log", "kinds"), [("none", (None, None)), ("x", ("log", None)), ("both", ("log", "log"))])
def test_logarithmic_axes(log: str, kinds: tuple[str | None, str | None]) -> None:
    x = np.arange(1.0, 4.0)
    figure = compare.over([Line("a", x, x, 0)], title="t", x_title="x", y_title="y", at=0.0, log=log)
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == kinds
    assert len(figure.layout.shapes) == (2 if log == "none" else 0)  # zero has no place on a logarithmic axis


def test_nothing_recorded_gives_an_empty_stage() -> None:
    assert len(compare.over([], title="t", x_title="x", y_title="y").data) == 1


def test_likeness_says_which_classes_meet() -> None:
    figure = compare.likeness(np.eye(2), ["ring", "star"], title="t")
    assert figure.data[0].text[0][1] == "ring and star"
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
