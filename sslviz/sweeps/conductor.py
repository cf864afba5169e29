"""A sweep without the app: its runs one after the other, in this process. The files are the same as the app's."""

import threading
from collections.abc import Callable
from pathlib import Path

from sslviz import data
from sslviz.data.dataset import Dataset
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Status
from sslviz.sweeps.store import ready
from sslviz.sweeps.sweep import Sweep
from sslviz.training.cores import cores
from sslviz.training.explain import refusal
from sslviz.training.worker import Wishes, run


class Conductor:
    """Trains what is left of a sweep; `close` ends the run at work after this step and begins no other."""

    def __init__(self, sweep: Sweep, runs: Path, cache: Path) -> None:
        self.sweep, self.runs, self.cache = sweep, runs, cache
        self.closed = threading.Event()
        self.why = ""
        self.wishes: Wishes | None = None
        self.refused: dict[str, str] = {}  # runs that could not be begun: name -> why

    def close(self, why: str = "") -> None:
        """`why`: a sentence for the run at work, if it is not that the app was closed."""
        self.why = why
        self.closed.set()
        if self.wishes is not None:
            self.wishes.close(why)

    def train(self, on_progress: Callable[[str, Status], None], on_end: Callable[[RunFolder], None]) -> None:
        """on_progress hears the name of the run and its status at every step, on_end of every run that has ended.

        A run that failed says so in its status, and the next one begins; those that are done stay as they are.
        """
        pictures = self._pictures()
        for name in self.sweep.runs:
            if self.closed.is_set():
                return
            try:
                self._train(name, pictures, on_progress, on_end)
            except Exception as error:  # one cell must not hold up the others
                self.refused[name] = refusal(error)

    def _train(
        self,
        name: str,
        pictures: Dataset | None,
        on_progress: Callable[[str, Status], None],
        on_end: Callable[[RunFolder], None],
    ) -> None:
        folder = ready(self.runs, name)
        if folder is None:
            return
        self.wishes = Wishes(folder)
        if self.closed.is_set():  # just now
            self.wishes.close(self.why)

        def heard(status: Status) -> None:
            on_progress(name, status)

        run(folder, self.cache, self.wishes, threads=cores(), on_progress=heard, loaded=pictures)
        on_end(folder)

    def _pictures(self) -> Dataset | None:
        """Read once for all runs. Where they cannot be had, each run says why."""
        try:
            return data.load(self.sweep.base.data, cache=self.cache)
        except Exception:
            return None
