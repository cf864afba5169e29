"""The sweep over the temperature: every run is a dot, the line their mean, and papers stand apart."""

import numpy as np
import pandas as pd
import pytest

from sslviz.exhibits.temperature import figures

pytestmark = pytest.mark.usefixtures("every_figure_is_valid")


def test_every_run_is_in_it_and_papers_stand_apart():
    runs = pd.DataFrame(
        {
            "temperature": [0.1, 0.1, 0.5, 0.5],
            "seed": [0, 1, 0, 1],
            "steps": 250,
            "knn": [0.6, 0.7, 0.4, 0.5],
            "knn_random_init": [0.2, 0.3, 0.2, 0.3],
            "contrastive_accuracy": [0.2, 0.4, 0.1, 0.1],
        }
    )
    figure = figures.sweep(runs, {"a paper: 0.3": 0.3})
    by_name = {trace.name: trace for trace in figure.data}
    np.testing.assert_allclose(by_name["final k-NN, one run"].y, [0.6, 0.7, 0.4, 0.5])
    np.testing.assert_allclose(by_name["final k-NN, mean"].y, [0.65, 0.45])
    np.testing.assert_allclose(by_name["partner found"].y, [0.3, 0.1])
    np.testing.assert_allclose(by_name["final k-NN, random weights 25%"].y, 0.25)
    papers = next(trace for trace in figure.data if trace.text)
    np.testing.assert_allclose(papers.x, [0.3])
    assert "2 seeds" in figure.layout.title.subtitle.text
