"""The process that trains: takes one run folder, trains it, writes down everything, and ends.

    python -m sslviz.training.worker [CACHE]       reads the path of a run folder from its standard input; the paths of
                                               twins, with a zero byte between them

If no path waits there yet, it is a warm spare: it draws the default pictures and takes a step before it is needed. The
other end of its standard input is held by the launcher: when that ends, however it ends, this process stops training,
keeps the weights and goes.
"""

import contextlib
import errno
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import torch

from sslviz import data
from sslviz.data.dataset import Dataset
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import State, Status
from sslviz.runs.settings import RunSettings
from sslviz.training.cores import cores
from sslviz.training.course import MOST_THREADS, Closing, course
from sslviz.training.lockstep import Clock, Course, SharedBudget, Together, by_turns
from sslviz.training.loop import Budget
from sslviz.training.observer import Observer
from sslviz.training.recorder import Recorder
from sslviz.training.signals import on_signals
from sslviz.training.trainer import Trainer, choose_device

PAUSE = 0.05  # seconds between two questions whether a pause is over
AT_ONCE = 0.2  # seconds within which the path of a run that waits has been read


class Wishes:
    """Control messages of a run, each read once. `close` is a wish from outside: the launcher is gone, or Ctrl-C."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder, self.closed = folder, Closing()
        self.offset = folder.status().heard

    def poll(self) -> list[dict[str, Any]]:
        messages, self.offset = self.folder.control(self.offset)
        return [*messages, {"do": "stop"}] if self.closed.is_set() else messages

    def close(self, why: str = "") -> None:
        """`why`: a sentence, if it is not that the app was closed."""
        self.closed.why = why or self.closed.why
        self.closed.set()


def run(  # noqa: PLR0913 - what tests and twins have otherwise, by keyword
    folder: RunFolder,
    cache: Path,
    wishes: Wishes,
    *,
    threads: int = 1,
    when_closed: State = "interrupted",
    on_progress: Callable[[Status], None] = lambda status: None,
    loaded: Dataset | None = None,
    warm: Trainer | None = None,
    budget: Budget | None = None,
    recorder: Callable[[RunFolder, torch.device], Recorder] = Recorder,
    clock: Callable[[], float] = time.perf_counter,
) -> Status:
    """Trains a run folder to its end, whichever that is, and returns the last status. Goes on from kept weights, if
    any.

    `threads`: where the settings leave them open. `loaded`: pictures that are in memory already. `warm`: a
    trainer that knows already what precision is fastest here. `budget`: when to look, if another schedule than the
    usual one is wanted; `recorder`: likewise when weights are kept. `clock`: what the run's seconds are read from.
    `on_progress` hears of every step.
    """
    writer = recorder(folder, choose_device())
    shelf = {} if loaded is None else {loaded.name: loaded}
    for progress in course(
        writer,
        cache,
        wishes,
        threads=threads,
        when_closed=when_closed,
        shelf=shelf,
        warm=warm,
        budget=budget,
        clock=clock,
    ):
        on_progress(writer.status)
        if progress.paused and progress.snapshot is None:
            time.sleep(PAUSE)
    return writer.status


def run_together(  # noqa: PLR0913 - as run
    folders: Sequence[RunFolder],
    cache: Path,
    wishes: Sequence[Wishes],
    *,
    threads: int = 1,
    when_closed: State = "interrupted",
    on_progress: Callable[[list[Status]], None] = lambda statuses: None,
    loaded: Dataset | None = None,
    warm: Trainer | None = None,
    budget: SharedBudget | None = None,
    recorder: Callable[[RunFolder, torch.device], Recorder] = Recorder,
    clock: Callable[[], float] = time.perf_counter,
) -> list[Status]:
    """The same for runs that go in lock-step, in one process: a step of the one, then a step of the other. The pictures
    are loaded once. One that ends before the other leaves it going on alone.
    """
    together, budget = Together(wishes), budget or SharedBudget(len(folders))
    shelf = {} if loaded is None else {loaded.name: loaded}
    courses: list[Course] = []
    for folder, control in zip(folders, together.letters, strict=True):
        writer, own_clock = recorder(folder, choose_device()), Clock(clock)
        steps = course(
            writer,
            cache,
            control,
            threads=threads,
            when_closed=when_closed,
            shelf=shelf,
            warm=warm,
            budget=budget,
            clock=own_clock,
        )
        courses.append(Course(writer, steps, own_clock, control))
    for paused in by_turns(courses, together, budget):
        on_progress([each.recorder.status for each in courses])
        if paused:
            time.sleep(PAUSE)
    return [each.recorder.status for each in courses]


def warmed_up(cache: Path) -> tuple[Dataset, Trainer]:
    """The default pictures, and a trainer that has found the fastest precision: the first call of everything is
    slow.
    """
    shapes = data.load("shapes", cache=cache)
    warm = Trainer(RunSettings(), shapes, choose_device())
    warm.choose_precision()
    warm.train_step()
    Observer(shapes, warm.device).exhibits(warm.method, 0)
    return shapes, warm


def main() -> int:
    """Exit status: 0, or, where the disk did not take the last word, the number of the error that says so."""
    cache = Path(sys.argv[1]) if len(sys.argv) > 1 else data.default_cache()
    if hasattr(os, "nice"):
        os.nice(10)  # the app in front of the user comes first
    # One core is left to the app and the browser: two threads that wait for each other on a busy core took three
    # times as long for a step as one thread alone (measured on two cores).
    threads = max(1, cores() - 1)
    torch.set_num_threads(min(threads, MOST_THREADS))
    lines: SimpleQueue[str] = SimpleQueue()

    def listen() -> None:
        line = sys.stdin.readline().strip()
        if not line:
            os._exit(0)  # the launcher has gone before there was anything to do, perhaps amid the warming up
        lines.put(line)
        sys.stdin.read()  # returns when the launcher has gone
        lines.put("")

    threading.Thread(target=listen, daemon=True).start()
    on_signals(lambda why: os._exit(0))  # nothing has begun
    shapes, warm = None, None
    try:
        paths = lines.get(timeout=AT_ONCE)
    except Empty:  # a spare
        shapes, warm = warmed_up(cache)
        threads = torch.get_num_threads()  # it may have found that one is faster than several
        paths = lines.get()
    folders = [RunFolder(Path(path)) for path in paths.split("\0")]
    wishes = [Wishes(folder) for folder in folders]

    def close(why: str = "") -> None:
        for each in wishes:
            each.close(why)

    on_signals(close)
    with contextlib.suppress(OSError), folders[0].log.open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)

    def watch() -> None:
        lines.get()
        close()
        time.sleep(20)
        os._exit(1)  # something hangs that cannot be asked

    threading.Thread(target=watch, daemon=True).start()
    if len(folders) == 1:
        ended = [run(folders[0], cache, wishes[0], threads=threads, loaded=shapes, warm=warm)]
    else:
        ended = run_together(folders, cache, wishes, threads=threads, loaded=shapes, warm=warm)
    unsaid = any(folder.status().at_work and not status.at_work for folder, status in zip(folders, ended, strict=True))
    return errno.ENOSPC if unsaid else 0


if __name__ == "__main__":
    sys.exit(main())
