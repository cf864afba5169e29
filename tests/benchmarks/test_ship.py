"""Recorded runs that ship with the app: small, whole, and readable like any other run."""

from pathlib import Path

import pytest
import torch

from benchmarks.record_gallery import LEAST_SCORES
from benchmarks.ship import MOST_BYTES, ship
from sslviz.data.dataset import Dataset
from sslviz.measures import projection
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.runs.steps import spread, thinned
from sslviz.training.trainer import Trainer
from sslviz.training.worker import Wishes, run

GALLERY = Path(__file__).parents[2] / "checkpoints" / "gallery"


@pytest.fixture(autouse=True)
def no_umap(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is compiled first, for twenty seconds; tests/measures has had it."""
    monkeypatch.setattr(projection, "umap_layout", lambda h, before=None: projection.pca(h))


@pytest.mark.slow
def test_a_shipped_run_is_a_small_ordinary_run(tmp_path: Path, tiny: Dataset, quick: RunSettings) -> None:
    folder = RunFolder.create(tmp_path / "runs", quick.model_copy(update={"data": "tiny"}))
    assert run(folder, tmp_path / "cache", Wishes(folder), loaded=tiny).state == "done"
    small = ship(folder, tmp_path / "gallery" / "simclr")
    assert small.size() < folder.size()
    assert small.settings() == folder.settings()
    assert small.status() == folder.status()
    assert small.metrics().equals(folder.metrics())
    steps = small.snapshot_steps()
    assert steps[0] == 0
    assert steps[-1] == folder.snapshot_steps()[-1]
    last = small.snapshot(steps[-1])
    assert last is not None
    assert last.embedding is not None
    assert small.projection_steps("umap")
    assert small.projection_steps("pca")
    tensors, about = small.weights(6) or ({}, {})
    assert about["step"] == 6
    method = Trainer(small.settings(), tiny, torch.device("cpu")).method
    method.load_state_dict({name.removeprefix("method."): value for name, value in tensors.items()})


def test_weights_of_several_moments_are_the_last_and_others_evenly() -> None:
    assert spread([0, 100, 200, 300, 400], 1) == [400]
    assert spread([0, 100, 200, 300, 400], 2) == [100, 400]
    assert spread([0, 100, 200, 300, 400], 9) == [100, 200, 300, 400]
    assert spread([0], 3) == [0]


def test_moments_are_kept_early_and_evenly() -> None:
    kept = thinned(list(range(0, 1000, 5)), 20)
    assert len(kept) <= 20
    assert kept[0] == 0
    assert kept[-1] == 995
    assert sum(step < 200 for step in kept) > sum(step > 800 for step in kept)
    assert thinned([0, 3, 9], 20) == [0, 3, 9]


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_a_recorded_run(method: str) -> None:
    recorded = RunFolder(GALLERY / method)
    assert recorded.size() <= MOST_BYTES
    assert recorded.settings().method == method
    assert recorded.settings().data == "shapes"
    status = recorded.status()
    assert status.state == "done"
    assert status.exam is not None
    if any(event["kind"] == "recorded" for event in recorded.events()):  # counted in steps: seconds say nothing
        assert status.step == recorded.settings().training.steps
        assert recorded.metrics()["knn"].count() >= LEAST_SCORES
    else:
        assert status.seconds <= 300
    assert recorded.probe() is not None
    steps = recorded.snapshot_steps()
    assert len(steps) >= 8
    assert all(recorded.snapshot(step) is not None for step in steps)
    assert recorded.weights(recorded.weights_steps()[-1]) is not None
