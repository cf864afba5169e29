"""A sweep through real worker processes: it fills, is cancelled half way, goes on, and outlives its launcher."""

import os
import signal
from pathlib import Path

import pytest

from sslviz.processes.launcher import Launcher
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.runs.shelf import list_runs
from sslviz.sweeps import progress, store
from sslviz.sweeps.sweep import Sweep, over_knobs
from tests.processes.test_launcher import DIGITS, until

pytestmark = pytest.mark.slow
BASE = DIGITS.change(steps=3)


def planned(runs: Path, base: RunSettings = BASE, **vary: str) -> Sweep:
    sweep = over_knobs(base, vary or {"temperature": "0.1, 0.5", "batch_size": "32, 64"})
    store.write_sweep(runs, sweep)
    return sweep


def states(sweep: Sweep, launcher: Launcher) -> list[str]:
    return list(progress.progress(sweep, launcher.runs, launcher.queue.planned)["state"])


def test_it_fills_is_cancelled_half_way_and_goes_on_after_the_app_was_closed(launcher: Launcher, cache: Path) -> None:
    sweep = planned(launcher.runs)
    names = list(sweep.runs)
    launcher.sweep(names)
    until(lambda: states(sweep, launcher)[0] == "done")
    launcher.cancel(names)
    until(lambda: not launcher.pool.ending and not launcher.pool.workers)
    half = states(sweep, launcher)
    assert half[0] == "done"
    assert set(half[2:]) == {"planned"}
    assert len(list_runs(launcher.runs)) <= 2
    first = launcher.folder(names[0])
    before = (first.status(), first.created)

    launcher.sweep(progress.left(progress.progress(sweep, launcher.runs)))
    until(lambda: states(sweep, launcher)[1] == "done" and "waiting" in states(sweep, launcher))
    launcher.close()
    again = Launcher(launcher.runs, cache, spare=False, projector=False).open()
    rest = progress.left(progress.progress(sweep, again.runs))
    assert rest
    assert set(rest) <= set(names[2:])
    again.sweep(rest)
    until(lambda: states(sweep, again) == ["done"] * 4)
    table = progress.progress(sweep, again.runs)
    assert table["knn"].between(0, 1).all()
    assert table["loss"].notna().all()
    assert list(table["images"]) == [3 * 32, 3 * 32, 3 * 64, 3 * 64]
    assert (first.status(), first.created) == before  # what was done is not done again
    again.close()


def test_what_somebody_starts_by_hand_goes_first(launcher: Launcher) -> None:
    sweep = planned(launcher.runs, BASE.change(steps=100_000), temperature="0.1, 0.2, 0.5")
    first, second, third = sweep.runs
    launcher.sweep(sweep.runs)
    until(lambda: RunFolder(launcher.runs / first).status().step > 2)
    mine = launcher.start(BASE)
    assert launcher.ahead(mine.id) == 1
    launcher.stop(first)
    until(lambda: mine.status().state == "done")
    assert not RunFolder(launcher.runs / third).exists
    until(lambda: RunFolder(launcher.runs / second).status().step > 0)
    assert RunFolder(launcher.runs / second).created >= mine.created
    launcher.cancel(sweep.runs)
    until(lambda: states(sweep, launcher) == ["stopped", "stopped", "planned"])


def test_a_stopped_cell_goes_on_from_its_weights_and_a_killed_one_leaves_the_others(launcher: Launcher) -> None:
    sweep = planned(launcher.runs, BASE.change(steps=100_000), temperature="0.1, 0.5")
    first, second = (RunFolder(launcher.runs / name) for name in sweep.runs)
    launcher.sweep(sweep.runs)
    until(lambda: first.status().step > 2)
    launcher.cancel(sweep.runs)
    launcher.sweep([first.id])  # at once: it is still keeping its weights
    until(lambda: any(event["kind"] == "resume" for event in first.events()))
    until(lambda: first.status().state == "running")
    assert first.metrics()["step"].is_unique
    launcher.sweep([second.id])
    os.kill(first.status().pid or 0, signal.SIGKILL)
    until(lambda: first.status().state == "interrupted" and second.status().step > 0)
    table = progress.progress(sweep, launcher.runs, launcher.queue.planned)
    assert progress.left(table) == [first.id]
    launcher.cancel(sweep.runs)
