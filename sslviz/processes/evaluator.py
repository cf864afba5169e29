"""The process that judges: evaluates one moment of one run after another, slowly, in the background.

    python -m sslviz.processes.evaluator CACHE      one request per line of standard input: {"path", "step", "names"}

What it is at stands in the run's folder (`RunFolder.evaluation_progress`). It ends when its input does.
"""

import contextlib
import json
import os
import queue
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

import torch

from sslviz.data.dataset import DataError
from sslviz.judging.evaluation import EVALUATIONS, evaluate
from sslviz.runs.folder import RunFolder
from sslviz.training.explain import explain

BEAT_EVERY = 1.0  # seconds between two signs of life
PATIENCE = 10.0  # seconds for which the last word is tried to be written


def judge(folder: RunFolder, step: int, names: tuple[str, ...], cache: Path) -> None:
    """Everything that can go wrong becomes a sentence in the run's folder."""

    at: dict[str, Any] = {"step": step, "name": names[0], "rows": 0}
    ended = threading.Event()

    def advance(name: str, rows: int) -> None:
        at.update(name=name, rows=rows, doing="")

    def do(doing: str) -> None:
        at.update(doing=doing)

    def beat() -> None:  # a number may take minutes, and the page must know that somebody is at it
        while not ended.wait(BEAT_EVERY):
            with contextlib.suppress(OSError):
                folder.write_evaluation_progress(**at)

    beating = threading.Thread(target=beat, daemon=True)
    beating.start()

    def end(**how: Any) -> None:
        ended.set()
        beating.join()  # else it might write once more
        say(folder, step=step, **how)

    try:
        evaluate(folder, step, cache, names=names, on_progress=advance, on_doing=do)
        end(done=True)
    except Exception as error:
        if not isinstance(error, (DataError, LookupError)):
            traceback.print_exc()
        end(error=explain(error) if not isinstance(error, LookupError) else str(error))


def say(folder: RunFolder, **how: Any) -> None:
    """The last word. If it cannot be written for long, this process ends, and the launcher says it."""
    deadline = time.monotonic() + PATIENCE
    while folder.exists:
        try:
            folder.write_evaluation_progress(**how)
            return
        except OSError:
            if time.monotonic() > deadline:
                raise SystemExit(1) from None
        time.sleep(0.5)


def main() -> None:
    cache = Path(sys.argv[1])
    if hasattr(os, "nice"):
        os.nice(15)  # training comes first
    torch.set_num_threads(1)
    requests: queue.SimpleQueue[str] = queue.SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            requests.put(line)
        os._exit(0)  # the launcher has gone; what was measured is kept

    threading.Thread(target=listen, daemon=True).start()
    while True:
        try:
            request = json.loads(requests.get())
            names = tuple(name for name in request["names"] if name in EVALUATIONS)
            judge(RunFolder(Path(request["path"])), int(request["step"]), names, cache)
        except Exception:  # one request must not end the others
            traceback.print_exc()


if __name__ == "__main__":
    main()
