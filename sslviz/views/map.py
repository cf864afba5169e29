"""The map of the probe pictures at one moment."""

from typing import Any

import streamlit as st

from sslviz.figures import map as maps
from sslviz.figures import style
from sslviz.runs.folder import RunFolder
from sslviz.runs.observer import QUERIES
from sslviz.views import picked, recorded, server
from sslviz.views.history_route import address
from sslviz.views.plot import image_url, plot
from sslviz.views.recorded import folder, stamped

LAYOUTS = {"umap": "UMAP", "pca": "PCA", "tsne": "t-SNE"}


CYCLIC = ("hue", "background_hue")


def chart(run: RunFolder, step: int, *, clocked: bool = False) -> None:
    """The map of the probe pictures: the layout nearest before `step`. clocked: the clock of the page moves it."""
    probe = recorded.probe(str(run.path))
    if probe is None:
        return
    colors = (["class"] if probe.labels is not None else []) + [name for name in probe.factors if name != "shape"]
    with st.container(horizontal=True):
        kind = st.segmented_control(
            "Map", list(LAYOUTS), default="umap", format_func=LAYOUTS.__getitem__, key="map", bind="query-params"
        )
        color = st.selectbox("Colour", colors, key="colour", bind="query-params", width=260) if colors else None
    kind = kind or "umap"
    layouts = run.projection_steps(kind)
    if kind == "tsne" and step not in layouts and server.is_ours(run):
        server.launcher().project(run, kind, max((s for s in run.projection_steps("pca") if s <= step), default=step))
    at = max((s for s in layouts if s <= step), default=None)
    note = ""
    if at is None and kind != "pca":
        kind, layouts = "pca", run.projection_steps("pca")
        at = max((s for s in layouts if s <= step), default=None)
        note = "The layout is being computed; this is PCA. "
    if at is None:
        ask(run)
        st.info("The map comes in a moment.", icon=":material/hourglass_empty:")
        return
    tiles = image_url(probe.sheet, key="probe")
    clocked = clocked and at == layouts[-1]
    plot(
        map_figure(str(run.path), at, kind, color, tiles, clocked),
        key="chart",
        history=address(run, "map", kind=kind, title=titled(kind, "{step}")) if clocked else "",
        alt=f"Map of {len(probe.labels) if probe.labels is not None else ''} pictures",
    )
    st.caption(f"{note}{maps.HOW_TO_READ}")
    picked.grid(probe, tiles, picked.count(probe))


def titled(kind: str, step: str, points: int = QUERIES) -> str:
    return f"{LAYOUTS[kind]} of h, {points:,} test pictures, step {step}"


def awaited(run: RunFolder) -> bool:
    """True for a run that was trained elsewhere, at the command line say, and has no map yet."""
    return server.is_ours(run) and not run.projection_steps("umap") and bool(run.snapshot_steps())


def ask(run: RunFolder) -> None:
    """Asks for the maps of the last moment. Asking twice costs nothing."""
    if awaited(run):
        for kind in ("pca", "umap"):
            server.launcher().project(run, kind, run.snapshot_steps()[-1])


@st.cache_data(max_entries=64, show_spinner=False)
def map_figure(path: str, step: int, kind: str, color: str | None, tiles: str, clocked: bool = False) -> bytes:
    run = folder(path)
    probe, layout = recorded.probe(path), run.projection(step, kind)
    assert probe is not None
    assert layout is not None
    known: dict[str, Any] = {"labels": probe.labels, "classes": probe.classes} if color == "class" else {}
    if color in probe.factors:
        known = {"factor": probe.factors[color], "factor_name": color.replace("_", " "), "cyclic": color in CYCLIC}
    name = LAYOUTS[kind]
    figure = maps.scatter(
        layout,
        **known,
        sprite=style.sprite(tiles, len(layout), tile=probe.tile, columns=probe.columns, kind="point"),
        title=titled(kind, str(step), len(layout)),
        axes=(f"{name} 1 (no unit)", f"{name} 2 (no unit)"),
    )
    figure.update_layout(meta={**figure.layout.meta, "link": picked.group(probe)})
    if clocked:
        maps.hold(figure, recorded.positions(path, kind, step)[1])
    return stamped(figure, path, step)
