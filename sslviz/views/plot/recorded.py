"""What the pictures are made from, read once per (run, step) for all who look."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from sslviz.runs.folder import RunFolder
from sslviz.runs.records import ProbeSet, Snapshot
from sslviz.views.plot.plot import encode

BY_PATH: dict[str | type, Any] = {RunFolder: lambda run: str(run.path)}  # how Streamlit's caches tell runs apart


def load(run: RunFolder, step: int) -> Snapshot | None:
    """The moment recorded at `step`, or None if it cannot be read (now: the next call looks again)."""
    try:
        return _load(run, step)
    except LookupError:
        return None


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_PATH)
def _load(run: RunFolder, step: int) -> Snapshot:
    """Raises LookupError, which is not cached: only what was found is kept."""
    snapshot = run.snapshot(step)
    if snapshot is None:
        raise LookupError
    return snapshot


def probe(run: RunFolder) -> ProbeSet | None:
    """The probe pictures of a run (a megabyte that never changes), or None as long as they are not written."""
    try:
        return _probe(run)
    except LookupError:
        return None


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs=BY_PATH)
def _probe(run: RunFolder) -> ProbeSet:
    found = run.probe()
    if found is None:
        raise LookupError
    return found


def metrics(run: RunFolder) -> pd.DataFrame:
    """Everything recorded at every step, read anew only when something has been added."""
    return _metrics(run, run.recorded_bytes())


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs=BY_PATH)
def _metrics(run: RunFolder, size: int) -> pd.DataFrame:
    return run.metrics()


def several(steps: Sequence[int], read: Callable[[int], Any]) -> tuple[list[int], list[Any]]:
    """The steps of which there is something, and what there is. Raises LookupError if there is nothing at all."""
    found = [(step, one) for step in steps if (one := read(step)) is not None]
    if not found:
        raise LookupError("nothing of it was recorded")
    return [step for step, _ in found], [one for _, one in found]


def stamp(figure: go.Figure, run: RunFolder, step: int) -> go.Figure:
    """The figure, with the run and step that it shows written into it."""
    return figure.update_layout(meta={**(figure.layout.meta or {}), "run": run.id, "step": step})


def stamped(figure: go.Figure, run: RunFolder, step: int) -> bytes:
    """The same, encoded."""
    return encode(stamp(figure, run, step))


def folder(path: str) -> RunFolder:
    """For what is kept by a path: one layout among many, or a network."""
    return RunFolder(Path(path))
