"""The pictures of the slow-motion room: every number is where it belongs."""

import numpy as np
import pandas as pd
import pytest

from sslviz.exhibits.slow_motion import figures, figures_change

pytestmark = pytest.mark.usefixtures("every_figure_is_valid")


def titled(figure) -> None:
    assert figure.layout.title.text
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        assert axis.title.text or axis.visible is False


def test_heat_shows_the_numbers_and_parts_its_colours_at_zero() -> None:
    values = np.array([[0.5, -2.0, 0.0], [1.0, 0.25, np.nan]])
    figure = figures.heat(values, title="g", unit="∂L/∂z", rows=["1a", "1b"])
    titled(figure)
    np.testing.assert_allclose(figure.data[0].z, np.nan_to_num(values))
    assert (figure.data[0].zmin, figure.data[0].zmax) == (-2, 2)
    assert list(figure.layout.yaxis.ticktext) == ["1a", "1b"]
    positive = figures.heat(np.abs(values), title="h", unit="h")
    assert (positive.data[0].zmin, positive.data[0].zmax) == (0, 2)
    assert figures.heat(np.abs(values), title="h", unit="h", signed=True).data[0].zmin == -2
    assert figures.heat(np.zeros((2, 2)), title="0", unit="0").data[0].zmax == 1


def test_numbers_below_pictures_are_shares_of_their_rows_largest() -> None:
    pictures, numbers = np.zeros((2, 8, 8, 3), np.uint8), [np.full((2, 4, 4), 3.0), np.full((2, 2, 2), 5.0)]
    figure = figures.under(
        [pictures, pictures[:0]], numbers, [("a", "x"), ("", "y")], title="t", scale_title="share of the largest"
    )
    heats = [trace for trace in figure.data if trace.type == "heatmap"]
    assert len(heats) == 2
    assert all(np.nanmax(heat.z) == pytest.approx(1) for heat in heats)


def test_layers_are_shares_of_the_weights_own_length() -> None:
    rows = {"layer": ["a", "b"], "kind": ["Linear"] * 2, "numbers": [6, 7]}
    table = pd.DataFrame({**rows, "weight": [2.0, 4.0], "gradient": [0.3, 0.1], "update": [0.1, 0.4]})
    gradient, update = figures_change.layers(table)
    titled(gradient)
    titled(update)
    np.testing.assert_allclose(gradient.data[0].x, [0.3, 0.1])
    np.testing.assert_allclose(update.data[0].x, [0.05, 0.1])


def test_history_says_what_moved() -> None:
    figure = figures_change.history([3.0, 2.0, 2.0], ["student", "teacher"], title="Loss", y_title="loss")
    titled(figure)
    assert list(figure.data[0].marker.symbol) == ["circle", "square", "diamond"]
    assert list(figure.data[0].text) == ["start", "student", "teacher"]


def test_terms_before_and_after() -> None:
    figure = figures.terms(np.array([1.0, 3.0]), ["1a", "1b"], title="Loss", after=np.array([0.5, 0.5]))
    titled(figure)
    assert [trace.name for trace in figure.data] == ["before: mean 2", "after: mean 0.5"]
    assert [shape.y0 for shape in figure.layout.shapes] == [2.0, 0.5]


def test_the_teachers_distances_stand_in_order() -> None:
    table = pd.DataFrame({"layer": ["a"], "before": [1.0], "between": [3.0], "after": [2.0]})
    figure = figures_change.teacher(table)
    titled(figure)
    assert [float(trace.x[0]) for trace in figure.data] == [1, 3, 2]
