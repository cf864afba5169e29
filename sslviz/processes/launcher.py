"""Starts and watches the worker processes: a queue, a number of slots, a warm spare, and the projector.

One launcher per server, shared by all its visitors. It talks to workers through run folders only; of each process it
keeps nothing but the handle. Closing a worker's standard input, on purpose or by dying, asks the worker to keep its
weights and go. Several servers may look at one folder of runs: each run has one owner (runs/owner.py), and only a run
whose owner is gone can be taken over.
"""

import shutil
import threading
from collections import deque
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from sslviz.processes import children
from sslviz.processes.helpers import Helpers
from sslviz.processes.notices import Notices
from sslviz.processes.pool import Pool
from sslviz.processes.queue import Queue
from sslviz.processes.watch import Watch
from sslviz.runs import twins
from sslviz.runs.files import clear
from sslviz.runs.folder import BIN, Busy, RunFolder
from sslviz.runs.settings import Parent, RunSettings
from sslviz.runs.shelf import list_runs, take_back


class Launcher:
    """`slots`: how many runs train at a time; the rest wait in the queue. `spare`: keep a worker warm."""

    def __init__(self, runs: Path, cache: Path, *, slots: int = 1, spare: bool = True, projector: bool = True) -> None:
        self.runs, self.cache, self.slots = runs, cache, slots
        self.notices, self.watch = Notices(), Watch(runs)
        self.queue = Queue(runs, self.notices.say)
        self.pool = Pool(cache, self.queue, self.watch, self.notices, slots=slots, spare=spare)
        self.helpers = Helpers(runs, cache, self.notices, projector=projector)
        self._lock = threading.RLock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._supervise, name="launcher", daemon=True)

    def open(self) -> "Launcher":
        """A folder of runs that cannot be made is no error here: it is said in a notice, and again where somebody
        starts a run.
        """
        self.notices.guarded(self._tidy)
        self._thread.start()
        return self

    def close(self) -> None:
        """Lets every worker keep its weights and end; kills those that do not. Afterwards no process of ours is
        left.
        """
        self._closed.set()
        self._thread.join()
        self.pool.slots = 0
        children.end([*self.pool.processes, *self.helpers.processes])
        for run_id in (*self.pool.busy, *self.queue):
            self.notices.guarded(self.watch.interrupted, run_id, "The app was closed while this run was training.")
        self.notices.guarded(self.helpers.keep_evaluator)

    # -- what a viewer can ask for ------------------------------------------------------------------------------------

    def start(self, settings: RunSettings) -> RunFolder:
        """A new run; it trains at once if a slot is free. Raises OSError if it cannot be made."""
        with self._lock:
            folder = RunFolder.create(self.runs, settings)
            self._enqueue(folder.id)
        return folder

    def start_twins(self, one: RunSettings, other: RunSettings) -> tuple[RunFolder, RunFolder]:
        """Two new runs in lock-step, in one slot."""
        with self._lock:
            folders = twins.create(self.runs, one, other)
            self._enqueue(*(folder.id for folder in folders))
        return folders

    def resume(self, run_id: str, **changes: Any) -> None:
        """Goes on from the last kept weights (or from the start, if there are none), with its twin if that can go on.
        Changes are longer `steps`, say. A run that another process has is left to it, with a notice.
        """
        with self._lock:
            folder = self.folder(run_id)
            if run_id in {*self.pool.workers, *self.queue} and folder.status().at_work:
                return
            together = twins.go_on_together(folder)
            try:
                for each in together:
                    each.wait_again()
            except Busy as error:
                self.notices.say(str(error))
                return
            for name, value in changes.items():
                folder.send("set", name=name, value=value)
            self._enqueue(*(each.id for each in together))

    def fork(self, run_id: str, step: int, settings: RunSettings) -> RunFolder:
        """A new run that starts from another's weights at `step`, under these settings. Raises OSError as `start`."""
        settings = settings.model_copy(update={"parent": Parent(run=run_id, step=step), "twin": None})
        with self._lock:
            folder = RunFolder.create(self.runs, settings)
            try:
                self.folder(run_id).copy_weights(step, folder)
            except OSError:
                shutil.rmtree(folder.path, ignore_errors=True)
                raise
            self._enqueue(folder.id)
        return folder

    def stop(self, run_id: str) -> None:
        """And its twin, if they are in lock-step. A process that does not answer is killed after PATIENCE."""
        with self._lock:
            if run_id in self.queue:
                for each in self.queue.with_twin(run_id):
                    self.queue.started.remove(each)
                    self.watch.ended(each, "stopped")
                return
            self.notices.guarded(self.folder(run_id).send, "stop")
            if run_id in self.pool.workers:
                self.pool.let_end(run_id)
                self.notices.guarded(self.pool.fill_slots)

    def sweep(self, names: Iterable[str]) -> None:
        """Trains planned runs (sweeps/store.py), one after the other, when nobody else is waiting."""
        with self._lock:
            self.queue.planned.extend(name for name in names if name not in self.queue.planned)
            self.notices.guarded(self.pool.fill_slots)

    def cancel(self, names: Collection[str]) -> None:
        """Planned runs are not begun; those at work keep their weights and stop."""
        with self._lock:
            self.queue.planned = deque(name for name in self.queue.planned if name not in names)
            for name in {*self.pool.workers, *self.queue}.intersection(names):
                self.stop(name)

    def delete(self, run_id: str) -> None:
        """Into the bin. Raises ValueError for a run that is at work, LookupError for one that is not there."""
        with self._lock:
            folder = self.folder(run_id)
            if folder.is_taken() or run_id in {*self.pool.busy, *self.queue}:
                raise ValueError("This run is at work. Stop it first.")
            if folder.is_measured():
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
        if self.helpers.projector is not None:
            to = "" if run.path.parent == self.runs else str(self.spare_maps(run).path)
            children.tell(self.helpers.projector, path=str(run.path), kind=kind, step=step, to=to)

    def spare_maps(self, run: RunFolder) -> RunFolder:
        """Where the further maps of a recorded example are kept, which itself is never written to. Recorded anew, it
        gets another place.
        """
        return RunFolder(self.cache / "maps" / f"{run.id}-{run.status().heartbeat:.0f}")

    def evaluate(self, run_id: str, step: int, names: tuple[str, ...]) -> None:
        """Asks the evaluator for what has not been measured of this moment yet. Raises OSError if nothing can be
        written.
        """
        folder = self.folder(run_id)
        with self._lock:
            self.helpers.evaluate(folder, step, names)

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
            return len(self.pool.workers) + self.queue.before(run_id)

    # -- behind the scenes --------------------------------------------------------------------------------------------

    def _enqueue(self, *run_ids: str) -> None:
        self.queue.started.extend(run_ids)
        self.notices.guarded(self.pool.fill_slots)

    def _supervise(self) -> None:
        """The launcher's thread. Whatever happens in one duty becomes a notice, and the others go on."""
        pool, helpers = self.pool, self.helpers
        duties = [pool.reap, pool.hurry, pool.fill_slots, pool.keep_spare]
        duties += [helpers.wake, helpers.keep_projector, helpers.keep_evaluator]
        turn = 0
        while not self._closed.wait(0.2):
            for duty in duties:
                with self._lock:
                    self.notices.guarded(duty)
            if turn % 10 == 0:
                self.notices.guarded(self._find_the_dead)
            turn += 1

    def _find_the_dead(self) -> None:
        """Runs of a server that is gone, or of a command line."""
        with self._lock:
            ours = {*self.pool.busy, *self.queue}
        for run_id in self.watch.dead(ours):
            with self._lock:
                if run_id not in {*self.pool.busy, *self.queue}:
                    self.notices.guarded(self.watch.interrupted, run_id)

    def _tidy(self) -> None:
        """Removes what was being written when its process was killed."""
        self.runs.mkdir(parents=True, exist_ok=True)
        clear(self.runs)
        for folder in list_runs(self.runs):
            folder.clear()
