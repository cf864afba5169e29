"""Ranks are those of the scores, and lines cross where two evaluations disagree."""

import numpy as np

from sslviz.exhibits.compare import figures_ranks


def test_ranks_put_the_largest_first_and_let_equals_share() -> None:
    scores = np.array([[0.9, 0.5, 0.3], [0.8, 0.7, 0.3], [np.nan, 0.6, 0.9]])
    expected = [[1, 3, 2.5], [2, 1, 2.5], [np.nan, 2, 1]]
    np.testing.assert_array_equal(figures_ranks.ranked(scores), expected)


def test_lines_of_the_bump_chart_cross_where_the_order_flips_and_skip_what_is_not_known() -> None:
    figure = figures_ranks.ranks(
        np.array([[0.9, 0.5], [0.8, 0.7], [0.1, np.nan]]), ["a", "b", "c"], ["knn", "linear, end"]
    )
    a, b, c = figure.data
    assert (a.y.tolist(), b.y.tolist(), c.y.tolist()) == ([1, 2], [2, 1], [3])
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]  # the best on top
    assert figure.layout.xaxis.ticktext == ("knn", "linear<br>end")
    assert c.text == ("10.0%",)
