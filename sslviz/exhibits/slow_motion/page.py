"""The slow-motion room: one training step of a recorded run, walked through stage by stage, and taken by hand.

The address holds the run, the moment, the batch, the knobs and the stage.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import streamlit as st

from sslviz.data import DataError
from sslviz.exhibits.slow_motion import ahead
from sslviz.exhibits.slow_motion.by_hand import buttons, forget, history, notes, steps_of
from sslviz.exhibits.slow_motion.choices import DICE, WALK, Knobs, Start, asked, controls, live_knobs
from sslviz.exhibits.slow_motion.stage import Picture, Stage
from sslviz.exhibits.slow_motion.stages import stages
from sslviz.exhibits.slow_motion.step import SlowStep
from sslviz.exhibits.slow_motion.taken import WRITTEN, Taken, Who, stepped
from sslviz.foreign import SENTENCE, in_markdown
from sslviz.knobs import Knob
from sslviz.runs.folder import RunFolder
from sslviz.training.trainer import Diverged
from sslviz.views import address, net
from sslviz.views.controls import choose_run
from sslviz.views.plot.plot import encode, plot

WAYS = {"forward": "forward, to the loss", "backward": "backward, from the loss", "step": "what the step changes"}


def show() -> None:
    with st.container(key="heading"):
        st.header("One step in slow motion", anchor=False)
        st.markdown(
            "Pictures go in, a loss comes out, a gradient flows back, weights move. Walk through **one real step** of "
            "a recorded run, forward and backward, and then take it."
        )
        with st.container(key="bench"):
            left, right = st.columns([1, 2.6], gap="medium")
        with left:
            run = choose_run.run("walked")
            if run is None:
                st.info("No run has kept its weights: train one, or install the recorded examples.")
                return
            net.fragment("The controls", controls)(run)
        with right:
            net.fragment("The step", walk, key=WALK)(run)


def walk(run: RunFolder) -> None:
    begin, knobs = asked(run)
    taken = steps_of(begin)
    try:
        after, step = stepped(begin, taken, knobs)
    except (LookupError, DataError, Diverged, ValueError) as error:
        st.warning(in_markdown(error, SENTENCE))
        st.button("Back to the start", key="forget", on_click=forget, disabled=not taken)
        return
    found = stages(step, after)
    at = stage_bar(found)
    buttons(knobs, step, len(taken))
    place = st.container()
    if taken:
        history(begin, taken, step)  # what a step has led to is on its way before what it was made of
    with place:
        drawn(found[at], pictures(begin, taken, knobs, found[at].name), of=f"{run.id}, {found[at].name}")
    notes(begin, taken)
    last = st.session_state.get("_slow_asked", (begin, knobs))
    st.session_state["_slow_asked"] = begin, knobs
    turned = turned_on(last[1], knobs, live_knobs(run))
    thrown = last[0] != begin
    ahead.compute(*likely(begin, taken, knobs, step, [stage.name for stage in found], at, turned, thrown))


@st.cache_data(max_entries=256, show_spinner=False, hash_funcs=WRITTEN)
def pictures(begin: Start, taken: Taken, knobs: Knobs, name: str) -> list[Picture]:
    """The figures of one stage, encoded."""
    after, step = stepped(begin, taken, knobs)
    stage = next(stage for stage in stages(step, after) if stage.name == name)
    return [replace(picture, figure=encode(picture.figure)) for picture in stage.draw()]


def turned_on(before: Knobs, now: Knobs, table: dict[str, Knob]) -> Knobs:
    """The knobs, when the one that was turned last is turned as far again; as they are, if there is none."""
    found, old = dict(now), dict(before)
    for name, knob in table.items():
        new, last = found[name], old.get(name, found[name])
        if new != last and knob.low is not None and knob.high is not None:
            found[name] = min(max(round(2 * new - last, 10), knob.low), knob.high)  # 0.1 + 0.2 is 0.3 to a slider
    return tuple(sorted(found.items()))


def likely(
    begin: Start, taken: Taken, knobs: Knobs, step: SlowStep, names: list[str], at: int, turned: Knobs, thrown: bool
) -> Iterator[Callable[[], object]]:
    """What may be asked for next: the same again (`turned`: a knob; `thrown`: the dice), the next stage, this stage
    after the step or after one half of it, other pictures.
    """
    path, moment, number, seed = begin
    others = partial(pictures, (path, moment, number, (seed + 1) % (DICE + 1)), (), knobs, names[at])
    if thrown:
        yield others
    if turned != knobs:
        yield partial(pictures, begin, taken, turned, names[at])
    if at + 1 < len(names):
        yield partial(pictures, begin, taken, knobs, names[at + 1])
    halves: tuple[Who, ...] = ("student", "teacher") if len(step.teacher) else ()
    for who in ("both", *halves):
        yield partial(pictures, begin, (*taken, (who, knobs)), knobs, names[at])
    yield others


def stage_bar(found: list[Stage]) -> int:
    """The stages as one control, and two buttons (← →) that go one stage on or back."""
    names = [stage.name for stage in found]
    address.check("stage", lambda text: text in names, names[0])
    asked = st.session_state.get("stage") or st.query_params.get("stage")
    now = names.index(asked) if asked in names else 0  # another method may have other stages
    st.session_state["stage"] = names[now]
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, key, to, shortcut, icon in (
            ("Back", "stage_back", now - 1, "Left", ":material/arrow_back:"),
            ("On", "stage_on", now + 1, "Right", ":material/arrow_forward:"),
        ):
            target = names[min(max(to, 0), len(names) - 1)]
            st.button(
                label, key=key, icon=icon, shortcut=shortcut, on_click=go, args=(target,), disabled=target == names[now]
            )
        st.markdown(f"Stage **{now + 1}** of {len(found)}: {WAYS[found[now].way]}")
    titles = {stage.name: f"← {stage.title}" if stage.way == "backward" else stage.title for stage in found}
    # not bound to the URL: it would write there what it shows
    st.segmented_control(
        "Stage",
        names,
        key="stage",
        format_func=lambda name: titles.get(name, name),
        label_visibility="collapsed",
        required=True,
    )
    address.write("stage", names[now])
    return now


def go(name: str) -> None:
    st.session_state["stage"] = name


def drawn(stage: Stage, shown: list[Picture], *, of: str) -> None:
    """of: the run and the stage."""
    st.markdown(f"{stage.told}  \n`{stage.shape}`")
    beside = len(shown) > 1 and not stage.wide
    columns = st.columns(len(shown), gap="medium") if beside else [st.container() for _ in shown]
    for number, (column, picture) in enumerate(zip(columns, shown, strict=False)):
        with column:
            plot(picture.figure, key=f"stage_{number}", alt=picture.alt, of=of)
            if picture.how_to_read:
                st.caption(picture.how_to_read)
