"""Taking steps by hand: the buttons, what has come of the steps so far, and what a careful reader must know.

They are kept as long as the page, and begin anew when the run or the batch changes.
"""

import streamlit as st

from sslviz.exhibits.slow_motion import figures_change, start
from sslviz.exhibits.slow_motion.choices import Knobs, Start
from sslviz.exhibits.slow_motion.step import SlowStep
from sslviz.exhibits.slow_motion.taken import Taken, Who, in_short, state
from sslviz.training.trainer import Trainer
from sslviz.views.plot.plot import plot

MOST_STEPS = 30  # in a row
FORGOTTEN = (
    " AdamW's running means of earlier gradients were not kept with these weights. They are taken to be zero: what you "
    "see is the share of the step that this batch contributes, a tenth of it at first."
)
AT_FIRST = " AdamW has seen no gradient yet: its first step is a full one for every weight, however small the gradient."


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
            figures_change.history(values, moved, title="Loss of this batch", y_title="loss"),
            key="loss_by_hand",
            alt="Loss of the batch after each step taken by hand",
            first=True,
        )
    if len(step.teacher):
        apart = [past[0]["before"], *(each["after"] for each in past)]
        with columns[1]:
            plot(
                figures_change.history(apart, moved, title="Student and teacher", y_title="distance ‖θ − ξ‖"),
                key="distance_by_hand",
                alt="Distance of student and teacher after each step taken by hand",
            )
    st.caption(figures_change.HOW_TO_READ_HISTORY)


def notes(begin: Start, taken: Taken) -> None:
    """What a careful reader must know."""
    trainer = state(begin, taken)
    st.caption(
        "It is the trainer's own step, on a copy and with so few pictures; computed in float32. The clock is held: "
        f"every step sees the same views at the same learning rate.{memory(trainer)}"
    )


def memory(trainer: Trainer) -> str:
    """What AdamW knows of earlier gradients, if that is less than all."""
    if start.forgotten(trainer):
        return FORGOTTEN
    return "" if start.remembered(trainer) else AT_FIRST
