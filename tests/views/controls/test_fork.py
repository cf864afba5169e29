"""One click starts another run from a kept moment, with the knobs that have been turned since."""

from dataclasses import replace
from pathlib import Path

import pytest

from sslviz.data.dataset import Dataset
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.runs.shelf import list_runs
from sslviz.training.worker import Wishes, run
from tests import pages


@pytest.fixture
def parent(runs: Path, tiny: Dataset, quick: RunSettings) -> RunFolder:
    folder = RunFolder.create(runs, quick.model_copy(update={"data": "digits"}))
    assert run(folder, runs, Wishes(folder), loaded=replace(tiny, name="digits")).state == "done"
    return folder


def test_a_fork_has_its_parents_weights_and_one_knob_of_its_own(parent: RunFolder, runs: Path) -> None:
    app = pages.opened("simclr", run=parent.id)
    assert not app.exception
    app.slider(key="temperature").set_value(0.5).run()
    app.button(key="fork").click().run()
    assert not app.exception
    (child,) = (r for r in list_runs(runs) if r.id != parent.id)
    step = parent.weights_steps()[-1]
    assert child.settings().parent is not None
    assert (child.settings().parent.run, child.settings().parent.step) == (parent.id, step)
    changed = {name for name, value in child.values().items() if value != parent.values()[name]}
    assert changed == {"temperature"}
    assert child.values()["temperature"] == 0.5
    assert child.settings().seed == parent.settings().seed
    assert child.weights_steps() == [step]


def test_what_shapes_the_network_stays_as_the_parent_has_it(parent: RunFolder, runs: Path) -> None:
    app = pages.opened("simclr", run=parent.id)
    app.selectbox(key="projector").set_value("linear").run()
    app.button(key="fork").click().run()
    (child,) = (r for r in list_runs(runs) if r.id != parent.id)
    assert child.values() == parent.values()


def test_recorded_examples_are_not_forked(runs: Path) -> None:
    app = pages.opened("simclr", run="simclr")
    assert not app.exception
    assert "fork" not in [button.key for button in app.button]
