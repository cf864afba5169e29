"""Whatever happens to one run, one process or the disk becomes a sentence, and the others go on."""

import contextlib
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from sslviz.processes import children
from sslviz.processes.launcher import Launcher
from sslviz.processes.projector import Projector
from sslviz.runs import files
from sslviz.runs.folder import RunFolder
from sslviz.runs.owner import Owner, frozen, here, started
from sslviz.runs.records import Snapshot
from sslviz.runs.settings import RunSettings
from sslviz.runs.shelf import list_runs
from sslviz.training import course
from sslviz.training.worker import Wishes, run
from tests.processes.test_launcher import DIGITS, alive, state, until

linux = pytest.mark.skipif(sys.platform != "linux", reason="what a process is at is read from /proc")


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Processes that do nothing, instead of workers: the names of the modules that were started."""
    names: list[str] = []

    def start(module: str, argument: Path) -> subprocess.Popen[bytes]:
        names.append(module)
        return subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, process_group=0)

    monkeypatch.setattr(children, "start", start)
    return names


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Launcher]]:
    launchers: list[Launcher] = []

    def open_(runs: str = "runs", **options: bool | int) -> Launcher:
        launchers.append(Launcher(tmp_path / runs, tmp_path, **{"spare": False, "projector": False, **options}).open())
        return launchers[-1]

    yield open_
    for launcher in launchers:
        launcher.close()


def begin(launcher: Launcher, run: RunFolder) -> int:
    """As a worker does; its number."""
    until(lambda: run.id in launcher.pool.workers, 20)
    pid = launcher.pool.workers[run.id].pid
    owner = Owner(host=here(), pid=pid, started=started(pid) or "")
    run.write_status(run.status().model_copy(update={"state": "running", **owner.model_dump()}))
    return pid


def said(launcher: Launcher) -> str:
    return " ".join(sentence for _, sentence in launcher.notices)


# -- the launcher, with processes that do nothing ---------------------------------------------------------------------


def test_a_run_whose_folder_has_gone_does_not_hold_up_the_queue(idle, opened) -> None:
    launcher = opened(slots=0)
    gone, next_ = launcher.start(DIGITS), launcher.start(DIGITS)
    gone.throw_away()
    launcher.pool.slots = 1
    until(lambda: next_.id in launcher.pool.workers, 20)
    assert gone.id in said(launcher)
    assert launcher._thread.is_alive()


@linux
def test_a_halted_spare_gets_no_run(idle, opened) -> None:
    launcher = opened(spare=True)
    until(lambda: launcher.pool.spare is not None, 20)
    spare = launcher.pool.spare
    spare.send_signal(signal.SIGSTOP)
    until(lambda: frozen(spare.pid), 20)
    run = launcher.start(DIGITS)
    until(lambda: run.id in launcher.pool.workers, 20)
    assert launcher.pool.workers[run.id].pid != spare.pid
    assert not alive(spare.pid)


def test_a_run_whose_process_dies_before_it_has_begun_gets_another_one_once(idle, opened) -> None:
    launcher = opened()
    run, pids = launcher.start(DIGITS), set()
    for _ in range(2):
        until(lambda: run.id in launcher.pool.workers and launcher.pool.workers[run.id].pid not in pids, 20)
        pids.add(launcher.pool.workers[run.id].pid)
        os.kill(launcher.pool.workers[run.id].pid, signal.SIGTERM)
    until(state(run, "interrupted"), 20)
    assert "signal 15" in run.status().reason


@linux
def test_a_halted_worker_is_killed_after_stop_and_the_next_run_begins(idle, opened, monkeypatch) -> None:
    monkeypatch.setattr("sslviz.processes.pool.PATIENCE", 0.5)
    launcher = opened()
    run, next_ = launcher.start(DIGITS), launcher.start(DIGITS)
    until(lambda: run.id in launcher.pool.workers, 20)
    pid = launcher.pool.workers[run.id].pid
    os.kill(pid, signal.SIGSTOP)
    launcher.stop(run.id)
    until(state(run, "stopped"), 20)
    assert "did not answer" in run.status().reason
    assert not alive(pid)
    until(lambda: next_.id in launcher.pool.workers, 20)


@linux
def test_a_killed_or_halted_evaluator_is_noticed_in_seconds(idle, opened, monkeypatch) -> None:
    monkeypatch.setattr("sslviz.processes.helpers.FROZEN", 0.5)
    launcher = opened()
    run = RunFolder.create(launcher.runs, DIGITS)
    run.write_status(run.status().model_copy(update={"state": "done", "pid": None}))
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP):
        launcher.evaluate(run.id, 3, ("knn",))
        assert run.is_measured()
        with pytest.raises(ValueError, match="judged"):
            launcher.delete(run.id)
        os.kill(launcher.helpers.evaluator.pid, number)
        until(lambda: "error" in run.evaluation_progress(), 20)
        assert "ask again" in run.evaluation_progress()["error"]
        assert not run.is_measured()


def test_of_two_servers_one_has_the_run_and_the_other_looks(idle, opened, tmp_path) -> None:
    """The other is a process of its own: a run that waits there is neither ended, resumed nor deleted here."""
    code = f"""
import sys
from pathlib import Path
from sslviz.processes.launcher import Launcher
from sslviz.runs.settings import RunSettings
launcher = Launcher(Path({str(tmp_path / "runs")!r}), Path({str(tmp_path)!r}), slots=0, spare=False, projector=False)
print(launcher.open().start(RunSettings()).id, flush=True)
sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        run_id = other.stdout.readline().decode().strip()
        launcher = opened()
        run = launcher.folder(run_id)
        for _ in range(2):
            launcher._find_the_dead()
        assert run.status().state == "queued"
        launcher.resume(run_id)
        assert str(other.pid) in said(launcher)
        assert run.status().pid == other.pid
        with pytest.raises(ValueError, match="at work"):
            launcher.delete(run_id)
        other.kill()
    until(state(run, "interrupted"), 20)
    launcher.resume(run_id)
    until(lambda: run_id in launcher.pool.workers, 20)


def test_a_run_of_another_computer_is_dead_when_its_heartbeat_stands_still(idle, opened, monkeypatch) -> None:
    monkeypatch.setattr("sslviz.processes.watch.SILENCE", 1.0)
    launcher = opened()
    ahead = {"state": "running", "host": "elsewhere", "pid": 7, "heartbeat": time.time() + 3600}
    still, beating = RunFolder.create(launcher.runs, DIGITS), RunFolder.create(launcher.runs, DIGITS)
    for each in (still, beating):
        each.write_status(each.status().model_copy(update=ahead))
    beats = iter(range(10**6))

    def is_over() -> bool:
        beating.write_status(beating.status().model_copy(update={"heartbeat": float(next(beats))}))
        return still.status().state == "interrupted"

    until(is_over, 30)
    assert beating.status().state == "running"


def test_one_duty_that_fails_leaves_the_others_and_is_said_once(idle, opened, monkeypatch) -> None:
    launcher = opened()
    monkeypatch.setattr(launcher.watch, "dead", lambda ours: 1 / 0)
    monkeypatch.setattr(launcher.queue, "_next_planned", lambda at_work: {}["nothing"])
    until(lambda: "KeyError" in said(launcher), 20)
    until(lambda: "ZeroDivisionError" in said(launcher), 20)
    assert said(launcher).count("KeyError") == 1
    run = launcher.start(DIGITS)
    until(lambda: run.id in launcher.pool.workers, 20)


# -- the disk ---------------------------------------------------------------------------------------------------------


def no_room(monkeypatch: pytest.MonkeyPatch, number: int = errno.ENOSPC) -> None:
    def full(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(files.os, "fsync", full)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_what_cannot_be_written_is_said_and_written_when_it_can_be(idle, opened, number) -> None:
    launcher = opened()
    run = launcher.start(DIGITS)
    pid = begin(launcher, run)
    with pytest.MonkeyPatch.context() as patch:
        no_room(patch, number)
        os.kill(pid, signal.SIGKILL)
        until(lambda: "cannot be written" in said(launcher), 20)
        with pytest.raises(OSError, match=os.strerror(number)):
            launcher.start(DIGITS)
        assert [each.id for each in list_runs(launcher.runs)] == [run.id]
        assert run.status().state == "running"
        assert launcher._thread.is_alive()
    until(state(run, "interrupted"), 20)
    assert "signal 9" in run.status().reason


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk of one's own needs the right to mount one")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_that_is_full_to_the_last_byte_and_one_that_becomes_read_only(idle, small_disk, tmp_path) -> None:
    launcher = Launcher(small_disk / "runs", tmp_path, spare=False, projector=False).open()
    run = launcher.start(DIGITS)
    pid = begin(launcher, run)
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"0" * 4096):
            pass
    os.kill(pid, signal.SIGKILL)
    until(lambda: "the disk is full" in said(launcher), 20)
    with pytest.raises(OSError, match="space"):
        launcher.start(DIGITS)
    filler.unlink()
    until(state(run, "interrupted"), 20)
    assert [path.name for path in launcher.runs.iterdir()] == [run.id]

    launcher.resume(run.id)
    pid = begin(launcher, run)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    os.kill(pid, signal.SIGKILL)
    until(lambda: "Read-only" in said(launcher), 20)
    assert launcher._thread.is_alive()
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    until(state(run, "interrupted"), 20)
    launcher.close()


def test_a_folder_of_runs_that_cannot_be_made_is_one_sentence(idle, opened, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    launcher = opened("file/runs")
    assert "Not a directory" in said(launcher)
    with pytest.raises(OSError, match="Not a directory"):
        launcher.start(DIGITS)


# -- maps -------------------------------------------------------------------------------------------------------------


def test_a_run_that_cannot_be_laid_out_leaves_the_maps_of_the_others(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(Projector, "_warm_up", lambda self: None)
    good, bad = (RunFolder.create(tmp_path, RunSettings(), name=name) for name in ("good", "bad"))
    h = np.random.default_rng(0).normal(size=(40, 8)).astype(np.float16)
    good.write_snapshot(Snapshot(0, embedding=h))
    bad.write_snapshot(Snapshot(0, embedding=h))
    bad.write_snapshot(Snapshot(5, embedding=h[:7]))  # resumed on other pictures
    (bad.path / "projections" / "000000.pca.npz").write_bytes(files.npz(layout=h[:3, :2]))
    projector = Projector(tmp_path)
    for _ in range(2):
        projector.follow()
    assert good.projection_steps("pca") == [0]
    assert projector.looked.get("bad") == 5


# -- real workers -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_worker_that_is_told_to_end_keeps_the_weights(launcher: Launcher, name: str) -> None:
    run = launcher.start(DIGITS)
    until(lambda: run.status().step > 2)
    os.kill(run.status().pid or 0, getattr(signal, name))
    until(state(run, "interrupted"))
    assert run.weights_steps()[-1] == run.status().step == run.metrics()["step"].max()
    assert run.status().reason


@pytest.mark.slow
@linux
def test_a_halted_run_is_not_dead_and_wakes_as_its_only_writer(launcher: Launcher, cache: Path) -> None:
    """A laptop asleep, Ctrl-Z: another server must neither end nor resume it."""
    run = launcher.start(DIGITS)
    until(lambda: run.status().step > 2)
    pid = run.status().pid or 0
    os.kill(pid, signal.SIGSTOP)
    until(lambda: frozen(pid))
    other = Launcher(launcher.runs, cache, spare=False, projector=False)  # looks, does not open
    silent = run.status().model_copy(update={"heartbeat": time.time() - 100})
    run.write_status(silent)
    other._find_the_dead()
    assert run.status().state == "running"
    other.resume(run.id)
    assert str(pid) in said(other)
    at = run.status().step
    os.kill(pid, signal.SIGCONT)
    until(lambda: run.status().step > at + 2)
    steps = [row["step"] for row in files.read_lines(run.path / "metrics.jsonl")]
    assert steps == sorted(set(steps))
    # taken over while it slept, by somebody who could not know: it ends, and writes nothing any more
    run.send("pause")
    until(state(run, "paused"))
    os.kill(pid, signal.SIGSTOP)
    until(lambda: frozen(pid))
    mine = Owner(host=here(), pid=os.getppid(), started=started(os.getppid()) or "")
    run.write_status(run.status().model_copy(update={**mine.model_dump(), "state": "running"}))
    before = (run.path / "metrics.jsonl").read_bytes()
    until(lambda: time.time() - run.status().heartbeat > 1)  # longer than a heartbeat: only then does it look
    os.kill(pid, signal.SIGCONT)
    run.send("play")
    until(lambda: not launcher.pool.workers)
    assert run.status().owner == mine
    assert (run.path / "metrics.jsonl").read_bytes() == before


def test_a_silent_exam_beats(tmp_path: Path, tiny, quick, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = RunFolder.create(tmp_path, quick.model_copy(update={"data": "tiny"}))
    beats: list[float] = []

    def examine(recorder, trainer, observer) -> None:
        until(lambda: beats.append(folder.status().heartbeat) or len(set(beats)) > 3, 20)

    monkeypatch.setattr(course, "examine", examine)
    assert run(folder, tmp_path, Wishes(folder), loaded=tiny).state == "done"
    assert len(set(beats)) > 3
