"""The views of the exhibit pictures, the matrix of their similarities, and one of its rows as probabilities."""

import base64
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from sslviz.figures import matrix, sheet, softmax, style
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Snapshot
from sslviz.training.observer import EXHIBITS
from sslviz.views.method.curves import recorded
from sslviz.views.plot.history_address import address, views_sheet
from sslviz.views.plot.plot import Click, plot
from sslviz.views.plot.recorded import BY_PATH, load, probe, stamped

MATRIX_SIZES = {images: f"{2 * images}×{2 * images}" for images in (4, 8, EXHIBITS)}


def choose() -> tuple[int, Any]:
    """How many pictures the matrix shows, and in which order."""
    images = st.segmented_control(
        *("Size", list(MATRIX_SIZES)),
        default=4,
        required=True,
        format_func=MATRIX_SIZES.__getitem__,
        key="size",
        bind="query-params",
    )
    order = st.segmented_control(
        "Order", ["by view", "by image"], default="by view", required=True, key="order", bind="query-params"
    )
    return images or 4, order or "by view"  # an address with nothing behind `size=` chooses none


def draw_matrix(run: RunFolder, snapshot: Snapshot, choice: tuple[int, Any], clocked: bool) -> None:
    """A click on a cell chooses the row that is shown as probabilities."""
    images, order = choice
    plot(
        similarity_matrix(run, snapshot.step, images, order, chosen_row(snapshot)),
        key="similarity",
        height="fill",
        alt="Cosine similarity of every two views",
        on_click=choose_row,
        history=address(run, "matrix", images=images, order=order) if clocked else "",
    )


def draw_softmax(run: RunFolder, snapshot: Snapshot, temperature: float, clocked: bool) -> None:
    """For contrastive methods: one row of the matrix as probabilities."""
    anchor = chosen_row(snapshot)
    past = address(run, "softmax", anchor=anchor, temperature=temperature) if clocked else ""
    drawn = softmax_row(run, snapshot.step, anchor, temperature)
    plot(drawn, key="softmax", height="fill", alt="One row as probabilities", history=past)


def draw_views(run: RunFolder, step: int) -> None:
    """The views on which the matrix stands."""
    images = view_pairs(run, step, bands=2)
    st.html(f'<figure class="sslviz-views"><figcaption>Views, step {step}</figcaption><div>{images}</div></figure>')


def choose_row(at: Click) -> None:
    """The row of the clicked cell is the one that is shown as probabilities; in the address as `row`."""
    st.query_params["row"] = str(at.row)


def chosen_row(snapshot: Snapshot) -> int:
    """What the address says, if the matrix has such a row; else the first."""
    text = st.query_params.get("row", "")
    rows = len(snapshot.exhibits["similarity"])
    return int(text) if text.isdecimal() and len(text) < 9 and int(text) < rows else 0


def temperature_of(run: RunFolder) -> float | None:
    """τ as it is now: the last learned one, else the knob; None for a method that does not divide these by it."""
    values = run.values()
    if METHODS[run.settings().method].family != "contrastive":
        return None
    if values.get("learn_temperature"):
        learned = recorded(run, "temperature")
        return float(learned["temperature"].iloc[-1]) if len(learned) else float(values["temperature"])
    return float(values["temperature"]) if "temperature" in values else None


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_PATH)
def similarity_matrix(run: RunFolder, step: int, images: int, order: Any, anchor: int) -> bytes:
    snapshot = load(run, step)
    assert snapshot is not None
    s = snapshot.exhibits["similarity"]
    total = len(s) // 2
    figure = matrix.similarity(
        s.astype(np.float32),
        images=images,
        order=order,
        labels=exhibit_labels(run, total),
        pinned=anchor,
        sprite=view_sprite(run, total),
    )
    return stamped(figure, run, step)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_PATH)
def softmax_row(run: RunFolder, step: int, anchor: int, temperature: float) -> bytes:
    snapshot = load(run, step)
    assert snapshot is not None
    return stamped(softmax_figure(run, snapshot.exhibits["similarity"], anchor, temperature), run, step)


def softmax_figure(run: RunFolder, cosines: np.ndarray, anchor: int, temperature: float) -> go.Figure:
    """One row of a 2N x 2N similarity matrix as probabilities, the most likely first."""
    s = cosines.astype(np.float32)
    total = len(s) // 2
    return softmax.softmax(
        s[anchor],
        anchor,
        (anchor + total) % (2 * total),
        temperature,
        labels=exhibit_labels(run, total),
        ordered=True,
        sprite=view_sprite(run, total),
    )


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_PATH)
def view_tiles(run: RunFolder, step: int) -> bytes:
    """One sheet with all views, for hovering: tile i is row i of the similarity matrix."""
    snapshot = load(run, step)
    assert snapshot is not None
    assert snapshot.views is not None
    v, n, *shape = snapshot.views.shape
    return sheet.contact_sheet(snapshot.views.reshape(v * n, *shape), columns=n)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_PATH)
def view_pairs(run: RunFolder, step: int, bands: int = 1) -> str:
    """As an <img> that holds its own bytes: a file would be gone from the server when the next refresh comes early.
    bands: so many of them, each with its share of the pictures. More than two views need one.
    """
    snapshot = load(run, step)
    assert snapshot is not None
    assert snapshot.views is not None
    parts = np.array_split(snapshot.views[:, :8], bands if len(snapshot.views) < 3 else 1, axis=1)
    pngs = [base64.b64encode(sheet.pairs_sheet(part)).decode() for part in parts if part.shape[1]]
    return "".join(
        f'<img alt="Random views of {len(part[0])} pictures" style="width: 100%" src="data:image/png;base64,{png}">'
        for part, png in zip(parts, pngs, strict=False)
    )


def view_sprite(run: RunFolder, total: int) -> dict[str, Any]:
    sheet, pictures = views_sheet(run), probe(run)
    return style.sprite(
        sheet, 2 * total, tile=pictures.tile if pictures else 32, columns=total, kind="cell", value="cosine"
    )


def exhibit_labels(run: RunFolder, total: int) -> Any:
    pictures = probe(run)
    return None if pictures is None or pictures.labels is None else pictures.labels[:total]
