"""The two processes that help: one draws maps, one measures. Both are started again when they have died."""

import time
from pathlib import Path

from sslviz.processes import children
from sslviz.processes.children import EVALUATOR, PROJECTOR, Process
from sslviz.processes.notices import Notices
from sslviz.processes.watch import Silence
from sslviz.runs.folder import RunFolder
from sslviz.runs.owner import frozen

FROZEN = 5.0  # seconds for which one may be halted before it is killed
AGAIN = 30.0  # seconds between two starts of one that dies


class Helpers:
    """Whoever calls holds the launcher's lock."""

    def __init__(self, runs: Path, cache: Path, notices: Notices, *, projector: bool) -> None:
        self.runs, self.cache, self.notices, self.with_projector = runs, cache, notices, projector
        self.projector: Process | None = None
        self.projector_started = -AGAIN  # when, on the monotonic clock
        self.evaluator: Process | None = None  # started when first asked for
        self.measuring: set[str] = set()  # runs that it was asked to evaluate
        self.silence = Silence()

    @property
    def processes(self) -> list[Process]:
        return [process for process in (self.projector, self.evaluator) if process is not None]

    def evaluate(self, folder: RunFolder, step: int, names: tuple[str, ...]) -> None:
        """Raises OSError if nothing can be written there."""
        self.keep_evaluator()
        folder.write_evaluation_progress(step=step, name=names[0], rows=0)
        if self.evaluator is None:
            self.evaluator = children.start(EVALUATOR, self.cache)
        self.measuring.add(folder.id)
        children.tell(self.evaluator, path=str(folder.path), step=step, names=names)

    def wake(self) -> None:
        """Kills those that were halted: what is asked of them would never be done."""
        for process in self.processes:
            halted = frozen(process.pid)
            if self.silence.seconds(process.pid, halted) > FROZEN and halted:
                process.kill()

    def keep_projector(self) -> None:
        if not self.with_projector or children.is_running(self.projector):
            return
        if self.projector is not None:
            self.notices.say("The process that draws the maps had died. It is started again.")
        if time.monotonic() - self.projector_started > AGAIN:
            self.projector_started = time.monotonic()
            self.projector = children.start(PROJECTOR, self.runs)

    def keep_evaluator(self) -> None:
        """If it has died, whoever waits for it is told."""
        if self.evaluator is None or children.is_running(self.evaluator):
            return
        how = children.how_it_ended(self.evaluator)
        for run_id in [*self.measuring]:
            folder = RunFolder(self.runs / run_id)
            now = folder.evaluation_progress()
            if folder.exists and not {"done", "error"} & now.keys():
                said = f"The process that measures was ended {how}. What was measured is kept: ask again for the rest."
                folder.write_evaluation_progress(step=now.get("step"), error=said)
            self.measuring.discard(run_id)
        self.evaluator = None
