"""What a probe reads off: every number that was measured is in the figure, at its place."""

import numpy as np
import pandas as pd
import pytest

from sslviz.figures import evaluation

FACTORS = pd.DataFrame(
    [
        ("trained", "h", "class", 0.7, 0.1),
        ("trained", "z", "class", 0.6, 0.1),
        ("random", "h", "class", 0.3, 0.1),
        ("random", "z", "class", 0.2, 0.1),
        ("trained", "h", "hue", 0.5, 0.125),
        ("random", "h", "hue", 0.8, 0.125),
        ("pixels", "h", "hue", 0.9, 0.125),
    ],
    columns=["encoder", "features", "target", "score", "chance"],
)


def test_factors_stand_in_pairs_with_their_references():
    figure = evaluation.factors(FACTORS, title="x")
    bars = {trace.name: trace for trace in figure.data if trace.type == "bar"}
    np.testing.assert_allclose(bars["h, kept"].y, [0.7, 0.5])
    np.testing.assert_allclose(bars["z, seen by the loss"].y, [0.6])
    ticks = [trace for trace in figure.data if trace.type == "scatter"]
    np.testing.assert_allclose(np.concatenate([t.y for t in ticks if t.name == "random weights"]), [0.3, 0.8, 0.2])
    np.testing.assert_allclose(next(t.y for t in ticks if t.name == "chance"), [0.1, 0.125])
    assert list(figure.layout.xaxis.ticktext) == ["class", "hue"]


@pytest.mark.parametrize("random", [0.0, 0.45, 0.5, 0.52, 0.56, 0.6, 0.99])
@pytest.mark.parametrize("height", [380, 420])
def test_no_number_stands_on_a_tick(random, height):
    """However close the score of random weights, or chance, comes to that of the run."""
    rows = [("trained", "h", "class", 0.5, 0.58), ("random", "h", "class", random, 0.58)]
    figure = evaluation.factors(pd.DataFrame(rows, columns=FACTORS.columns), title="x", height=height)
    number = next(trace for trace in figure.data if trace.type == "scatter" and trace.mode == "text")
    assert list(number.text) == ["50"]
    per_pixel = figure.layout.yaxis.range[1] / (height - evaluation.FRAME)
    low, high = float(number.y[0]), float(number.y[0]) + 18 * per_pixel  # 14 pixels of text, 4 below it
    assert low >= np.float32(0.5)
    assert not [tick for tick in (random, 0.58) if low + 1e-6 < tick < high]
