"""What the pictures are made from, read once per (run, step) for all who look."""

from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from sslviz.runs.folder import RunFolder
from sslviz.runs.records import ProbeSet, Snapshot
from sslviz.views.plot import encode


def load(path: str, step: int) -> Snapshot | None:
    """The moment recorded at `step`, or None if it cannot be read (now: the next call looks again)."""
    try:
        return _load(path, step)
    except LookupError:
        return None


@st.cache_resource(max_entries=64, show_spinner=False)
def _load(path: str, step: int) -> Snapshot:
    """Raises LookupError, which is not cached: only what was found is kept."""
    snapshot = folder(path).snapshot(step)
    if snapshot is None:
        raise LookupError
    return snapshot


def probe(path: str) -> ProbeSet | None:
    """The probe pictures of a run (a megabyte that never changes), or None as long as they are not written."""
    try:
        return _probe(path)
    except LookupError:
        return None


@st.cache_resource(max_entries=16, show_spinner=False)
def _probe(path: str) -> ProbeSet:
    found = folder(path).probe()
    if found is None:
        raise LookupError
    return found


def metrics(run: RunFolder) -> pd.DataFrame:
    """Everything recorded at every step, read anew only when something has been added."""
    return _metrics(str(run.path), run.recorded_bytes())


@st.cache_resource(max_entries=16, show_spinner=False)
def _metrics(path: str, size: int) -> pd.DataFrame:
    return folder(path).metrics()


def stamped(figure: go.Figure, path: str, step: int) -> bytes:
    """The encoded figure, with the run and step that it shows written into it."""
    return encode(figure.update_layout(meta={**(figure.layout.meta or {}), "run": Path(path).name, "step": step}))


def folder(path: str) -> RunFolder:
    return RunFolder(Path(path))
