"""One run from its folder to its end: load, go on from kept weights, train, examine; and whatever goes wrong."""

import contextlib
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, Protocol

import torch

from sslviz import data
from sslviz.data.dataset import Dataset
from sslviz.data.sources.contents import Contents
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import State
from sslviz.runs.same_pictures import PicturesChanged, require_same
from sslviz.training.explain import explain, write_story
from sslviz.training.loop import Budget, Progress, risen, train
from sslviz.training.observer import Observer
from sslviz.training.recorder import Recorder, TakenOver
from sslviz.training.trainer import Diverged, Trainer, choose_device

MOST_THREADS = 4  # batches of this size do not keep more of them busy


class Closing(threading.Event):
    """A wish from outside to end: the launcher is gone, a signal, Ctrl-C. `why`: a sentence."""

    why = "The app was closed while this run was training."


class Control(Protocol):
    """What a run is told: worker.Wishes, or what one of two twins hears of them."""

    closed: Closing

    def poll(self) -> list[dict[str, Any]]: ...


class Closed(BaseException):
    """It is to end before it has begun to train. Whoever reads pictures and makes a sentence of any Exception lets it
    pass.
    """


def course(  # noqa: PLR0913 - what both of these have otherwise
    recorder: Recorder,
    cache: Path,
    wishes: Control,
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
    try:
        recorder.begin()
        with recorder.beating():
            state = yield from _trained(recorder, cache, wishes, threads, shelf, warm, budget, clock)
            closed = wishes.closed.is_set()
            recorder.end(when_closed if closed else state, wishes.closed.why if closed else "")
    except Closed:
        recorder.end(when_closed, wishes.closed.why)
    except TakenOver:
        recorder.end("interrupted", "Another process goes on with this run.")
    except Diverged as error:
        recorder.end("failed", f"{error} Lower the learning rate, then resume from the last good weights.")
    except Exception as error:  # whatever it is: a run whose process ends must not stay "running"
        write_story(recorder.folder, error)
        recorder.end("stopped" if isinstance(error, PicturesChanged) else "failed", explain(error))  # all is there


def _trained(
    recorder: Recorder,
    cache: Path,
    wishes: Control,
    threads: int,
    shelf: dict[str, Dataset],
    warm: Trainer | None,
    budget: Budget | None,
    clock: Callable[[], float],
) -> Generator[Progress, None, State]:
    """How it ended: done or stopped. Raises whatever goes wrong."""
    folder = recorder.folder
    settings = folder.settings()
    torch.set_num_threads(settings.training.threads or min(threads, MOST_THREADS))

    def note(text: str, share: float) -> None:
        if wishes.closed.is_set():
            raise Closed
        recorder.note(text, share)

    pictures, device = pictures_of(folder, cache, shelf, note), choose_device()
    recorder.status.reason = ""
    trainer, observer = Trainer(settings, pictures, device), Observer(pictures, device)
    if warm is not None and trainer.same_work(warm):
        trainer.compute_in(warm.how)
    go_on(trainer, folder)
    if folder.probe() is None:
        folder.write_probe(observer.probe_set())
    began, progress, kept_first = trainer.step, Progress(trainer), False
    yield progress
    for progress in train(trainer, observer, wishes, budget=budget, clock=clock):
        if wishes.closed.is_set() and trainer.step == began:
            recorder.keep(progress)
            raise Closed  # without another look: whoever waits for us may lose patience
        recorder.record(progress)
        yield progress
        if wishes.closed.is_set() and not kept_first:  # who waits for us may lose patience: first the weights
            recorder.keep(progress)
            kept_first = True
            yield progress
    recorder.keep(progress)
    if wishes.closed.is_set() or not trainer.over:
        return "stopped"
    examine(recorder, trainer, observer)
    return "done"


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
    again = ""
    if forked:
        with contextlib.suppress(ValueError):  # the parent is of another version
            parent = trainer.settings.change(**about["values"]).training
            again = risen(trainer.rate(trainer.elapsed, parent), trainer.rate(trainer.elapsed))
    if not trainer.settings.training.threads and about.get("threads"):  # as it began, if there are as many cores
        torch.set_num_threads(min(about["threads"], torch.get_num_threads()))
    verb = f"forked from {about['run']} at" if forked else "resumed from"
    folder.append_event(trainer.step, "resume", f"{verb} step {trainer.step}{again}")


def examine(recorder: Recorder, trainer: Trainer, observer: Observer) -> None:
    """The final scores and, to compare them with, those of the untrained network, into the status."""
    start = {f"{name}_random_init": score for name, score in observer.exam(trainer.untrained).items()}
    recorder.status = recorder.status.model_copy(update={**observer.exam(trainer.method), **start})
