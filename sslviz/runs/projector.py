"""The process that lays out the maps: for every run at work, PCA and UMAP of each new snapshot; other layouts on
request.

    python -m sslviz.runs.projector RUNS       one request per line of standard input: {"run": …, "kind": …, "step": …}

UMAP's first call compiles for some seconds, so there is one process for it, which stays. It ends when its input does.
Each layout starts from the one before and is turned onto it, so that a point that has not changed stays where it was.
"""

import json
import os
import queue
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from sslviz.measures import projection
from sslviz.runs.folder import RunFolder, list_runs

PAUSE = 0.25  # seconds between two looks for new snapshots
FRESH = 60.0  # seconds since the last heartbeat for which a run is followed
KINDS = {"pca": projection.pca, "umap": projection.umap_layout, "tsne": projection.tsne}
Layout = np.ndarray[Any, Any]


class Projector:
    """Serial: one layout after another, newest moment first."""

    def __init__(self, runs: Path) -> None:
        self.runs = runs
        self.looked: dict[str, int] = {}  # the newest step of each run that was looked at
        self.warm = threading.Event()  # UMAP is compiled
        threading.Thread(target=self._warm_up, daemon=True).start()

    def _warm_up(self) -> None:
        projection.warm_up()
        self.warm.set()

    def follow(self) -> None:
        """Lays out the newest embedding of every run at work, unless that is done already."""
        for folder in list_runs(self.runs):
            if time.time() - folder.status().heartbeat > FRESH:
                continue
            for step in reversed([s for s in folder.snapshot_steps() if s > self.looked.get(folder.id, -1)]):
                snapshot = folder.snapshot(step)
                if snapshot is not None and snapshot.embedding is not None:
                    self.lay_out(folder, step, "pca")
                    if self.warm.is_set():
                        self.lay_out(folder, step, "umap")
                        self.looked[folder.id] = step
                    break

    def lay_out(self, folder: RunFolder, step: int, kind: str) -> None:
        """Writes one layout, aligned with the nearest earlier one (or, if there is none, the nearest later one)."""
        snapshot = folder.snapshot(step)
        if (
            snapshot is None
            or snapshot.embedding is None
            or kind not in KINDS
            or folder.projection(step, kind) is not None
        ):
            return
        embedding = snapshot.embedding.astype(np.float32)
        if not np.isfinite(embedding).all():
            return
        there = folder.projection_steps(kind)
        near = max((s for s in there if s < step), default=min(there, default=None))
        previous = None if near is None else folder.projection(near, kind)
        folder.write_projection(step, kind, KINDS[kind](embedding, previous))


def main() -> None:
    runs = Path(sys.argv[1])
    if hasattr(os, "nice"):
        os.nice(10)
    requests: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            requests.put(line)
        os._exit(0)  # the launcher has gone; a layout half done is of no use to anybody

    threading.Thread(target=listen, daemon=True).start()
    projector = Projector(runs)
    while True:
        projector.follow()
        try:
            request = json.loads(requests.get(timeout=PAUSE) or "{}")
            projector.lay_out(RunFolder(runs / Path(request["run"]).name), int(request["step"]), str(request["kind"]))
        except queue.Empty:
            continue
        except (ValueError, KeyError, TypeError) as error:
            print(f"projector: not a request: {error}", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
