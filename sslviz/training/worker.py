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
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import torch

from sslviz import data
from sslviz.data.dataset import DataError, Dataset
from sslviz.data.sources.contents import Contents
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import State, Status
from sslviz.runs.same_pictures import PicturesChanged, require_same
from sslviz.runs.settings import RunSettings
from sslviz.training.lockstep import Clock, Course, Letters, SharedBudget, Together, by_turns
from sslviz.training.loop import Budget, Progress, train
from sslviz.training.observer import Observer
from sslviz.training.recorder import DiskFull, Recorder
from sslviz.training.trainer import Diverged, Trainer, choose_device

MOST_THREADS = 4  # batches of this size do not keep more of them busy
PAUSE = 0.05  # seconds between two questions whether a pause is over
AT_ONCE = 0.2  # seconds within which the path of a run that waits has been read


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


def course(  # noqa: PLR0913 - what both of these have otherwise
    recorder: Recorder,
    cache: Path,
    wishes: Wishes | Letters,
    *,
    threads: int,
    when_closed: State,
    shelf: dict[str, Dataset],
    warm: Trainer | None,
    budget: Budget | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Progress]:
    """One run from its folder to its end, a step at a time. First it yields the network, ready to go on.

    `shelf`: pictures that are in memory, by name; it gets those that are loaded. The end, whichever it is, stands in
    recorder.status; the story of an unexpected error in the run's log.txt.
    """
    folder = recorder.folder
    try:
        settings = folder.settings()
        torch.set_num_threads(settings.training.threads or min(threads, MOST_THREADS))
        pictures, device = pictures_of(folder, cache, shelf, recorder.note), choose_device()
        recorder.status.reason = ""
        trainer, observer = Trainer(settings, pictures, device), Observer(pictures, device)
        if warm is not None and trainer.same_work(warm):
            trainer.compute_in(warm.how)
        go_on(trainer, folder)
        if folder.probe() is None:
            folder.write_probe(observer.probe_set())
        progress, kept_first = Progress(trainer), False
        yield progress
        for progress in train(trainer, observer, wishes, budget=budget, clock=clock):
            recorder.record(progress)
            yield progress
            if wishes.closed.is_set() and not kept_first:  # who waits for us may lose patience: first the weights
                recorder.keep(progress)
                kept_first = True
                yield progress
        recorder.keep(progress)
        if wishes.closed.is_set():
            recorder.end(when_closed, "The app was closed while this run was training.")
        elif not trainer.over:
            recorder.end("stopped")
        else:
            examine(recorder, trainer, observer)
            recorder.end("done")
    except Diverged as error:
        recorder.end("failed", f"{error} Lower the learning rate, then resume from the last good weights.")
    except Exception as error:  # whatever it is: a run whose process ends must not stay "running"
        write_story(folder, error)
        # stopped: nothing is broken, and it goes on when its pictures are back
        recorder.end("stopped" if isinstance(error, PicturesChanged) else "failed", explain(error))


def pictures_of(
    folder: RunFolder, cache: Path, shelf: dict[str, Dataset], progress: Callable[[str, float], None]
) -> Dataset:
    """The pictures of a run, from the shelf or loaded onto it; what they are is kept in the run. Raises DataError,
    PicturesChanged if it has been trained on others.
    """
    source = folder.settings().data
    if source not in shelf:
        shelf[source] = data.load(source, cache=cache, progress=progress)
    if folder.weights_steps() or folder.probe() is not None:  # it goes on, or is a fork
        require_same(folder, shelf[source])
    folder.write_contents(Contents.of(shelf[source]))
    return shelf[source]


def go_on(trainer: Trainer, folder: RunFolder) -> None:
    """From the last weights that can be read, if there are any: the run's own, or those that it was forked with."""
    kept = next(filter(None, map(folder.weights, reversed(folder.weights_steps()))), None)
    if kept is None:
        return
    tensors, about = kept
    forked = about["run"] != folder.id  # the weights are its parent's, the knobs are its own
    trainer.restore(tensors, {**about, "values": trainer.settings.values()} if forked else about)
    verb = f"forked from {about['run']} at" if forked else "resumed from"
    folder.append_event(trainer.step, "resume", f"{verb} step {trainer.step}")


def examine(recorder: Recorder, trainer: Trainer, observer: Observer) -> None:
    """The final scores and, to compare them with, those of the untrained network, into the status."""
    start = {f"{name}_random_init": score for name, score in observer.exam(trainer.untrained).items()}
    recorder.status = recorder.status.model_copy(update={**observer.exam(trainer.method), **start})


def write_story(folder: RunFolder, error: Exception) -> None:
    """The traceback of the error at hand, into the run's log.txt, if it can be written and says more than the error."""
    if isinstance(error, DataError):
        return
    with contextlib.suppress(OSError), folder.log.open("a", encoding="utf-8") as log:
        traceback.print_exc(file=log)


def explain(error: Exception) -> str:
    """What went wrong, and what to do, in a sentence or two."""
    if isinstance(error, DataError):
        return str(error)
    if isinstance(error, DiskFull) or (isinstance(error, OSError) and error.errno == errno.ENOSPC):
        return "The disk is full. Everything recorded so far is kept: make room, then resume."
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "allocate memory" in str(error):
        return "Out of memory. Lower the batch size or the encoder width, then resume."
    return f"{type(error).__name__}: {error} (the whole story is in the run's log.txt)"


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


def main() -> None:
    cache = Path(sys.argv[1]) if len(sys.argv) > 1 else data.default_cache()
    if hasattr(os, "nice"):
        os.nice(10)  # the app in front of the user comes first
    # One core is left to the app and the browser: two threads that wait for each other on a busy core took three
    # times as long for a step as one thread alone (measured on two cores).
    threads = max(1, (os.cpu_count() or 1) - 1)
    torch.set_num_threads(min(threads, MOST_THREADS))
    lines: SimpleQueue[str] = SimpleQueue()

    def listen() -> None:
        lines.put(sys.stdin.readline().strip())
        sys.stdin.read()  # returns when the launcher has gone
        lines.put("")

    threading.Thread(target=listen, daemon=True).start()
    shapes, warm = None, None
    try:
        paths = lines.get(timeout=AT_ONCE)
    except Empty:  # a spare
        shapes, warm = warmed_up(cache)
        paths = lines.get()
    if not paths:
        return
    folders = [RunFolder(Path(path)) for path in paths.split("\0")]
    wishes = [Wishes(folder) for folder in folders]
    with folders[0].log.open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)

    def watch() -> None:
        lines.get()
        for each in wishes:
            each.close()
        time.sleep(20)
        os._exit(1)  # something hangs that cannot be asked

    threading.Thread(target=watch, daemon=True).start()
    if len(folders) == 1:
        run(folders[0], cache, wishes[0], threads=threads, loaded=shapes, warm=warm)
    else:
        run_together(folders, cache, wishes, threads=threads, loaded=shapes, warm=warm)


if __name__ == "__main__":
    main()
