"""A launcher with real worker processes."""

import importlib
import os
import runpy
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from sslviz.processes import children
from sslviz.processes.launcher import Launcher


class Forked:
    """What `subprocess.Popen([python, "-m", module, argument], stdin=PIPE)` is, as far as the launcher knows it: a
    process with a group and a standard input of its own, that can be killed. It is a fork of this one, which has loaded
    torch: that takes longer than most of these tests. With `exec`, as the app starts them, they are started in
    tests/browser and by `test_workers_end_when_their_server_is_killed`.
    """

    def __init__(self, module: str, argument: Path, environment: dict[str, str]) -> None:
        importlib.import_module(module)
        importlib.import_module("torch._dynamo")  # the first optimiser loads it, for seconds
        reading, writing = os.pipe()
        self.returncode: int | None = None
        self.pid = os.fork()
        if not self.pid:
            self._become(module, argument, environment, reading)
        os.close(reading)
        self.stdin = os.fdopen(writing, "wb")

    @staticmethod
    def _become(module: str, argument: Path, environment: dict[str, str], reading: int) -> None:
        code = 1
        try:
            os.setpgid(0, 0)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.environ.update(environment)
            os.nice = lambda more: 0  # type: ignore[assignment] # the tests wait for it
            os.dup2(reading, 0)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.closerange(3, 4096)  # the pipes of others: they would never be closed
            sys.stdin, sys.argv = os.fdopen(0), [module, str(argument)]
            del sys.modules[module]
            runpy.run_module(module, run_name="__main__", alter_sys=True)
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float = 3600) -> int:
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(0.02)
        return code

    def kill(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


@pytest.fixture(autouse=True)
def forks(monkeypatch: pytest.MonkeyPatch) -> None:
    if hasattr(os, "fork"):

        def start(module: str, argument: Path) -> Forked:
            return Forked(module, argument, children.SINGLE if module == children.PROJECTOR else {})

        monkeypatch.setattr(children, "start", start)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def launcher(tmp_path: Path, cache: Path) -> Iterator[Launcher]:
    shared = Launcher(tmp_path / "runs", cache, spare=False, projector=False).open()
    yield shared
    shared.close()
