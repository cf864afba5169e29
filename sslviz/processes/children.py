"""Processes that this one starts: they end when their standard input does, so nothing outlives its server."""

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sslviz.place import PACKAGE, compiled

Process = subprocess.Popen[bytes]
WORKER, PROJECTOR, EVALUATOR = (
    "sslviz.training.worker",
    "sslviz.processes.projector",
    "sslviz.processes.evaluator",
)
PATIENCE = 5.0  # seconds that a worker gets to keep its weights before it is killed
SINGLE = {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}


def start(module: str, argument: Path) -> Process:
    """`python -m module argument`, with a pipe for its standard input. Raises OSError where nothing can be started."""
    return subprocess.Popen(
        [sys.executable, "-m", module, str(argument)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        cwd=PACKAGE.parent,
        env={**os.environ, **(of_projector() if module == PROJECTOR else {})},
        # Ctrl-C in the terminal is for the server; it closes us in order. A session of its own would put it out
        # of reach of `nice`: Linux shares its cores among sessions first.
        process_group=0,
    )


def of_projector() -> dict[str, str]:
    """Its environment: one thread, and a place for numba."""
    umap = importlib.util.find_spec("umap")
    return {**SINGLE, **(compiled(Path(umap.origin).parent) if umap and umap.origin else {})}


def is_running(process: Process | None) -> bool:
    return process is not None and process.poll() is None


def say(process: Process, line: str) -> None:
    """One line to its standard input. Raises OSError if it has just died."""
    assert process.stdin is not None
    process.stdin.write(f"{line}\n".encode())
    process.stdin.flush()


def tell(process: Process, **request: Any) -> None:
    """One line of JSON; a process that has just died hears nothing."""
    with contextlib.suppress(OSError):
        say(process, json.dumps(request))


def how_it_ended(process: Process) -> str:
    """ "by signal 9", "with exit code 1"."""
    code = process.returncode
    return f"by signal {-code}" if code < 0 else f"with exit code {code}"


def end(processes: Iterable[Process]) -> None:
    """Closes their standard input, the sign to end, and kills those that have not ended after PATIENCE."""
    processes = list(processes)
    for process in processes:
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
    deadline = time.monotonic() + PATIENCE
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, deadline - time.monotonic()))
        process.kill()
        process.wait()
