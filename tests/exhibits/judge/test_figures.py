"""Figures of the evaluations: every number that was measured is in them, at its place."""

import math

import numpy as np
import pandas as pd
import pytest

from sslviz.exhibits.judge import figures


def curve(encoder, means):
    return [
        {"encoder": encoder, "labels": labels, "draw": draw, "score": mean + 0.01 * (draw - 1)}
        for labels, mean in means.items()
        for draw in range(3)
    ]


@pytest.mark.parametrize(
    ("scratch", "crossing"),
    [
        ({1: 0.2, 10: 0.4, 100: 0.8}, math.sqrt(10 * 100)),  # 0.2 behind at 10, 0.2 ahead at 100
        ({1: 0.2, 10: 0.3, 100: 0.4}, None),
        ({1: 0.6, 10: 0.7, 100: 0.8}, 1.0),
    ],
)
def test_the_crossover_lies_where_the_curves_meet(scratch, crossing):
    rows = pd.DataFrame(curve("trained", {1: 0.5, 10: 0.6, 100: 0.6}) + curve("scratch", scratch))
    found = figures.crossover(rows)
    assert found == (None if crossing is None else pytest.approx(crossing))
    figure = figures.few_shot(rows)
    assert ("never" in figure.layout.title.subtitle.text) == (crossing is None)
    mean = next(trace for trace in figure.data if trace.name == "supervised from scratch")
    np.testing.assert_allclose(mean.y, list(scratch.values()), atol=1e-6)
    low, high = figure.data[1], figure.data[0]
    np.testing.assert_allclose(high.y - low.y, 0.02, atol=1e-6)  # from the worst to the best draw


def test_neighbours_over_k():
    rows = pd.DataFrame(
        [{"encoder": e, "k": k, "score": s + k / 1000} for e, s in (("trained", 0.5), ("random", 0.2)) for k in (1, 20)]
    )
    figure = figures.over_k(rows)
    np.testing.assert_allclose(figure.data[0].y, [0.501, 0.52])
    np.testing.assert_allclose(figure.data[1].x, [1, 20])


def test_references_are_marks_beside_the_bars_of_the_run() -> None:
    rows = pd.DataFrame(
        [
            {"encoder": encoder, "target": target, "score": score}
            for target, by in (("class", (0.5, 0.2, 0.9)), ("hue", (0.4, 0.6, 0.3)))
            for encoder, score in zip(("trained", "random", "resnet18"), by, strict=True)
        ]
    )
    figure = figures.references(rows, title="Linear probe")
    bars, *marks = figure.data
    assert bars.y.tolist() == pytest.approx([0.5, 0.4])
    assert [mark.name for mark in marks] == [
        "random weights",
        "ResNet-18, ImageNet labels",
    ]  # what is not there is not named
    assert marks[1].y.tolist() == pytest.approx([0.9, 0.3])
    assert {round(float(x)) for x in marks[1].x} == {0, 1}
