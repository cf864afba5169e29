"""The page of sweeps: alive on a recorded example, honest about cost, and what a half-done sweep looks like."""

import json
import os
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sslviz.exhibits.sweep import outcome
from sslviz.exhibits.sweep import results as sweep_results
from sslviz.runs.folder import RunFolder
from sslviz.runs.owner import Owner, here, started
from sslviz.runs.settings import RunSettings
from sslviz.runs.shelf import list_runs
from sslviz.sweeps import progress, store
from sslviz.sweeps.presets import ON, PRESETS, augmentation_pairs
from sslviz.sweeps.sweep import Length, Sweep, over_knobs
from sslviz.views.controls import server
from tests import pages
from tests.pages import text
from tests.sweeps.test_sweep import done

opened = partial(pages.opened, "sweep")


def half_done(runs: Path) -> Sweep:
    """2 x 2 cells, two seeds: the first cell from both seeds, the second from one, the third at work, the last open."""
    sweep = over_knobs(RunSettings(), {"temperature": "0.1, 0.5", "batch_size": "32, 64"}, 2, length=Length(20))
    store.write_sweep(runs, sweep)
    names = list(sweep.runs)
    for number, knn in ((0, 0.5), (1, 0.3), (4, 0.6)):
        done(runs, names[number], knn)
    busy = store.ready(runs, names[2])
    somebody = Owner(host=here(), pid=os.getppid(), started=started(os.getppid()) or "")  # another process
    busy.write_status(busy.status().model_copy(update={"state": "running", "step": 8, **somebody.model_dump()}))
    server.launcher().queue.planned.extend([names[3], *names[5:]])
    return sweep


def test_it_opens_on_what_was_really_recorded(runs: Path) -> None:
    app = opened()
    shown = text(app)
    assert not app.warning
    assert "recorded example" in shown
    assert "how long it takes is known after the first" in shown
    table = pd.read_csv(server.GALLERY / "temperature_sweep.csv")
    results = sweep_results.recorded()["recorded-temperature"]
    means = {float(results.x.labels[cell.column]): cell.mean for cell in results.cells("knn")}
    assert means == pytest.approx(table.groupby("temperature")["knn"].mean().to_dict())
    assert results.cells("loss")[0].values == ()  # it was not recorded, and nothing is made up
    assert not any(button.key in ("cancel", "resume", "delete_sweep") for button in app.button)


@pytest.mark.parametrize("wrong", ["nan", "../../etc", "x" * 5000, "<b>a</b>", "1e308", "-5", "inf", ",,"])
def test_addresses_that_make_no_sense_never_raise(wrong: str, runs: Path) -> None:
    keys = ("sweep", "cell", "preset", "trains", "pictures", "first", "second", "first_values", "second_values")
    app = opened(**dict.fromkeys((*keys, "by", "length", "starts", "by_score", "singles"), wrong))
    assert not app.exception
    assert all(len(warning.value) < 700 for warning in app.warning)
    assert list_runs(runs) == []


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_fills_the_form(preset: str, runs: Path) -> None:
    app = opened(preset=preset)
    assert not app.exception
    assert not app.warning
    assert app.selectbox(key="trains").value == PRESETS[preset].method
    assert not app.button(key="start_sweep").disabled


def test_another_preset_and_another_method_bring_their_own_knobs(runs: Path) -> None:
    app = opened()
    app.selectbox(key="preset").set_value("masking").run()
    assert not app.exception
    assert [app.selectbox(key=key).value for key in ("trains", "first", "second")] == ["mae", "mask_ratio", "mask_type"]
    assert app.text_input(key="first_values").value == "0.25, 0.5, 0.75, 0.9"
    app.selectbox(key="trains").set_value("byol").run()
    assert not app.exception
    assert app.selectbox(key="first").value == "momentum"
    assert app.selectbox(key="second").value == "nothing else"
    app.selectbox(key="second").set_value("predictor").run()
    assert app.text_input(key="second_values").value == "on, off"
    assert app.button(key="start_sweep").label.startswith("Start")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ("0.1, warm", "'warm' will not do"),
        ("99", "'99' will not do"),
        ("", "Which values"),
        ("nan", "'nan' will not do"),
    ],
)
def test_values_that_make_no_sense_give_a_sentence_and_no_start(values: str, sentence: str, runs: Path) -> None:
    app = opened()
    app.text_input(key="first_values").set_value(values).run()
    assert not app.exception
    assert any(sentence in warning.value for warning in app.warning)
    assert app.button(key="start_sweep").disabled


def test_start_saves_the_sweep_and_lets_it_wait_its_turn(runs: Path) -> None:
    app = opened(pictures="digits", first_values="0.1, 0.5", second_values="32, 64", length="20", starts="2")
    assert "**8 runs** (4 cells × 2 seeds)" in text(app)
    app.button(key="start_sweep").click().run()
    assert not app.exception
    [sweep] = store.list_sweeps(runs)
    assert app.query_params["sweep"] == sweep.id
    assert list(server.launcher().queue.planned) == list(sweep.runs)
    assert (sweep.base.data, sweep.base.training.steps, len(sweep.cells), sweep.seeds) == ("digits", 20, 4, (0, 1))
    assert "**0 of 8** runs done" in text(app)
    app.button(key="cancel").click().run()
    assert "not finished" in text(app)
    assert not server.launcher().queue.planned
    app.button(key="resume").click().run()
    assert list(server.launcher().queue.planned) == list(sweep.runs)


def test_a_half_done_sweep_says_how_far_it_is_and_how_long_it_will_take(runs: Path) -> None:
    sweep = half_done(runs)
    app = opened(sweep=sweep.id, cell="0,0", every="0")
    shown = text(app)
    assert "**3 of 8** runs done" in shown
    assert " left" in shown
    assert "**temperature 0.1, batch size 32**: final k-NN 55.0 ± 7.1 %, 2 of 2 runs" in shown
    assert f"compare?runs={sweep.id}-000,{sweep.id}-004" in shown
    results = sweep_results.find(sweep.id)
    cells = {(cell.column, cell.row): cell for cell in results.cells("knn")}
    assert cells[0, 0].values == (0.5, 0.6)
    assert cells[0, 0].std == pytest.approx(np.std([0.5, 0.6], ddof=1))
    assert cells[1, 0].values == (0.3,)
    assert (cells[0, 1].values, cells[0, 1].going) == ((), "40% trained")
    assert (cells[1, 1].values, cells[1, 1].going) == ((), "")
    back = json.loads(json.dumps(outcome.everything(results, results.table), allow_nan=False))
    assert Sweep.model_validate(back["sweep"]) == sweep
    assert [row["knn"] for row in back["runs"] if row["knn"]] == [0.5, 0.3, 0.6]


def test_the_estimate_comes_from_finished_runs(runs: Path) -> None:
    half_done(runs)
    assert "if they are as fast as your last 3 finished runs" in text(opened(every="0"))


def test_a_deleted_sweep_can_be_put_back(runs: Path) -> None:
    sweep = over_knobs(RunSettings(), {"temperature": "0.1, 0.5"}, length=Length(20))
    store.write_sweep(runs, sweep)
    for name in sweep.runs:
        done(runs, name, 0.5)
    app = opened(sweep=sweep.id)
    assert "finished" in text(app)
    app.button(key="delete_sweep").click().run()
    assert not app.exception
    assert (store.list_sweeps(runs), list_runs(runs)) == ([], [])
    app.button(key="undo_sweep").click().run()
    assert not app.exception
    assert store.list_sweeps(runs) == [sweep]
    assert len(list_runs(runs)) == 2
    assert app.query_params["sweep"] == sweep.id


def test_runs_that_were_deleted_or_failed_leave_a_gap(runs: Path) -> None:
    sweep = over_knobs(RunSettings(), {"temperature": "0.1, 0.5"}, length=Length(20))
    store.write_sweep(runs, sweep)
    first, second = sweep.runs
    done(runs, first, 0.5).throw_away()
    done(runs, second, 0.5, state="failed")
    shown = text(opened(sweep=sweep.id))
    assert "**0 of 2** runs done" in shown
    assert "1 failed" in shown
    cells = sweep_results.find(sweep.id).cells("knn")
    assert [cell.going for cell in cells] == ["", "failed"]


def test_a_method_page_is_not_taken_over_by_a_sweep(runs: Path) -> None:
    half_done(runs)
    assert server.latest("simclr").path.parent == server.GALLERY
    mine = RunFolder.create(runs, RunSettings())
    assert server.latest("simclr").id == mine.id


def test_recorded_pairs_stand_beside_the_lectures_numbers(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    singles = list(ON)
    rows = [
        {"first": a, "second": b, "seed": 0, "steps": 9, "knn": 0.01 * (10 * i + j), "knn_random_init": 0.2}
        for i, a in enumerate(singles)
        for j, b in enumerate(singles[: i + 1])
    ]
    gallery = tmp_path / "gallery"
    gallery.mkdir()
    pd.DataFrame(rows).to_csv(gallery / sweep_results.PAIRS, index=False)
    monkeypatch.setattr(server, "GALLERY", gallery)
    app = opened(cell="0,2")
    shown = text(app)
    assert "| crop + colour + blur | 64 |" in shown
    assert "none of these is ours" in shown
    assert "**colour + crop**: final k-NN 20.0 %" in shown  # (0, 2) and (2, 0) are the same run
    assert sweep_results.recorded()["recorded-pairs"].mirrored


def test_a_table_that_cannot_be_read_is_no_example(runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / sweep_results.PAIRS).write_text("first,second\ncrop,blur\n")
    monkeypatch.setattr(server, "GALLERY", tmp_path)
    app = opened()
    assert not app.exception
    assert any("No sweep has been recorded" in info.value for info in app.info)


def test_own_pairs_are_called_by_their_augmentations(runs: Path) -> None:
    sweep = augmentation_pairs(RunSettings(), ["crop", "colour"], length=Length(20))
    store.write_sweep(runs, sweep)
    first, second, third = sweep.runs
    done(runs, second, 0.5)
    assert list_runs(runs)[0].notes().name == "colour + crop, seed 0"
    app = opened(sweep=sweep.id, cell="1,0")
    assert "**colour + crop**" in text(app)
    assert progress.left(sweep_results.find(sweep.id).table) == [first, third]
