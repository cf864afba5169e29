"""The run folder: what is written is read back, what is broken is passed over, what is replaced is replaced whole."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from sslviz.runs.files import replace
from sslviz.runs.folder import RunFolder
from sslviz.runs.pictures import to_jpeg
from sslviz.runs.records import ProbeSet, Snapshot, Status
from sslviz.runs.settings import RunSettings
from sslviz.runs.shelf import list_runs


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path, RunSettings(seed=5))


def test_settings_and_status_come_back(folder: RunFolder) -> None:
    assert folder.settings().seed == 5
    folder.write_status(Status(state="running", step=7, knn=0.5))
    assert (folder.status().state, folder.status().step, folder.status().knn) == ("running", 7, 0.5)
    assert [run.id for run in list_runs(folder.path.parent)] == [folder.id]


@pytest.mark.parametrize("text", ["", "{", '{"state": "dancing"}', "[1, 2]", "\0\0"])
def test_a_strange_status_reads_as_interrupted(folder: RunFolder, text: str) -> None:
    (folder.path / "status.json").write_text(text)
    assert folder.status().state == "interrupted"


def test_a_half_written_line_is_passed_over(folder: RunFolder) -> None:
    folder.append_metrics({"step": 1, "loss": 3.0})
    with (folder.path / "metrics.jsonl").open("a") as file:
        file.write('not json\n{"step": 2, "lo')
    assert folder.metrics()["step"].tolist() == [1]


def test_a_step_recorded_again_takes_its_newest_values(folder: RunFolder) -> None:
    for row in ({"step": 1, "loss": 3.0}, {"step": 2, "loss": 2.0}, {"step": 2, "loss": 1.5, "knn": 0.5}):
        folder.append_metrics(row)
    table = folder.metrics()
    assert table["loss"].tolist() == [3.0, 1.5]
    assert table["knn"].tolist()[1] == 0.5


def test_values_are_the_settings_and_every_change_since(folder: RunFolder) -> None:
    folder.append_event(4, "set", "temperature 0.2 → 0.1", name="temperature", value=0.1)
    folder.append_event(5, "refused", "batch_size = -1 was refused", name="batch_size", value=-1)
    assert folder.values() == RunSettings(seed=5).change(temperature=0.1).values()


def test_control_messages_are_read_once_and_only_when_whole(folder: RunFolder) -> None:
    folder.send("pause")
    messages, offset = folder.control()
    assert messages == [{"do": "pause"}]
    with (folder.path / "control.jsonl").open("a") as file:
        file.write('{"do": "pl')
    assert folder.control(offset) == ([], offset)
    with (folder.path / "control.jsonl").open("a") as file:
        file.write('ay"}\n')
    assert folder.control(offset)[0] == [{"do": "play"}]


def test_snapshots_come_back_whole(folder: RunFolder) -> None:
    rng = np.random.default_rng(0)
    similarity, embedding = rng.random((8, 8)).astype(np.float16), rng.random((5, 3)).astype(np.float16)
    views = np.kron(rng.integers(0, 255, (2, 4, 1, 1, 3)), np.ones((8, 8, 1))).astype(np.uint8)  # plain colours
    folder.write_snapshot(Snapshot(12, {"knn": 0.5}, {"similarity": similarity}, views, embedding))
    back = folder.snapshot(12)
    assert back is not None
    assert back.scores == {"knn": 0.5}
    np.testing.assert_array_equal(back.exhibits["similarity"], similarity)
    assert back.views is not None
    assert back.views.shape == views.shape
    np.testing.assert_allclose(back.views.astype(int), views, atol=3)  # kept as JPEG
    np.testing.assert_array_equal(back.embedding, embedding)
    assert folder.snapshot_steps() == [12]


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 half a zip", b"\x80\x04\x95 a pickle"])
def test_a_damaged_snapshot_is_none(folder: RunFolder, damage: bytes) -> None:
    folder.write_snapshot(Snapshot(3, {"knn": 0.5}))
    next((folder.path / "snapshots").glob("*.npz")).write_bytes(damage)
    assert folder.snapshot(3) is None


def test_thinning_keeps_the_first_and_the_last(folder: RunFolder) -> None:
    for step in range(60):
        folder.write_snapshot(Snapshot(step))
    folder.thin_snapshots(most=50)
    steps = folder.snapshot_steps()
    assert len(steps) <= 50
    assert steps[:20] == list(range(20))
    assert steps[-20:] == list(range(40, 60))


def about(step: int) -> dict[str, Any]:
    moment = {"run": "a", "step": step, "images": 32 * step, "seconds": 0.5}
    return {**moment, "values": {"temperature": 0.2}, "precision": "float32", "channels_last": False}


def test_weights_come_back_and_are_thinned(folder: RunFolder) -> None:
    for step in range(0, 200, 10):
        folder.write_weights(step, {"w": torch.full((3,), float(step))}, about(step))
    steps = folder.weights_steps()
    assert len(steps) == 12
    assert steps[0] == 0
    assert steps[-2:] == [180, 190]
    kept = folder.weights(190)
    assert kept is not None
    assert kept[0]["w"].tolist() == [190.0] * 3
    assert kept[1] == {**about(190), "threads": None}


def test_damaged_weights_are_none(folder: RunFolder) -> None:
    folder.write_weights(1, {"w": torch.ones(3)}, about(1))
    next((folder.path / "weights").iterdir()).write_bytes(b"\xff" * 40)
    assert folder.weights(1) is None
    assert folder.weights(2) is None


def test_the_probe_set_comes_back(folder: RunFolder) -> None:
    assert folder.probe() is None
    sheet = to_jpeg(np.zeros((1, 50, 32, 32, 3), np.uint8))[8:].tobytes()
    probe = ProbeSet(sheet, 50, 32, np.arange(4) % 2, {"hue": np.linspace(0, 1, 4)}, ("a", "b"))
    folder.write_probe(probe)
    back = folder.probe()
    assert back is not None
    assert (back.sheet, back.columns, back.classes) == (sheet, 50, ("a", "b"))
    np.testing.assert_array_equal(back.labels, probe.labels)
    np.testing.assert_array_equal(back.factors["hue"], probe.factors["hue"])


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    replace(path, b"old")
    tmp_path.chmod(0o700)
    with pytest.raises(OSError, match="directory"):
        replace(tmp_path / "missing" / "file", b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
