"""What a sweep has found, in one form for those of this server and for the recorded ones that ship with the app."""

import time
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from sslviz import data
from sslviz.exhibits.sweep.cells import Cell, Side
from sslviz.foreign import in_markdown
from sslviz.measures.scores import FINAL, LIVE
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.sweeps import progress, store
from sslviz.sweeps.presets import ON, PRESETS, RECORDED_TEMPERATURES
from sslviz.sweeps.sweep import Sweep, written
from sslviz.views.controls import server
from sslviz.views.method import state
from sslviz.views.plot.recorded import BY_PATH

SCORES = {FINAL.name: "knn", "linear": "linear", "hue": "knn_hue", "loss": "loss"}  # on the page -> in the table
WORDS = {"knn": FINAL.name, "linear": "linear probe", "knn_hue": f"{LIVE.name} for the hue", "loss": "loss"}
PAIRS = "augmentation_pairs.csv"  # in the gallery; benchmarks/augmentation_pairs.py writes it
AT_WORK = {"starting", "running", "paused"}


@dataclass(frozen=True)
class Results:
    """A sweep as the page shows it. `table`: see sweep_progress.progress; `sweep` is None for a recorded one."""

    id: str
    title: str
    about: str
    x: Side
    y: Side | None
    table: pd.DataFrame
    preset: str = ""
    mirrored: bool = False
    sweep: Sweep | None = None

    def known(self, score: str) -> bool:
        return score in self.table and bool(self.table[score].notna().any())

    def reference(self, score: str) -> float | None:
        """The same network with random weights: mean over the runs."""
        name = f"{score}_random_init"
        return float(self.table[name].mean()) if name in self.table and self.table[name].notna().any() else None

    def cells(self, score: str) -> list[Cell]:
        """Every place of the map, with the scores of its finished runs."""
        found = []
        for _, runs in self.table.groupby(["row", "column"]):
            row, column = int(runs["row"].iloc[0]), int(runs["column"].iloc[0])
            done = runs[runs[score].notna()] if score in runs else runs[:0]
            busy = runs[runs["state"].isin(AT_WORK)]
            failed = len(done) == 0 and bool((runs["state"] == "failed").all())
            going = f"{busy['share'].fillna(0).iloc[0]:.0%} trained" if len(busy) else "failed" if failed else ""
            values, names = tuple(map(float, done[score])) if len(done) else (), tuple(map(str, done["run"]))
            found.append(Cell(column, row, str(runs["cell"].iloc[0]), values, names, len(runs), going))
        return found


def of_sweep(sweep: Sweep) -> Results:
    """One of this server, as far as it has come."""
    launcher = server.launcher()
    table = progress.progress(sweep, launcher.runs, set(launcher.queue.planned), ended)
    method = METHODS[sweep.base.method].title
    seeds = f"{len(sweep.seeds)} seed{'s' * (len(sweep.seeds) > 1)}"
    pictures = in_markdown(data.title(sweep.base.data), 30)
    return Results(
        sweep.id,
        title(sweep),
        f"{method} on {pictures}, {length(sweep)} each, {seeds}",
        Side(sweep.x.title, sweep.x.labels),
        Side(sweep.y.title, sweep.y.labels) if sweep.y else None,
        table,
        sweep.preset,
        sweep.mirrored,
        sweep,
    )


@st.cache_data(max_entries=1000, show_spinner=False, hash_funcs=BY_PATH)
def _ended(run: RunFolder, ended: float) -> dict[str, float]:
    return progress.final_scores(run, ended)


def ended(run: RunFolder, when: float) -> dict[str, float]:
    """What a run that has ended scored; read once."""
    return _ended(run, when)


def title(sweep: Sweep) -> str:
    """temperature × batch size, SimCLR, 25 Nov 10:12"""
    when = time.strftime("%d %b %H:%M", time.localtime(sweep.created))
    return f"{what(sweep)}, {METHODS[sweep.base.method].title}, {when}"


def what(sweep: Sweep) -> str:
    """temperature × batch size"""
    if sweep.mirrored:
        return PRESETS["pairs"].title
    return sweep.x.title + (f" × {sweep.y.title}" if sweep.y else "")


def lasting(seconds: float) -> str:
    """75 -> "1:15"; more than an hour and a half in hours."""
    return state.clock(seconds) if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def length(sweep: Sweep) -> str:
    if sweep.by == "seconds":
        return f"{sweep.base.seconds:g} s"
    settings = [sweep.settings(name) for name in list(sweep.runs)[: len(sweep.cells)]]
    steps = {s.training.steps for s in settings}
    if sweep.by == "images":
        return f"{round(sum(s.training.steps * s.training.batch_size for s in settings) / len(settings)):,} images"
    return f"{steps.pop():,} steps" if len(steps) == 1 else "so many steps as the axis says"


# -- recorded ones ----------------------------------------------------------------------------------------------------


def recorded() -> dict[str, Results]:
    """Those that ship with the app, and can be read: name in the address -> results."""
    found = {"recorded-pairs": _pairs, "recorded-temperature": _temperature}
    readable: dict[str, Results] = {}
    for name, read in found.items():
        try:
            readable[name] = read(name)
        except (OSError, ValueError, KeyError):  # not measured yet, or of another version
            continue
    return readable


def _temperature(name: str) -> Results:
    runs = pd.read_csv(server.GALLERY / RECORDED_TEMPERATURES)
    values = sorted(runs["temperature"].unique())
    runs["column"], runs["row"] = runs["temperature"].map(values.index), 0
    runs["cell"] = [f"temperature {written(float(value))}" for value in runs["temperature"]]
    side = Side("temperature", [written(float(value)) for value in values])
    return _recorded(name, "temperature", runs, side, None, preset="temperature")


def _pairs(name: str) -> Results:
    runs = pd.read_csv(server.GALLERY / PAIRS)
    singles = [single for single in ON if single in {*runs["first"], *runs["second"]}]
    runs["row"], runs["column"] = runs["first"].map(singles.index), runs["second"].map(singles.index)
    pairs = zip(runs["first"], runs["second"], strict=True)
    runs["cell"] = [" + ".join(dict.fromkeys(pair)) for pair in pairs]
    sides = Side("one augmentation", singles), Side("the other", singles)
    return _recorded(name, "augmentation pairs", runs, *sides, preset="pairs", mirrored=True)


def _recorded(name: str, of: str, runs: pd.DataFrame, x: Side, y: Side | None, **more: Any) -> Results:
    seeds, steps = runs["seed"].nunique(), int(runs["steps"].iloc[0])
    runs["state"], runs["share"] = "done", 1.0
    runs["run"] = [f"seed {seed}" for seed in runs["seed"]]
    about = f"SimCLR on shapes, {steps:,} steps each, {seeds} seed{'s' * (seeds > 1)}"
    return Results(name, f"Recorded example: {of}, SimCLR", about, x, y, runs, **more)


def find(name: str) -> Results | None:
    sweep = store.read_sweep(server.launcher().runs, name)
    return of_sweep(sweep) if sweep is not None else recorded().get(name)
