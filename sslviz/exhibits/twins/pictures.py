"""What two runs make of the same pictures at the same step: every picture doubled, left and right, as tiles."""

from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from sslviz.exhibits.twins import doubles, words
from sslviz.exhibits.twins.doubles import SIDES
from sslviz.exhibits.twins.moments import Pair, chosen, common_steps, moment_at
from sslviz.foreign import in_markdown
from sslviz.views import address
from sslviz.views.method import doctor, overlaid, panel, panels, similarity, small, stage, state
from sslviz.views.method.moment import Moment
from sslviz.views.method.panel import Panel
from sslviz.views.method.stage import Tile
from sslviz.views.plot import picked, recorded
from sslviz.views.plot.plot import plot

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
    sides = zip(both.moments, SIDES, both.names, strict=True)
    if isinstance(what, Panel):
        return [of_panel(what, each, side, name) for each, side, name in sides if panel.available(each, [what])]
    left, right = (of_kind(what, each, side, name) for each, side, name in sides)
    choose = doubles.CHOOSE.get(what)
    return [replace(left, choose=partial(choose, both.pair)) if choose else left, right]


def of_panel(what: Panel, each: Moment, side: str, name: str) -> Tile:
    """A picture of the method's own."""

    def draw(_: object) -> None:
        doubles.own(what, each, side, "fill")

    how = f"**{in_markdown(name)}**"
    return Tile(f"{what.name}_{side}", how, draw, what.how_to_read, group=what.name)


def of_kind(what: str, each: Moment, side: str, name: str) -> Tile:
    """What every method may have: similarity, softmax, map."""

    def draw(_: object) -> None:
        doubles.DRAWN[what](each, side)

    how, in_full = doubles.WORDS[what]
    return Tile(f"{what}_{side}", f"**{in_markdown(name)}** · {how}", draw, in_full, group=what)


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
                    doubles.own(each, found, side)
        st.caption(each.how_to_read)
