"""A glance says of a run what the run itself says, and goes on saying it when the files change."""

import shutil
from inspect import isfunction
from pathlib import Path
from typing import Any

import pytest

from sslviz.place import GALLERY
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Notes

ASKED = {"projection_steps": ("umap",), "evaluation_steps": ("linear",), "evaluation": (0, "linear")}
ELSE = ("settings", "remarks", "unreadable", "effective_values", "tested")  # follow from what is kept


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A copy of a recorded run."""
    return RunFolder(shutil.copytree(GALLERY / "simclr", tmp_path / "simclr"))


def answers(run: RunFolder) -> dict[str, Any]:
    """Of everything that a glance keeps, and of what follows from it."""
    members = {name: getattr(each, "fget", each) for name, each in vars(RunFolder).items()}
    kept = [name for name, each in members.items() if isfunction(each) and hasattr(each, "__wrapped__")]
    assert {"status", "events", "values", "snapshot_steps", "created", "written"} <= {*kept}
    found = {name: getattr(run, name) for name in (*kept, *ELSE)}
    return {name: said(*ASKED.get(name, ())) if callable(said) else said for name, said in found.items()}


def change(run: RunFolder) -> None:
    """Every file that a glance reads."""
    run.append_event(7, "set", "temperature 0.2 → 0.4", name="temperature", value=0.4)
    run.append_metrics({"step": 7000, "loss": 1.0})
    run.write_status(run.status().model_copy(update={"state": "running", "step": 7000, "live_pictures": 10}))
    run.write_notes(Notes(name="changed"))
    run.write_evaluation_progress(step=7)
    for folder in ("snapshots", "projections", "weights", "evaluations"):
        shutil.rmtree(run.path / folder)
    for name in ("settings.json", "contents.json", "probe.npz"):
        (run.path / name).unlink(missing_ok=True)


def test_a_glance_says_what_the_run_says(run: RunFolder) -> None:
    assert repr(answers(run.glance())) == repr(answers(run))
    run.append_event(7, "set", "temperature 0.2 → 0.4", name="temperature", value=0.4)
    assert run.glance().values()["temperature"] == 0.4
    assert repr(answers(run.glance())) == repr(answers(run))


def test_a_glance_stays_as_it_was(run: RunFolder) -> None:
    glance = run.glance()
    before = answers(glance)
    change(run)
    assert repr(answers(glance)) == repr(before)
    assert run.status().state == glance.glance().status().state == "running"  # a new one sees what is new


def test_nobody_changes_what_others_are_told(run: RunFolder) -> None:
    glance = run.glance()
    glance.values().clear()
    glance.effective_values()["batch_size"] = 0
    glance.events().append({})
    glance.snapshot_steps().clear()
    assert repr(answers(glance)) == repr(answers(run))


def test_what_cannot_be_read_is_asked_again(run: RunFolder) -> None:
    glance, whole = run.glance(), (run.path / "settings.json").read_bytes()
    (run.path / "settings.json").write_bytes(b"{")
    assert glance.unreadable()
    (run.path / "settings.json").write_bytes(whole)
    assert not glance.unreadable()
