"""The launcher with real processes: queue, kill -9, resume, fork, and nothing left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sslviz.processes.launcher import Launcher
from sslviz.runs.folder import RunFolder
from sslviz.runs.owner import Owner, here, started
from sslviz.runs.records import Status
from sslviz.runs.settings import RunSettings

pytestmark = pytest.mark.slow
DIGITS = RunSettings(data="digits").change(width=16, batch_size=64, threads=1, precision="float32", steps=100_000)


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Waits for a condition, and fails if it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def state(folder: RunFolder, *wanted: str) -> Callable[[], bool]:
    return lambda: folder.status().state in wanted


def alive(pid: int | None) -> bool:
    try:
        os.kill(pid or -1, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def keep_weights(run: RunFolder) -> None:
    """Sooner than the run would by itself: a pause keeps them."""
    until(lambda: run.status().step > 5)
    run.send("pause")
    until(state(run, "paused"))
    until(lambda: len(run.weights_steps()) > 0)
    run.send("play")
    until(state(run, "running"))


def test_a_killed_worker_is_reported_and_the_run_resumes(launcher: Launcher) -> None:
    run = launcher.start(DIGITS)
    keep_weights(run)
    recorded = run.metrics()["step"].max()
    os.kill(run.status().pid or 0, signal.SIGKILL)
    until(state(run, "interrupted"), seconds=10)
    assert "signal 9" in run.status().reason
    assert run.metrics()["step"].max() >= recorded
    kept = run.weights_steps()[-1]

    launcher.resume(run.id)
    until(lambda: run.status().state == "running" and run.status().step > kept)
    assert [e["text"] for e in run.events() if e["kind"] == "resume"] == [f"resumed from step {kept}"]
    launcher.stop(run.id)
    until(state(run, "stopped"))
    assert run.weights_steps()[-1] == run.status().step


def test_one_slot_means_one_at_a_time(launcher: Launcher) -> None:
    first, second, third = (launcher.start(DIGITS) for _ in range(3))
    until(state(first, "running"))
    assert (second.status().state, launcher.ahead(second.id), launcher.ahead(third.id)) == ("queued", 1, 2)
    launcher.stop(second.id)
    assert second.status().state == "stopped"
    launcher.stop(first.id)
    until(state(third, "running"))
    until(state(first, "stopped"))  # it keeps its weights meanwhile, beside the next one


def test_pause_step_play_through_the_folder(launcher: Launcher) -> None:
    run = launcher.start(DIGITS)
    run.send("set", name="temperature", value=0.4)  # while it starts
    until(lambda: run.status().step > 2)
    assert run.values()["temperature"] == 0.4
    run.send("pause")
    until(state(run, "paused"))
    at = run.status().step
    run.send("step")
    until(lambda: run.status().step == at + 1)
    assert run.status().state == "paused"
    run.send("set", name="temperature", value=0.5)
    until(lambda: run.values()["temperature"] == 0.5)
    run.send("play")
    until(lambda: run.status().state == "running" and run.status().step > at + 1)


def test_a_fork_starts_from_its_parents_weights(launcher: Launcher) -> None:
    parent = launcher.start(DIGITS.change(steps=5))
    until(state(parent, "done"))
    fork = launcher.fork(parent.id, 5, DIGITS.change(temperature=0.5, steps=7))
    until(state(fork, "done"))
    assert fork.settings().parent is not None
    assert fork.metrics()["step"].tolist() == [6, 7]


def test_closing_keeps_the_weights_and_leaves_nothing_behind(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sslviz.processes.pool.HEAD_START", 0.0)
    launcher = Launcher(tmp_path / "runs", cache).open()
    run = launcher.start(DIGITS)
    until(lambda: run.status().step > 2 and launcher.pool.spare is not None and launcher.helpers.projector is not None)
    pids = [run.status().pid, launcher.pool.spare.pid, launcher.helpers.projector.pid]
    assert all(map(alive, pids))
    launcher.close()
    assert not any(map(alive, pids))
    assert (run.status().state, run.weights_steps()[-1]) == ("interrupted", run.status().step)


def test_workers_end_when_their_server_is_killed(tmp_path: Path, cache: Path) -> None:
    code = f"""
import sys, time
from pathlib import Path
from sslviz.processes import launcher as module, pool
from sslviz.runs.settings import RunSettings
pool.HEAD_START = 0.0
launcher = module.Launcher(Path({str(tmp_path)!r}), Path({str(cache)!r})).open()
run = launcher.start(RunSettings.model_validate_json({DIGITS.model_dump_json()!r}))
while run.status().step < 3 or launcher.pool.spare is None: time.sleep(0.05)
print(run.id, run.status().pid, launcher.pool.spare.pid, launcher.helpers.projector.pid, flush=True)
time.sleep(600)
"""
    server = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    run_id, *pids = server.stdout.readline().split()
    server.kill()
    server.wait()
    until(lambda: not any(alive(int(pid)) for pid in pids), seconds=120)
    run = RunFolder(tmp_path / run_id)
    assert run.status().state == "interrupted"
    assert run.weights_steps()[-1] == run.status().step


def test_runs_of_a_server_that_is_gone_are_found(tmp_path: Path, cache: Path) -> None:
    orphan = RunFolder.create(tmp_path, DIGITS)
    gone = Owner(host=here(), pid=2**22 + 1, started="1")  # there is no such number
    orphan.write_status(Status(state="running", step=40, heartbeat=time.time() + 3600, **gone.model_dump()))
    fresh = RunFolder.create(tmp_path, DIGITS)  # of a command line in another window, say
    other = Owner(host=here(), pid=os.getppid(), started=started(os.getppid()) or "")
    fresh.write_status(Status(state="running", step=40, heartbeat=time.time() - 60, **other.model_dump()))
    launcher = Launcher(tmp_path, cache, spare=False, projector=False).open()
    until(state(orphan, "interrupted"), seconds=10)
    launcher.close()
    assert "Everything recorded is kept" in orphan.status().reason
    assert fresh.status().state == "running"


def test_a_diverged_run_fails_in_a_sentence_and_resumes_with_a_cure(launcher: Launcher) -> None:
    run = launcher.start(DIGITS.change(weight_decay=1.0))
    keep_weights(run)
    run.send("set", name="learning_rate", value=1e6)
    until(state(run, "failed"))
    assert "Lower the learning rate" in run.status().reason
    good = run.weights_steps()[-1]
    launcher.resume(run.id, learning_rate=1e-3)
    until(lambda: run.status().state == "running" and run.status().step > good + 3)
    assert run.values()["learning_rate"] == 1e-3


def test_a_run_that_is_resumed_before_its_old_process_is_gone_is_not_called_interrupted(launcher: Launcher) -> None:
    run = RunFolder.create(launcher.runs, DIGITS, name="again")
    old = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE)
    old.wait()
    for book in (launcher.pool.workers, launcher.pool.ending):
        with launcher._lock:  # the launcher's own thread waits
            book[run.id] = old
            launcher.queue.started.append(run.id)
            run.wait_again()
            launcher.pool.reap()
            assert run.id not in book
            assert run.status().state == "queued"
            launcher.queue.started.remove(run.id)


def test_a_run_that_was_deleted_while_its_process_ended_disturbs_nobody(tmp_path: Path, cache: Path) -> None:
    launcher = Launcher(tmp_path / "runs", cache, spare=False, projector=False)
    run = RunFolder.create(launcher.runs, DIGITS)
    process = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE)
    process.wait()
    launcher.pool.ending[run.id] = process
    run.throw_away()
    launcher.pool.reap()  # in the thread that serves all runs: it must not end
    assert launcher.pool.ending == {}
    assert not list(launcher.notices)
    assert not run.exists


@pytest.mark.parametrize("name", ["", "..", "../secrets", "nothing-like-this", "/etc"])
def test_only_runs_can_be_named(launcher: Launcher, name: str) -> None:
    with pytest.raises(LookupError):
        launcher.folder(name)


def test_pictures_that_are_not_there_fail_in_a_sentence(launcher: Launcher) -> None:
    run = launcher.start(DIGITS.model_copy(update={"data": "no/such/folder"}))
    until(state(run, "failed"))
    assert "no/such/folder" in run.status().reason


def test_the_evaluator_works_in_the_background_survives_a_bad_request_and_ends_with_the_launcher(
    tmp_path: Path, cache: Path
) -> None:
    launcher = Launcher(tmp_path / "runs", cache, spare=False, projector=False).open()
    run = launcher.start(DIGITS.change(steps=3))
    until(state(run, "done"))
    launcher.evaluate(run.id, 1, ("knn",))  # no weights were kept there
    until(lambda: "error" in run.evaluation_progress())
    assert "step 1" in run.evaluation_progress()["error"]
    launcher.evaluate(run.id, 3, ("knn", "linear"))
    until(lambda: run.evaluation(3, "linear") is not None)
    until(lambda: run.evaluation_progress().get("done") is True)
    knn = run.evaluation(3, "knn")
    assert knn is not None
    assert set(knn["encoder"]) == {"trained", "random"}
    process = launcher.helpers.evaluator
    assert process is not None
    launcher.close()
    assert not alive(process.pid)
