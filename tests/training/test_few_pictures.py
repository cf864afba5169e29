"""A handful of pictures: every method trains on them, or says in one sentence what it needs. No run dies wordless."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from sslviz.data.dataset import Dataset, Split
from sslviz.judging.bench import set_up
from sslviz.judging.evaluation import evaluate
from sslviz.methods import METHODS
from sslviz.runs import twins
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings, recommended
from sslviz.sweeps.conductor import Conductor
from sslviz.sweeps.store import write_sweep
from sslviz.sweeps.sweep import over_knobs
from sslviz.training.trainer import Trainer
from sslviz.training.worker import Wishes, run, run_together


def few(train: int, test: int, labelled: bool = True) -> Dataset:
    def split(n: int, seed: int) -> Split:
        pixels = np.random.default_rng(seed).integers(0, 255, (n, 3, 32, 32), dtype=np.uint8)
        return Split(torch.from_numpy(pixels), torch.arange(n) % 2 if labelled else None)

    return Dataset("few", split(train, 0), split(test, 1), ("a", "b") if labelled else ())


def settings(method: str = "simclr") -> RunSettings:
    return recommended(method, "few").change(steps=2, precision="float32", threads=1, width=16)


def trained(folder: RunFolder, cache: Path, pictures: Dataset) -> str:
    status = run(folder, cache, Wishes(folder), loaded=pictures)
    return status.state if status.state == "done" else status.reason


def nothing_but_json(folder: RunFolder) -> bool:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    lines = (folder.path / "metrics.jsonl").read_text().splitlines()
    return bool([json.loads(line, parse_constant=refuse) for line in lines])


@pytest.mark.parametrize("labelled", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_three_pictures_one_of_them_to_test_on(method: str, labelled: bool, tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "runs", settings(method))
    said = trained(folder, tmp_path, few(2, 1, labelled))
    if method == "supervised" and not labelled:
        assert said == "Supervised needs labels, and these pictures have none."
    elif METHODS[method].fewest == 2:
        title = METHODS[method].title
        assert said == f"{title} needs at least 2 pictures to train on and 2 to test on; here are 2 and 1."
    else:
        assert said == "done"
        assert nothing_but_json(folder)
        pairs = {"std", "mean_cosine", "rank", "uniformity", "knn"}
        assert not pairs & set(folder.metrics())  # one picture has no other


def test_barlow_twins_on_two_test_pictures(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "runs", settings("barlow_twins"))
    assert trained(folder, tmp_path, few(4, 2)) == "done"
    assert nothing_but_json(folder)
    assert {"std", "mean_cosine", "uniformity"} <= set(folder.metrics())
    assert "rank" not in folder.metrics()  # two pictures: at most 2, and no sign of anything


def test_the_rank_is_recorded_of_a_dozen(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "runs", settings())
    assert trained(folder, tmp_path, few(20, 12)) == "done"
    assert folder.metrics()["rank"].dropna().between(1, 12).all()


def test_one_test_picture_can_be_evaluated(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "runs", settings())
    pictures = few(2, 1)
    trained(folder, tmp_path, pictures)
    table = evaluate(folder, 2, tmp_path, names=("knn", "linear"), loaded=pictures)
    assert table["score"].isin([0, 1]).all()
    assert {"h", "z"} <= set(table["features"])


def test_asking_for_the_projector_leaves_the_network_as_it_is(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "runs", settings())
    trained(folder, tmp_path, few(8, 2))
    bench = set_up(folder, 2, few(8, 2))
    before = {name: value.clone() for name, value in bench.trainer.method.state_dict().items()}
    assert "z" in bench.features(bench.trainer.method)
    assert all(torch.equal(value, before[name]) for name, value in bench.trainer.method.state_dict().items())


# --- no run is left "running" ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [ValueError("math domain error"), KeyError("h"), ZeroDivisionError("by zero")])
def test_whatever_happens_the_run_has_failed_and_says_why(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(trainer: Trainer) -> dict[str, float]:
        raise error

    monkeypatch.setattr(Trainer, "train_step", fail)
    folder = RunFolder.create(tmp_path / "runs", settings())
    reason = trained(folder, tmp_path, few(8, 2))
    assert folder.status().state == "failed"
    assert reason.startswith(f"{type(error).__name__}: ")
    assert "log.txt" in reason
    assert "Traceback" in folder.log.read_text()


def failing_once(monkeypatch: pytest.MonkeyPatch, **wanted: Any) -> None:
    """Steps of runs with these knobs fail."""
    step = Trainer.train_step

    def fail(trainer: Trainer) -> dict[str, float]:
        if all(trainer.settings.values()[name] == value for name, value in wanted.items()):
            raise ValueError("math domain error")
        return step(trainer)

    monkeypatch.setattr(Trainer, "train_step", fail)


def test_one_bad_run_does_not_end_the_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_once(monkeypatch, temperature=0.1)
    runs = tmp_path / "runs"
    sweep = over_knobs(settings(), {"temperature": "0.1,0.2"}, 1)
    write_sweep(runs, sweep)
    conductor = Conductor(sweep, runs, tmp_path)
    monkeypatch.setattr(conductor, "_pictures", lambda: few(8, 2))
    ended = []
    conductor.train(lambda name, status: None, lambda folder: ended.append(folder.status().state))
    assert ended == ["failed", "done"]


def test_one_bad_twin_leaves_the_other_going_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_once(monkeypatch, temperature=0.1)
    one = settings()
    pair = twins.create(tmp_path / "runs", one.change(temperature=0.1), one)
    statuses = run_together(pair, tmp_path, [Wishes(each) for each in pair], loaded=few(8, 2))
    assert [status.state for status in statuses] == ["failed", "done"]
    assert "Traceback" in pair[0].log.read_text()


# --- what is known of the pictures stays with the run ----------------------------------------------------------------


def test_contents_and_the_batch_that_was_trained(tmp_path: Path) -> None:
    pictures = few(40, 10)
    pictures = Dataset("forty", pictures.train, pictures.test, pictures.classes, ("Skipped 1 unreadable file: x.png.",))
    folder = RunFolder.create(tmp_path / "runs", settings().model_copy(update={"data": "forty"}))
    assert folder.contents() is None
    assert folder.effective_values()["batch_size"] == 256
    assert trained(folder, tmp_path, pictures) == "done"
    found = folder.contents()
    assert found is not None
    assert (found.name, found.train, found.test, found.classes) == ("forty", 40, 10, ("a", "b"))
    assert found.notes == pictures.notes
    assert folder.tested() == 10
    assert folder.status().images == 2 * 40
    assert folder.values()["batch_size"] == 256
    effective = folder.effective_values()
    assert effective["batch_size"] == 40
    assert METHODS["simclr"].ignorance(effective) == ("ln(2N − 1), N = 40", pytest.approx(np.log(79)))


def test_a_weaker_push_has_no_level_of_knowing_nothing() -> None:
    values = settings().values()
    assert METHODS["simclr"].ignorance({**values, "negatives": 0.5}) is None
    assert METHODS["simclr"].ignorance(values) is not None
