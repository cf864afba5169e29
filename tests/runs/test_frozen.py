"""Runs that were recorded with this version of 2026-11-29 open for ever: they lie in frozen/ and are never made anew.

mae: the recorded example, thinned to one moment and 160 test pictures, without weights. simclr: thirty steps on digits
with a knob turned at the tenth, and the weights of the last.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from sslviz.__main__ import main
from sslviz.data import default_cache, load
from sslviz.runs.folder import RunFolder
from sslviz.runs.shelf import list_runs
from sslviz.training.loaded import load_network
from tests.pages import opened, text

FROZEN = Path(__file__).parent / "frozen"
NAMES = ("mae", "simclr")
STEPS = {"mae": 776, "simclr": 30}


@pytest.fixture
def thawed(runs: Path) -> Path:
    """Copies, in the folder of this server's runs: opening a run may add to it."""
    for name in NAMES:
        shutil.copytree(FROZEN / name, runs / name)
    return runs


@pytest.mark.parametrize("name", NAMES)
def test_everything_can_be_read(name: str) -> None:
    run = RunFolder(FROZEN / name)
    assert sum(path.stat().st_size for path in run.path.rglob("*") if path.is_file()) < 300_000
    assert run.unreadable() == ""
    assert run.settings().method == name
    status, metrics, probe = run.status(), run.metrics(), run.probe()
    assert (status.state, status.step) == ("done", STEPS[name])
    assert metrics["step"].iloc[-1] == STEPS[name]
    assert np.isfinite(metrics["loss"].dropna()).all()
    assert probe is not None
    assert probe.pictures().shape[1:] == (32, 32, 3)
    assert run.snapshot_steps() == [STEPS[name]]
    snapshot = run.snapshot(STEPS[name])
    assert snapshot is not None
    assert snapshot.exhibits
    assert snapshot.views is not None
    assert snapshot.embedding is not None
    assert len(snapshot.embedding) == len(probe.labels)


def test_what_only_one_of_them_has() -> None:
    mae, simclr = (RunFolder(FROZEN / name) for name in NAMES)
    layout = mae.projection(776, "umap")
    assert layout is not None
    assert layout.shape == (160, 2)
    assert mae.evaluation(776, "linear") is not None
    assert simclr.values()["temperature"] == 0.5  # turned while it trained
    assert simclr.settings().values()["temperature"] == 0.2


def test_the_weights_are_those_that_were_scored() -> None:
    run = RunFolder(FROZEN / "simclr")
    network = load_network(run, 30, load("digits", cache=default_cache()))
    assert sum(p.numel() for p in network.method.parameters()) > 10_000
    learnt, random = (net.encoder.state_dict() for net in (network.method, network.untrained))
    assert any((learnt[name] != random[name]).any() for name in learnt)


@pytest.mark.parametrize("name", NAMES)
def test_its_page_opens(name: str, thawed: Path) -> None:
    app = opened(name, run=name)
    assert f"step **{STEPS[name]}** of" in text(app)
    assert not app.warning


def test_it_is_listed_judged_and_exported(thawed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert {run.id for run in list_runs(thawed)} == set(NAMES)
    where = ["--runs", str(thawed)]
    assert main(["list", *where, "--json"]) == 0
    said = capsys.readouterr()
    rows = {row["run"]: row for row in json.loads(said.out)}
    assert rows["simclr"]["knn"] == pytest.approx(0.8944, abs=1e-4)
    assert said.err == ""
    assert main(["evaluate", "simclr", "--only", "knn", *where, "--json"]) == 0
    scores = {(row["encoder"], row["features"], row["k"]): row["score"] for row in json.loads(capsys.readouterr().out)}
    assert scores["trained", "h", 20] == pytest.approx(rows["simclr"]["knn"], abs=0.02)  # in half precision
    for name in ("run.py", "run.ipynb", "run.zip"):
        assert main(["export", "simclr", str(tmp_path / name), *where]) == 0
    assert "10: {'temperature': 0.5}" in (tmp_path / "run.py").read_text()
    assert main(["import", str(tmp_path / "run.zip"), "--runs", str(tmp_path / "there")]) == 0
    assert RunFolder(tmp_path / "there" / "simclr").values() == RunFolder(FROZEN / "simclr").values()
