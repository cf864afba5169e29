"""Sweeps as data: cells, names, values that make no sense, pairs of augmentations, and progress read from folders."""

from pathlib import Path

import numpy as np
import pytest
import torch

from sslviz.data.augment import OFF, Augment
from sslviz.methods import METHODS
from sslviz.processes.launcher import Launcher
from sslviz.runs.folder import RunFolder
from sslviz.runs.owner import here
from sslviz.runs.settings import RunSettings, recommended
from sslviz.runs.shelf import list_runs
from sslviz.sweeps import progress, store
from sslviz.sweeps.presets import ON, PRESETS, augmentation_pairs, suggested, sweepable
from sslviz.sweeps.sweep import Length, Sweep, over_knobs, sweep_of, values_of

BASE = RunSettings(data="digits", seed=5)
TWO = {"temperature": "0.1, 0.2, 0.5", "batch_size": "32, 64"}


def test_every_pair_of_values_from_every_seed_is_one_run_and_the_map_fills_once_per_seed() -> None:
    sweep = over_knobs(BASE, TWO, 2, length=Length(30))
    assert (sweep.x.title, sweep.x.labels) == ("temperature", ("0.1", "0.2", "0.5"))
    assert sweep.y is not None
    assert (sweep.y.title, sweep.y.labels) == ("batch size", ("32", "64"))
    settings = [sweep.settings(name) for name in sweep.runs]
    wanted = [(t, b, s) for s in (5, 6) for b in (32, 64) for t in (0.1, 0.2, 0.5)]
    assert [(s.method_knobs().temperature, s.training.batch_size, s.seed) for s in settings] == wanted
    assert {(s.training.steps, s.data) for s in settings} == {(30, "digits")}
    assert list(sweep.runs)[7] == f"{sweep.id}-007"
    assert {sweep_of(name) for name in sweep.runs} == {sweep.id}
    cell, _ = sweep.runs[f"{sweep.id}-004"]
    assert (cell.column, cell.row, sweep.called(cell)) == (1, 1, "temperature 0.2, batch size 64")
    assert Sweep.model_validate_json(sweep.model_dump_json()) == sweep


@pytest.mark.parametrize("name", ["", "simclr-251125-101112-ab12", "sweep-251125-101112-ab12", "sweep-1-000", "../.."])
def test_other_names_belong_to_no_sweep(name: str) -> None:
    assert sweep_of(name) is None


def test_equal_steps_equal_pictures_and_equal_seconds_are_three_questions() -> None:
    vary = {"batch_size": "32, 64"}

    def runs(length: Length) -> list[RunSettings]:
        sweep = over_knobs(BASE, vary, length=length)
        return [sweep.settings(name) for name in sweep.runs]

    assert [s.training.steps for s in runs(Length(100))] == [100, 100]
    assert [s.training.steps * s.training.batch_size for s in runs(Length(6400, "images"))] == [6400, 6400]
    assert [s.seconds for s in runs(Length(7, "seconds"))] == [7, 7]


@pytest.mark.parametrize(
    ("vary", "sentence"),
    [
        ({"temperature": "0.1, warm"}, "'warm' will not do"),
        ({"temperature": "nan"}, "'nan' will not do"),
        ({"temperature": "0.1, 99"}, "less than or equal to 1"),
        ({"batch_size": "1e308"}, "will not do"),
        ({"batch_size": "20.5"}, "will not do"),
        ({"projector": "mlp, sponge"}, "'sponge' will not do"),
        ({"temperature": " , "}, "Which values of temperature"),
        ({"temperature": ",".join(str(0.1 + i / 100) for i in range(13))}, "13 values of temperature are too many"),
        ({"warmth": "1"}, "not NAME=VALUE with a knob of simclr"),
        ({}, "one knob or two"),
        ({"temperature": "0.1", "hue": "0", "flip": "0"}, "one knob or two"),
    ],
)
def test_values_that_make_no_sense_give_a_sentence(vary: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        over_knobs(BASE, vary)


@pytest.mark.parametrize(("seeds", "length"), [(0, 10), (11, 10), (1, 0), (1, 1e12)])
def test_amounts_that_make_no_sense_give_a_sentence(seeds: int, length: float) -> None:
    for by in ("steps", "seconds"):
        if by == "steps" or length != 10:
            with pytest.raises(ValueError, match=r"\w+ .*\w"):
                over_knobs(BASE, {"temperature": "0.1"}, seeds, length=Length(length, by))


def test_the_same_value_twice_is_one_cell() -> None:
    assert values_of("0.1, 0.10, .1", "temperature", BASE) == (0.1,)
    assert values_of("on, off, true", "predictor", RunSettings(method="byol")) == (True, False)
    assert values_of("16, 32", "width", BASE) == (16, 32)


@pytest.mark.parametrize("method", METHODS)
def test_suggested_values_are_values_of_the_knob(method: str) -> None:
    base = recommended(method)

    few = [name for name, k in sweepable(method).items() if len(values_of(suggested(k), name, base)) < 2]
    assert few == []


def test_every_preset_makes_a_sweep() -> None:
    for name, preset in PRESETS.items():
        base = recommended(preset.method)
        sweep = over_knobs(base, preset.vary) if preset.vary else augmentation_pairs(base)
        assert 3 <= len(sweep.runs) <= 40, name


# -- pairs of augmentations -------------------------------------------------------------------------------------------


def test_a_cell_has_its_two_augmentations_and_no_other() -> None:
    sweep = augmentation_pairs(recommended("simclr"))
    assert (len(sweep.cells), sweep.mirrored) == (21, True)
    for name, (cell, _) in sweep.runs.items():
        on = {sweep.x.labels[cell.column], sweep.x.labels[cell.row]}
        knobs = sweep.settings(name).values()
        assert {single for single in ON if knobs[next(iter(ON[single]))] != OFF[next(iter(ON[single]))]} == on
        assert set(sweep.called(cell).split(" + ")) == on


def views(*on: str) -> tuple[torch.Tensor, torch.Tensor]:
    """40 random pictures and a view of each, both uint8, with these augmentations on."""
    sweep = augmentation_pairs(recommended("simclr"))
    wanted = {sweep.x.labels.index(single) for single in on}
    [name] = [name for name, (cell, seed) in sweep.runs.items() if {cell.column, cell.row} == wanted]
    augment = Augment(sweep.settings(name).augment, torch.zeros(3))
    images = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (40, 3, 32, 32), dtype=np.uint8))
    return images, augment.display(augment(images))


def same(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """For each picture: are the two alike, up to rounding?"""
    return (a.int() - b.int()).abs().flatten(1).amax(1) <= 1


def test_flip_alone_gives_the_picture_or_its_mirror_image() -> None:
    images, seen = views("flip")
    kept, mirrored = same(images, seen), same(images.flip(-1), seen)
    assert (kept | mirrored).all()
    assert 5 < int(mirrored.sum()) < 35


def test_gray_alone_takes_the_colour_of_some_and_leaves_the_others() -> None:
    images, seen = views("gray")
    gray = (seen.amax(1) - seen.amin(1)).flatten(1).amax(1) <= 2
    assert (gray | same(images, seen)).all()
    assert 5 < int(gray.sum()) < 35


def test_solarize_alone_inverts_the_bright_half_of_some() -> None:
    images, seen = views("solarize")
    inverted = torch.where(images >= 128, 255 - images, images)
    assert (same(images, seen) | same(inverted, seen)).all()
    assert 5 < int(same(inverted, seen).sum()) < 35


def test_blur_alone_keeps_the_mean_and_loses_the_detail_of_some() -> None:
    images, seen = views("blur")
    unlike = ~same(images, seen)
    assert 5 < int(unlike.sum()) < 35
    assert (seen[unlike].float().std((2, 3)) <= images[unlike].float().std((2, 3))).all()
    assert (seen.float().mean((2, 3)) - images.float().mean((2, 3))).abs().max() < 4


def test_crop_alone_never_makes_a_colour_that_was_not_there() -> None:
    images = torch.full((40, 3, 32, 32), 77, dtype=torch.uint8)
    images[:, :, :16] = 180
    sweep = augmentation_pairs(recommended("simclr"))
    crop = Augment(sweep.settings(f"{sweep.id}-000").augment, torch.zeros(3))
    seen = crop.display(crop(images))
    assert seen.min() >= 77
    assert seen.max() <= 180
    assert not same(images, seen).all()


def test_crop_and_flip_together_are_not_crop_alone() -> None:
    assert not same(views("crop")[1], views("crop", "flip")[1]).all()


# -- files and progress -----------------------------------------------------------------------------------------------


def done(runs: Path, name: str, knn: float, *, state: str = "done") -> RunFolder:
    """A run of a sweep that has ended, in ten seconds of which 2 were not training."""
    folder = store.ready(runs, name)
    assert folder is not None
    steps = folder.settings().training.steps
    for step in range(1, steps + 1):
        folder.append_metrics({"step": step, "loss": 5.0 - step / 10, "knn_hue": 0.4})
    known = {"state": state, "step": steps, "images": 100 * steps, "seconds": 8.0, "heartbeat": folder.created + 10}
    scores = {"exam": knn, "exam_random_init": 0.2, "linear": knn + 0.1, "linear_random_init": 0.25}
    folder.write_status(folder.status().model_copy(update=known | scores))
    return folder


def saved(runs: Path, seeds: int = 1, **vary: str) -> Sweep:
    sweep = over_knobs(BASE, vary or TWO, seeds, length=Length(20))
    store.write_sweep(runs, sweep)
    return sweep


def test_progress_is_what_the_folders_say(tmp_path: Path) -> None:
    sweep = saved(tmp_path)
    names = list(sweep.runs)
    done(tmp_path, names[0], 0.5)
    done(tmp_path, names[1], 0.9, state="stopped")
    done(tmp_path, names[2], 0.6).throw_away()
    table = progress.progress(sweep, tmp_path, waiting=names[4:5]).set_index("run")
    assert list(table["state"]) == ["done", "stopped", "deleted", "planned", "waiting", "planned"]
    assert table["knn"].notna().sum() == 1  # half a run's score is no score
    first = table.loc[names[0]]
    assert (first["knn"], first["linear"], first["knn_hue"]) == (0.5, 0.6, 0.4)
    assert first["loss"] == pytest.approx(np.mean([5.0 - step / 10 for step in range(11, 21)]))
    assert progress.left(table.reset_index()) == [names[1], names[2], names[3], names[5]]
    assert progress.at_work(table.reset_index())
    assert [run.notes().name for run in list_runs(tmp_path)][-1] == "temperature 0.1, batch size 32, seed 5"


def test_time_left_follows_the_pictures_that_are_left(tmp_path: Path) -> None:
    sweep = saved(tmp_path, batch_size="32, 64, 128")
    names = list(sweep.runs)
    nothing = progress.progress(sweep, tmp_path, waiting=names)
    assert progress.seconds_left(sweep, nothing, None) is None
    done(tmp_path, names[0], 0.5)  # 2,000 pictures in 8 s, and 2 s beside them
    table = progress.progress(sweep, tmp_path, waiting=names[1:])
    per_image = 8 / 2000
    expected = (2 + 20 * 64 * per_image) + (2 + 20 * 128 * per_image)
    assert progress.seconds_left(sweep, table, None) == pytest.approx(expected, abs=0.1)
    assert progress.seconds_left(sweep, table, None, slots=2) == pytest.approx(expected / 2, abs=0.1)
    usual = progress.pace_of(list_runs(tmp_path), BASE)
    assert usual is not None
    assert (usual.runs, usual.per_image) == (1, per_image)
    assert usual.of(sweep.settings(names[2])) == pytest.approx(2 + 20 * 128 * per_image, abs=0.1)
    assert progress.pace_of(list_runs(tmp_path), RunSettings(method="mae")) is None


def test_a_sweep_and_its_runs_go_into_the_bin_and_come_back(tmp_path: Path) -> None:
    sweep = saved(tmp_path, temperature="0.1, 0.2")
    first, second = sweep.runs
    done(tmp_path, first, 0.5)
    busy = store.ready(tmp_path, second)
    with pytest.raises(ValueError, match="Cancel it first"):
        store.throw_away(tmp_path, sweep)
    busy.write_status(busy.status().model_copy(update={"state": "interrupted"}))
    store.throw_away(tmp_path, sweep)
    assert (store.list_sweeps(tmp_path), list_runs(tmp_path)) == ([], [])
    [thrown] = store.list_sweeps(tmp_path / ".trash")
    store.take_back(tmp_path, thrown)
    assert store.list_sweeps(tmp_path) == [sweep]
    assert {run.id for run in list_runs(tmp_path)} == {first, second}
    assert store.list_sweeps(tmp_path / ".trash") == []


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "sweep-251125-101112-ab12", "x" * 5000])
def test_only_sweeps_can_be_named(tmp_path: Path, name: str) -> None:
    assert store.read_sweep(tmp_path, name) is None
    assert store.ready(tmp_path, f"{name}-000") is None


def test_strange_files_are_no_sweeps(tmp_path: Path) -> None:
    sweep = saved(tmp_path)
    (tmp_path / ".sweeps" / f"{sweep.id}.json").write_text('{"id": 7}')
    assert store.list_sweeps(tmp_path) == []
    assert list_runs(tmp_path) == []


def test_a_planned_run_is_made_once_and_goes_on_only_if_it_was_cut_off(tmp_path: Path) -> None:
    sweep = saved(tmp_path, temperature="0.1")
    [name] = sweep.runs
    folder = store.ready(tmp_path, name)
    assert (folder.id, folder.settings().method_knobs().temperature, folder.status().state) == (name, 0.1, "queued")
    assert store.ready(tmp_path, name) is None  # it waits already
    folder.send("stop")
    gone = {"state": "running", "host": here(), "pid": 2**22 + 1, "started": "1"}  # there is no such number
    folder.write_status(folder.status().model_copy(update=gone))
    assert store.ready(tmp_path, name).status().heard > 0  # the stop was for its last worker
    folder.write_status(folder.status().model_copy(update={"state": "done"}))
    assert store.ready(tmp_path, name) is None


def test_a_queue_without_slots_keeps_its_patience(tmp_path: Path) -> None:
    launcher = Launcher(tmp_path, tmp_path, slots=0, spare=False, projector=False).open()
    sweep = saved(tmp_path)
    launcher.sweep(sweep.runs)
    launcher.sweep(sweep.runs)
    assert list(launcher.queue.planned) == list(sweep.runs)
    launcher.cancel(list(sweep.runs)[:2])
    assert list(launcher.queue.planned) == list(sweep.runs)[2:]
    assert list_runs(tmp_path) == []  # nothing is made before its turn
    launcher.close()
