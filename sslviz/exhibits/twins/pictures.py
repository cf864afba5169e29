"""What two runs make of the same pictures at the same step: every picture doubled, left and right, as tiles."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from sslviz.exhibits.twins import words
from sslviz.exhibits.twins.moments import Pair, chosen, common_steps, moment_at
from sslviz.figures import map as maps
from sslviz.figures import matrix, softmax
from sslviz.foreign import in_markdown
from sslviz.views import address
from sslviz.views.controls import runs_here
from sslviz.views.method import doctor, layouts, overlaid, panel, panels, similarity, small, stage, state
from sslviz.views.method.layouts import LAYOUTS
from sslviz.views.method.moment import Moment
from sslviz.views.method.panel import Panel
from sslviz.views.method.stage import Tile
from sslviz.views.plot import picked, recorded
from sslviz.views.plot.plot import plot

KINDS = ("umap", "pca")
SIDES = ("a", "b")
Row = list[Tile]


@dataclass(frozen=True)
class Twins:
    """Both runs, what they are called, and the moment of each that is shown."""

    pair: Pair
    names: tuple[str, str]
    moments: tuple[Moment, ...]  # none before the first


def show(pair: Pair, names: tuple[str, str]) -> None:
    """The newest moment that both have; at rest, any moment."""
    steps = common_steps(pair)
    with stage.screen():
        step = bar(pair, names, steps)
        found = [moment_at(run, step) for run in pair] if step is not None else []
        if any(each is None for each in found):
            st.info("This moment cannot be read.")
        elif not steps:
            st.info("The first pictures come in a moment.", icon=":material/hourglass_empty:")
        there = [each for each in found if each is not None]
        both = Twins(pair, names, tuple(there) if len(there) == len(pair) else ())
        said(both)
        stage.show(rows(both))
    below(both)


def bar(pair: Pair, names: tuple[str, str], steps: list[int]) -> int | None:
    """How both runs stand, and at rest the moment that is looked at. None before there is one."""
    with stage.bar():
        for name, run in zip(names, pair, strict=True):
            with st.container():
                about = " · ".join(filter(None, [f"**{in_markdown(name)}**", state.brief(run), state.scores(run)]))
                st.markdown(about)
        at_rest = not any(run.status().at_work for run in pair)
        if at_rest and len(steps) > 1:
            with st.container():
                return chosen(pair, steps)
    return max(steps, default=None)


def said(both: Twins) -> None:
    """In what they differ, what the doctor says of each, and what the server does."""
    parts = [words.in_words(both.pair), words.losses_unlike(both.pair)]
    opinions = []
    for each, name in zip(both.moments, both.names, strict=False):
        found = doctor.diagnosed(each.run, each.snapshot.step, len(each.run.events()))
        if found is not None:
            badge = f":red-badge[:material/stethoscope: {found.name}]"
            opinions.append(f"{in_markdown(name)}: {badge} {found.sentence} {found.evidence}.")
    if both.moments:
        at = " | ".join(f"{step:,}" for step in dict.fromkeys(each.snapshot.step for each in both.moments))
        well = ":gray-badge[:material/stethoscope: nothing wrong is seen]"
        parts.append(f"Step **{at}**: {' '.join(opinions) or well}")
    st.markdown(" ".join(filter(None, parts)))
    for run in both.pair:
        state.notes(run)


def rows(both: Twins) -> list[Row]:
    """The curves of both, and what their moments hold: two rows, of wide pictures one."""
    pins = overlaid.changes(both.pair, both.names)

    def curve(metric: str, how: str) -> Tile:
        return Tile(
            f"twin_{metric}",
            how,
            lambda _: overlaid.one(both.pair, both.names, pins, metric, key="twin", height="fill"),
            f"{overlaid.HOW_TO_READ} A loss can fall while nothing is learnt: believe the score.",
        )

    curves = [curve("loss", "It can fall while nothing is learnt."), curve("knn", "Believe this rather than the loss.")]
    if not both.moments:
        return [curves]
    staged = on_stage(both)
    wide = next((each for each in staged if isinstance(each, Panel) and each.wide), None)
    narrow = [tiles(both, each) for each in staged if each is not wide]
    first, rest = (narrow[-1], [tiles(both, wide)]) if wide else (narrow[0] if narrow else [], narrow[1:])
    return [row for row in ([*curves, *first], [tile for pair in rest for tile in pair]) if row]


def on_stage(both: Twins) -> list[str | Panel]:
    """What has a place in the window: similarity, softmax or a picture of the method's own, and the map."""
    has = [each for each in both.moments if "similarity" in each.snapshot.exhibits]
    taus = [similarity.temperature_of(each.run) for each in has]
    own = [each for each in panels.OWN if any(panel.available(found, [each]) for found in both.moments)]
    wide = [each for each in own if each.wide]
    compared: list[str | Panel] = [*(["similarity"] * bool(has)), *(["softmax"] * any(tau is not None for tau in taus))]
    pictures: list[str | Panel] = [*compared, *own][:2] if compared or not wide else [wide[0]]
    return [*pictures, "map"]


def tiles(both: Twins, what: str | Panel) -> Row:
    """One picture of each run; both are enlarged together, and have one set of controls."""
    if isinstance(what, Panel):
        return doubled(both, what)
    kind = KIND[what]
    made = [replace(kind, name=f"{what}_{side}", group=what) for side in SIDES]
    found = []
    for tile, moment, side, name in zip(made, both.moments, SIDES, both.names, strict=True):
        draw = bound(DRAWN[what], both, moment, side)
        found.append(replace(tile, how=f"**{in_markdown(name)}** · {tile.how}", draw=draw))
    first = CHOOSE.get(what)
    return [replace(found[0], choose=(lambda: first(both.pair)) if first else None), *found[1:]]


def bound(draw: Callable[[Twins, Moment, str], None], both: Twins, each: Moment, side: str) -> Callable[..., None]:
    return lambda _: draw(both, each, side)


def doubled(both: Twins, what: Panel) -> Row:
    """A picture of the method's own, where a run has recorded what it needs."""
    found = []
    for each, side, name in zip(both.moments, SIDES, both.names, strict=True):
        if panel.available(each, [what]):
            how = f"**{in_markdown(name)}**"
            draw = bound(lambda _, moment, at: one(what, moment, at, "fill"), both, each, side)
            found.append(Tile(f"{what.name}_{side}", how, draw, what.how_to_read, group=what.name))
    return found


def one(each: Panel, found: Moment, side: str, height: str | None = None) -> None:
    drawn = panel.picture(found.run, found.snapshot.step, each.name, len(found.history), each, found)
    plot(drawn, key=f"panel_{each.name}_{side}", height=height, alt=each.name)  # type: ignore[arg-type]


def choose_size(pair: Pair) -> None:
    """How many pictures both matrices show."""
    sizes = similarity.MATRIX_SIZES
    st.segmented_control(
        "Size", list(sizes), default=4, required=True, format_func=sizes.__getitem__, key="size", bind="query-params"
    )


def similar(both: Twins, each: Moment, side: str) -> None:
    if "similarity" not in each.snapshot.exhibits:
        st.info("It compares no two views: what it shows instead stands below.", icon=":material/south:")
        return
    run, step, anchor = each.run, each.snapshot.step, similarity.chosen_row(each.snapshot)
    images = address.value("size", 4) or 4  # an address with nothing behind `size=` chooses none
    drawn = similarity.similarity_matrix(run, step, images, "by view", anchor)
    alt = "Cosine similarity of every two views"
    plot(drawn, key=f"similarity_{side}", height="fill", alt=alt, on_click=similarity.choose_row)


def probabilities(both: Twins, each: Moment, side: str) -> None:
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


def map_of(both: Twins, each: Moment, side: str) -> None:
    kind = address.value("map", "umap") or "umap"  # an address with nothing behind `map=` chooses none
    found = layouts.nearest(each.run, kind, each.snapshot.step)
    if found.note:
        st.info(found.note, icon=":material/hourglass_empty:")
    if found.step is None or recorded.probe(each.run) is None:
        return
    used, there = found.kind, layouts.places(each.run, found.kind, each.snapshot.step)
    seen = small.small_map(each.run, there, used, address.value("colour", None))
    plot(seen, key=f"map_{side}", height="fill", alt=f"{LAYOUTS[used]} map of {each.run.id}")


CLICK = "Click a cell to choose the row, on both sides."
KIND = {
    "similarity": Tile("", "framed pairs should turn yellow.", lambda _: None, f"{matrix.HOW_TO_READ} {CLICK}"),
    "softmax": Tile("", "orange, the positive, should take it all.", lambda _: None, softmax.HOW_TO_READ),
    "map": Tile("", "near: alike to the network.", lambda _: None, f"{maps.HOW_TO_READ} Both show the same pictures."),
}
DRAWN = {"similarity": similar, "softmax": probabilities, "map": map_of}
CHOOSE = {"similarity": choose_size, "map": choose_map}


def below(both: Twins) -> None:
    """What has no place in the window. Closed, it costs nothing."""
    color, known = address.value("colour", None), [recorded.probe(run) for run in both.pair]
    classes = next((probe.classes for probe in known if probe is not None), ())
    if color == "class" and classes:
        plot(small.class_legend(classes), key="classes", alt="Colours and symbols of the classes")
    picked.grids(both.pair, small.POINTS)
    if not both.moments:
        return
    staged = on_stage(both)
    own = [each for each in panels.OWN if each not in staged]
    for label, icon, key, wanted in (
        ("More pictures", "photo_library", "more", own),
        ("How healthy are the representations?", "monitor_heart", "health", panels.HEALTH),
    ):
        box = address.folded(label, icon, key)
        if box.open:
            with box:
                if key == "more":
                    views(both)
                in_pairs(both, wanted)


def views(both: Twins) -> None:
    """Which both have seen."""
    for column, each in zip(st.columns(2, gap="medium"), both.moments, strict=True):
        if each.snapshot.views is not None and "similarity" in each.snapshot.exhibits:
            with column:
                st.html(similarity.view_pairs(each.run, each.snapshot.step))
                st.caption("Random views of each picture. Twins see the same crops of the same pictures.")


def in_pairs(both: Twins, wanted: list[Panel]) -> None:
    """Each panel left and right, where a side has recorded what it needs."""
    for each in wanted:
        able = [bool(panel.available(found, [each])) for found in both.moments]
        if not any(able):
            continue
        for column, found, side, can in zip(st.columns(2, gap="medium"), both.moments, SIDES, able, strict=True):
            with column:
                if can:
                    one(each, found, side)
        st.caption(each.how_to_read)
