"""One moment of a run, with all that its pictures may be made of."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sslviz.runs.folder import RunFolder, Snapshot
from sslviz.runs.observer import EXHIBITS
from sslviz.views.curves import MOST_POINTS
from sslviz.views.recorded import folder, load, metrics, probe


@dataclass(frozen=True)
class Moment:
    """What a picture may be made of."""

    run: RunFolder
    snapshot: Snapshot
    history: pd.DataFrame  # everything recorded up to this moment
    values: dict[str, Any]  # the knobs

    def __getitem__(self, name: str) -> np.ndarray:
        """A recorded array; float16 becomes float32."""
        array = self.snapshot.exhibits[name]
        return array.astype(np.float32) if array.dtype == np.float16 else array

    @property
    def views(self) -> np.ndarray:
        """The first view of each exhibit picture: uint8 N x H x W x 3."""
        assert self.snapshot.views is not None
        first: np.ndarray = self.snapshot.views[0]
        return first

    @property
    def classes(self) -> tuple[str, ...]:
        found = probe(str(self.run.path))
        return found.classes if found is not None else ()

    @property
    def labels(self) -> np.ndarray | None:
        found = probe(str(self.run.path))
        return found.labels[:EXHIBITS] if found is not None and found.labels is not None else None

    def curve(self, *names: str) -> tuple[np.ndarray, ...]:
        """step, and the named columns, where all of them were recorded, thinned to what a plot can show."""
        rows = self.history[["step", *names]].dropna()
        rows = rows.iloc[:: max(1, len(rows) // MOST_POINTS)]
        return tuple(rows[name].to_numpy() for name in ("step", *names))


def moment(path: str, step: int) -> Moment | None:
    """The newest moment at or before `step` that holds everything (some hold the exhibits only)."""
    snapshot = load(path, step)
    if snapshot is None:
        return None
    run = folder(path)
    history = metrics(run)
    if "spectrum" not in snapshot.exhibits:
        whole = next((s for s in reversed(run.snapshot_steps()) if s <= step and is_whole(path, s)), None)
        before = load(path, whole) if whole is not None else None
        if before is not None:
            spread = {name: before.exhibits[name] for name in ("spectrum", "channel_std")}
            snapshot = replace(snapshot, exhibits=snapshot.exhibits | spread)
    return Moment(run, snapshot, history[history["step"] <= step] if "step" in history else history, run.values())


def is_whole(path: str, step: int) -> bool:
    snapshot = load(path, step)
    return snapshot is not None and "spectrum" in snapshot.exhibits
