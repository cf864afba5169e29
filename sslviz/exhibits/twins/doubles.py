"""One picture of one of two runs, left (a) or right (b), and the controls that both sides share."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from sslviz.exhibits.twins.moments import Pair
from sslviz.figures import map as maps
from sslviz.figures import matrix, softmax
from sslviz.views import address
from sslviz.views.controls import runs_here
from sslviz.views.method import layouts, panel, similarity, small
from sslviz.views.method.layouts import LAYOUTS
from sslviz.views.method.moment import Moment
from sslviz.views.method.panel import Panel
from sslviz.views.plot import recorded
from sslviz.views.plot.plot import plot

KINDS = ("umap", "pca")
SIDES = ("a", "b")


def own(each: Panel, found: Moment, side: str, height: Literal["fill"] | None = None) -> None:
    """A picture of the method's own."""
    drawn = panel.picture(found.run, found.snapshot.step, each.name, len(found.history), each, found)
    plot(drawn, key=f"panel_{each.name}_{side}", height=height, alt=each.name)


def choose_size(pair: Pair) -> None:
    """How many pictures both matrices show."""
    sizes = similarity.MATRIX_SIZES
    st.segmented_control(
        "Size", list(sizes), default=4, required=True, format_func=sizes.__getitem__, key="size", bind="query-params"
    )


def similar(each: Moment, side: str) -> None:
    if "similarity" not in each.snapshot.exhibits:
        st.info("It compares no two views: what it shows instead stands below.", icon=":material/south:")
        return
    run, step, anchor = each.run, each.snapshot.step, similarity.chosen_row(each.snapshot)
    images = address.value("size", 4) or 4  # an address with nothing behind `size=` chooses none
    drawn = similarity.similarity_matrix(run, step, images, "by view", anchor)
    alt = "Cosine similarity of every two views"
    plot(drawn, key=f"similarity_{side}", height="fill", alt=alt, on_click=similarity.choose_row)


def probabilities(each: Moment, side: str) -> None:
    tau = similarity.temperature_of(each.run)
    if tau is None or "similarity" not in each.snapshot.exhibits:
        return
    run, step, anchor = each.run, each.snapshot.step, similarity.chosen_row(each.snapshot)
    drawn = similarity.softmax_row(run, step, anchor, tau)
    plot(drawn, key=f"softmax_{side}", height="fill", alt="One row as probabilities")


def choose_map(pair: Pair) -> None:
    """The layout of both maps, and what their colours stand for."""
    names = LAYOUTS.__getitem__
    st.segmented_control(
        "Map", list(KINDS), default="umap", required=True, format_func=names, key="map", bind="query-params"
    )
    runs_here.color_of(pair)


def map_of(each: Moment, side: str) -> None:
    kind = address.value("map", "umap") or "umap"  # an address with nothing behind `map=` chooses none
    found = layouts.nearest(each.run, kind, each.snapshot.step)
    if found.note:
        st.info(found.note, icon=":material/hourglass_empty:")
    if found.step is None or recorded.probe(each.run) is None:
        return
    used, there = found.kind, layouts.places(each.run, found.kind, each.snapshot.step)
    seen = small.small_map(each.run, there, used, address.value("colour", None))
    plot(seen, key=f"map_{side}", height="fill", alt=f"{LAYOUTS[used]} map of {each.run.id}")


# how to read it, in a sentence and in full
WORDS = {
    "similarity": (
        "framed pairs should turn yellow.",
        f"{matrix.HOW_TO_READ} Click a cell to choose the row, on both sides.",
    ),
    "softmax": ("orange, the positive, should take it all.", softmax.HOW_TO_READ),
    "map": ("near: alike to the network.", f"{maps.HOW_TO_READ} Both show the same pictures."),
}
DRAWN: dict[str, Callable[[Moment, str], None]] = {"similarity": similar, "softmax": probabilities, "map": map_of}
CHOOSE: dict[str, Callable[[Pair], None]] = {"similarity": choose_size, "map": choose_map}
