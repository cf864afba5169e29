"""The map of the probe pictures at one moment."""

from typing import Any

import streamlit as st

from sslviz.figures import map as maps
from sslviz.runs.folder import RunFolder
from sslviz.training.probes import QUERIES
from sslviz.views.method import layouts
from sslviz.views.method.layouts import LAYOUTS, Places
from sslviz.views.plot import picked, recorded
from sslviz.views.plot.history_address import address
from sslviz.views.plot.plot import plot
from sslviz.views.plot.recorded import BY_PATH, folder, stamped

CYCLIC = ("hue", "background_hue")


class NotReadable(Exception):
    """A layout that was recorded and cannot be read; says which. (No LookupError: a missing key would pass for it.)"""


def choose(run: RunFolder) -> tuple[str, str | None]:
    """Which layout, and what gives the points their colour."""
    probe = recorded.probe(run)
    factors = [] if probe is None else [name for name in probe.factors if name != "shape"]
    colors = (["class"] if probe is not None and probe.labels is not None else []) + factors
    names = LAYOUTS.__getitem__
    kind = st.segmented_control(
        "Map", list(LAYOUTS), default="umap", required=True, format_func=names, key="map", bind="query-params"
    )
    color = st.selectbox("Colour", colors, key="colour", bind="query-params") if colors else None
    return kind or "umap", color  # an address with nothing behind `map=` chooses none


def draw(run: RunFolder, step: int, choice: tuple[str, str | None], clocked: bool, rests: int) -> None:
    """The map of the probe pictures: the layout nearest before `step`. clocked: the clock of the page, which rests at
    the step `rests`, moves it.
    """
    probe, (kind, color) = recorded.probe(run), choice
    assert probe is not None
    found = layouts.nearest(run, kind, step, rests)
    if found.note:
        st.caption(f":material/{'hourglass_empty' if found.awaited else 'map'}: {found.note}")
    if found.step is None:
        return
    there = layouts.places(run, found.kind, step)
    place, at = there[-1]
    past = address(run, "map", kind=found.kind, title=titled(found.kind, "{step}"), of=len(there)) if clocked else ""
    try:
        drawn = map_figure(run, place, at, found.kind, color, there if clocked else ())
    except NotReadable as error:
        st.warning(str(error), icon=":material/broken_image:")
        return
    alt = f"Map of {len(probe.labels) if probe.labels is not None else ''} pictures"
    plot(drawn, key="chart", height="fill", history=past, alt=alt)


def titled(kind: str, step: str, points: int = QUERIES) -> str:
    return f"{LAYOUTS[kind]} of h, {points:,} test pictures, step {step}"


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_PATH)
def map_figure(run: RunFolder, place: str, step: int, kind: str, color: str | None, every: Places) -> bytes:
    """place: the folder that holds the layout; every: all layouts for which the frame must have room."""
    probe, layout = recorded.probe(run), folder(place).projection(step, kind)
    assert probe is not None
    if layout is None:
        raise NotReadable(f"The map of step {step} cannot be read.")
    known: dict[str, Any] = {"labels": probe.labels, "classes": probe.classes} if color == "class" else {}
    if color in probe.factors:
        known = {"factor": probe.factors[color], "factor_name": color.replace("_", " "), "cyclic": color in CYCLIC}
    name = LAYOUTS[kind]
    figure = maps.scatter(
        layout,
        **known,
        sprite=picked.sprite(run, probe, len(layout)),
        title=titled(kind, str(step), len(layout)),
        axes=(f"{name} 1 (no unit)", f"{name} 2 (no unit)"),
    )
    figure.update_layout(meta={**figure.layout.meta, "link": picked.group(probe)})
    if every:
        maps.hold(figure, layouts.positions(every, kind)[1])
    return stamped(figure, run, step)
