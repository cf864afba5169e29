"""Says of runs whose process is gone that they have ended: nobody else ever would."""

import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from sslviz.runs.folder import SILENCE, RunFolder
from sslviz.runs.owner import me
from sslviz.runs.records import State, Status
from sslviz.runs.shelf import list_runs

ENDED = "The app ended while this run was training. Everything recorded is kept."


class Silence:
    """For how long nothing has changed, by our own clock: that of another computer may be an hour off."""

    def __init__(self) -> None:
        self._last: dict[Any, tuple[Any, float]] = {}

    def seconds(self, of: Any, value: Any) -> float:
        """Since `value` was first what it is now."""
        now = time.monotonic()
        before, since = self._last.get(of, (value, now))
        self._last[of] = (value, since if before == value else now)
        return now - self._last[of][1]

    def forget(self, of: Any) -> None:
        self._last.pop(of, None)


class Watch:
    """Looks after the runs in a folder."""

    def __init__(self, runs: Path) -> None:
        self.runs, self.silence = runs, Silence()
        self.last_words: dict[str, tuple[State, str]] = {}  # of runs: state, reason; not written yet

    def interrupted(self, run_id: str, reason: str = ENDED) -> None:
        """Unless it is known already how it has ended."""
        self.ended(run_id, *self.last_words.get(run_id, ("interrupted", reason)))

    def ended(self, run_id: str, state: State, reason: str = "") -> None:
        """For a run whose process is gone, or never was. Raises OSError if that cannot be written now: then it is as
        soon as it can be, since `dead` finds the run again.
        """
        self.last_words[run_id] = state, reason
        folder = RunFolder(self.runs / run_id)
        if folder.exists and not folder.is_taken():  # another process may have gone on with it
            folder.end(folder.status(), state, reason)
        del self.last_words[run_id]

    def dead(self, ours: Collection[str]) -> Iterator[str]:
        """Names of runs at work whose process is gone, except `ours`. On this computer it is gone when its number says
        so, however long it has been silent; on another one when its heartbeat has stood still.
        """
        for folder in list_runs(self.runs):
            status = folder.status()
            if folder.id in ours or not status.at_work:
                self.silence.forget(folder.id)
            elif self._is_dead(folder.id, status):
                yield folder.id

    def _is_dead(self, run_id: str, status: Status) -> bool:
        if status.state == "queued" and status.owner == me():
            return True  # it waits for us, and we do not know it
        alive = status.owner.alive()
        if alive is None:
            return self.silence.seconds(run_id, status.heartbeat) > SILENCE
        return not alive
