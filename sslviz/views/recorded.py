"""What the pictures are made from, read once per (run, step) for all who look."""

from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

from sslviz.runs.folder import RunFolder, Snapshot
from sslviz.views.plot import encode


@st.cache_data(max_entries=64, show_spinner=False)
def load(path: str, step: int) -> Snapshot | None:
    return RunFolder(Path(path)).snapshot(step)


def stamped(figure: go.Figure, path: str, step: int) -> bytes:
    """The encoded figure, with the run and step that it shows written into it."""
    return encode(figure.update_layout(meta={**(figure.layout.meta or {}), "run": Path(path).name, "step": step}))


def folder(path: str) -> RunFolder:
    return RunFolder(Path(path))
