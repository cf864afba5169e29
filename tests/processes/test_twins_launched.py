"""Twins with the real launcher and a real worker process: one process, one slot, one transport bar for both."""

import json
import os
import signal
from pathlib import Path

import pytest

from sslviz.__main__ import main
from sslviz.processes.launcher import Launcher
from sslviz.runs.folder import RunFolder
from tests.processes.test_launcher import DIGITS, alive, state, until

pytestmark = pytest.mark.slow
Pair = tuple[RunFolder, RunFolder]


def both(pair: Pair, *wanted: str) -> None:
    until(lambda: all(run.status().state in wanted for run in pair))


def steps(pair: Pair) -> tuple[int, int]:
    one, other = (run.status().step for run in pair)
    return one, other


@pytest.fixture
def pair(launcher: Launcher) -> Pair:
    twins = launcher.start_twins(DIGITS, DIGITS.change(temperature=0.05))
    until(lambda: min(steps(twins)) > 2, seconds=120)
    return twins


def recorded_apart(pair: Pair) -> int:
    """By how many recorded steps they differ, looked at while they are written: the second after the first."""
    one, other = (int(run.metrics()["step"].max()) for run in pair)
    return one - other


def test_pause_step_stop_and_resume_act_on_both(launcher: Launcher, pair: Pair) -> None:
    one, other = pair
    assert one.status().pid == other.status().pid is not None
    assert {*launcher.pool.workers} == {one.id, other.id}
    other.send("pause")
    both(pair, "paused")
    at = steps(pair)
    assert at[0] == at[1]
    assert recorded_apart(pair) == 0
    one.send("step")
    until(lambda: steps(pair) == (at[0] + 1, at[0] + 1))
    both(pair, "paused")
    other.send("set", name="temperature", value=0.5)
    until(lambda: other.values()["temperature"] == 0.5)
    assert one.values()["temperature"] == 0.2
    one.send("play")
    until(lambda: min(steps(pair)) > at[0] + 3)

    launcher.stop(other.id)
    both(pair, "stopped")
    ended = steps(pair)
    assert ended[0] == ended[1]
    assert one.weights_steps()[-1] == other.weights_steps()[-1] == ended[0]
    until(lambda: not launcher.pool.ending and not launcher.pool.workers)

    child = launcher.fork(one.id, ended[0], one.settings())
    assert child.settings().twin is None  # a fork of a twin is nobody's twin
    launcher.stop(child.id)
    until(state(child, "stopped"))

    launcher.resume(one.id)
    until(lambda: min(steps(pair)) > ended[0] + 2 and other.status().state == "running")
    assert one.status().pid == other.status().pid
    assert [e["text"] for e in other.events() if e["kind"] == "resume"] == [f"resumed from step {ended[0]}"]


def test_a_killed_worker_interrupts_both_and_they_go_on_in_lock_step(launcher: Launcher, pair: Pair) -> None:
    one, other = pair
    one.send("pause")  # keeps the weights
    both(pair, "paused")
    kept = one.weights_steps()[-1]
    assert other.weights_steps()[-1] == kept
    one.send("play")
    until(lambda: min(steps(pair)) > kept + 2)
    os.kill(one.status().pid or 0, signal.SIGKILL)
    both(pair, "interrupted")
    for run in pair:
        assert "signal 9" in run.status().reason
    assert abs(recorded_apart(pair)) <= 1
    assert not launcher.pool.workers

    launcher.resume(other.id)
    until(lambda: all(run.status().state == "running" for run in pair) and min(steps(pair)) > kept + 3)
    assert one.status().pid == other.status().pid
    one.send("pause")
    both(pair, "paused")
    assert recorded_apart(pair) == 0
    launcher.stop(one.id)
    both(pair, "stopped")


def test_they_take_one_slot_and_wait_together(launcher: Launcher) -> None:
    first = launcher.start(DIGITS)
    pair = launcher.start_twins(DIGITS, DIGITS.change(temperature=0.05))
    last = launcher.start(DIGITS)
    until(state(first, "running"))
    assert [launcher.ahead(run.id) for run in (*pair, last)] == [1, 1, 3]
    launcher.stop(first.id)
    both(pair, "running")
    assert last.status().state == "queued"
    with pytest.raises(ValueError, match="at work"):
        launcher.delete(pair[1].id)
    launcher.stop(pair[0].id)
    until(state(last, "running"))
    both(pair, "stopped")
    until(lambda: not launcher.pool.ending)
    launcher.delete(pair[1].id)
    launcher.stop(last.id)
    launcher.resume(pair[0].id)  # its twin is in the bin: it goes on alone
    until(state(pair[0], "running"))
    assert [*launcher.pool.workers] == [pair[0].id]


def test_waiting_twins_are_stopped_together(tmp_path: Path, cache: Path) -> None:
    launcher = Launcher(tmp_path / "runs", cache, slots=0, spare=False, projector=False).open()
    pair = launcher.start_twins(DIGITS, DIGITS)
    launcher.stop(pair[1].id)
    assert [run.status().state for run in pair] == ["stopped", "stopped"]
    assert not launcher.queue
    launcher.close()


def test_when_one_has_failed_it_alone_is_cured(launcher: Launcher, pair: Pair) -> None:
    one, other = pair
    one.send("pause")
    both(pair, "paused")
    one.send("set", name="weight_decay", value=1.0)
    one.send("set", name="learning_rate", value=1e6)
    one.send("play")
    until(state(one, "failed"))
    at = other.status().step
    until(lambda: other.status().step > at + 3)
    assert other.status().state == "running"
    launcher.stop(other.id)
    until(state(other, "stopped"))
    until(lambda: not launcher.pool.workers and not launcher.pool.ending)
    launcher.resume(other.id)
    until(state(other, "running"))
    assert one.status().state == "failed"  # it would fail again


def test_closing_keeps_the_weights_of_both(tmp_path: Path, cache: Path) -> None:
    shared = Launcher(tmp_path / "runs", cache, spare=False, projector=False).open()
    twins = shared.start_twins(DIGITS, DIGITS.change(temperature=0.05))
    until(lambda: min(steps(twins)) > 2, seconds=120)
    pid = twins[0].status().pid
    shared.close()
    assert not alive(pid)
    for run in twins:
        assert (run.status().state, run.weights_steps()[-1]) == ("interrupted", run.status().step)
    assert abs(steps(twins)[0] - steps(twins)[1]) <= 1
    # another server finds them, and they go on as twins
    again = Launcher(tmp_path / "runs", cache, spare=False, projector=False).open()
    before = steps(twins)
    again.resume(twins[1].id)
    until(lambda: min(steps(twins)) > max(before) + 2)
    assert twins[0].status().pid == twins[1].status().pid
    again.close()


def test_twins_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    knobs = ["--set", "width=16", "--set", "batch_size=32", "--set", "threads=1", "--set", "steps=5"]
    twin = ["twin", "simclr", "--data", "digits", "--runs", str(tmp_path), *knobs]
    assert main([*twin, "--differ", "temperature=0.05", "--json"]) == 0
    one, other = json.loads(capsys.readouterr().out)
    assert (one["state"], other["state"], one["step"], other["step"]) == ("done", "done", 5, 5)
    first, second = RunFolder(tmp_path / one["run"]), RunFolder(tmp_path / other["run"])
    assert (first.values()["temperature"], second.values()["temperature"]) == (0.2, 0.05)
    assert first.settings().twin == second.id
    assert main(twin) == 0  # no difference: no difference
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    a, b = (RunFolder(Path(line.split("  ")[0])) for line in lines)
    assert a.metrics()["loss"].dropna().tolist() == b.metrics()["loss"].dropna().tolist()
    for wrong in (["--differ", "threads=2"], ["--differ", "temperature=9"], ["--differ", "colour"], ["--seed", "-1"]):
        with pytest.raises(SystemExit, match="2"):
            main([*twin, *wrong])
