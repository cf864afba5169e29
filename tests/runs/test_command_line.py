"""python -m sslviz, as a person or a script would call it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sslviz.__main__ import main

QUICK = ["--data", "digits", "--set", "width=16", "--set", "batch_size=64", "--set", "threads=1"]
KEYS = {"run", "state", "step", "images", "seconds", "images_per_second", "loss", "knn", "knn_random_init"} | {
    "device",
    "precision",
    "seed",
}


@pytest.mark.slow
def test_train_and_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["train", "simclr", *QUICK, "--set", "steps=12", "--seed", "7", "--runs", str(tmp_path), "--json"]
    assert main(arguments) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert said.keys() >= KEYS
    assert (said["state"], said["step"], said["images"], said["seed"]) == ("done", 12, 12 * 64, 7)
    assert 0 < said["knn_random_init"] < 1
    assert main(["list", "--runs", str(tmp_path), "--json"]) == 0
    assert [row["run"] for row in json.loads(capsys.readouterr().out)] == [said["run"]]
    assert main(["list", "--runs", str(tmp_path)]) == 0
    assert said["run"] in capsys.readouterr().out


@pytest.mark.slow
def test_control_c_keeps_what_there_is(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sslviz", "train", "simclr", *QUICK, "--runs", str(tmp_path), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ})
    while not list(tmp_path.glob("*/metrics.jsonl")):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    said = json.loads(out.splitlines()[-1])
    assert (process.returncode, said["state"]) == (0, "stopped")
    assert list((tmp_path / said["run"] / "weights").iterdir())


@pytest.mark.parametrize(
    "wrong", [["--set", "temperature=9"], ["--set", "colour=1"], ["--seed", "-1"], ["--seconds", "-5"]]
)
def test_arguments_that_make_no_sense(wrong: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["train", "simclr", "--runs", str(tmp_path), *wrong])
    assert caught.value.code == 2
    assert "error:" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_of_pictures_fails_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["train", "simclr", "--data", str(tmp_path / "nothing"), "--runs", str(tmp_path / "runs"), "--json"]) == 1
    )
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["state"] == "failed"


@pytest.mark.slow
def test_evaluate_export_and_import(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train = ["train", "simclr", "--data", "digits", "--runs", str(tmp_path), "--json"]
    knobs = ["--set", "steps=3", "--set", "width=16", "--set", "batch_size=32"]
    assert main([*train, *knobs]) == 0
    name = json.loads(capsys.readouterr().out)["run"]

    assert main(["evaluate", name, "--only", "knn", "--runs", str(tmp_path), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["evaluation"] for row in rows} == {"knn"}
    assert all(0 <= row["score"] <= 1 for row in rows)

    archive = tmp_path / "run.zip"
    assert main(["export", name, str(archive), "--runs", str(tmp_path)]) == 0
    there = tmp_path / "there"
    assert main(["import", str(archive), "--runs", str(there)]) == 0
    capsys.readouterr()
    assert main(["evaluate", name, "--only", "knn", "--runs", str(there), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == rows

    for wrong in (["evaluate", "nobody"], ["evaluate", name, "--step", "1"], ["import", str(tmp_path / "none.zip")]):
        with pytest.raises(SystemExit, match="2"):
            main([*wrong, "--runs", str(tmp_path)])
