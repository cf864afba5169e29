"""Starts and watches the worker processes: a queue, a number of slots, a warm spare, and the projector.

One launcher per server, shared by all its visitors. It talks to workers through run folders only; of each process it
keeps nothing but the handle. Closing a worker's standard input, on purpose or by dying, asks the worker to keep its
weights and go.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from sslviz.place import PACKAGE
from sslviz.runs import twins
from sslviz.runs.folder import BIN, RunFolder, list_runs, take_back
from sslviz.runs.settings import Parent, RunSettings
from sslviz.sweeps.store import ready

Process = subprocess.Popen[bytes]
SILENCE = 8.0  # seconds without a heartbeat after which a worker that is not ours is taken for dead
JUDGING = 300.0  # seconds without news after which an evaluation is taken for dead
HEAD_START = 30.0  # seconds that a run has the machine to itself before the next spare is warmed up beside it
PATIENCE = 5.0  # seconds that a worker gets to keep its weights before it is killed
SINGLE = {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}


class Launcher:
    """`slots`: how many runs train at a time; the rest wait in the queue. `spare`: keep a worker warm."""

    def __init__(self, runs: Path, cache: Path, *, slots: int = 1, spare: bool = True, projector: bool = True) -> None:
        self.runs, self.cache, self.slots, self.with_spare, self.with_projector = runs, cache, slots, spare, projector
        self.queue: deque[str] = deque()
        self.patient: deque[str] = deque()  # planned runs of sweeps: all of `queue` goes first
        self.workers: dict[str, Process] = {}  # twins have the same process
        self.ending: dict[str, Process] = {}  # told to stop: they score and keep what they have, but hold no slot
        self.spare: Process | None = None
        self.spare_taken = 0.0  # when, on the monotonic clock
        self.projector: Process | None = None
        self.evaluator: Process | None = None  # started when first asked for
        self.notices: deque[tuple[float, str]] = deque(maxlen=20)  # Unix time, sentence
        self._lock = threading.RLock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._supervise, name="launcher", daemon=True)

    def open(self) -> "Launcher":
        self.runs.mkdir(parents=True, exist_ok=True)
        self._thread.start()
        return self

    def close(self) -> None:
        """Lets every worker keep its weights and end; kills those that do not. Afterwards no process of ours is
        left.
        """
        self._closed.set()
        self._thread.join()
        processes = [
            p
            for p in (*self.workers.values(), *self.ending.values(), self.spare, self.projector, self.evaluator)
            if p is not None
        ]
        for process in processes:
            hang_up(process)
        deadline = time.monotonic() + PATIENCE
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            process.kill()
            process.wait()
        for run_id in (*self.workers, *self.ending, *self.queue):
            self._interrupted(run_id, "The app was closed while this run was training.")

    # -- what a viewer can ask for ------------------------------------------------------------------------------------

    def start(self, settings: RunSettings) -> RunFolder:
        """A new run; it trains at once if a slot is free."""
        folder = RunFolder.create(self.runs, settings)
        self._enqueue(folder.id)
        return folder

    def start_twins(self, one: RunSettings, other: RunSettings) -> tuple[RunFolder, RunFolder]:
        """Two new runs in lock-step, in one slot."""
        folders = twins.create(self.runs, one, other)
        self._enqueue(*(folder.id for folder in folders))
        return folders

    def resume(self, run_id: str, **changes: Any) -> None:
        """Goes on from the last kept weights (or from the start, if there are none), with its twin if that can go on.
        Changes are longer `steps`, say.
        """
        folder = self.folder(run_id)
        if folder.status().at_work:
            return
        together = twins.go_on_together(folder)
        for each in together:
            each.wait_again()
        for name, value in changes.items():
            folder.send("set", name=name, value=value)
        self._enqueue(*(each.id for each in together))

    def fork(self, run_id: str, step: int, settings: RunSettings) -> RunFolder:
        """A new run that starts from another's weights at `step`, under these settings."""
        settings = settings.model_copy(update={"parent": Parent(run=run_id, step=step), "twin": None})
        folder = RunFolder.create(self.runs, settings)
        self.folder(run_id).copy_weights(step, folder)
        self._enqueue(folder.id)
        return folder

    def stop(self, run_id: str) -> None:
        """And its twin, if they are in lock-step."""
        with self._lock:
            if run_id in self.queue:
                for each in self._with_twin(run_id):
                    self.queue.remove(each)
                    folder = self.folder(each)
                    folder.write_status(folder.status().model_copy(update={"state": "stopped"}))
                return
            self.folder(run_id).send("stop")
            if run_id in self.workers:
                process = self.workers[run_id]
                for each in [name for name, its in self.workers.items() if its is process]:
                    self.ending[each] = self.workers.pop(each)
                self._fill_slots()

    def sweep(self, names: Iterable[str]) -> None:
        """Trains planned runs (sweeps/store.py), one after the other, when nobody else is waiting."""
        with self._lock:
            self.patient.extend(name for name in names if name not in self.patient)
            self._fill_slots()

    def cancel(self, names: Collection[str]) -> None:
        """Planned runs are not begun; those at work keep their weights and stop."""
        with self._lock:
            self.patient = deque(name for name in self.patient if name not in names)
            for name in {*self.workers, *self.queue}.intersection(names):
                self.stop(name)

    def delete(self, run_id: str) -> None:
        """Into the bin. Raises ValueError for a run that is at work, LookupError for one that is not there."""
        with self._lock:
            folder = self.folder(run_id)
            if folder.status().at_work or run_id in {*self.workers, *self.ending, *self.queue}:
                raise ValueError("This run is at work. Stop it first.")
            now = folder.evaluation_progress()
            if now and not {"done", "error"} & now.keys() and time.time() - now.get("time", 0) < JUDGING:
                raise ValueError("This run is being judged. Wait until that is done.")
            folder.throw_away()

    def deleted(self) -> list[RunFolder]:
        """What lies in the bin."""
        return list_runs(self.runs / BIN)

    def undelete(self, run_id: str) -> RunFolder:
        """Out of the bin again. Raises LookupError for a name that is not in it."""
        with self._lock:
            return take_back(self.runs, run_id)

    def project(self, run: RunFolder, kind: str, step: int) -> None:
        """Asks the projector for one layout of one moment. Asking twice costs nothing."""
        if self.projector is not None:
            to = "" if run.path.parent == self.runs else str(self.spare_maps(run).path)
            tell(self.projector, path=str(run.path), kind=kind, step=step, to=to)

    def spare_maps(self, run: RunFolder) -> RunFolder:
        """Where the further maps of a recorded example are kept, which itself is never written to. Recorded anew, it
        gets another place.
        """
        return RunFolder(self.cache / "maps" / f"{run.id}-{run.status().heartbeat:.0f}")

    def evaluate(self, run_id: str, step: int, names: tuple[str, ...]) -> None:
        """Asks the evaluator for what has not been measured of this moment yet."""
        folder = self.folder(run_id)
        with self._lock:
            if self.evaluator is None or self.evaluator.poll() is not None:
                self.evaluator = self._popen("sslviz.processes.evaluator", self.cache)
            folder.write_evaluation_progress(step=step, name=names[0], rows=0)
            tell(self.evaluator, path=str(folder.path), step=step, names=names)

    def folder(self, run_id: str) -> RunFolder:
        """Raises LookupError for a name that is no run here (and never leaves the runs folder)."""
        folder = RunFolder(self.runs / Path(run_id).name)
        if not run_id or folder.id != run_id or not folder.exists:
            raise LookupError(f"There is no run called {run_id!r} here.")
        return folder

    def ahead(self, run_id: str) -> int:
        """How many runs must end before this one starts."""
        with self._lock:
            if run_id not in self.queue:
                return 0
            before = list(self.queue)[: self.queue.index(run_id)]
            return len(self.workers) + sum(each not in self._with_twin(run_id) for each in before)

    # -- behind the scenes --------------------------------------------------------------------------------------------

    def _enqueue(self, *run_ids: str) -> None:
        with self._lock:
            self.queue.extend(run_ids)
            self._fill_slots()

    def _with_twin(self, run_id: str) -> list[str]:
        """The run, and its twin if that waits in the queue as well: they get one process."""
        other = twins.partner(self.folder(run_id))
        return [run_id, other.id] if other is not None and other.id in self.queue else [run_id]

    def _supervise(self) -> None:
        turn = 0
        while not self._closed.wait(0.2):
            with self._lock:
                self._reap()
                self._fill_slots()
                self._keep_spare()
                self._keep_projector()
            if turn % 10 == 0:
                self._find_the_dead()
            turn += 1

    def _reap(self) -> None:
        for book in (self.workers, self.ending):
            for run_id, process in [*book.items()]:
                if process.poll() is None:
                    continue
                del book[run_id]
                if run_id in self.queue or run_id in self.workers:  # resumed since: this process has no say any more
                    continue
                code = process.returncode
                how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
                self._interrupted(run_id, f"The training process was ended {how}. Everything recorded is kept.")

    def _interrupted(self, run_id: str, reason: str) -> None:
        """The worker is gone, so its status is ours to write; a worker that ended properly has written it itself."""
        folder = RunFolder(self.runs / run_id)
        status = folder.status()
        if folder.exists and status.at_work:  # it may have been deleted since it was stopped
            folder.write_status(status.model_copy(update={"state": "interrupted", "reason": reason, "pid": None}))

    def _next(self) -> list[str]:
        """Who trains next, in one process: what somebody has started (and its twin), else a planned run of a sweep."""
        if self.queue:
            together = self._with_twin(self.queue[0])
            for run_id in together:
                self.queue.remove(run_id)
            return together
        for name in [name for name in self.patient if name not in {*self.workers, *self.ending}]:
            self.patient.remove(name)
            try:
                if ready(self.runs, name) is not None:
                    return [name]
            except (OSError, ValueError) as error:
                self.notices.append((time.time(), f"{name} could not be started: {error}"))
        return []

    def _fill_slots(self) -> None:
        while len({*self.workers.values()}) < self.slots and not self._closed.is_set():
            if not (together := self._next()):
                return
            process = (
                self.spare
                if self.spare is not None and self.spare.poll() is None
                else self._popen("sslviz.training.worker", self.cache)
            )
            self.spare, self.spare_taken = None, time.monotonic()
            assert process.stdin is not None
            try:
                paths = "\0".join(str(self.folder(run_id).path) for run_id in together)
                process.stdin.write(f"{paths}\n".encode())
                process.stdin.flush()
            except OSError:  # the spare died this very moment
                self.queue.extendleft(reversed(together))
                continue
            self.workers |= dict.fromkeys(together, process)

    def _keep_spare(self) -> None:
        missing = self.spare is None or self.spare.poll() is not None
        early = self.workers and time.monotonic() - self.spare_taken < HEAD_START
        if self.with_spare and missing and not early and not self._closed.is_set():
            self.spare = self._popen("sslviz.training.worker", self.cache)

    def _keep_projector(self) -> None:
        if not self.with_projector or self._closed.is_set():
            return
        if self.projector is None or self.projector.poll() is not None:
            if self.projector is not None:
                self.notices.append((time.time(), "The process that draws the maps had died. It was started again."))
            self.projector = self._popen("sslviz.processes.projector", self.runs)

    def _popen(self, module: str, argument: Path) -> Process:
        return subprocess.Popen(
            [sys.executable, "-m", module, str(argument)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd=PACKAGE.parent,
            env={**os.environ, **(SINGLE if module == "sslviz.processes.projector" else {})},
            # Ctrl-C in the terminal is for the server; it closes us in order. A session of its own would put it out
            # of reach of `nice`: Linux shares its cores among sessions first.
            process_group=0,
        )

    def _find_the_dead(self) -> None:
        """Runs of a server that is gone: nobody else would ever say that they have ended."""
        for folder in list_runs(self.runs):
            status = folder.status()
            with self._lock:
                ours = folder.id in {*self.workers, *self.ending, *self.queue}
            if status.at_work and not ours and time.time() - status.heartbeat > SILENCE:
                self._interrupted(folder.id, "The app ended while this run was training. Everything recorded is kept.")


def tell(process: Process, **request: Any) -> None:
    """One line of JSON to its standard input; a process that has just died hears nothing."""
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()


def hang_up(process: Process) -> None:
    """Closes the standard input of a process: the sign to end."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
