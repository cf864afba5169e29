"""Who trains next: what somebody has started, in order, and after that the planned runs of sweeps."""

import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from sslviz.runs import twins
from sslviz.runs.folder import RunFolder
from sslviz.sweeps.store import ready

AGAIN = 2.0  # seconds after which a planned run that could not be made (the disk is full) is tried again


class Queue:
    """Names of runs. Of planned ones there is no folder yet, as a rule."""

    def __init__(self, runs: Path, notice: Callable[[str], None]) -> None:
        self.runs, self.notice = runs, notice
        self.started: deque[str] = deque()
        self.planned: deque[str] = deque()  # all of `started` goes first
        self.not_before = 0.0  # on the monotonic clock: the next planned run

    def __contains__(self, run_id: str) -> bool:
        return run_id in self.started

    def __iter__(self) -> Iterator[str]:
        return iter(self.started)

    def __len__(self) -> int:
        return len(self.started)

    def with_twin(self, run_id: str) -> list[str]:
        """The run, and its twin if that waits here as well: they get one process."""
        other = twins.partner(RunFolder(self.runs / run_id))
        return [run_id, other.id] if other is not None and other.id in self.started else [run_id]

    def before(self, run_id: str) -> int:
        """How many of those that somebody has started come earlier; its twin comes with it."""
        earlier = list(self.started)[: self.started.index(run_id)]
        return sum(each not in self.with_twin(run_id) for each in earlier)

    def next(self, at_work: Collection[str]) -> list[str]:
        """Takes out who trains next, in one process; nobody: []. at_work: not these. A run whose folder has gone is
        passed over.
        """
        while self.started:
            together = self.with_twin(self.started[0])
            for run_id in together:
                self.started.remove(run_id)
            if there := [run_id for run_id in together if RunFolder(self.runs / run_id).exists]:
                return there
            self.notice(f"{together[0]} is not trained: its folder has gone.")
        return self._next_planned(at_work)

    def put_back(self, together: list[str]) -> None:
        """To the front again: it could not be given to a process."""
        self.started.extendleft(reversed(together))

    def _next_planned(self, at_work: Collection[str]) -> list[str]:
        if time.monotonic() < self.not_before:
            return []
        for name in [name for name in self.planned if name not in at_work]:
            self.planned.remove(name)
            try:
                if ready(self.runs, name) is not None:
                    return [name]
            except OSError as error:
                self.planned.append(name)
                self.not_before = time.monotonic() + AGAIN
                self.notice(f"A planned run could not be started yet: {error.strerror or error}.")
                return []
            except Exception as error:  # one cell must not hold up the others
                self.notice(f"{name} could not be started: {error}")
        return []
