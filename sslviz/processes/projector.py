"""The process that lays out the maps: for every run at work, PCA and UMAP of each new snapshot; other layouts on
request.

    python -m sslviz.processes.projector RUNS     one request per line of standard input: {"path", "kind", "step"}

`path` is the folder of a run; `to`, if it is given, the folder that takes the layouts of a run that must not be
changed. A kind is a name that processes/map_kind.py understands.

UMAP's first call compiles for some seconds, so there is one process for it, which stays. It ends when its input does.
Each layout starts from the one before and is turned onto it, so that a point that has not changed stays where it was.
"""

import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sslviz.measures import projection
from sslviz.processes.map_kind import MapKind
from sslviz.runs.folder import RunFolder
from sslviz.runs.shelf import list_runs

PAUSE = 0.25  # seconds between two looks for new snapshots
FRESH = 60.0  # seconds since the last heartbeat for which a run is followed
METHODS: dict[str, Callable[..., Any]] = {
    "pca": projection.pca,
    "umap": projection.umap_layout,
    "tsne": projection.tsne,
}
Layout = np.ndarray[Any, Any]


class Request(NamedTuple):
    """One line of the standard input."""

    run: RunFolder
    step: int
    kind: str
    to: RunFolder | None

    @classmethod
    def parse(cls, line: str) -> "Request":
        told = json.loads(line)
        to = RunFolder(Path(told["to"])) if told.get("to") else None
        return cls(RunFolder(Path(told["path"])), int(told["step"]), str(told["kind"]), to)


class Projector:
    """Serial: one layout after another, newest moment first."""

    def __init__(self, runs: Path) -> None:
        self.runs = runs
        self.looked: dict[str, int] = {}  # the newest step of each run that was looked at
        self.warm = threading.Event()  # UMAP is compiled, in a thread of its own; until then it is that thread's alone
        self.later: list[Request] = []  # those that wait for it
        threading.Thread(target=self._warm_up, daemon=True).start()

    def _warm_up(self) -> None:
        projection.warm_up()
        self.warm.set()

    def answer(self, request: Request) -> None:
        """Lays out what was asked for. UMAP that is not compiled yet is done later, once `follow` finds that it is: two
        threads in it at a time end the process, where numba has but its own pool of threads.
        """
        if MapKind.parse(request.kind).method == "umap" and not self.warm.is_set():
            self.later.append(request)
        else:
            self.lay_out(request.run, request.step, request.kind, request.to)

    def follow(self) -> None:
        """Lays out the newest embedding of every run at work, unless that is done already. A moment that cannot be laid
        out is not tried again, and the other runs get their maps.
        """
        while self.later and self.warm.is_set():
            self.answer(self.later.pop())
        for folder in list_runs(self.runs):
            if abs(time.time() - folder.status().heartbeat) > FRESH:
                continue
            steps = [s for s in folder.snapshot_steps() if s > self.looked.get(folder.id, -1)]
            try:
                self._follow(folder, steps)
            except Exception as error:
                print(f"projector: {folder.id}: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
                self.looked[folder.id] = max(steps)

    def _follow(self, folder: RunFolder, steps: list[int]) -> None:
        for step in reversed(steps):
            snapshot = folder.snapshot(step)
            if snapshot is not None and snapshot.embedding is not None:
                self.lay_out(folder, step, "pca")
                if self.warm.is_set():
                    self.lay_out(folder, step, "umap")
                    self.looked[folder.id] = step
                break

    def lay_out(self, folder: RunFolder, step: int, kind: str, to: RunFolder | None = None) -> None:
        """Writes one layout (into `to`, or the run itself), aligned with the nearest earlier one, or, if there is none,
        the nearest later one. Raises ValueError for a kind that there is not.
        """
        known, to = MapKind.parse(kind), to or folder
        if kind != known.name or step in to.projection_steps(kind) or step in folder.projection_steps(kind):
            return
        snapshot = folder.snapshot(step)
        if snapshot is None or snapshot.embedding is None or not np.isfinite(snapshot.embedding).all():
            return
        there = {s: place for place in (folder, to) for s in place.projection_steps(kind)}
        near = max((s for s in there if s < step), default=min(there, default=None))
        previous = None if near is None else there[near].projection(near, kind)
        layout = METHODS[known.method](snapshot.embedding.astype(np.float32), previous, **known.knobs())
        try:
            if to is not folder:
                to.path.mkdir(parents=True, exist_ok=True)
            to.write_projection(step, kind, layout)
        except OSError as error:  # the run was thrown away meanwhile, or the disk is full
            print(f"projector: {error}", file=sys.stderr)  # noqa: T201


def main() -> None:
    runs = Path(sys.argv[1])
    if hasattr(os, "nice"):
        os.nice(19)  # training comes first
    requests: queue.LifoQueue[str] = queue.LifoQueue()  # who has turned a knob again waits for the newest map

    def listen() -> None:
        for line in sys.stdin:
            requests.put(line)
        os._exit(0)  # the launcher has gone; a layout half done is of no use to anybody

    threading.Thread(target=listen, daemon=True).start()
    projector = Projector(runs)
    while True:
        try:
            projector.follow()
            projector.answer(Request.parse(requests.get(timeout=PAUSE)))
        except queue.Empty:
            continue
        except Exception as error:  # one request, or one run, must not end the maps of all
            print(f"projector: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
            time.sleep(PAUSE)


if __name__ == "__main__":
    main()
