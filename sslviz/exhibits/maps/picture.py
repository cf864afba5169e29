"""One map of the map room as a figure: colours, trails, and the name of the group in which things are picked."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from sslviz.exhibits.maps import figures_3d, figures_trails
from sslviz.exhibits.maps.colours import colours
from sslviz.exhibits.maps.side import Side
from sslviz.figures import map as maps
from sslviz.foreign import in_plotly
from sslviz.processes.map_kind import MapKind
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import ProbeSet
from sslviz.views.method.layouts import LAYOUTS, h_of, layouts, moments
from sslviz.views.method.map import NotReadable
from sslviz.views.plot import picked, recorded
from sslviz.views.plot.recorded import BY_PATH, folder, stamped

TRAILS = ("none", "since the moment before", "since the start")
TRAILS_HELP = (
    f"the path of the {figures_trails.MOST} points that moved most, through the maps of this kind that there are"
)
HEIGHT = 640
BENDS = 8  # of a trail


@dataclass(frozen=True)
class Asked:
    """A map of a run, by all that decides how it looks. place: the folder that holds the layout; trail: folders and
    steps of the layouts before, every: of all.
    """

    title: str
    place: str
    step: int
    kind: str
    color: str | None
    trail: tuple[tuple[str, int], ...]
    every: tuple[tuple[str, int], ...]


def has(probe: ProbeSet, name: str) -> bool:
    return probe.labels is not None if name == "class" else name in probe.factors


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=BY_PATH)
def points(run: RunFolder) -> int:
    """How many pictures the maps of this run show."""
    for kind in ("pca", "umap"):
        for step in run.projection_steps(kind):
            if (layout := run.projection(step, kind)) is not None:
                return len(layout)
    for step in moments(run, "pca"):
        if (h := h_of(run, step)) is not None:
            return len(h)
    return 0


def before(side: Side, since: str) -> list[tuple[int, RunFolder]]:
    """The earlier layouts of this kind through which a trail goes, oldest first."""
    earlier = [(step, place) for step, place in layouts(side.run, side.kind.name).items() if step < side.step]
    # every n-th from the start on: a way of more bends cannot be followed by eye
    return {TRAILS[1]: earlier[-1:], TRAILS[2]: earlier[:: max(1, -(-len(earlier) // BENDS))]}.get(since, [])


def written(kind: MapKind) -> str:
    """The numbers of a kind as the papers call them."""
    numbers = {"umap": f"n_neighbors {kind.n_neighbors}, min_dist {kind.min_dist:g}"}
    return {**numbers, "tsne": f"perplexity {kind.perplexity}"}.get(kind.method, "")


def axes(kind: MapKind) -> tuple[str, ...]:
    unit = "units of h" if kind.method == "pca" else "no unit"
    return tuple(f"{LAYOUTS[kind.method]} {i + 1} ({unit})" for i in range(kind.dimensions))


def below(kind: MapKind, count: int) -> str:
    """The second line of the title."""
    number = f"{count:,} test pictures" if count else ""
    return ", ".join(part for part in (f"{LAYOUTS[kind.method]} of h", written(kind), number) if part)


def ways(layout: np.ndarray, trail: tuple[tuple[str, int], ...], kind: str) -> list[np.ndarray] | None:
    """The layouts before, as far as they can be read, and this one."""
    found = [way for where, at in trail if (way := folder(where).projection(at, kind)) is not None]
    found = [way for way in found if way.shape == layout.shape]
    return [*found, layout] if found else None


def frame(side: str, kind: MapKind, count: int, middle: np.ndarray, half: float) -> dict[str, Any]:
    """What all maps have around them: a square that stays when the moment changes, and the name of what is shown."""
    return {
        "title": {"text": in_plotly(side), "subtitle": {"text": below(kind, count)}},
        "showlegend": False,
        "margin": {"l": 4, "r": 4, "t": 66, "b": 4},
        "xaxis": {"range": [middle[0] - half, middle[0] + half], "constrain": "domain"},
        "yaxis": {"range": [middle[1] - half, middle[1] + half]},
        "dragmode": "lasso",
    }


def empty(side: Side, note: str) -> go.Figure:
    """The frame of a map that is still to come, as high as the map."""
    figure = maps.scatter(np.zeros((0, 2)), axes=(axes(side.kind)[0], axes(side.kind)[1]), height=HEIGHT)
    figure.update_layout(frame(side.name, side.kind, 0, np.zeros(2), 1.0))
    return figure.add_annotation(text=note, x=0, y=0, showarrow=False)


@st.cache_data(max_entries=64, show_spinner=False)
def extent(places: tuple[tuple[str, int], ...], kind: str) -> tuple[np.ndarray, float]:
    """Middle and half width of the square around all layouts of a run: the frame stands still while the points move."""
    found = [layout for place, step in places if (layout := folder(place).projection(step, kind)) is not None]
    low, high = np.min([layout.min(0) for layout in found], 0), np.max([layout.max(0) for layout in found], 0)
    return (low + high) / 2, float((high - low).max()) * 0.53 or 1.0


def read(run: RunFolder, asked: Asked) -> tuple[np.ndarray, ProbeSet, dict[str, Any]]:
    """The layout, the pictures that it is of, and how the points look. Raises NotReadable."""
    layout, probe = folder(asked.place).projection(asked.step, asked.kind), recorded.probe(run)
    assert probe is not None
    if layout is None:
        raise NotReadable(f"The map of step {asked.step} cannot be read.")
    look = colours(run, asked.step, asked.color, probe, layout)
    return layout, probe, {**look, "sprite": picked.sprite(run, probe, len(layout))}


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_PATH)
def in_space(run: RunFolder, asked: Asked) -> dict[str, Any]:
    """A map in space, as solid.py takes it."""
    layout, probe, about = read(run, asked)
    known, way = MapKind.parse(asked.kind), ways(layout, asked.trail, asked.kind)
    middle, half = extent(asked.every, asked.kind)
    drawn = figures_3d.solid(
        layout,
        **about,
        title=asked.title,
        subtitle=below(known, len(layout)),
        axes=axes(known),
        middle=middle,
        half=half,
        ways=None if way is None else np.stack([each[figures_trails.moved_most(way[0], layout)] for each in way], 1),
    )
    return {**drawn, "link": picked.group(probe), "run": run.id, "step": asked.step}


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_PATH)
def figure(run: RunFolder, asked: Asked) -> bytes:
    """A map in the plane."""
    layout, probe, about = read(run, asked)
    known, way = MapKind.parse(asked.kind), ways(layout, asked.trail, asked.kind)
    drawn = maps.scatter(layout, **about, axes=(axes(known)[0], axes(known)[1]), height=HEIGHT)
    drawn.update_layout(frame(asked.title, known, len(layout), *extent(asked.every, asked.kind)))
    drawn.update_traces(marker_size=5)
    if way is not None:
        drawn.add_trace(figures_trails.trails(way, figures_trails.moved_most(way[0], layout)))
        drawn.data = (drawn.data[-1], *drawn.data[:-1])  # below the points
    # a zoom made by hand is for this kind of map of this run only
    drawn.update_layout(uirevision=f"{run.path} {asked.kind}", meta={**drawn.layout.meta, "link": picked.group(probe)})
    return stamped(drawn, run, asked.step)


def positions(sides: list[Side]) -> pd.DataFrame:
    """What the maps show as numbers: a row for each point of each map."""
    tables = []
    for side in sides:
        place, probe = side.place, recorded.probe(side.run)
        layout = None if place is None else place.projection(side.step, side.kind.name)
        if layout is None or probe is None:
            continue
        table = pd.DataFrame(layout, columns=list("xyz")[: layout.shape[1]])
        table.insert(0, "picture", np.arange(len(layout)))
        table.insert(0, "map", f"{side.name}, {side.kind.name}")
        if probe.labels is not None:
            table["label"] = probe.labels[: len(layout)]
        tables.append(table)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
