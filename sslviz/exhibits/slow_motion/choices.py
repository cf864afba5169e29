"""What can be chosen in the slow-motion room: the moment, the batch and the knobs. The address holds all of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from sslviz.knobs import Knob, describe
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import all_knobs
from sslviz.views import address
from sslviz.views.controls import by_hand, choose_run

WALK = "walk"  # the fragment that is drawn anew
STARTS = ("kept weights", "random weights")
FIRST = ("temperature", "momentum", "learning_rate")  # knobs that are shown at once
MOST_PICTURES, DICE = 8, 99
Knobs = tuple[tuple[str, Any], ...]
Start = tuple[str, int | None, int, int]  # path, step (None: random weights), pictures, seed


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
