"""A moment holds what was recorded at its step; the spread, which few looks measure, is that of the last that did."""

from pathlib import Path

import numpy as np
import pytest

from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Snapshot
from sslviz.runs.settings import RunSettings
from sslviz.views.method import moment as moments
from sslviz.views.method.moment import moment


def recorded(tmp_path: Path) -> RunFolder:
    """Looks at 1 … 40; the spread was measured at 10 and 30, and what was drawn at 30 has been thinned out."""
    folder = RunFolder.create(tmp_path, RunSettings())
    for step in range(1, 41):
        measured = {"std": 0.1} if step in (10, 30) else {}
        folder.append_metrics({"step": step, "seconds": float(step), "images": step, "loss": 1.0, **measured})
        if step != 30:
            spread = {"spectrum": np.full(4, step), "channel_std": np.full(4, -step)} if measured else {}
            folder.write_snapshot(Snapshot(step, exhibits={"similarity": np.eye(2), **spread}))
    return folder


def test_the_spread_is_that_of_the_last_look_that_measured_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = recorded(tmp_path)
    read: list[int] = []
    load = moments.load
    monkeypatch.setattr(moments, "load", lambda run, step: read.append(step) or load(run, step))
    found = moment(folder, 40)
    assert found is not None
    np.testing.assert_array_equal(found["spectrum"], np.full(4, 10))
    np.testing.assert_array_equal(found["channel_std"], np.full(4, -10))
    assert read == [40, 10]  # and nothing between them
    assert found.history["step"].max() == 40


def test_before_the_first_measurement_there_is_none(tmp_path: Path) -> None:
    found = moment(recorded(tmp_path), 5)
    assert found is not None
    assert set(found.snapshot.exhibits) == {"similarity"}


def test_a_moment_that_was_not_recorded_is_none(tmp_path: Path) -> None:
    assert moment(recorded(tmp_path), 30) is None
