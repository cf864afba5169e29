"""The pictures of a run at one moment: curves, views, similarity matrix, softmax row, map.

Each picture is built and encoded once per (run, step) and shared by all who look; a refresh sends bytes.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from sslviz.figures import curves, matrix, sheet, softmax, style
from sslviz.figures import map as maps
from sslviz.figures.curves import Pin, Series
from sslviz.runs.folder import RunFolder, Snapshot, Status
from sslviz.runs.observer import EXHIBITS, NEIGHBOURS
from sslviz.views import server
from sslviz.views.plot import encode, image_url, plot

MOST_POINTS = 1500  # of a curve; more are thinned
MATRIX_SIZES = {images: f"{2 * images}×{2 * images}" for images in (4, 8, EXHIBITS)}
LAYOUTS = {"umap": "UMAP", "pca": "PCA", "tsne": "t-SNE"}
CYCLIC = ("hue", "background_hue")


def show(run: RunFolder, status: Status) -> None:
    """All pictures of the newest moment, or of the one chosen with the slider when the run is at rest."""
    left, right = st.columns(2, gap="medium")
    with left:
        plot(loss_curve(str(run.path), status.step, len(run.events())), key="loss", alt="Loss over training steps")
    with right:
        plot(
            score_curve(str(run.path), status.step, status.heartbeat),
            key="score",
            alt="k-NN accuracy over training steps",
        )
    st.caption(f"{curves.HOW_TO_READ} A loss can fall while nothing is learnt: believe the score.")
    steps = run.snapshot_steps()
    if not steps:
        st.info("The first picture comes in a moment.", icon=":material/hourglass_empty:")
        return
    step = steps[-1]
    if not status.at_work and len(steps) > 1:
        step = st.select_slider("Moment (training step)", steps, steps[-1], key=f"moment_{run.id}")
    snapshot = load(str(run.path), step)
    if snapshot is not None and "similarity" in snapshot.exhibits:
        similarity(run, snapshot)
    chart(run, step)


@st.cache_data(max_entries=64, show_spinner=False)
def load(path: str, step: int) -> Snapshot | None:
    return RunFolder(Path(path)).snapshot(step)


# -- curves -----------------------------------------------------------------------------------------------------------


@st.cache_data(max_entries=32, show_spinner=False)
def loss_curve(path: str, step: int, changes: int) -> bytes:
    """`step` and `changes` say how much has been recorded: when they grow, the curve is drawn anew."""
    run = folder(path)
    rows = recorded(run, "loss")
    values, method = run.values(), run.settings().method
    lines, unit = {}, "no unit"
    if method == "simclr":
        lines = {f"ln(2N − 1), N = {values['batch_size']}: knows nothing": float(np.log(2 * values["batch_size"] - 1))}
        unit = "nats"
    elif method == "moco":
        lines = {f"ln(K + 1), K = {values['queue_length']}: knows nothing": float(np.log(values["queue_length"] + 1))}
        unit = "nats"
    one = Series("loss", rows["step"].to_numpy(), rows["loss"].to_numpy(dtype=float))
    figure = curves.curves([one], title="Loss", y_title=f"loss ({unit})", references=lines, pins=pins(run))
    return stamped(figure, path, step)


@st.cache_data(max_entries=32, show_spinner=False)
def score_curve(path: str, step: int, heartbeat: float) -> bytes:
    run = folder(path)
    series = []
    for color, (column, name) in enumerate({"knn": "class", "knn_hue": "hue"}.items()):
        rows = recorded(run, column)
        if len(rows):
            series.append(Series(name, rows["step"].to_numpy(), rows[column].to_numpy(dtype=float), color))
    status = run.status()
    line = {} if status.knn_random_init is None else {"random initialisation": status.knn_random_init}
    classes = len(probe.classes) if (probe := run.probe()) is not None else 0
    if classes > 1:
        line["chance"] = 1 / classes
    title = f"{NEIGHBOURS}-NN accuracy of h" if series else f"{NEIGHBOURS}-NN accuracy: these pictures have no labels"
    figure = curves.curves(
        series, title=title, y_title="accuracy", references=line, pins=pins(run), y_range=(0, 1), percent=True
    )
    return stamped(figure, path, step)


def recorded(run: RunFolder, column: str) -> pd.DataFrame:
    """The rows in which a value was recorded, thinned to what a plot can show."""
    table = run.metrics()
    if column not in table:
        return pd.DataFrame({"step": [], column: []})
    rows = table[["step", column]].dropna()
    return rows.iloc[:: max(1, len(rows) // MOST_POINTS)]


def pins(run: RunFolder) -> list[Pin]:
    return [Pin(event["step"], event["text"]) for event in run.events() if event["kind"] in ("set", "resume")]


# -- views, similarity, softmax ---------------------------------------------------------------------------------------


def similarity(run: RunFolder, snapshot: Snapshot) -> None:
    """The views on which the matrix stands; the matrix; one of its rows as probabilities."""
    path, step = str(run.path), snapshot.step
    left, right = st.columns(2, gap="medium")
    with left:
        size, order = st.columns([1.15, 1])
        images = (
            size.segmented_control(
                "Size",
                list(MATRIX_SIZES),
                default=4,
                format_func=MATRIX_SIZES.__getitem__,
                key="size",
                bind="query-params",
            )
            or 4
        )
        by = (
            order.segmented_control(
                "Order", ["by view", "by image"], default="by view", key="order", bind="query-params"
            )
            or "by view"
        )
        tiles = image_url(view_tiles(path, step), key="views", mimetype="image/jpeg")
        anchor = int(st.session_state.get("anchor", 0))
        event = plot(
            similarity_matrix(path, step, images, by, anchor, tiles),
            key="similarity",
            alt="Cosine similarity of every two views",
            events=("click",),
        )
        if event is not None and event.row is not None and event.row != anchor:
            st.session_state["anchor"] = event.row
            st.rerun(scope="fragment")
    with right:
        st.image(view_pairs(path, step), caption="Two random views of each picture: a above, b below", width="stretch")
        temperature = temperature_of(run)
        if temperature is not None:
            plot(softmax_row(path, step, anchor, temperature, tiles), key="softmax", alt="One row as probabilities")
        elif "cross_correlation_recent" in snapshot.exhibits:
            plot(correlation(path, step), key="correlation", alt="Cross-correlation of the channels of two views")
    how = softmax.HOW_TO_READ if temperature is not None else ""
    st.caption(f"{matrix.HOW_TO_READ} {how} Click a cell to choose the row.")


def temperature_of(run: RunFolder) -> float | None:
    """τ as it is now: the last learned one, else the knob; None for a method without."""
    values = run.values()
    if values.get("learn_temperature"):
        learned = recorded(run, "temperature")
        return float(learned["temperature"].iloc[-1]) if len(learned) else float(values["temperature"])
    return float(values["temperature"]) if "temperature" in values else None


@st.cache_data(max_entries=64, show_spinner=False)
def correlation(path: str, step: int) -> bytes:
    snapshot = load(path, step)
    assert snapshot is not None
    return stamped(matrix.correlation(snapshot.exhibits["cross_correlation_recent"]), path, step)


@st.cache_data(max_entries=64, show_spinner=False)
def similarity_matrix(path: str, step: int, images: int, order: Any, anchor: int, tiles: str) -> bytes:
    snapshot = load(path, step)
    assert snapshot is not None
    s = snapshot.exhibits["similarity"]
    total = len(s) // 2
    figure = matrix.similarity(
        s.astype(np.float32),
        images=images,
        order=order,
        labels=exhibit_labels(path, total),
        pinned=anchor,
        sprite=view_sprite(tiles, path, total),
    )
    return stamped(figure, path, step)


@st.cache_data(max_entries=64, show_spinner=False)
def softmax_row(path: str, step: int, anchor: int, temperature: float, tiles: str) -> bytes:
    snapshot = load(path, step)
    assert snapshot is not None
    s = snapshot.exhibits["similarity"].astype(np.float32)
    total = len(s) // 2
    positive = (anchor + total) % (2 * total)
    figure = softmax.softmax(
        s[anchor],
        anchor,
        positive,
        temperature,
        labels=exhibit_labels(path, total),
        ordered=True,
        sprite=view_sprite(tiles, path, total),
    )
    return stamped(figure, path, step)


@st.cache_data(max_entries=64, show_spinner=False)
def view_tiles(path: str, step: int) -> bytes:
    """One sheet with all views, for hovering: tile i is row i of the similarity matrix."""
    snapshot = load(path, step)
    assert snapshot is not None
    assert snapshot.views is not None
    v, n, *shape = snapshot.views.shape
    return sheet.contact_sheet(snapshot.views.reshape(v * n, *shape), columns=n)


@st.cache_data(max_entries=64, show_spinner=False)
def view_pairs(path: str, step: int) -> bytes:
    snapshot = load(path, step)
    assert snapshot is not None
    assert snapshot.views is not None
    return sheet.pairs_sheet(snapshot.views[:, :8], columns=8)


def view_sprite(url: str, path: str, total: int) -> dict[str, Any]:
    probe = folder(path).probe()
    return style.sprite(url, 2 * total, tile=probe.tile if probe else 32, columns=total, kind="cell", value="cosine")


def exhibit_labels(path: str, total: int) -> Any:
    probe = folder(path).probe()
    return None if probe is None or probe.labels is None else probe.labels[:total]


# -- map --------------------------------------------------------------------------------------------------------------


def chart(run: RunFolder, step: int) -> None:
    """The map of the probe pictures: the layout nearest before `step`."""
    probe = run.probe()
    if probe is None:
        return
    kind_box, color_box = st.columns(2)
    kind = (
        kind_box.segmented_control(
            "Map", list(LAYOUTS), default="umap", format_func=LAYOUTS.__getitem__, key="map", bind="query-params"
        )
        or "umap"
    )
    colors = (["class"] if probe.labels is not None else []) + [name for name in probe.factors if name != "shape"]
    color = color_box.selectbox("Colour", colors, key="colour", bind="query-params") if colors else None
    layouts = run.projection_steps(kind)
    if kind == "tsne" and step not in layouts and server.is_ours(run):
        server.launcher().project(
            run.id, kind, max((s for s in run.projection_steps("pca") if s <= step), default=step)
        )
    at = max((s for s in layouts if s <= step), default=None)
    note = ""
    if at is None and kind != "pca":
        kind, layouts = "pca", run.projection_steps("pca")
        at = max((s for s in layouts if s <= step), default=None)
        note = "The layout is being computed; this is PCA. "
    if at is None:
        st.info("The map comes in a moment.", icon=":material/hourglass_empty:")
        return
    tiles = image_url(probe.sheet, key="probe")
    plot(
        map_figure(str(run.path), at, kind, color, tiles),
        key="chart",
        alt=f"Map of {len(probe.labels) if probe.labels is not None else ''} pictures",
    )
    st.caption(f"{note}{maps.HOW_TO_READ}")


@st.cache_data(max_entries=64, show_spinner=False)
def map_figure(path: str, step: int, kind: str, color: str | None, tiles: str) -> bytes:
    run = folder(path)
    probe, layout = run.probe(), run.projection(step, kind)
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
        title=f"{name} of h, {len(layout):,} test pictures, step {step}",
        axes=(f"{name} 1 (no unit)", f"{name} 2 (no unit)"),
    )
    return stamped(figure, path, step)


def stamped(figure: go.Figure, path: str, step: int) -> bytes:
    """The encoded figure, with the run and step that it shows written into it."""
    return encode(figure.update_layout(meta={**(figure.layout.meta or {}), "run": Path(path).name, "step": step}))


def folder(path: str) -> RunFolder:
    return RunFolder(Path(path))
