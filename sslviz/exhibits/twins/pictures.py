"""What two runs make of the same pictures at the same step: every picture doubled, left and right."""

from collections.abc import Callable

import streamlit as st

from sslviz.exhibits.twins.moments import Pair, chosen, common_steps, moment_at
from sslviz.figures import map as maps
from sslviz.figures import matrix, softmax
from sslviz.foreign import in_markdown
from sslviz.views import address
from sslviz.views.controls import runs_here
from sslviz.views.method import doctor, layouts, panel, panels, similarity, small
from sslviz.views.method.layouts import LAYOUTS
from sslviz.views.method.moment import Moment
from sslviz.views.method.panel import Panel
from sslviz.views.plot import picked, recorded
from sslviz.views.plot.plot import plot

KINDS = ("umap", "pca")
SIDES = ("a", "b")


def show(pair: Pair, names: tuple[str, str]) -> None:
    """The newest moment that both have; at rest, any moment."""
    steps = common_steps(pair)
    if not steps:
        st.info("The first pictures come in a moment.", icon=":material/hourglass_empty:")
        return
    step = steps[-1]
    if not any(run.status().at_work for run in pair) and len(steps) > 1:
        step = chosen(pair, steps)
    found = [moment_at(run, step) for run in pair]
    if any(each is None for each in found):
        st.info("This moment cannot be read.")
        return
    moments = [each for each in found if each is not None]
    verdicts(moments)
    similarities(moments)
    own(moments, names)
    maps_of(pair, moments)
    health = address.folded("How healthy are the representations?", "monitor_heart", "health")
    if health.open:
        with health:
            doubled(moments, panels.HEALTH)


def row(moments: list[Moment], draw: Callable[[Moment, str], None]) -> None:
    """draw(moment, side) in two columns."""
    for column, each, side in zip(st.columns(2, gap="medium"), moments, SIDES, strict=True):
        with column:
            draw(each, side)


def verdicts(moments: list[Moment]) -> None:
    """What the doctor says at this moment."""

    def verdict(each: Moment, side: str) -> None:
        said = doctor.diagnosed(each.run, each.snapshot.step, len(each.run.events()))
        if said is None:
            st.markdown(f"Step **{each.snapshot.step:,}** · :gray-badge[:material/stethoscope: nothing wrong is seen]")
        else:
            st.markdown(
                f"Step **{each.snapshot.step:,}** · :red-badge[:material/stethoscope: {said.name}] {said.sentence}"
            )
            st.caption(f"{said.evidence} · {said.constant}" if said.constant else said.evidence)

    row(moments, verdict)


def similarities(moments: list[Moment]) -> None:
    """The views, the matrix of their similarities, and one of its rows as probabilities, where a method has them."""
    if not any("similarity" in each.snapshot.exhibits for each in moments):
        return
    sizes = similarity.MATRIX_SIZES
    size = st.segmented_control(
        "Size", list(sizes), default=4, required=True, format_func=sizes.__getitem__, key="size", bind="query-params"
    )
    images = size or 4  # an address with nothing behind `size=` chooses none
    row(moments, views)
    st.caption("Random views of each picture: a above, b below. Twins see the same crops of the same pictures.")
    with st.container(key="stack_matrices"):
        row(moments, lambda each, side: similar(each, side, images))
    taus = [similarity.temperature_of(each.run) for each in moments]
    if any(tau is not None for tau in taus):
        with st.container(key="stack_softmax"):
            row(moments, probabilities)
    how = softmax.HOW_TO_READ if any(tau is not None for tau in taus) else ""
    st.caption(f"{matrix.HOW_TO_READ} {how} Click a cell to choose the row, on both sides.")


def views(each: Moment, side: str) -> None:
    if each.snapshot.views is not None and "similarity" in each.snapshot.exhibits:
        st.html(similarity.view_pairs(each.run, each.snapshot.step))


def similar(each: Moment, side: str, images: int) -> None:
    if "similarity" not in each.snapshot.exhibits:
        st.info("It compares no two views: what it shows instead stands below.", icon=":material/south:")
        return
    run, step, anchor = each.run, each.snapshot.step, similarity.chosen_row(each.snapshot)
    drawn = similarity.similarity_matrix(run, step, images, "by view", anchor)
    alt = "Cosine similarity of every two views"
    plot(drawn, key=f"similarity_{side}", alt=alt, on_click=similarity.choose_row)


def probabilities(each: Moment, side: str) -> None:
    tau = similarity.temperature_of(each.run)
    if tau is None or "similarity" not in each.snapshot.exhibits:
        return
    run, step, anchor = each.run, each.snapshot.step, similarity.chosen_row(each.snapshot)
    drawn = similarity.softmax_row(run, step, anchor, tau)
    plot(drawn, key=f"softmax_{side}", alt="One row as probabilities")


def own(moments: list[Moment], names: tuple[str, str]) -> None:
    """The pictures that explain the method; a wide one of each run below the other's."""
    there = [panel.available(each, panels.OWN) for each in moments]
    shown = [each for each in panels.OWN if any(each in some for some in there)]
    for wide in (each for each in shown if each.wide):
        for found, side, name, some in zip(moments, SIDES, names, there, strict=True):
            if wide in some:
                st.markdown(f"**{in_markdown(name)}**")
                one(wide, found, side)
        st.caption(wide.how_to_read)
    doubled(moments, [each for each in shown if not each.wide])


def doubled(moments: list[Moment], wanted: list[Panel]) -> None:
    """Each panel left and right, where a side has recorded what it needs."""
    for each in wanted:
        able = [each in panel.available(found, [each]) for found in moments]
        if not any(able):
            continue
        columns = st.container(key=f"stack_{each.name}").columns(2, gap="medium")
        for column, found, side, can in zip(columns, moments, SIDES, able, strict=True):
            with column:
                if can:
                    one(each, found, side)
        st.caption(each.how_to_read)


def one(each: Panel, found: Moment, side: str) -> None:
    drawn = panel.picture(found.run, found.snapshot.step, each.name, len(found.history), each, found)
    plot(drawn, key=f"panel_{each.name}_{side}", alt=each.name)


def maps_of(pair: Pair, moments: list[Moment]) -> None:
    """The same test pictures on both maps."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = LAYOUTS.__getitem__
        chosen = st.segmented_control(
            "Map", list(KINDS), default="umap", required=True, format_func=names, key="map", bind="query-params"
        )
        kind = chosen or "umap"  # an address with nothing behind `map=` chooses none
        color = runs_here.color_of(pair)

    def drawn(each: Moment, side: str) -> None:
        found = layouts.nearest(each.run, kind, each.snapshot.step)
        if found.note:
            st.info(found.note, icon=":material/hourglass_empty:")
        if found.step is None or recorded.probe(each.run) is None:
            return
        used, there = found.kind, layouts.places(each.run, found.kind, each.snapshot.step)
        seen = small.small_map(each.run, there, used, color)
        plot(seen, key=f"map_{side}", alt=f"{LAYOUTS[used]} map of {each.run.id}")

    row(moments, drawn)
    classes = next((p.classes for run in pair if (p := recorded.probe(run)) is not None), ())
    if color == "class" and classes:
        plot(small.class_legend(classes), key="classes", alt="Colours and symbols of the classes")
    picked.grids(pair, small.POINTS)
    st.caption(f"{maps.HOW_TO_READ} Both maps show the same test pictures.")
