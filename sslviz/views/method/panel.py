"""A panel: one picture that explains a method, shown where a run has recorded what it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import plotly.graph_objects as go
import streamlit as st

from sslviz.runs.folder import RunFolder
from sslviz.views import net
from sslviz.views.method.moment import Moment
from sslviz.views.plot.history_address import address
from sslviz.views.plot.plot import plot
from sslviz.views.plot.recorded import BY_PATH, stamped


@dataclass(frozen=True)
class Panel:
    """`needs`: names of recorded arrays or columns. `wide`: a row of pictures, which needs twice the width."""

    name: str
    needs: tuple[str, ...]
    draw: Callable[[Moment], go.Figure]
    how_to_read: str
    wide: bool = False


def available(found: Moment, panels: list[Panel]) -> list[Panel]:
    """Those of the panels for which this moment has what they need."""
    there = found.snapshot.exhibits.keys() | {str(name) for name in found.history.columns}
    return [panel for panel in panels if there >= set(panel.needs)]


def in_pairs(found: Moment, panels: list[Panel]) -> None:
    """Two in a row."""
    for pair in (panels[i : i + 2] for i in range(0, len(panels), 2)):
        for column, panel in zip(st.columns(2, gap="medium"), pair, strict=False):
            with column:
                one(panel, found)


def one(panel: Panel, found: Moment) -> None:
    """The picture, and how to read it."""
    with net.net(panel.name):
        draw(panel, found)
        st.caption(panel.how_to_read)


def draw(panel: Panel, found: Moment, height: Literal["fill"] | None = None) -> None:
    """The picture alone."""
    seen = picture(found.run, found.snapshot.step, panel.name, len(found.history), panel, found)
    past = address(found.run, "panel", name=panel.name) if found.clocked else ""
    plot(seen, key=f"panel_{panel.name}", height=height, alt=panel.name, history=past)


@st.cache_data(max_entries=128, show_spinner=False, hash_funcs=BY_PATH)
def picture(run: RunFolder, step: int, name: str, rows: int, _panel: Panel, _found: Moment) -> bytes:
    """`rows`: how much history there is."""
    return stamped(_panel.draw(_found), run, step)
