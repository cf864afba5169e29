"""python -m sslviz sweep: cells one after the other, Ctrl-C, and on with --resume; the app reads the same files."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sslviz.__main__ import main
from sslviz.runs.folder import RunFolder
from sslviz.sweeps.progress import progress
from sslviz.sweeps.store import list_sweeps

QUICK = ["--data", "digits", "--set", "width=16", "--set", "threads=1", "--set", "precision=float32"]


@pytest.mark.slow
def test_control_c_ends_it_and_resume_trains_what_is_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vary = ["--vary", "temperature=0.1,0.5", "--vary", "batch_size=32,64", "--steps", "40"]
    command = [sys.executable, "-m", "sslviz", "sweep", "simclr", *QUICK, *vary, "--runs", str(tmp_path), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ})
    while not (sweeps := list_sweeps(tmp_path)) or progress(sweeps[0], tmp_path)["step"].tolist()[1] < 2:
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=120)
    said = json.loads(out)
    [sweep] = sweeps
    assert (process.returncode, said["sweep"], said["done"]) == (1, sweep.id, False)
    states = [row["state"] for row in said["runs"]]
    assert states[0] == "done"
    assert states[1] in ("interrupted", "done")
    assert states[2:] == ["planned", "planned"]
    first, second, *_ = (RunFolder(tmp_path / name) for name in sweep.runs)
    before, reached = first.status(), second.status().step

    assert main(["sweep", "--resume", sweep.id, "--runs", str(tmp_path), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert [row["state"] for row in again["runs"]] == ["done"] * 4
    assert [row["step"] for row in again["runs"]] == [40] * 4
    assert all(0 < row["knn"] <= 1 for row in again["runs"])
    assert first.status() == before
    if reached < 40:
        assert [event["kind"] for event in second.events()] == ["resume"]
    assert main(["sweep", "--resume", sweep.id, "--runs", str(tmp_path)]) == 0
    assert "4 of 4 runs done" in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["simclr"],
        ["simclr", "--vary", "temperature=9"],
        ["simclr", "--vary", "temperature"],
        ["simclr", "--vary", "colour=1"],
        ["simclr", "--vary", "temperature=0.1", "--seeds", "0"],
        ["simclr", "--vary", "temperature=0.1", "--steps", "nan"],
        ["simclr", "--vary", "temperature=0.1", "--steps", "inf"],
        ["simclr", "--vary", "temperature=0.1", "--images", "inf"],
        ["simclr", "--vary", "temperature=0.1", "--images", "0"],
        ["simclr", "--vary", "temperature=0.1", "--seconds", "nan"],
        ["simclr", "--vary", "temperature=0.1", "--seed", "-1"],
        ["--resume", "../../etc"],
        ["--resume", "sweep-251125-101112-ab12"],
    ],
)
def test_arguments_that_make_no_sense(wrong: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["sweep", *wrong, "--runs", str(tmp_path)])
    assert caught.value.code == 2
    assert "error:" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
