"""How far a sweep has come, what it has found so far, and how long the rest will take: all read from its run folders.

Scores count of runs that are done: a run that was stopped half way had fewer steps than the others.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd

from sslviz.runs.folder import BIN, RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.sweeps.sweep import Sweep

METRICS = ("knn", "linear", "knn_hue", "loss")
LAST = 10  # steps over which the loss at the end is averaged: that of one batch jumps
SOME = 20  # finished runs from which a speed is estimated

Scores = Callable[[RunFolder, float], dict[str, float]]  # of a run that ended then


def final_scores(run: RunFolder, ended: float) -> dict[str, float]:
    """What only its metrics know: hue (the last look) and loss (mean of the last steps)."""
    history = run.metrics()
    found = {
        name: float(history[name].dropna().iloc[-1])
        for name in ("knn_hue", "knn_hue_random_init")
        if name in history and history[name].notna().any()
    }
    if "loss" in history and history["loss"].notna().any():
        found["loss"] = float(history["loss"].dropna().tail(LAST).mean())
    return found


def progress(sweep: Sweep, runs: Path, waiting: Collection[str] = (), scores: Scores = final_scores) -> pd.DataFrame:
    """A row per run: where it stands on the map, its state, and what it scored.

    `state` is that of its status, or of what has no folder: "waiting" (its turn will come), "deleted" (in the bin),
    "planned". waiting: the names of those whose turn will come.
    """
    rows = []
    for name, (cell, seed) in sweep.runs.items():
        folder = RunFolder(runs / name).glance()
        row: dict[str, Any] = {"run": name, "column": cell.column, "row": cell.row, "seed": seed}
        row["cell"] = sweep.called(cell)
        if not folder.exists:
            there = "waiting" if name in waiting else "deleted" if RunFolder(runs / BIN / name).exists else "planned"
            rows.append(row | {"state": there, "step": 0})
            continue
        status = folder.status()
        state = "waiting" if name in waiting and not status.at_work else status.state
        row |= {"state": state, "step": status.step, "images": status.images, "seconds": status.seconds}
        row["share"] = share(sweep.settings(name), status.step, status.seconds)
        if state == "done":
            row |= {"knn": status.exam, "knn_random_init": status.exam_random_init, "linear": status.linear}
            row |= {"linear_random_init": status.linear_random_init, "overhead": overhead(folder)}
            row |= scores(folder, status.heartbeat)
        rows.append(row)
    found = pd.DataFrame(rows)
    numbers = [*METRICS, *(f"{m}_random_init" for m in METRICS[:3]), "images", "seconds", "share", "overhead"]
    found = found.reindex(columns=[*found.columns, *(n for n in numbers if n not in found)])
    found[numbers] = found[numbers].astype(float)
    return found


def share(settings: RunSettings, step: int, seconds: float) -> float:
    """How much of a run is over, from 0 to 1."""
    by_time = 0.0 if settings.seconds is None else seconds / settings.seconds
    return min(1.0, max(step / settings.training.steps, by_time))


def left(table: pd.DataFrame) -> list[str]:
    """The runs that are neither done nor on their way. Those that failed only if there are no others: trying again is
    worth a decision.
    """
    gone = table[table["state"].isin(["planned", "deleted", "stopped", "interrupted"])]
    failed = table[table["state"] == "failed"]
    return list((gone if len(gone) else failed)["run"])


def at_work(table: pd.DataFrame) -> bool:
    return bool(table["state"].isin(["waiting", "queued", "starting", "running", "paused"]).any())


# -- how long it takes ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pace:
    """What a picture costs in training, and a run before and after it (start, the exam at the end); in seconds."""

    per_image: float
    overhead: float
    runs: int  # measured on so many

    def of(self, settings: RunSettings) -> float:
        """Seconds that a run will take, from its start to its last score."""
        by_steps = settings.training.steps * settings.training.batch_size * self.per_image
        return self.overhead + (by_steps if settings.seconds is None else min(by_steps, settings.seconds))


def overhead(run: RunFolder) -> float:
    """Seconds from the folder to the last score that were not training (of a run that was never cut off)."""
    status = run.status()
    return max(0.0, status.heartbeat - run.created - status.seconds)


def pace_of(folders: Iterable[RunFolder], settings: RunSettings) -> Pace | None:
    """As fast as finished runs of this method with such an encoder were here; None if there are none."""
    found = []
    for run in folders:
        try:
            of, status = run.settings(), run.status()
        except (OSError, ValueError):
            continue
        alike = (of.method, of.encoder, of.training.width) == (
            settings.method,
            settings.encoder,
            settings.training.width,
        )
        if alike and status.state == "done" and status.images and status.seconds:
            found.append((status.seconds / status.images, overhead(run)))
        if len(found) == SOME:
            break
    return Pace(median(a for a, _ in found), median(b for _, b in found), len(found)) if found else None


def pace(table: pd.DataFrame) -> Pace | None:
    """As fast as this sweep's own finished runs."""
    done = table[(table["state"] == "done") & (table["images"] > 0)]
    if done.empty:
        return None
    return Pace(float(done["seconds"].sum() / done["images"].sum()), float(done["overhead"].median()), len(done))


def seconds_left(sweep: Sweep, table: pd.DataFrame, usual: Pace | None, slots: int = 1) -> float | None:
    """Until the last score of all that are on their way. None as long as nobody can know."""
    known = pace(table) or usual
    if known is None:
        return None
    going = table[table["state"].isin(["waiting", "queued", "starting", "running", "paused"])]
    rest = 0.0
    for name, done in zip(going["run"], going["share"].fillna(0.0), strict=True):
        rest += known.of(sweep.settings(str(name))) * (1 - float(done))
    return rest / max(1, min(slots, len(going)))
