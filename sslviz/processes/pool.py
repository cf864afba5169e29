"""The processes that train: a number of slots, a warm spare, and those that are about to end."""

import errno
import time
from pathlib import Path

from sslviz.processes import children
from sslviz.processes.children import PATIENCE, WORKER, Process
from sslviz.processes.notices import Notices
from sslviz.processes.queue import Queue
from sslviz.processes.watch import Silence, Watch
from sslviz.runs.folder import RunFolder
from sslviz.runs.owner import frozen

HEAD_START = 30.0  # seconds that a run has the machine to itself before the next spare is warmed up beside it
LONGEST = 60.0  # seconds after which a worker that was told to stop is killed, even if it shows signs of life
NO_ANSWER = "The training process did not answer and was ended. Everything recorded is kept."


class Pool:
    """Whoever calls holds the launcher's lock."""

    def __init__(self, cache: Path, queue: Queue, watch: Watch, notices: Notices, *, slots: int, spare: bool) -> None:
        self.cache, self.queue, self.watch, self.notices = cache, queue, watch, notices
        self.slots, self.with_spare = slots, spare
        self.workers: dict[str, Process] = {}  # twins have the same process
        self.ending: dict[str, Process] = {}  # told to stop: they score and keep what they have, but hold no slot
        self.spare: Process | None = None
        self.spare_taken = 0.0  # when, on the monotonic clock
        self.tried: set[str] = set()  # runs that were given to a process which died before it had begun
        self.silence = Silence()

    @property
    def busy(self) -> set[str]:
        """The runs that have a process."""
        return {*self.workers, *self.ending}

    @property
    def processes(self) -> list[Process]:
        every = (*self.workers.values(), *self.ending.values(), self.spare)
        return list(dict.fromkeys(process for process in every if process is not None))

    def let_end(self, run_id: str) -> None:
        """A worker that was told to stop holds no slot any more; nor does a twin's."""
        process = self.workers[run_id]
        for each in [name for name, its in self.workers.items() if its is process]:
            self.ending[each] = self.workers.pop(each)

    def reap(self) -> None:
        """Says of those that have ended how, unless they have said it themselves."""
        for book in (self.workers, self.ending):
            for run_id, process in [*book.items()]:
                if process.poll() is None:
                    continue
                del book[run_id]
                if run_id in self.queue or run_id in self.workers:  # resumed since: this process has no say any more
                    continue
                if book is self.workers and run_id not in self.tried and self._is_untouched(run_id):
                    self.tried.add(run_id)
                    self.queue.put_back([run_id])
                    continue
                how = children.how_it_ended(process)
                reason = f"The training process was ended {how}. Everything recorded is kept."
                if process.returncode == errno.ENOSPC:  # what a worker says that could not write its last word
                    reason = "The folder of runs could not be written to: the disk is full, or read-only."
                self.notices.guarded(self.watch.interrupted, run_id, reason)

    def _is_untouched(self, run_id: str) -> bool:
        """The spare died this very moment, say: the run may have another one, once."""
        folder = RunFolder(self.queue.runs / run_id)
        return folder.exists and folder.status().state == "queued"

    def hurry(self) -> None:
        """Kills workers that were told to stop and show no sign of life."""
        for run_id, process in self.ending.items():
            status = RunFolder(self.queue.runs / run_id).status()
            silent = self.silence.seconds((process.pid, run_id), status.heartbeat)
            if silent > PATIENCE or self.silence.seconds(process.pid, "told to stop") > LONGEST:
                self.watch.last_words.setdefault(run_id, ("stopped", NO_ANSWER))
                process.kill()

    def fill_slots(self) -> None:
        """Raises OSError if no process can be started; then everybody keeps his place."""
        while len({*self.workers.values()}) < self.slots:
            if not (together := self.queue.next(self.busy)):
                return
            try:
                process = self._take_spare() or children.start(WORKER, self.cache)
            except OSError:
                self.queue.put_back(together)
                raise
            self.spare_taken = time.monotonic()
            try:
                children.say(process, "\0".join(str(self.queue.runs / run_id) for run_id in together))
            except OSError:  # the spare died this very moment
                self.queue.put_back(together)
                continue
            self.workers |= dict.fromkeys(together, process)

    def _take_spare(self) -> Process | None:
        """None if there is none that can work: a halted one is killed."""
        spare, self.spare = self.spare, None
        if spare is not None and frozen(spare.pid):
            spare.kill()
            spare.wait()
        return spare if children.is_running(spare) else None

    def keep_spare(self) -> None:
        """Another one, once the run that has begun last has had its head start."""
        early = self.workers and time.monotonic() - self.spare_taken < HEAD_START
        if self.with_spare and not children.is_running(self.spare) and not early:
            self.spare = children.start(WORKER, self.cache)
