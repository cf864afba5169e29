"""How twins are started: a method, pictures, and the one thing in which they differ, with its value left and right.

The address holds all of it: `?method=simclr&differ=temperature&left=0.07&right=0.5`, and every other knob by its name.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from sslviz.exhibits.twins.values import PRESETS, SIDES, Preset, value
from sslviz.knobs import describe, written
from sslviz.methods import FIRST, METHODS
from sslviz.runs import twins
from sslviz.runs.records import Notes
from sslviz.runs.settings import RunSettings, all_knobs, knob_tables, recommended
from sslviz.views import address
from sslviz.views.controls import controls, own_pictures, server, transport
from sslviz.views.controls.controls import TABLES

NOTHING = "nothing"  # a control: two runs without a difference


def show(shown: list[str]) -> None:
    """`shown`: the ids of the runs on this page, which end when others are started."""
    st.markdown("**One click starts a pair**")
    with st.container(key="presets", gap="xxsmall"):
        for number, preset in enumerate(PRESETS):
            arguments: dict[str, Any] = {"on_click": start_preset, "args": (preset, shown), "width": "stretch"}
            st.button(preset.label, key=f"preset_{number}", **arguments)
    with st.popover("Choose the difference", key="start", width="stretch"):
        method = pick("Method", "method", list(METHODS), FIRST, lambda name: METHODS[name].title)
        usual = controls.fit_to_method(method)
        differ, values = difference(method, usual)
        start_both: dict[str, Any] = {
            "icon": ":material/play_arrow:",
            "on_click": start,
            "args": (method, differ, values, shown),
        }
        st.button("Start both", type="primary", key="twin_go", **start_both)
        st.caption("Same seed, same pictures, same batches, same random numbers, in alternating steps.")
        controls.pictures(method)
        with st.expander("Everything else, the same for both", icon=":material/tune:", key="rest"):
            for group, table in knob_tables(method).items():
                st.markdown(f"**{TABLES[group]}**")
                for knob in describe(table).values():
                    if knob.name != differ:
                        controls.slider(replace(knob, default=usual[knob.name]))
                if group == "training" and differ != "seed":
                    controls.seed()


def difference(method: str, usual: dict[str, Any]) -> tuple[str, tuple[Any, Any]]:
    """In what they differ, and its two values."""
    names, state, knobs = [*twins.can_differ(method), NOTHING], st.session_state, all_knobs(method)
    first = next((preset.knob for preset in PRESETS if preset.method == method), names[0])

    def label(name: str) -> str:
        return knobs[name].label if name in knobs else name

    differ = pick("They differ in", "differ", names, first, label)
    if state.get("_differ", (method, differ)) != (method, differ):  # the address speaks of another knob
        for side in SIDES:
            st.query_params.pop(side, None)
    state["_differ"] = method, differ
    if differ == NOTHING:
        st.caption("A control: two runs without a difference must stay the same, bit for bit.")
        return differ, (None, None)
    found = []
    for side, column in zip(SIDES, st.columns(2), strict=True):
        with column:
            found.append(value(side, method, differ, usual))
    if differ in knobs and knobs[differ].help:
        st.caption(knobs[differ].help)
    return differ, (found[0], found[1])


def pick(label: str, key: str, options: list[str], first: str, shown: Callable[[str], str]) -> str:
    """One of the options; it lives in the address by its name (a bound selectbox would write what is shown)."""
    state = st.session_state
    address.check(key, lambda text: text in options, shown(first))
    if state.get(key) not in options:
        state[key] = first if key in state else st.query_params.get(key, first)
    chosen = str(st.selectbox(label, options, key=key, format_func=shown))
    if chosen != first or key in st.query_params:
        address.write(key, chosen)
    return chosen


def start_preset(preset: Preset, shown: list[str]) -> None:
    """With the method's usual knobs: a preset is the same whatever was turned before."""
    state = st.session_state
    state["method"], state["differ"] = preset.method, preset.knob
    for side, wanted in zip(SIDES, (preset.left, preset.right), strict=True):
        state[f"{side}_{preset.method}_{preset.knob}"] = wanted
        st.query_params[side] = str(wanted)
    usual = recommended(preset.method, state.get("data") or "shapes", seed=int(state.get("seed") or 0))
    state.update(usual.values())
    with server.refusals():
        launch(usual, preset.knob, (preset.left, preset.right), shown)


def start(method: str, differ: str, values: tuple[Any, Any], shown: list[str]) -> None:
    with server.refusals():
        launch(controls.settings(method), differ, values, shown)


def launch(base: RunSettings, differ: str, values: tuple[Any, Any], shown: list[str]) -> None:
    """Two new runs; those that this page shows end first. Raises ValueError, in a sentence."""
    own_pictures.require(base.data)
    nothing = differ == NOTHING
    one, other = (base, base) if nothing else (twins.differ(base, differ, each) for each in values)
    for run_id in shown:
        transport.end(run_id)
    pair = server.launcher().start_twins(one, other)
    for side, run, each in zip("ab", pair, values, strict=True):
        title = METHODS[run.settings().method].title
        named = f"{title}, twin {side}" if nothing else f"{title}, {differ.replace('_', ' ')} {written(each)}"
        named = title if differ == "method" else named
        run.write_notes(Notes(name=named, tags=("twin",)))
        st.query_params[side] = run.id
