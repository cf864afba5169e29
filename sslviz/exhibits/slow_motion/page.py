"""The slow-motion room: one training step of a recorded run, walked through stage by stage, and taken by hand.

The address holds the run, the moment, the batch, the knobs and the stage. The steps that were taken by hand are kept as
long as the page: they begin anew when the run or the batch changes.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import streamlit as st

from sslviz.data import DataError
from sslviz.exhibits.slow_motion import ahead, figures
from sslviz.exhibits.slow_motion import step as slow_motion
from sslviz.exhibits.slow_motion.stage import Picture, Stage
from sslviz.exhibits.slow_motion.stages import stages
from sslviz.exhibits.slow_motion.step import Half, SlowStep
from sslviz.foreign import SENTENCE, in_markdown
from sslviz.knobs import Knob, describe
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import all_knobs
from sslviz.training.trainer import Diverged, Trainer
from sslviz.views import address
from sslviz.views.controls import by_hand, choose_run
from sslviz.views.plot import recorded
from sslviz.views.plot.plot import encode, plot

WALK = "walk"  # the fragment
STARTS = ("kept weights", "random weights")
FIRST = ("temperature", "momentum", "learning_rate")  # knobs that are shown at once
WAYS = {"forward": "forward, to the loss", "backward": "backward, from the loss", "step": "what the step changes"}
MOST_PICTURES, DICE = 8, 99
MOST_STEPS = 30  # that are taken by hand in a row
WRITTEN: dict[str | type, Any] = {tuple: repr}  # of many steps: Streamlit's own way takes ten times as long
Who = Half | Literal["both"]
Knobs = tuple[tuple[str, Any], ...]
Taken = tuple[tuple[Who, Knobs], ...]
Start = tuple[str, int | None, int, int]  # path, step (None: random weights), pictures, seed


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
            st.fragment(controls)(run)
        with right:
            st.fragment(walk, key=WALK)(run)


# -- what can be chosen -----------------------------------------------------------------------------------------------


def controls(run: RunFolder) -> None:
    """Whatever is turned here, only the walk is drawn anew."""
    begin_anew = address.redraw(WALK)
    if choose_run.moment(run, on_change=begin_anew) is None:
        st.caption("No weights of this run were kept: it starts from random ones.")
    else:
        address.choice("Start from", "start", STARTS, STARTS[0], on_change=begin_anew)
    address.number("Pictures N", "n", MOST_PICTURES, 4, MOST_PICTURES, on_change=begin_anew)
    address.number("Dice (which pictures, which views)", "draw", 0, 0, DICE, on_change=begin_anew)
    turn_knobs(run, begin_anew)


def turn_knobs(run: RunFolder, on_change: Callable[[], None]) -> None:
    """The live knobs of the method, and the learning rate, as they stood in the run unless they are turned here."""
    values, table = run.values(), live_knobs(run)
    if st.session_state.get("_walked", run.id) != run.id:  # from another run: the knobs as they stood in this one
        st.session_state.update({f"slow_{name}": values[name] for name in table})
    st.session_state["_walked"] = run.id
    for name, knob in table.items():
        if name in FIRST:
            turned(knob, values[name], on_change)
    others = {name: knob for name, knob in table.items() if name not in FIRST}
    if others:
        with st.expander("The method's other knobs", icon=":material/tune:"):
            for name, knob in others.items():
                turned(knob, values[name], on_change)


def live_knobs(run: RunFolder) -> dict[str, Knob]:
    method = run.settings().method
    table = {name: knob for name, knob in describe(METHODS[method].Knobs).items() if knob.live}
    return table | {"learning_rate": replace(all_knobs(method)["learning_rate"], high=1.0)}


def turned(knob: Knob, value: Any, on_change: Callable[[], None]) -> None:
    """The control of one knob; `slow_<name>` in the URL, for `<name>` is what the pages of the methods train with."""
    here = replace(knob, name=f"slow_{knob.name}", default=value)
    if knob.kind == "bool":
        address.check(here.name, lambda text: text.lower() in ("true", "false"), str(value).lower())
        st.toggle(knob.label, value, key=here.name, help=knob.help, on_change=on_change, bind="query-params")
    else:
        by_hand.turn(here, on_change)


def asked(run: RunFolder) -> tuple[Start, Knobs]:
    """What the controls say."""
    moment, values = choose_run.chosen_moment(run), run.values()
    step = moment if address.value("start", STARTS[0]) == STARTS[0] else None
    begin = (str(run.path), step, int(address.value("n", MOST_PICTURES)), int(address.value("draw", 0)))
    return begin, tuple(sorted((name, address.value(f"slow_{name}", values[name])) for name in live_knobs(run)))


# -- the step ---------------------------------------------------------------------------------------------------------


@st.cache_resource(max_entries=4, show_spinner="Loading the network and its optimiser …")
def loaded(path: str, step: int | None) -> Trainer:
    """Never changed: steps are taken by copies. Raises LookupError or DataError, in a sentence."""
    run = recorded.folder(path)
    settings = run.settings()
    kept = run.weights(step) if step is not None else None
    if step is not None and kept is None:
        raise LookupError(f"The weights of {run.id} at step {step} cannot be read.")
    return slow_motion.start(settings, choose_run.pictures(settings.data), kept)


@st.cache_resource(max_entries=8, show_spinner=False)
def beginning(begin: Start) -> Trainer:
    path, step, pictures, seed = begin
    return slow_motion.with_batch(loaded(path, step), pictures, seed)


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=WRITTEN)
def stepped(begin: Start, taken: Taken, knobs: Knobs) -> tuple[Trainer, SlowStep]:
    """The step that comes after `taken`: the trainer after it, and what passed through. Raises Diverged, ValueError."""
    return slow_motion.slow_step(state(begin, taken), **dict(knobs))


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=WRITTEN)
def halved(begin: Start, taken: Taken, who: Half, knobs: Knobs) -> tuple[Trainer, float, float]:
    """One half of that step: the trainer after it, the loss then, and the distance of student and teacher."""
    return slow_motion.half_step(state(begin, taken), *stepped(begin, taken, knobs), who, **dict(knobs))


@st.cache_data(max_entries=1000, show_spinner=False, hash_funcs=WRITTEN)
def in_short(begin: Start, taken: Taken, who: Who, knobs: Knobs) -> dict[str, float]:
    """What the history shows of a step: these are kept longer than the step itself."""
    _, step = stepped(begin, taken, knobs)
    loss_after, after = step.loss_after, step.distance("after")
    if who != "both":
        _, loss_after, after = halved(begin, taken, who, knobs)
    return {"loss": step.loss, "loss_after": loss_after, "before": step.distance("before"), "after": after}


def state(begin: Start, taken: Taken) -> Trainer:
    """The trainer after all that was taken. Never changed."""
    if not taken:
        return beginning(begin)
    *before, (who, knobs) = taken
    return (stepped(begin, (*before,), knobs) if who == "both" else halved(begin, (*before,), who, knobs))[0]


# -- the walk ---------------------------------------------------------------------------------------------------------


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


# -- taking steps -----------------------------------------------------------------------------------------------------


def steps_of(begin: Start) -> Taken:
    """What was taken by hand from here on; nothing if the run or the batch is another one."""
    if st.session_state.get("_slow_begin") != begin:
        st.session_state["_slow_begin"], st.session_state["_slow_taken"] = begin, ()
    found: Taken = st.session_state["_slow_taken"]
    return found


def take(who: Who, knobs: Knobs) -> None:
    st.session_state["_slow_taken"] = (*st.session_state["_slow_taken"], (who, knobs))


def forget() -> None:
    st.session_state["_slow_taken"] = ()


def buttons(knobs: Knobs, step: SlowStep, number: int) -> None:
    full = number >= MOST_STEPS
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Take the step",
            key="take_both",
            type="primary",
            on_click=take,
            args=("both", knobs),
            disabled=full,
            icon=":material/play_arrow:",
        )
        if len(step.teacher):
            for who, label in (("student", "Step only the student"), ("teacher", "Step only the teacher")):
                st.button(label, key=f"take_{who}", on_click=take, args=(who, knobs), disabled=full)
        st.button("Back to the start", key="forget", on_click=forget, disabled=not number, icon=":material/undo:")
        st.markdown(
            f"{number} taken · loss of this batch now **{step.loss:.4g}**, after the next step {step.loss_after:.4g}"
        )


def history(begin: Start, taken: Taken, step: SlowStep) -> None:
    """Loss, and distance of student and teacher, before the first step and after each."""
    past = [in_short(begin, taken[:i], *taken[i]) for i in range(len(taken))]
    moved = [who for who, _ in taken]
    values = [past[0]["loss"], *(each["loss_after"] for each in past)]
    columns = st.columns(2 if len(step.teacher) else 1, gap="medium")
    with columns[0]:
        plot(
            figures.history(values, moved, title="Loss of this batch", y_title="loss"),
            key="loss_by_hand",
            alt="Loss of the batch after each step taken by hand",
            first=True,
        )
    if len(step.teacher):
        apart = [past[0]["before"], *(each["after"] for each in past)]
        with columns[1]:
            plot(
                figures.history(apart, moved, title="Student and teacher", y_title="distance ‖θ − ξ‖"),
                key="distance_by_hand",
                alt="Distance of student and teacher after each step taken by hand",
            )
    st.caption(figures.HOW_TO_READ_HISTORY)


def notes(begin: Start, taken: Taken) -> None:
    """What a careful reader must know."""
    trainer = state(begin, taken)
    st.caption(
        "It is the trainer's own step, on a copy and with so few pictures; computed in float32. The clock is held: "
        f"every step sees the same views at the same learning rate.{memory(trainer)}"
    )


def memory(trainer: Trainer) -> str:
    """What AdamW knows of earlier gradients, if that is less than all."""
    if slow_motion.forgotten(trainer):
        return FORGOTTEN
    return "" if slow_motion.remembered(trainer) else AT_FIRST


FORGOTTEN = (
    " AdamW's running means of earlier gradients were not kept with these weights. They are taken to be zero: what you "
    "see is the share of the step that this batch contributes, a tenth of it at first."
)
AT_FIRST = " AdamW has seen no gradient yet: its first step is a full one for every weight, however small the gradient."
