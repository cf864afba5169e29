"""Runs of another version: what can be read is read, and what was read differently is said; the rest stops nobody."""

import json
from pathlib import Path
from typing import Any

import pytest

from sslviz.__main__ import main
from sslviz.runs import versions
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import Parent, RunSettings
from sslviz.runs.shelf import list_runs, unreadable_runs
from sslviz.runs.versions import UnreadableRun, read_settings
from sslviz.sweeps import store
from sslviz.sweeps.store import list_sweeps, unreadable_sweeps, write_sweep
from sslviz.sweeps.sweep import over_knobs


def rewritten(run: RunFolder, **groups: Any) -> RunFolder:
    """The run as another version might have recorded it. A group that is a table is added to, None removes a name."""
    path = run.path / "settings.json"
    raw = json.loads(path.read_text())
    for group, value in groups.items():
        if isinstance(value, dict):
            raw[group] = {k: v for k, v in ((raw.get(group) or {}) | value).items() if v is not None}
        else:
            raw[group] = value
    path.write_text(json.dumps(raw))
    return run


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "runs", RunSettings(seed=5).change(temperature=0.3), name="mine")


def test_a_run_of_this_version_has_nothing_to_say(run: RunFolder) -> None:
    assert run.unreadable() == ""
    assert run.remarks() == ()


def test_unknown_knobs_are_ignored_and_said(run: RunFolder) -> None:
    before = run.settings()
    rewritten(run, knobs={"sharpness": 3}, augment={"fog": 0.5}, training={"momentum": 0.9}, cohort="b")
    rewritten(run, parent={"run": "other", "step": 3, "branch": 1})
    assert run.settings() == before.model_copy(update={"parent": Parent(run="other", step=3)})
    (remark,) = run.remarks()
    assert all(name in remark for name in ("sharpness", "fog", "momentum", "cohort", "branch"))


def test_missing_knobs_are_what_they_were_then_and_that_is_said(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(versions.EARLIER, "blur_sigma", 2.5)
    rewritten(run, knobs={"normalise": None}, augment={"blur_sigma": None})
    read_settings.cache_clear()
    values = run.values()
    assert (values["normalise"], values["blur_sigma"], values["temperature"]) == (True, 2.5, 0.3)
    (remark,) = run.remarks()
    assert "normalise = True" in remark
    assert "blur_sigma = 2.5" in remark
    read_settings.cache_clear()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "not JSON"),
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", "not a table"),
        ('{"method": "simclear"}', "unknown method 'simclear'"),
        ('{"method": ["simclr"]}', "unknown method"),
        ('{"knobs": 3}', "knobs are not a table"),
        ('{"knobs": {"temperature": 99}}', "temperature"),
        ('{"training": {"encoder": "vit"}, "knobs": {"temperature": "warm"}}', "temperature"),
        ('{"method": "supervised", "seed": -1}', "seed"),
    ],
)
def test_what_cannot_be_understood_says_why_in_a_line(run: RunFolder, text: str, why: str) -> None:
    (run.path / "settings.json").write_text(text)
    with pytest.raises(UnreadableRun, match=why):
        run.settings()
    assert why in run.unreadable()
    assert "\n" not in run.unreadable()


def test_new_runs_still_refuse_what_they_do_not_know() -> None:
    with pytest.raises(ValueError, match="sharpness"):
        RunSettings(knobs={"sharpness": 3})
    with pytest.raises(ValueError, match="no knob 'sharpness'"):
        RunSettings().change(sharpness=3)


@pytest.fixture
def among(run: RunFolder) -> Path:
    """A folder with a readable run, one with an unknown knob, and three that nobody can read."""
    runs = run.path.parent
    rewritten(RunFolder.create(runs, RunSettings(), name="newer"), knobs={"sharpness": 3})
    rewritten(RunFolder.create(runs, RunSettings(), name="unknown"), method="simclear")
    (RunFolder.create(runs, RunSettings(), name="spoilt").path / "settings.json").write_text("{")
    rewritten(RunFolder.create(runs, RunSettings(), name="strange"), knobs={"temperature": 99})
    RunFolder.create(runs, RunSettings(), name=".trash")  # our own folder is no run
    return runs


def test_they_are_left_out_and_counted(among: Path) -> None:
    assert {run.id for run in list_runs(among)} == {"mine", "newer"}
    assert unreadable_runs(among).keys() == {"unknown", "spoilt", "strange"}


def test_the_command_line_lists_the_others(among: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--runs", str(among), "--json"]) == 0
    said = capsys.readouterr()
    assert {row["run"] for row in json.loads(said.out)} == {"mine", "newer"}
    lines = said.err.splitlines()
    assert len(lines) == 4
    assert "unknown cannot be read by this version: unknown method 'simclear'" in lines
    assert any(line.startswith("newer: ") and "sharpness" in line for line in lines)
    assert main(["list", "--runs", str(among)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.parametrize("command", [["evaluate", "spoilt"], ["export", "spoilt", "run.py"]])
def test_a_run_that_is_asked_for_gets_a_sentence(
    among: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*command, "--runs", str(among)])
    last = capsys.readouterr().err.splitlines()[-1]
    assert "'spoilt' cannot be read by this version: its settings are not JSON" in last


def test_a_sweep_of_another_version(tmp_path: Path) -> None:
    for number, base in enumerate(({"knobs": {"sharpness": 3}}, {"method": "simclear"})):
        sweep = over_knobs(RunSettings(), {"temperature": "0.1, 0.5"}).model_copy(
            update={"id": f"sweep-261129-10000{number}-abcd"}
        )
        write_sweep(tmp_path, sweep)
        path = tmp_path / store.SHELF / f"{sweep.id}.json"
        raw = json.loads(path.read_text())
        raw["base"] |= base
        path.write_text(json.dumps(raw))
    (found,) = list_sweeps(tmp_path)
    assert [found.settings(name).values()["temperature"] for name in found.runs] == [0.1, 0.5]
    (reason,) = unreadable_sweeps(tmp_path).values()
    assert reason == "unknown method 'simclear'"
