"""A run is called by what tells it from the others: knobs, pictures, seed, and when it was started."""

import os
import time
from pathlib import Path

import pytest

from sslviz.knobs import describe
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Notes
from sslviz.runs.settings import RunSettings, recommended
from sslviz.views.controls import run_title, server


def created(runs: Path, name: str, method: str = "simclr", seed: int = 0, **knobs: object) -> RunFolder:
    return RunFolder.create(runs, recommended(method, seed=seed).change(**knobs), name=name)


def test_four_runs_of_one_method_are_told_apart(runs: Path) -> None:
    some = [
        created(runs, "a"),
        created(runs, "b", temperature=0.07, projector="none"),
        created(runs, "c", seed=3),
        created(runs, "d", temperature=0.07, learn_temperature=True, threads=2),
    ]
    now = time.strftime("today %H:%M", time.localtime(some[0].created))
    assert [run_title.title(run) for run in some] == [
        f"SimCLR, shapes, seed 0, {now}",
        f"SimCLR τ 0.07, no projector, shapes, seed 0, {now}",
        f"SimCLR, shapes, seed 3, {now}",
        f"SimCLR τ 0.07, learn temperature, shapes, seed 0, {now}",
    ]
    assert [run_title.short(run) for run in some[:2]] == ["SimCLR a", "SimCLR τ 0.07, no projector"]
    some[1].write_notes(Notes(name="sharp"))
    assert run_title.title(some[1]).startswith("sharp: SimCLR τ 0.07")
    assert run_title.short(some[1]) == "sharp"
    some[0].append_event(5, "set", "…", name="temperature", value=0.5)  # turned while it trained
    assert run_title.title(some[0]).startswith("SimCLR τ 0.5, shapes")


def test_recorded_examples_say_so(runs: Path) -> None:
    assert [run_title.title(run) for run in server.examples() if run.id in ("byol", "mae_lapse")] == [
        "BYOL (recorded), shapes, seed 0",
        "MAE lapse (recorded) encoder width 16, shapes, seed 0",
    ]


def test_the_recipe_of_photographs_is_their_own(runs: Path) -> None:
    run = RunFolder.create(runs, recommended("simclr", "cifar10"), name="a")
    assert run_title.differences(run) == []
    other = RunFolder.create(runs, RunSettings(data="cifar10"), name="b")  # hue as for shapes
    assert run_title.differences(other) == ["hue 0.5"]


def test_many_differences_are_counted(runs: Path) -> None:
    knobs = {"hue": 0.0, "gray": 0.0, "flip": 0.0, "blur": 0.5, "jitter": 0.0, "steps": 7}
    assert run_title.differences(created(runs, "a", **knobs))[-1] == "2 more"


def test_every_letter_can_be_written() -> None:
    symbols = {knob.symbol for method in METHODS.values() for knob in describe(method.Knobs).values()}
    assert {symbol for symbol in symbols if "\\" in symbol} <= set(run_title.LETTERS)


@pytest.mark.parametrize(
    ("then", "written"),
    [("2026-11-28 14:03", "28 Nov 14:03"), ("2025-03-05 09:00", "5 Mar 2025"), ("2026-11-29 09:05", "today 09:05")],
)
def test_when(then: str, written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def seconds(text: str) -> float:
        return time.mktime(time.strptime(text, "%Y-%m-%d %H:%M"))

    real, now = time.localtime, seconds("2026-11-29 23:00")
    monkeypatch.setattr(time, "localtime", lambda at=now: real(at))
    assert run_title.when(seconds(then)) == written


def test_a_list_reads_a_run_once(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = created(runs, "a", temperature=0.3)
    run_title.title(run)
    reads: list[str] = []
    monkeypatch.setattr(run_title, "differences", lambda each: reads.append(each.id) or [])
    run_title.title(run)
    assert reads == []
    os.utime(run.path / "settings.json", ns=(1, 1))
    run_title.title(run)
    assert reads == ["a"]
