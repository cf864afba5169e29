"""The lines that a curve must be compared with."""

from pathlib import Path

import numpy as np
import pytest

from sslviz.runs.folder import RunFolder
from sslviz.runs.pictures import to_jpeg
from sslviz.runs.records import ProbeSet
from sslviz.runs.settings import RunSettings
from sslviz.views.method.curves import chance
from tests.pages import example


def run_on(runs: Path, labels: np.ndarray | None, classes: tuple[str, ...]) -> RunFolder:
    run = RunFolder.create(runs, RunSettings())
    sheet = to_jpeg(np.zeros((40, 5, 32, 32, 3), np.uint8))[8:].tobytes()
    run.write_probe(ProbeSet(sheet, 5, 32, labels, {}, classes))
    return run


def test_classes_that_are_equally_frequent_but_for_the_sample_have_an_equal_chance() -> None:
    assert chance(example("simclr")) == {"chance": pytest.approx(0.1)}  # one shape is in 107 of the 1,000 pictures


@pytest.mark.parametrize(("frequent", "rare"), [(190, 10), (60, 20)])
def test_a_class_that_is_clearly_more_frequent_is_what_chance_bets_on(runs: Path, frequent: int, rare: int) -> None:
    run = run_on(runs, np.repeat([0, 1], [frequent, rare]), ("a", "b"))
    assert chance(run) == {"chance (most frequent class)": pytest.approx(frequent / (frequent + rare))}


def test_without_labels_there_is_no_such_line(runs: Path) -> None:
    assert chance(run_on(runs, None, ())) == {}
