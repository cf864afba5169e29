"""Whose run is it: a number alone names no process, and silence alone is no death."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sslviz.runs.folder import Busy, RunFolder
from sslviz.runs.owner import Owner, frozen, here, me, started
from sslviz.runs.records import Status
from sslviz.runs.settings import RunSettings


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    """A process that does nothing."""
    process = subprocess.Popen([sys.executable, "-S", "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.wait()


def owned(runs: Path, owner: Owner, **status: object) -> RunFolder:
    folder = RunFolder.create(runs, RunSettings())
    folder.write_status(folder.status().model_copy(update={"state": "running", **owner.model_dump(), **status}))
    return folder


def owner_of(process: subprocess.Popen[bytes]) -> Owner:
    return Owner(host=here(), pid=process.pid, started=started(process.pid) or "")


def test_a_process_is_alive_until_it_has_ended_even_if_nobody_has_collected_it(other) -> None:
    owner = owner_of(other)
    assert owner.alive() is True
    other.send_signal(signal.SIGSTOP)
    deadline = time.monotonic() + 10
    while sys.platform == "linux" and not frozen(other.pid):
        assert time.monotonic() < deadline
    assert owner.alive() is True  # halted is not dead
    other.kill()
    os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
    assert owner.alive() is False
    assert me().alive() is True


def test_a_number_that_was_given_again_is_another_process(other) -> None:
    assert owner_of(other).model_copy(update={"started": "1"}).alive() is False


def test_of_another_computer_and_of_an_earlier_version_nothing_is_known(other) -> None:
    assert owner_of(other).model_copy(update={"host": "elsewhere"}).alive() is None
    assert Status(state="running", pid=other.pid).owner.alive() is None


def test_a_run_whose_process_lives_is_not_given_to_another_however_long_it_is_silent(tmp_path, other) -> None:
    folder = owned(tmp_path, owner_of(other), heartbeat=time.time() - 3600)
    assert folder.is_taken()
    with pytest.raises(Busy, match=str(other.pid)):
        folder.wait_again()
    other.kill()
    other.wait()
    folder.wait_again()
    assert (folder.status().state, folder.status().owner) == ("queued", me())


def test_a_heartbeat_that_is_yet_to_come_is_not_believed(tmp_path) -> None:
    assert not owned(tmp_path, Owner(), heartbeat=time.time() + 3600).is_taken()
    assert owned(tmp_path, Owner(), heartbeat=time.time() - 1).is_taken()
    assert not owned(tmp_path, Owner(), heartbeat=time.time() - 60).is_taken()


def test_what_has_gone_on_meanwhile_is_not_ended(tmp_path, other) -> None:
    folder = owned(tmp_path, owner_of(other))
    before = folder.status()
    other.kill()
    other.wait()
    folder.wait_again()  # by this process, just now
    folder.end(before, "interrupted", "Its process is gone.")
    assert folder.status().state == "queued"


def test_an_evaluation_ends_with_its_process(tmp_path, other) -> None:
    folder = RunFolder.create(tmp_path, RunSettings())
    assert not folder.is_measured()
    folder.write_evaluation_progress(step=1, name="knn", rows=0, owner=owner_of(other).model_dump())
    assert folder.is_measured()
    other.kill()
    other.wait()
    assert not folder.is_measured()
    folder.write_evaluation_progress(step=1, name="knn", rows=0, owner="nobody", time="never")
    assert not folder.is_measured()
