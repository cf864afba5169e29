"""python -m sslviz, as a person or a script would call it."""

import errno
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from sslviz.__main__ import main
from sslviz.runs.shelf import list_runs

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


def test_it_starts_without_umap() -> None:
    code = "import sys, sslviz.__main__; sys.exit(bool({'umap', 'numba', 'streamlit'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_control_c_a_scheduler_and_a_closed_terminal_keep_what_there_is(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sslviz", "train", "simclr", *QUICK, "--runs", str(tmp_path), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ})
    while not list(tmp_path.glob("*/metrics.jsonl")):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(getattr(signal, name))
    out, err = process.communicate(timeout=120)
    said = json.loads(out.splitlines()[-1])
    assert (process.returncode, said["state"]) == (0, "stopped")
    assert "Ended" in err
    assert list((tmp_path / said["run"] / "weights").iterdir())


@pytest.mark.parametrize(
    "wrong",
    [
        ["--set", "temperature=9"],
        ["--set", "colour=1"],
        ["--seed", "-1"],
        *(["--seconds", number] for number in ("-5", "0", "nan", "inf")),
    ],
)
def test_arguments_that_make_no_sense(wrong: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["train", "simclr", "--runs", str(tmp_path), *wrong])
    assert caught.value.code == 2
    error = capsys.readouterr().err.split("error: ")[1]
    assert len(error.splitlines()) == 1
    assert "pydantic" not in error
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["train simclr", "list", "sweep simclr --vary temperature=0.1", "import x.zip"])
def test_a_file_in_place_of_the_folder_of_runs(command: str, tmp_path: Path, capsys) -> None:
    (tmp_path / "file").write_text("")
    for runs in ("file", "file/runs"):
        if runs == "file" or command.startswith("train"):
            with pytest.raises(SystemExit, match="2"):
                main([*command.split(), "--runs", str(tmp_path / runs)])
            assert str(tmp_path / "file") in capsys.readouterr().err


def test_a_home_that_nobody_has_and_an_export_to_nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "simclr", "--data", "~no-such-user/x", "--runs", str(tmp_path), "--json"]) == 1
    assert "~no-such-user/x" in json.loads(capsys.readouterr().out)["reason"]
    with pytest.raises(SystemExit, match="2"):
        main(["export", list_runs(tmp_path)[0].id, "", "--runs", str(tmp_path)])
    assert "empty" in capsys.readouterr().err


def test_a_disk_without_room_is_one_sentence(tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("sslviz.runs.files.os.fsync", full)
    for command in (["train", "simclr"], ["twin", "simclr"], ["sweep", "simclr", "--vary", "temperature=0.1"]):
        with pytest.raises(SystemExit, match="2"):
            main([*command, "--runs", str(tmp_path)])
        assert "error: The disk is full. Make room, then try again.\n" in capsys.readouterr().err
        assert list_runs(tmp_path) == []


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


def own_zip(path: Path) -> Path:
    """40 pictures of two classes, 8 of which are held out to test, and one that cannot be read."""
    with zipfile.ZipFile(path, "w") as archive:
        for k in range(40):
            png = io.BytesIO()
            Image.new("RGB", (8, 8), (6 * k, 100, 255 - 6 * k)).save(png, "PNG")
            archive.writestr(f"{'ab'[k % 2]}/{k}.png", png.getvalue())
        archive.writestr("a/broken.png", b"no picture")
    return path


def test_own_pictures_by_a_relative_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was understood of them stands on stderr; the path leads there from another folder; 8 test pictures are
    few, and both commands say so.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SSLVIZ_CACHE", str(tmp_path / "cache"))
    own_zip(tmp_path / "forty.zip")
    quick = [part for knob in ("width=16", "steps=3", "threads=1", "precision=float32") for part in ("--set", knob)]
    assert main(["train", "simclr", "--data", "forty.zip", *quick, "--runs", str(tmp_path / "runs")]) == 0
    out, err = capsys.readouterr()
    for said in ("forty.zip: 32 pictures to train on, 8 to test on; 2 classes: a, b.", "No test split", "broken.png"):
        assert said in err
    assert "; 8 test pictures: ± " in out
    [run] = list_runs(tmp_path / "runs")
    assert run.settings().data == str(tmp_path / "forty.zip")
    assert run.status().images == 3 * 32

    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert main(["evaluate", run.id, "--only", "knn", "--runs", str(tmp_path / "runs")]) == 0
    err = capsys.readouterr().err
    assert "No test split" in err
    assert "8 test pictures: ± " in err
    assert main(["list", "--runs", str(tmp_path / "runs")]) == 0
    assert "(8 test pictures: ± " in capsys.readouterr().out
