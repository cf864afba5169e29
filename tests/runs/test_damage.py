"""Whatever lies in a run's folder: the readers pass it over, at once, and what they return holds together."""

import shutil
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from sslviz.data.dataset import Dataset
from sslviz.runs import twins
from sslviz.runs.folder import RunFolder
from sslviz.runs.shelf import list_runs, unreadable_runs
from sslviz.runs.turns import arithmetic, turned
from tests.runs.damage import damages
from tests.runs.whole import whole_run

FEWEST = 200
SLOWEST = 5.0  # seconds until all readers have answered
MOST_MEMORY = 300 * 2**20


@pytest.fixture(scope="module")
def whole(tiny: Dataset, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return whole_run(tmp_path_factory.mktemp("whole"), tiny)


def read_everything(run: RunFolder) -> None:
    assert list_runs(run.path.parent) or unreadable_runs(run.path.parent) or not run.exists
    status, notes, contents = run.status(), run.notes(), run.contents()
    assert status.reason is not None
    assert notes is not None
    assert contents is None or contents.summary
    assert isinstance(run.is_taken(), bool)
    assert isinstance(run.is_measured(), bool)
    for row in run.metrics().to_dict("records"):
        assert all(np.isfinite(value) or np.isnan(value) for value in row.values())
    for event in run.events():
        assert (type(event["step"]), type(event["text"])) == (int, str)
    run.control()
    tested = run.tested()
    assert tested is None or tested > 0
    for step in run.snapshot_steps():
        seen, embedding = run.snapshot(step), run.embedding(step)
        assert seen is None or all(np.isfinite(score) for score in seen.scores.values())
        assert seen is None or seen.views is None or seen.views.ndim == 5
        assert seen is None or seen.embedding is None or embedding is not None
        run.exhibit(step, "similarity")
    for step in run.projection_steps("umap"):
        layout = run.projection(step, "umap")
        assert layout is None or (layout.shape[1] in (2, 3) and np.isfinite(layout).all())
    probe = run.probe()
    if probe is not None and probe.labels is not None:
        assert max(probe.labels) < len(probe.classes)
        assert len(probe.labels) <= len(probe.pictures())
    for step in run.weights_steps():
        run.weights(step)
    for step in run.evaluation_steps("knn"):
        table = run.evaluation(step, "knn")
        assert table is None or table["score"].dtype.kind == "f"
    if not run.unreadable():
        run.values(), run.effective_values(), turned(run), arithmetic(run), twins.partner(run)


@pytest.mark.slow
def test_every_damage_of_every_file_is_passed_over(whole: RunFolder, tmp_path: Path) -> None:
    """One test, for a thousand would take longer to be listed than to be run; it says all that went wrong."""
    tried, wrong = 0, []
    for damage in damages(whole.path):
        tried += 1
        run = RunFolder(tmp_path / "runs" / whole.id)
        shutil.copytree(whole.path, run.path)
        damage.do(run.path / damage.file)
        begun = time.perf_counter()
        tracemalloc.start() if "terabyte" in damage.name else None
        try:
            read_everything(run)
        except Exception as error:
            wrong.append(f"{damage}: {type(error).__name__}: {error}"[:300])
        if tracemalloc.is_tracing():
            if tracemalloc.get_traced_memory()[1] > MOST_MEMORY:
                wrong.append(f"{damage}: took {tracemalloc.get_traced_memory()[1]:,} bytes of memory")
            tracemalloc.stop()
        if time.perf_counter() - begun > SLOWEST:
            wrong.append(f"{damage}: took {time.perf_counter() - begun:.0f} s")
        shutil.rmtree(run.path)
    assert not wrong, "\n".join(wrong)
    assert tried >= FEWEST


def test_nothing_is_wrong_with_the_whole_one(whole: RunFolder) -> None:
    """Or the test above would prove nothing: every reader finds something there."""
    read_everything(whole)
    step = whole.snapshot_steps()[-1]
    seen = whole.snapshot(step)
    assert seen is not None
    assert seen.views is not None
    assert seen.embedding is not None
    assert whole.probe() is not None
    assert whole.contents() is not None
    assert whole.notes().name
    assert whole.projection(step, "umap") is not None
    assert whole.weights(whole.weights_steps()[-1]) is not None
    assert whole.evaluation(step, "knn") is not None
    assert whole.evaluation_progress()
    assert len(whole.metrics()) > 3
    assert turned(whole)
