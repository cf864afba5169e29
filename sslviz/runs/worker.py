"""The process that trains: takes one run folder, trains it, writes down everything, and ends.

    python -m sslviz.runs.worker [CACHE]       reads the path of a run folder from its standard input

Started early it waits with torch imported and the default pictures drawn (a warm spare). The other end of its
standard input is held by the launcher: when that ends, however it ends, this process stops training, keeps the
weights and goes.
"""

import errno
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from sslviz import data
from sslviz.data.dataset import DataError, Dataset
from sslviz.runs.folder import RunFolder
from sslviz.runs.observer import Observer
from sslviz.runs.recorder import DiskFull, Recorder
from sslviz.runs.records import State, Status
from sslviz.runs.settings import RunSettings
from sslviz.runs.trainer import Diverged, Trainer, choose_device
from sslviz.runs.training import train

MOST_THREADS = 4  # batches of this size do not keep more of them busy


class Wishes:
    """Control messages of a run, each read once. `close` is a wish from outside: the launcher is gone, or Ctrl-C."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder, self.closed = folder, threading.Event()
        self.offset = folder.status().heard

    def poll(self) -> list[dict[str, Any]]:
        messages, self.offset = self.folder.control(self.offset)
        return [*messages, {"do": "stop"}] if self.closed.is_set() else messages

    def close(self) -> None:
        self.closed.set()


def run(
    folder: RunFolder,
    cache: Path,
    wishes: Wishes,
    *,
    threads: int = 1,
    when_closed: State = "interrupted",
    on_progress: Callable[[Status], None] = lambda status: None,
    loaded: Dataset | None = None,
    warm: Trainer | None = None,
) -> Status:
    """Trains a run folder to its end, whichever that is, and returns the last status. Goes on from kept weights, if
    any.

    `threads`: where the settings leave them open. `loaded`: pictures that are in memory already. `warm`: a
    trainer that knows already what precision is fastest here.
    `on_progress` hears of every step.
    """
    device = choose_device()
    recorder = Recorder(folder, device)
    try:
        settings = folder.settings()
        torch.set_num_threads(settings.training.threads or min(threads, MOST_THREADS))
        there = loaded is not None and loaded.name == settings.data
        pictures = loaded if there and loaded else data.load(settings.data, cache=cache, progress=recorder.note)
        recorder.status.reason = ""
        trainer, observer = Trainer(settings, pictures, device), Observer(pictures, device)
        if warm is not None and trainer.same_work(warm):
            trainer.compute_in(warm.how)
        kept = next(filter(None, map(folder.weights, reversed(folder.weights_steps()))), None)
        if kept is not None:
            tensors, about = kept
            forked = about["run"] != folder.id  # the weights are its parent's, the knobs are its own
            trainer.restore(tensors, {**about, "values": settings.values()} if forked else about)
            verb = f"forked from {about['run']} at" if forked else "resumed from"
            folder.append_event(trainer.step, "resume", f"{verb} step {trainer.step}")
        if folder.probe() is None:
            folder.write_probe(observer.probe_set())
        for progress in train(trainer, observer, wishes):
            recorder.record(progress)
            on_progress(recorder.status)
            if progress.paused and progress.snapshot is None:
                time.sleep(0.05)
        recorder.keep(progress)
        if wishes.closed.is_set():
            return recorder.end(when_closed, "The app was closed while this run was training.")
        if not trainer.over:
            return recorder.end("stopped")
        start = {f"{name}_random_init": score for name, score in observer.exam(trainer.untrained).items()}
        recorder.status = recorder.status.model_copy(update={**observer.exam(trainer.method), **start})
        return recorder.end("done")
    except Diverged as error:
        return recorder.end("failed", f"{error} Lower the learning rate, then resume from the last good weights.")
    except (DataError, OSError, MemoryError, RuntimeError) as error:
        traceback.print_exc()
        return recorder.end("failed", explain(error))


def explain(error: Exception) -> str:
    """What went wrong, and what to do, in a sentence or two."""
    if isinstance(error, DataError):
        return str(error)
    if isinstance(error, DiskFull) or (isinstance(error, OSError) and error.errno == errno.ENOSPC):
        return "The disk is full. Everything recorded so far is kept: make room, then resume."
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "allocate memory" in str(error):
        return "Out of memory. Lower the batch size or the encoder width, then resume."
    return f"{type(error).__name__}: {error} (the whole story is in the run's log.txt)"


def main() -> None:
    cache = Path(sys.argv[1]) if len(sys.argv) > 1 else data.default_cache()
    if hasattr(os, "nice"):
        os.nice(10)  # the app in front of the user comes first
    # One core is left to the app and the browser: two threads that wait for each other on a busy core took three
    # times as long for a step as one thread alone (measured on two cores).
    threads = max(1, (os.cpu_count() or 1) - 1)
    torch.set_num_threads(min(threads, MOST_THREADS))
    shapes = data.load("shapes", cache=cache)
    warm = Trainer(RunSettings(), shapes, choose_device())
    warm.choose_precision()
    warm.train_step()  # the first call of everything is slow
    Observer(shapes, warm.device).exhibits(warm.method, 0)
    path = sys.stdin.readline().strip()
    if not path:
        return
    folder = RunFolder(Path(path))
    wishes = Wishes(folder)
    with folder.log.open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)

    def watch() -> None:
        sys.stdin.read()  # returns when the launcher has gone
        wishes.close()
        time.sleep(20)
        os._exit(1)  # something hangs that cannot be asked

    threading.Thread(target=watch, daemon=True).start()
    run(folder, cache, wishes, threads=threads, loaded=shapes, warm=warm)


if __name__ == "__main__":
    main()
