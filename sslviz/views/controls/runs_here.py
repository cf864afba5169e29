"""The runs that stand side by side: which they are, under which names, and in which settings they differ."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Status
from sslviz.runs.shelf import list_runs
from sslviz.views import address
from sslviz.views.controls import other_versions, server
from sslviz.views.controls.run_title import short
from sslviz.views.plot.recorded import metrics
from sslviz.views.plot.recorded import probe as probe_of

MOST = 6
EXAMPLES = ("simclr", "byol", "swav", "mae")
AXES = {"seconds": "training time (s)", "images": "images seen", "step": "training step"}  # what an axis is called


@dataclass(frozen=True)
class Shown:
    """A run on the page. `number` says its colour and dash; `history` is what was recorded at every step."""

    run: RunFolder
    name: str
    number: int
    status: Status
    history: pd.DataFrame

    def end(self, axis: str) -> float:
        """How far it got, in steps, images or seconds."""
        return float(self.history[axis].max()) if len(self.history) and axis in self.history else 0.0

    def step_at(self, axis: str, amount: float) -> int | None:
        """The last recorded moment before the run had spent more than `amount`; None if nothing was recorded."""
        steps = self.run.snapshot_steps()
        if not steps or axis not in self.history:
            return None
        spent = np.interp(steps, self.history["step"], self.history[axis])
        return steps[max(0, int(np.searchsorted(spent, amount * (1 + 1e-9), side="right")) - 1)]

    def row(self, step: int) -> dict[str, float]:
        """What was last known at `step`: name -> value."""
        known = self.history[self.history["step"] <= step].ffill().tail(1)
        return {str(name): float(value) for name, value in known.iloc[0].dropna().items()} if len(known) else {}


def every() -> list[RunFolder]:
    """All that can be chosen: the runs of this server, newest first, and the recorded examples."""
    return list_runs(server.launcher().runs) + server.examples()


def asked() -> list[str]:
    """The ids in the address, `?runs=a,b,c`; the examples, if it names none that is here."""
    text = st.query_params.get("runs", "")
    if not text:
        return list(EXAMPLES)
    ids = list(dict.fromkeys(part for part in text.split(",") if part))
    found = [name for name in ids if server.find(name) is not None][:MOST]
    refusals = [sentence for name in ids if (sentence := other_versions.refused(name))]
    if refusals:
        st.warning(" ".join(refusals[:MOST]))
    elif len(found) < len(ids):
        address.note("runs", text, "what is here (at most six)" if found else "the example")
    return found or list(EXAMPLES)


def choose(ids: list[str]) -> None:
    """Puts them into the address."""
    address.write("runs", ",".join(ids[:MOST]))


def shown(ids: list[str]) -> list[Shown]:
    """In the order of the address. Two runs of one name get the end of their ids."""
    runs = [run for name in ids if (run := server.find(name)) is not None]
    titles = [short(run) for run in runs]
    names = [f"{t} · {r.id[-9:]}" if titles.count(t) > 1 else t for t, r in zip(titles, runs, strict=True)]
    return [
        Shown(run, name, i, run.status(), history(run)) for i, (run, name) in enumerate(zip(runs, names, strict=True))
    ]


def history(run: RunFolder) -> pd.DataFrame:
    table = metrics(run)
    return table if set(AXES) <= set(table.columns) else pd.DataFrame(columns=list(AXES))


def facts(run: RunFolder) -> dict[str, Any]:
    """Everything that decides what a run does, and what it ran on: name -> value."""
    settings, status = run.settings(), run.status()
    known: dict[str, Any] = {"method": METHODS[settings.method].title, "data": settings.data, "seed": settings.seed}
    known |= {"stop after (s)": settings.seconds, "forked from": settings.parent and settings.parent.run}
    known |= {**run.values(), "encoder": settings.encoder}
    return known | {"ran on": status.device, "computed in": status.precision}


def differing(runs: list[Shown]) -> pd.DataFrame:
    """Only the settings that are not the same for all: a row each, a column per run. "–": there is no such knob."""
    of = {each.name: facts(each.run) for each in runs}
    rows = dict.fromkeys(name for known in of.values() for name in known)
    table = {run: {row: _written(known[row]) if row in known else "–" for row in rows} for run, known in of.items()}
    whole = pd.DataFrame(table, index=list(rows))
    found = whole[whole.nunique(axis=1) > 1]
    return found.rename(index=lambda name: str(name).replace("_", " ")).rename_axis("setting")


def unlike(runs: list[Shown]) -> dict[str, list[float | str | None]]:
    """The settings of two runs or more that are not the same for all, numbers as numbers; None: it has no such knob."""
    of = [facts(each.run) for each in runs]
    names = dict.fromkeys(name for known in of for name in known)
    found: dict[str, list[float | str | None]] = {}
    for name in names:
        values = [known.get(name) for known in of]
        if len({str(value) for value in values}) > 1 and sum(value is not None for value in values) > 1:
            is_number = [isinstance(value, int | float) and not isinstance(value, bool) for value in values]
            plain = all(n or v is None for n, v in zip(is_number, values, strict=True))
            found[name] = [None if v is None else float(v) if plain else _written(v) for v in values]
    return found


def family(run: RunFolder) -> str:
    """The same for runs that differ in nothing but their seed."""
    settings = run.settings()
    return json.dumps([settings.method, settings.data, settings.seconds, run.values()], sort_keys=True, default=str)


def _written(value: Any) -> str:
    return "none" if value in (None, "") else f"{value:g}" if isinstance(value, float) else str(value)


def color_of(runs: Sequence[RunFolder]) -> str | None:
    """Class or a factor that the pictures of every run have."""
    probes = [found for run in runs if (found := probe_of(run)) is not None]
    names = [
        name
        for name in (
            "class",
            *dict.fromkeys(factor for probe in probes for factor in probe.factors if factor != "shape"),
        )
        if all(probe.labels is not None if name == "class" else name in probe.factors for probe in probes)
    ]
    if not probes or not names:
        return None
    address.check("colour", lambda text: text in names, names[0])
    return st.selectbox("Colour", names, key="colour", bind="query-params", width=200)
