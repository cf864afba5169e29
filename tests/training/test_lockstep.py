"""Twins, trained really: bit for bit the same unless something differs, the same pictures whatever differs, and never
more than a step apart. And a fork without a change, which repeats its parent.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from sslviz.data.dataset import Dataset
from sslviz.methods.simclr import SimCLR
from sslviz.runs import twins
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Status
from sslviz.runs.settings import Parent, RunSettings
from sslviz.training import lockstep
from sslviz.training.trainer import Trainer
from sslviz.training.worker import Wishes, run, run_together

pytestmark = pytest.mark.slow

Pair = tuple[RunFolder, RunFolder]
TIMED = {"seconds"}  # what no seed decides


def train(
    folders: Pair, data: Dataset, watch: Callable[[list[Status]], None] = lambda statuses: None
) -> tuple[Status, Status]:
    wishes = [Wishes(folder) for folder in folders]
    one, other = run_together(folders, folders[0].path, wishes, loaded=data, on_progress=watch)
    return one, other


@pytest.fixture
def settings(quick: RunSettings) -> RunSettings:
    return quick.model_copy(update={"data": "tiny"}).change(steps=12)


def weights(folder: RunFolder, step: int) -> dict[str, torch.Tensor]:
    kept = folder.weights(step)
    assert kept is not None
    return kept[0]


def same_weights(one: RunFolder, other: RunFolder, step: int) -> bool:
    mine, its = weights(one, step), weights(other, step)
    return mine.keys() == its.keys() and all(torch.equal(mine[name], its[name]) for name in mine)


def rows(folder: RunFolder, after: int = -1) -> list[dict[str, Any]]:
    """What was recorded at each step that a loss was recorded of, without the times."""
    table = folder.metrics().drop(columns=list(TIMED))
    if "loss" not in table:  # nothing but the look at the untrained network
        return []
    table = table[(table["step"] > after) & table["loss"].notna()]
    return [{name: value for name, value in row.items() if value == value} for row in table.to_dict("records")]


METHODS = ["simclr", "moco", "byol", "swav", "dino", "mae"]


@pytest.mark.parametrize("method", METHODS)
def test_twins_without_a_difference_stay_identical_bit_for_bit(
    method: str, tmp_path: Path, tiny: Dataset, settings: RunSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "sslviz.training.recorder.KEEP_EVERY", float("inf")
    )  # seconds, which a busy machine would exceed
    settings = RunSettings.model_validate({**settings.model_dump(), "method": method})
    one, other = twins.create(tmp_path, settings, settings)
    assert [status.state for status in train((one, other), tiny)] == ["done", "done"]
    assert one.id != other.id
    assert rows(one) == rows(other)
    assert len(rows(one)) == 12
    assert one.snapshot_steps() == other.snapshot_steps()
    assert {0, 1, 2, 3, 12} <= set(one.snapshot_steps())
    for step in one.snapshot_steps():
        mine, its = one.snapshot(step), other.snapshot(step)
        assert mine is not None
        assert its is not None
        assert (mine.embedding is None) == (its.embedding is None)
        assert mine.embedding is None or np.array_equal(mine.embedding, its.embedding)
        for name, array in mine.exhibits.items():
            assert np.array_equal(array, its.exhibits[name], equal_nan=True), name
    assert one.weights_steps() == other.weights_steps() == [12]
    assert same_weights(one, other, 12)


def test_a_twin_is_the_run_that_it_would_have_been_alone(tmp_path: Path, tiny: Dataset, settings: RunSettings) -> None:
    alone = RunFolder.create(tmp_path, settings)
    run(alone, tmp_path, Wishes(alone), loaded=tiny)
    one, other = twins.create(tmp_path, settings, settings.change(temperature=0.05))
    train((one, other), tiny)
    assert [row["loss"] for row in rows(one)] == [row["loss"] for row in rows(alone)]
    assert same_weights(one, alone, 12)
    assert not same_weights(other, alone, 12)


def test_batches_and_views_are_the_same_when_something_else_differs(
    tmp_path: Path, tiny: Dataset, settings: RunSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[float, torch.Tensor, torch.Tensor, torch.Tensor]] = []
    views = SimCLR.views

    def watched(self: SimCLR, images: torch.Tensor, labels: torch.Tensor | None = None) -> tuple[torch.Tensor, ...]:
        made = views(self, images, labels)
        if self.training:  # not those that are only shown
            seen.append((self.knobs.temperature, images.clone(), *made))
        return made

    monkeypatch.setattr(SimCLR, "views", watched)
    one, other = twins.create(tmp_path, settings, settings.change(temperature=0.05))
    train((one, other), tiny)
    assert [temperature for temperature, *_ in seen] == [0.2, 0.05] * 12  # by turns
    for (_, *mine), (_, *its) in zip(seen[::2], seen[1::2], strict=True):
        assert all(torch.equal(a, b) for a, b in zip(mine, its, strict=True))
    batches = {tensor.numpy().tobytes() for _, tensor, *_ in seen}
    assert len(batches) == 12  # and every step has another batch
    assert rows(one)[0]["loss"] != rows(other)[0]["loss"]
    assert not same_weights(one, other, 12)


def test_an_augmentation_that_differs_bends_the_views_and_leaves_the_crops(
    tiny: Dataset, settings: RunSettings
) -> None:
    """Without colour the views of hue 0.5 and hue 0 are the same crops of the same pictures."""
    gray = settings.change(gray=1.0, jitter=1.0, brightness=0.0, contrast=0.0, saturation=0.0)
    cpu = torch.device("cpu")
    pair = [Trainer(each, tiny, cpu) for each in (gray.change(hue=0.5), gray.change(hue=0.0))]
    colours = [Trainer(each, tiny, cpu) for each in (settings.change(hue=0.5), settings.change(hue=0.0))]
    images = tiny.train.images[:8]
    for trainer in (*pair, *colours):
        trainer.method.augment.seed(3, 1)
    mine, its = (trainer.method.augment.draw(images, 32, (0.2, 1.0)) for trainer in pair)
    assert mine.crop is not None
    assert its.crop is not None
    assert all(torch.equal(a, b) for a, b in zip(mine.crop, its.crop, strict=True))
    one, other = (trainer.method.views(images)[0] for trainer in colours)
    assert not torch.equal(one, other)


def test_the_recorded_steps_never_differ_by_more_than_one(tmp_path: Path, tiny: Dataset, settings: RunSettings) -> None:
    apart: list[int] = []

    class Watching(Wishes):
        """Looks at what both have recorded whenever one of them is about to go on: in the middle of a round, too."""

        def poll(self) -> list[dict[str, Any]]:
            watch([])
            return super().poll()

    def watch(statuses: list[Status]) -> None:
        last = [max((row["step"] for row in rows(folder)), default=0) for folder in folders if folder.recorded_bytes()]
        if len(last) == 2:
            apart.append(last[0] - last[1])

    folders = twins.create(tmp_path, settings, settings.change(batch_size=16))
    run_together(folders, tmp_path, [Watching(folder) for folder in folders], loaded=tiny, on_progress=watch)
    assert len(apart) > 24
    assert {abs(difference) for difference in apart} <= {0, 1}
    assert folders[0].snapshot_steps() == folders[1].snapshot_steps()


def test_both_pause_step_and_stop_at_one_step_and_a_knob_is_turned_in_one(
    tmp_path: Path, tiny: Dataset, settings: RunSettings
) -> None:
    one, other = twins.create(tmp_path, settings.change(steps=1000), settings.change(steps=1000))
    said: list[tuple[int, int, str]] = []
    script = iter(
        [
            (lambda a, b: a.step >= 4, lambda: other.send("pause")),
            (lambda a, b: a.state == b.state == "paused", lambda: one.send("set", name="temperature", value=0.05)),
            (lambda a, b: one.values()["temperature"] == 0.05, lambda: one.send("step")),
            (lambda a, b: a.step == b.step == said[1][0] + 1, lambda: other.send("play")),
            (lambda a, b: b.step >= said[1][0] + 3, lambda: one.send("stop")),
        ]
    )
    now = [next(script)]

    def watch(statuses: list[Status]) -> None:
        a, b = statuses
        if now and now[0][0](a, b):
            said.append((a.step, b.step, a.state))
            now[0][1]()
            now[:] = [step] if (step := next(script, None)) else []

    assert [status.state for status in train((one, other), tiny, watch)] == ["stopped", "stopped"]
    assert not now
    paused, _, state = said[1]
    assert state == "paused"
    assert [each[0] - each[1] for each in said] == [0] * 5
    assert said[2][:2] == (paused, paused)  # turning a knob is no step
    assert one.status().step == other.status().step
    # the same until the knob was turned, and not after that
    mine, its = ({row["step"]: row["loss"] for row in rows(folder)} for folder in (one, other))
    assert all(mine[step] == its[step] for step in range(1, paused + 1))
    assert mine[paused + 1] != its[paused + 1]
    assert [event["step"] for event in one.events() if event["kind"] == "set"] == [paused + 1]
    assert not [event for event in other.events() if event["kind"] == "set"]
    assert other.values()["temperature"] == 0.2


def test_when_one_fails_the_other_goes_on_alone(tmp_path: Path, tiny: Dataset, settings: RunSettings) -> None:
    bad = settings.change(learning_rate=1e4, weight_decay=1.0, warmup_steps=0, steps=200)
    one, other = twins.create(tmp_path, bad, settings)
    first, second = train((one, other), tiny)
    assert first.state == "failed"
    assert "Lower the learning rate" in first.reason
    assert (second.state, second.step, second.reason) == ("done", 12, "")


def test_a_disk_error_of_one_is_written_into_its_own_log(
    tmp_path: Path, tiny: Dataset, settings: RunSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = twins.create(tmp_path, settings, settings)
    write = RunFolder.append_metrics

    def broken(self: RunFolder, row: dict[str, float]) -> None:
        if self.id == other.id and row["step"] == 5:
            raise OSError("the cable is out")
        write(self, row)

    monkeypatch.setattr(RunFolder, "append_metrics", broken)
    first, second = train((one, other), tiny)
    assert (first.state, first.step) == ("done", 12)
    assert second.state == "failed"
    assert "the cable is out" in second.reason
    assert "the cable is out" in other.log.read_text()


def test_one_that_went_on_from_later_weights_waits_for_the_other(
    tmp_path: Path, tiny: Dataset, settings: RunSettings
) -> None:
    whole = twins.create(tmp_path / "whole", settings, settings.change(temperature=0.05))
    train(whole, tiny)
    parts = twins.create(tmp_path / "parts", settings, settings.change(temperature=0.05))
    for folder, steps in zip(parts, (3, 8), strict=True):  # as a killed process leaves them
        half = Trainer(folder.settings(), tiny, torch.device("cpu"))
        half.choose_precision()
        for _ in range(steps):
            half.train_step()
        folder.write_weights(steps, half.tensors(), {**half.about(), "run": folder.id})
    heard: list[tuple[int, int, str]] = []
    train(parts, tiny, lambda statuses: heard.append((statuses[0].step, statuses[1].step, statuses[1].reason)))
    assert [second for first, second, _ in heard if 3 < first < 8] == [0] * 4  # it has not taken a step yet
    assert all(abs(first - second) <= 1 for first, second, _ in heard if first > 8)
    for mine, its in zip(parts, whole, strict=True):
        assert same_weights(mine, its, 12)
        assert mine.status().reason == ""


def test_weights_are_kept_at_the_same_steps(
    tmp_path: Path, tiny: Dataset, settings: RunSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sslviz.training.recorder.KEEP_EVERY", 0.2)
    one, other = twins.create(tmp_path, settings.change(steps=60), settings.change(steps=60, temperature=0.05))
    train((one, other), tiny)
    assert len(one.weights_steps()) > 2
    assert one.weights_steps() == other.weights_steps()


def test_the_seconds_of_the_other_are_not_counted(tmp_path: Path, tiny: Dataset, settings: RunSettings) -> None:
    import time

    began = time.perf_counter()
    one, other = train(twins.create(tmp_path, settings.change(steps=40), settings.change(steps=40)), tiny)
    assert 0 < one.seconds + other.seconds < time.perf_counter() - began
    assert 1 / 3 < one.seconds / other.seconds < 3


@pytest.mark.parametrize("method", METHODS)
def test_a_fork_without_a_change_repeats_its_parents_next_steps_bit_for_bit(
    method: str, tmp_path: Path, tiny: Dataset, settings: RunSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sslviz.training.recorder.KEEP_EVERY", 0.0)  # every moment can be forked
    settings = RunSettings.model_validate({**settings.model_dump(), "method": method})
    parent = RunFolder.create(tmp_path, settings)
    run(parent, tmp_path, Wishes(parent), loaded=tiny)
    at = parent.weights_steps()[len(parent.weights_steps()) // 2]
    assert 0 < at < 10
    child = forked(parent, at, parent.settings())
    run(child, tmp_path, Wishes(child), loaded=tiny)
    again, before = rows(child), rows(parent, after=at)
    assert [row["step"] for row in again] == [row["step"] for row in before] == list(range(at + 1, 13))
    for row, wanted in zip(
        again, before, strict=True
    ):  # scores are there only when it was looked at: the clock decides
        both = row.keys() & wanted.keys()
        assert {"loss", "learning_rate", "images"} <= both
        assert {name: row[name] for name in both} == {name: wanted[name] for name in both}
    assert same_weights(child, parent, 12)
    # on every axis of the comparison it starts where its parent was
    mine, its = (folder.metrics().dropna(subset="loss").set_index("step") for folder in (child, parent))
    assert (mine["images"] == its["images"].loc[at + 1 :]).all()
    assert mine["seconds"].iloc[0] >= its["seconds"].loc[at]
    changed = forked(parent, at, parent.settings().change(learning_rate=1e-4))
    run(changed, tmp_path, Wishes(changed), loaded=tiny)
    assert rows(changed)[0]["loss"] == rows(child)[0]["loss"]  # the rate acts on the weights, then on the next loss
    assert rows(changed)[1]["loss"] != rows(child)[1]["loss"]


def forked(parent: RunFolder, step: int, settings: RunSettings) -> RunFolder:
    """As Launcher.fork does it."""
    child = RunFolder.create(
        parent.path.parent, settings.model_copy(update={"parent": Parent(run=parent.id, step=step)})
    )
    parent.copy_weights(step, child)
    return child


def test_the_clock_stands_still_while_it_is_the_others_turn() -> None:
    now = 0.0
    clock = lockstep.Clock(lambda: now)
    now = 5.0
    clock.start()
    assert clock() == 0.0
    now = 7.0
    assert clock() == 2.0
    clock.stop()
    now = 50.0
    clock.start()
    now = 51.0
    assert clock() == 3.0


def test_looks_are_decided_once_a_round_and_cost_the_mean() -> None:
    budget = lockstep.SharedBudget(2)
    budget.begin_round(2, turned=False)
    assert budget.due(10.0) == {"exhibits", "embedding", "knn"}
    budget.paid("knn", 10.0, 3.0)
    assert budget.due(10.1) == {"exhibits", "embedding", "knn"}  # the other one looks as well
    budget.paid("knn", 10.1, 1.0)
    assert budget.spent["knn"] == 2.0
    budget.begin_round(2, turned=False)
    assert "knn" not in budget.due(10.2)
    budget.paid("exhibits", 10.2, 5.0)
    budget.begin_round(2, turned=True)
    assert budget.due(10.3) >= {"exhibits"}


# -- who is whose twin ------------------------------------------------------------------------------------------------


def test_twins_name_each_other_and_end_at_a_step(tmp_path: Path) -> None:
    settings = RunSettings(seconds=60.0)
    one, other = twins.create(tmp_path, settings, settings.change(temperature=0.5))
    assert twins.partner(one).id == other.id  # type: ignore[union-attr]
    assert twins.partner(other).id == one.id  # type: ignore[union-attr]
    assert one.settings().seconds is other.settings().seconds is None
    assert twins.partner(RunFolder.create(tmp_path, settings)) is None
    other.throw_away()
    assert twins.partner(one) is None


def test_they_are_twins_on_another_machine_too_but_a_second_copy_is_alone(tmp_path: Path) -> None:
    from sslviz.runs.archive import pack, unpack

    pair = twins.create(tmp_path / "here", RunSettings(), RunSettings())
    archives = [pack(run, tmp_path / f"{run.id}.zip") for run in pair]
    there = [unpack(archive, tmp_path / "there") for archive in archives]
    assert twins.partner(there[0]).id == there[1].id  # type: ignore[union-attr]
    again = unpack(archives[0], tmp_path / "there")
    assert again.id != there[0].id
    assert twins.partner(again) is None


def test_settings_of_older_runs_are_read() -> None:
    old = RunSettings().model_dump(exclude={"twin"})
    assert RunSettings.model_validate(old).twin is None


@pytest.mark.parametrize(
    ("name", "value", "reads"),
    [
        ("temperature", 0.05, lambda s: s.values()["temperature"]),
        ("hue", 0.0, lambda s: s.augment.hue),
        ("method", "byol", lambda s: s.method),
        ("seed", 7, lambda s: s.seed),
    ],
)
def test_one_thing_differs(name: str, value: Any, reads: Callable[[RunSettings], Any]) -> None:
    one = RunSettings().change(batch_size=64)
    other = twins.differ(one, name, value)
    assert reads(other) == value != reads(one)
    assert other.training == one.training
    assert (other.augment == one.augment) == (name != "hue")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("threads", 2, "cannot differ"),
        ("colour", 1, "cannot differ"),
        ("temperature", 9, "temperature"),
        ("method", "none", "no method"),
        ("seed", -1, "seed"),
    ],
)
def test_what_cannot_differ_is_said_in_a_sentence(name: str, value: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        twins.differ(RunSettings(), name, value)


def test_differences_from_the_command_line() -> None:
    assert twins.parse_difference("temperature=0.07", "simclr") == ("temperature", "0.07")
    assert twins.parse_difference("method=byol", "simclr") == ("method", "byol")
    with pytest.raises(ValueError, match="NAME=VALUE"):
        twins.parse_difference("temperature", "simclr")
