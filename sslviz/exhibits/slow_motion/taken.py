"""The steps that were taken by hand, computed once for all viewers: each is told by all that came before it."""

from typing import Any, Literal

import streamlit as st

from sslviz.exhibits.slow_motion import start
from sslviz.exhibits.slow_motion import step as slow_motion
from sslviz.exhibits.slow_motion.choices import Knobs, Start
from sslviz.exhibits.slow_motion.step import Half, SlowStep
from sslviz.runs.same_pictures import require_same
from sslviz.training.trainer import Trainer
from sslviz.views.controls import choose_run
from sslviz.views.plot import recorded

Who = Half | Literal["both"]
Taken = tuple[tuple[Who, Knobs], ...]
WRITTEN: dict[str | type, Any] = {tuple: repr}  # of many steps: Streamlit's own way takes ten times as long


@st.cache_resource(max_entries=4, show_spinner="Loading the network and its optimiser …")
def loaded(path: str, step: int | None) -> Trainer:
    """Never changed: steps are taken by copies. Raises LookupError or DataError, in a sentence."""
    run = recorded.folder(path)
    settings = run.settings()
    kept = run.weights(step) if step is not None else None
    if step is not None and kept is None:
        raise LookupError(f"The weights of {run.id} at step {step} cannot be read.")
    pictures = choose_run.pictures(settings.data)
    require_same(run, pictures)
    return start.start(settings, pictures, kept)


@st.cache_resource(max_entries=8, show_spinner=False)
def beginning(begin: Start) -> Trainer:
    path, step, pictures, seed = begin
    return start.with_batch(loaded(path, step), pictures, seed)


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
