"""The pictures of the pretext room: every number is where it belongs."""

import numpy as np
import pandas as pd
import pytest

from sslviz.exhibits.pretext import figures, figures_colors, figures_worth
from sslviz.figures import style

pytestmark = pytest.mark.usefixtures("every_figure_is_valid")


def titled(figure) -> None:
    assert figure.layout.title.text
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        assert axis.title.text or axis.visible is False


def test_the_true_turn_is_orange_and_the_curve_closes() -> None:
    p = np.array([0.1, 0.2, 0.6, 0.1])
    bars = figures.turns(p, 1)
    titled(bars)
    assert list(bars.data[0].marker.color).index(style.POSITIVE) == 1
    over = np.tile(p, (72, 1))
    over[0] = [1, 0, 0, 0]
    curve = figures.over_angle(np.arange(0, 360, 5), over, 45)
    titled(curve)
    assert [float(trace.y[-1]) for trace in curve.data] == [1, 0, 0, 0]  # 360° is 0°
    assert curve.data[0].x[-1] == 360
    assert curve.layout.shapes[-1].x0 == curve.layout.shapes[-1].x1 == 45


def test_bets_ring_the_true_colour() -> None:
    bins, p = np.array([[0, 0], [20, 0], [0, 20]]), np.array([0.2, 0.7, 0.1])
    figure = figures_colors.place(bins, p, np.zeros((3, 3), np.uint8), 2)
    titled(figure)
    assert int(np.argmax(figure.data[0].marker.line.width)) == 2
    assert int(np.argmax(figure.data[0].marker.size)) == 1
    assert "likeliest 70% · the true colour 10%" in figure.layout.title.subtitle.text
    framed = figures_colors.sure(np.full((8, 8), 0.1), (2, 5)).layout.shapes[0]
    assert (framed.y0, framed.x0) == (1.5, 4.5)


def test_worth_is_sorted_and_keeps_its_references() -> None:
    rows = {"method": ["A", "B"], "kind": ["pretext task", "views compared"], "linear": [0.4, 0.6]}
    figure = figures_worth.worth(pd.DataFrame({**rows, "random": [0.2, 0.3], "exam": [0.35, None]}))
    titled(figure)
    assert list(figure.layout.yaxis.categoryarray) == ["B", "A"]
    random = next(trace for trace in figure.data if trace.name == "random weights")
    assert dict(zip(random.y, np.round(random.x, 3), strict=True)) == pytest.approx({"B": 0.3, "A": 0.2})
