"""The map room: one or two maps of the same test pictures, of any runs, moments and kinds; what is picked on one is
shown on the other, and in the grid below.

Maps are laid out by the launcher's projector; this page reads what it leaves, and says so while it waits.
"""

from dataclasses import replace

import streamlit as st

from sslviz.exhibits.maps import figures_3d, misread, scores, solid
from sslviz.exhibits.maps import picture as maps_picture
from sslviz.exhibits.maps import side as maps_side
from sslviz.exhibits.maps.colours import TRUE
from sslviz.exhibits.maps.picture import TRAILS
from sslviz.exhibits.maps.side import Side
from sslviz.figures import map as maps
from sslviz.views import address
from sslviz.views.controls import other_versions
from sslviz.views.method import layouts, live, small
from sslviz.views.method.layouts import LAYOUTS, SECONDS
from sslviz.views.method.map import NotReadable
from sslviz.views.plot import picked, recorded
from sslviz.views.plot.plot import plot

STYLE = """<style>
@media (max-width: 1100px) {
  :is(.st-key-misread, .st-key-maps) [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
  :is(.st-key-misread, .st-key-maps) [data-testid="stColumn"] { min-width: 100%; }
}
</style>"""


def show() -> None:
    st.html(STYLE)
    st.header("Map room", anchor=False)
    st.markdown(
        "Every point is a test picture. **Draw a loop** around some: both maps show where they are, and the grid below "
        "what they are."
    )
    with st.container(key="pairs"):
        columns = st.columns(2, gap="medium")
        sides = []
        for number, column in enumerate(columns, 1):
            with column:
                sides.append(maps_side.choose(number))
    awaited = any(waiting(side) for side in sides if side is not None)
    live.refreshed(pictures, live.EVERY, awaited, sides[0], sides[1], awaited)
    misread.show(sides[0])
    other_versions.remarks(*{side.run.id: side.run for side in sides if side is not None}.values())
    other_versions.unread()


def color_of(sides: list[Side]) -> str | None:
    """Class, a factor that the pictures of every run have, or what is true about the map."""
    probes = [found for side in sides if (found := recorded.probe(side.run)) is not None]
    factors = dict.fromkeys(name for probe in probes for name in probe.factors if name != "shape")
    names = [name for name in ("class", *factors) if all(maps_picture.has(probe, name) for probe in probes)]
    if not probes:
        return None
    names.append(TRUE)
    address.check("colour", lambda text: text in names, names[0])
    return st.selectbox("Colour", names, key="colour", bind="query-params", width=220)


def waiting(side: Side) -> bool:
    """True for a map that is not there, but will be."""
    return side.place is None and side.can_be_made


def pictures(one: Side | None, two: Side | None, was_awaited: bool) -> None:
    """One refresh: both maps, what they are coloured by, the grid, the scores."""
    sides = [replace(side, run=side.run.glance()) for side in (one, two) if side is not None]
    if any(not side.run.exists for side in sides):
        st.warning("This run has been removed.")
        return
    if was_awaited and not any(waiting(side) for side in sides):
        st.rerun()
    if not sides:
        return
    with st.container(key="maps"):
        above = st.columns(2, gap="medium") if len(sides) > 1 else [st.container()]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        color = color_of(sides)
        since = address.choice("Trails", "trails", TRAILS, TRAILS[0], help=maps_picture.TRAILS_HELP)
    for side, column in zip(sides, above, strict=True):
        with column:
            picture(side, color, since)
    legend(sides, color)
    in_space = any(side.kind.dimensions == 3 for side in sides)
    st.caption(f"{maps.HOW_TO_READ} {figures_3d.HOW_TO_READ if in_space else ''}")
    most = max(maps_picture.points(side.run) for side in sides)
    picked.grids([side.run for side in sides], most, picked.HINT)
    scores.show(sides, since)
    numbers = maps_picture.positions(sides)
    if len(numbers):
        st.download_button("Positions as CSV", numbers.to_csv(index=False), "maps.csv", "text/csv", key="positions_csv")


def picture(side: Side, color: str | None, since: str) -> None:
    """The map, or why there is none."""
    probe, key = recorded.probe(side.run), f"map_{side.number}"
    if probe is None:
        st.info("The pictures of this run cannot be read.", icon=":material/map:")
        return
    place = side.place
    if place is None and not side.can_be_made:
        st.info(
            f"There is no {LAYOUTS[side.kind.method]} of step {side.step:,}: h of this moment was not kept, or the "
            "network had diverged.",
            icon=":material/map:",
        )
        return
    if place is None:
        plot(maps_picture.empty(side, note=ask(side)), key=key, alt="A map that is being computed")
        return
    trail = tuple((str(folder.path), step) for step, folder in maps_picture.before(side, since))
    every = tuple((str(folder.path), step) for step, folder in layouts.layouts(side.run, side.kind.name).items())
    asked = maps_picture.Asked(side.name, str(place.path), side.step, side.kind.name, color, trail, every)
    alt = f"{LAYOUTS[side.kind.method]} map, {side.name}"
    try:
        if side.kind.dimensions == 3:
            solid.draw(maps_picture.in_space(side.run, asked), key=f"{key}_in_space", alt=alt)
        else:
            plot(maps_picture.figure(side.run, asked), key=key, alt=alt)
    except NotReadable as error:
        st.warning(str(error), icon=":material/broken_image:")


def legend(sides: list[Side], color: str | None) -> None:
    """The classes, once for both maps."""
    classes = next((probe.classes for side in sides if (probe := recorded.probe(side.run)) is not None), ())
    if color == "class" and classes:
        plot(small.class_legend(classes), key="classes", alt="Colours and symbols of the classes")


def ask(side: Side) -> str:
    """Asks the projector, and says since when it has been asked."""
    kind, since = side.kind, layouts.ask(side.run, side.kind.name, side.step)
    return (
        f"{LAYOUTS[kind.method]} is being computed: {SECONDS[kind.method]},<br>longer while something trains. "
        f"Asked {since:.0f} s ago."
    )
