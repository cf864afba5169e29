"""What is written for TensorBoard is read back by TensorBoard's own readers."""

import sys
from pathlib import Path

import numpy as np
import pytest
from google.protobuf import text_format
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

from sslviz.data.dataset import DataError, Dataset
from sslviz.export.tensorboard import sprite, write_tensorboard
from sslviz.runs.folder import RunFolder
from sslviz.runs.pictures import to_jpeg
from sslviz.runs.records import ProbeSet, Snapshot
from sslviz.runs.settings import RunSettings
from sslviz.training.worker import Wishes, run

pytestmark = pytest.mark.slow


@pytest.fixture
def finished(tmp_path: Path, tiny: Dataset, quick: RunSettings) -> RunFolder:
    folder = RunFolder.create(tmp_path, quick.model_copy(update={"data": "tiny"}), name="mine")
    assert run(folder, tmp_path, Wishes(folder), loaded=tiny).state == "done"
    return folder


def config_of(folder: Path) -> ProjectorConfig:
    return text_format.Parse((folder / "projector_config.pbtxt").read_text(), ProjectorConfig())


def test_every_recorded_number_is_a_scalar_at_its_step_and_second(finished: RunFolder, tmp_path: Path) -> None:
    for _ in range(2):  # written again, it stands there once
        folder = write_tensorboard(finished, tmp_path / "logs")
    assert folder == tmp_path / "logs" / "mine"
    read = EventAccumulator(str(folder), size_guidance={"scalars": 0})
    read.Reload()
    metrics = finished.metrics().set_index("step")
    assert set(read.Tags()["scalars"]) == set(metrics.columns) - {"seconds", "images"}
    began = finished.status().heartbeat - finished.status().seconds
    for name in read.Tags()["scalars"]:
        column, events = metrics[name].dropna(), read.Scalars(name)
        assert [event.step for event in events] == list(column.index), name
        assert np.allclose([event.value for event in events], column, rtol=1e-6), name
        assert np.allclose([event.wall_time - began for event in events], metrics["seconds"][column.index], atol=1e-4)


def test_the_projector_finds_embedding_labels_and_pictures(finished: RunFolder, tmp_path: Path, tiny: Dataset) -> None:
    folder = write_tensorboard(finished, tmp_path / "logs")
    config = config_of(folder)
    steps = [step for step in finished.snapshot_steps() if finished.snapshot(step).embedding is not None]
    assert [e.tensor_name for e in config.embeddings] == [f"step {step}" for step in reversed(steps)]
    probe = finished.probe()
    for embedding, step in zip(config.embeddings, reversed(steps), strict=True):
        h = np.loadtxt(folder / embedding.tensor_path, delimiter="\t")
        assert np.allclose(h, finished.snapshot(step).embedding, atol=2e-3, rtol=2e-3)
        rows = [line.split("\t") for line in (folder / embedding.metadata_path).read_text().splitlines()]
        assert rows[0] == ["picture", "class", "hue"]
        assert len(rows) == len(h) + 1
        assert [row[1] for row in rows[1:]] == [tiny.classes[label] for label in probe.labels]
        assert np.allclose([float(row[2]) for row in rows[1:]], probe.factors["hue"])
        tile = list(embedding.sprite.single_image_dim)
        assert tile == [32, 32]
        with Image.open(folder / embedding.sprite.image_path) as sheet:
            assert sheet.size == (9 * 32, 9 * 32)  # the smallest square for 80
            tenth = np.asarray(sheet)[32:64, :32]  # the first of the second row
        assert np.array_equal(tenth, probe.pictures()[9])


def test_a_sheet_is_square_and_filled_row_by_row() -> None:
    pictures = np.arange(5, dtype=np.uint8)[:, None, None, None] + np.zeros((5, 2, 2, 3), np.uint8)
    assert sprite(pictures)[::2, ::2, 0].tolist() == [[0, 1, 2], [3, 4, 0], [0, 0, 0]]


def test_one_column_has_no_title(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path, RunSettings(), name="mine")
    run.append_metrics({"step": 4, "seconds": 1.0, "images": 64, "std": 0.1})
    run.write_snapshot(Snapshot(4, embedding=np.ones((6, 3), np.float16)))
    views = np.zeros((2, 3, 32, 32, 3), np.uint8)
    run.write_probe(ProbeSet(to_jpeg(views)[8:].tobytes(), 3, 32, None, {}, ()))
    folder = write_tensorboard(run, tmp_path / "logs")
    assert (folder / "pictures.tsv").read_text().splitlines() == ["0", "1", "2", "3", "4", "5"]
    run.write_probe(ProbeSet(to_jpeg(views)[8:].tobytes(), 3, 32, np.zeros(6, int), {}, ("a",)))
    folder = write_tensorboard(run, tmp_path / "logs")
    assert (folder / "pictures.tsv").read_text().splitlines()[:2] == ["picture\tclass", "0\ta"]


def test_runs_that_have_little_are_written_as_far_as_they_go(tmp_path: Path) -> None:
    empty = RunFolder.create(tmp_path, RunSettings())
    folder = write_tensorboard(empty, tmp_path / "logs")
    assert not (folder / "projector_config.pbtxt").exists()
    assert list(folder.glob("events.out.tfevents.*"))


def test_a_recorded_example_of_every_pixel_size_fits(tmp_path: Path) -> None:
    example = RunFolder(Path(__file__).parents[2] / "checkpoints" / "gallery" / "simclr")
    folder = write_tensorboard(example, tmp_path)
    (embedding,) = config_of(folder).embeddings  # examples keep the last one only
    assert len((folder / embedding.tensor_path).read_text().splitlines()) == 2000
    with Image.open(folder / embedding.sprite.image_path) as sheet:
        assert sheet.size == (45 * 32, 45 * 32)


def test_without_tensorboardx_it_says_what_to_install(
    finished: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(DataError, match="pip install tensorboardX"):
        write_tensorboard(finished, tmp_path / "logs")
    assert not (tmp_path / "logs").exists()
