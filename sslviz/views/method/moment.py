"""One moment of a run, with all that its pictures may be made of."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Snapshot
from sslviz.training.observer import EXHIBITS
from sslviz.views.method.curves import MOST_POINTS
from sslviz.views.plot.recorded import load, metrics, probe

SPREAD = ("spectrum", "channel_std")


@dataclass(frozen=True)
class Moment:
    """What a picture may be made of."""

    run: RunFolder
    snapshot: Snapshot
    history: pd.DataFrame  # everything recorded up to this moment
    values: dict[str, Any]  # the knobs as they act
    clocked: bool = False  # this is the last moment, and the clock of the page moves its pictures through the others

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
        found = probe(self.run)
        return found.classes if found is not None else ()

    @property
    def labels(self) -> np.ndarray | None:
        found = probe(self.run)
        return found.labels[:EXHIBITS] if found is not None and found.labels is not None else None

    def curve(self, *names: str) -> tuple[np.ndarray, ...]:
        """step, and the named columns, where all of them were recorded, thinned to what a plot can show."""
        rows = self.history[["step", *names]].dropna()
        rows = rows.iloc[:: max(1, len(rows) // MOST_POINTS)]
        return tuple(rows[name].to_numpy() for name in ("step", *names))


def moment(run: RunFolder, step: int, *, clocked: bool = False) -> Moment | None:
    """What was recorded at `step`. The spread, which not every look measures, is that of the last look that did."""
    snapshot = load(run, step)
    if snapshot is None:
        return None
    history = metrics(run)
    history = history[history["step"] <= step] if "step" in history else history
    if "spectrum" not in snapshot.exhibits:
        before = next(measured(run, step), None)
        if before is not None:
            spread = {name: before.exhibits[name] for name in SPREAD if name in before.exhibits}
            snapshot = replace(snapshot, exhibits=snapshot.exhibits | spread)
    return Moment(run, snapshot, history, run.effective_values(), clocked)


def measured(run: RunFolder, step: int) -> Iterator[Snapshot]:
    """The moments up to `step` that hold more than exhibits: spread, and h unless it was taken out. Newest first."""
    history = metrics(run)
    if "std" not in history:
        return
    looks = set(history["step"][history["std"].notna()])
    for at in sorted(looks & set(run.snapshot_steps()), reverse=True):  # the rest is thinned out
        if at <= step and (found := load(run, int(at))) is not None:
            yield found


def last_embedding(run: RunFolder, step: int) -> int | None:
    """The last moment up to `step` of which h was kept (recorded examples keep it at the end only)."""
    return next((found.step for found in measured(run, step) if found.embedding is not None), None)
