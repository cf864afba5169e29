"""The small pictures of one run that stand side by side: its last moment, built once; the clock moves them from there.

Every function returns the encoded figure and the address of its history, or None where there is nothing of the kind.
"""

from typing import Any

import numpy as np
import streamlit as st

from sslviz.figures import compare as figures
from sslviz.figures import map as maps
from sslviz.figures import matrix as matrices
from sslviz.runs.folder import RunFolder
from sslviz.views.method import history, layouts, panel, panels, similarity
from sslviz.views.method.history import SLIM, compact
from sslviz.views.method.layouts import LAYOUTS, Places
from sslviz.views.method.map import CYCLIC
from sslviz.views.method.moment import Moment, last_embedding, moment
from sslviz.views.plot import picked, recorded
from sslviz.views.plot.history_address import address
from sslviz.views.plot.plot import encode
from sslviz.views.plot.recorded import BY_PATH, load, stamped

POINTS = 600  # on each map, of 2,000: six maps of all would keep a browser busy for seconds
VIEWS = 8  # pictures in the matrix of views
Picture = tuple[bytes, str]


def views(run: RunFolder, step: int) -> Picture | None:
    """The similarity of the views."""
    snapshot = load(run, step)
    if snapshot is None or "similarity" not in snapshot.exhibits:
        return None
    drawn = small_matrix(run, step)
    return drawn, address(run, "matrix", images=VIEWS, title="Views, step {step}")


def softmax(run: RunFolder, step: int) -> Picture | None:
    """The first view's row as probabilities, for a method that makes them."""
    snapshot, temperature = load(run, step), similarity.temperature_of(run)
    if snapshot is None or "similarity" not in snapshot.exhibits or temperature is None:
        return None
    drawn = small_softmax(run, step, temperature)
    return drawn, address(run, "softmax", temperature=temperature, slim=1)


def likeness(run: RunFolder, step: int) -> Picture | None:
    """How alike h of the same test pictures is."""
    seen = last_embedding(run, step)
    return None if seen is None else (small_likeness(run, seen), address(run, "likeness"))


def spectrum(run: RunFolder, step: int) -> Picture | None:
    found = moment(run, step)
    if found is None or "spectrum" not in found.snapshot.exhibits:
        return None
    drawn = small_spectrum(run, step, found)
    return drawn, address(run, "spectrum")


def layout(run: RunFolder, step: int, kind: str, color: str | None) -> Picture | None:
    """The map."""
    there = layouts.places(run, kind, step)
    if not there or recorded.probe(run) is None:
        return None
    try:
        drawn = small_map(run, there, kind, color)
    except LookupError:
        return None
    title = f"{LAYOUTS[kind]}, step {{step}}"
    return drawn, address(run, "map", kind=kind, points=POINTS, title=title, of=len(there))


def own(run: RunFolder, step: int, name: str = "") -> tuple[panel.Panel, bytes, str] | None:
    """The panel of this name, else the first that explains the method, with its picture and the history of that."""
    found = moment(run, step)
    there = panel.available(found, panels.OWN) if found is not None else []
    one = next((each for each in there if name in ("", each.name)), None)
    if found is None or one is None:
        return None
    drawn = panel.picture(run, found.snapshot.step, one.name, len(found.history), one, found)
    return one, drawn, address(run, "panel", name=one.name)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_PATH)
def small_matrix(run: RunFolder, step: int) -> bytes:
    """The similarity of the views as everywhere else, with less around it."""
    snapshot = load(run, step)
    assert snapshot is not None
    s = snapshot.exhibits["similarity"].astype(np.float32)
    total = len(s) // 2
    figure = matrices.similarity(
        s,
        images=VIEWS,
        labels=similarity.exhibit_labels(run, total),
        sprite=similarity.view_sprite(run, total),
        title=f"Views, step {step}",
        height=SLIM,
    )
    figure.update_traces(showscale=False)
    figure.update_layout(margin={"l": 4, "r": 4, "t": 40, "b": 4})
    figure.update_xaxes(title_text="view k (a, then b)", showticklabels=False)
    figure.update_yaxes(title_text="view i (a, then b)", showticklabels=False)
    return stamped(figure, run, step)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_PATH)
def small_softmax(run: RunFolder, step: int, temperature: float) -> bytes:
    snapshot = load(run, step)
    assert snapshot is not None
    s = snapshot.exhibits["similarity"]
    return stamped(compact(similarity.softmax_figure(run, s, 0, temperature)), run, step)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_PATH)
def small_likeness(run: RunFolder, step: int) -> bytes:
    found = history.cosines(run, step)
    assert found is not None
    return stamped(figures.likeness(*found, title=f"Likeness, step {step}"), run, step)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_PATH)
def small_spectrum(run: RunFolder, step: int, _found: Moment) -> bytes:
    [one] = [each for each in panels.HEALTH if each.name == "spectrum"]
    return stamped(compact(one.draw(_found)), run, step)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_PATH)
def small_map(run: RunFolder, there: Places, kind: str, color: str | None) -> bytes:
    """The map as everywhere else, of fewer pictures, and with less around it: the classes are named once for all.
    The frame has room for every recorded moment, so it stands still. Raises LookupError if no layout can be read.
    """
    probe, (known_steps, found) = recorded.probe(run), layouts.positions(there, kind)
    step = known_steps[-1]
    assert probe is not None
    few = slice(0, POINTS)  # the pictures were drawn at random, so the first are as good as any
    known: dict[str, Any] = {}
    if color == "class" and probe.labels is not None:
        known = {"labels": probe.labels[few], "classes": probe.classes}
    elif color in probe.factors:
        factor = {"factor": probe.factors[color][few], "factor_name": color.replace("_", " ")}
        known = {**factor, "cyclic": color in CYCLIC}
    figure = maps.scatter(
        found[-1][few],
        **known,
        sprite=picked.sprite(run, probe, found.shape[1]),
        title=f"{LAYOUTS[kind]}, step {step}",
        axes=(f"{LAYOUTS[kind]} 1 (no unit)", f"{LAYOUTS[kind]} 2 (no unit)"),
        height=SLIM,
    )
    figure.update_layout(showlegend=False, margin={"l": 4, "r": 4, "t": 36, "b": 4})
    figure.update_traces(marker_size=6)
    figure.update_layout(meta={**figure.layout.meta, "link": picked.group(probe)})
    maps.hold(figure, found[:, few])
    return stamped(figure, run, step)


@st.cache_data(max_entries=8, show_spinner=False)
def class_legend(classes: tuple[str, ...]) -> bytes:
    return encode(figures.legend(classes))
