"""The knobs of a method's page: what they say at first, where they differ from the run beside them, and the way back.

At first they say what the run says that is shown, and the address overrules it. Whatever differs from that run is
marked, with what to do about it: a knob acts on the next start, or at once where it is live and the run is at work.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sslviz import data
from sslviz.foreign import in_markdown
from sslviz.knobs import Knob, describe, written
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import all_knobs, knob_tables, recommended
from sslviz.views import address
from sslviz.views.controls import controls, presets, server

MAIN = 6  # of the method's own knobs, which stand in the order of their weight, so many are always in sight
BESIDES = {"data": "the pictures", "seed": "the seed"}  # what stands among the knobs and is none


def open_on(method: str, run: RunFolder | None) -> None:
    """Gives all controls their values, when a page begins to show this run. What the visitor has turned stays."""
    state, shown = st.session_state, run.id if run is not None else ""
    if "_usual" in state and state.get("_run") == shown:
        if run is not None:
            controls.adopt(run)
        return
    said = controls.facts(run) if run is not None else {**recommended(method).values(), "data": "shapes", "seed": 0}
    chosen = turned() if "_usual" in state else from_address(method, said)
    pictures = chosen.get("data") or state.get("_pictures") or said["data"]
    usual = {**recommended(method, pictures).values(), **said, **fitted(method, said["data"], pictures)}
    state.update({**usual, "data": pictures, **chosen})
    state["_run"], state["_usual"], state["_wishes"] = shown, usual, {}
    # A run at work is not turned by an address: its live knobs are out of step until they are drawn again.
    live = {name for name, knob in all_knobs(method).items() if knob.live} if run and run.status().at_work else set()
    state["_known"] = said | {name: value for name, value in chosen.items() if name in live}


def turned() -> dict[str, Any]:
    """What the controls say that the run did not that was shown before."""
    state = st.session_state
    before = {**state["_usual"], **state["_known"]}
    return {name: state[name] for name, value in before.items() if state.get(name, value) != value}


def fitted(method: str, usual: str, pictures: str) -> dict[str, Any]:
    """The knobs that this method has otherwise on `pictures` than on those that are `usual`."""
    here, there = recommended(method, usual).values(), recommended(method, pictures).values()
    return {name: value for name, value in there.items() if here[name] != value}


def from_address(method: str, otherwise: dict[str, Any]) -> dict[str, Any]:
    """Name -> value of all that the address says and that makes sense; of the rest a note says what stands instead."""
    found: dict[str, Any] = {}
    if pictures := controls.pictures_in_address():
        found["data"] = st.session_state["_pictures"] = pictures
    usual = {**recommended(method, pictures or otherwise["data"]).values(), **otherwise}
    for name, knob in {**all_knobs(method), "seed": controls.SEED}.items():
        if (text := st.query_params.get(name)) is not None:
            try:
                found[name] = controls.read(text, knob)
            except ValueError:
                address.note(name, text, written(usual[name]))
    return found


def show(method: str, run: RunFolder | None) -> None:
    """The method's own knobs; folded: what else there is. run: the one shown."""
    above = st.container(key="recipe_line")
    tables = {group: [*describe(table).values()] for group, table in knob_tables(method).items()}
    own, more = tables["knobs"][:MAIN], tables["knobs"][MAIN:]
    turn(own[1:], run)
    presets.show(method, run)
    with folded("All augmentation", "augment"):
        turn(tables["augment"], run)
    if more:
        with folded("More of the method", "knobs"):
            turn(more, run)
    with folded("Pictures", "data"):
        controls.pictures(method)
        mark("data", run)
    with folded("Training and seed", "training"):
        turn(tables["training"], run)
        controls.seed(st.session_state["_usual"]["seed"])
        mark("seed", run)
    back(method, run)
    with above:  # last, because a control gets its value from the address when it is drawn
        line(run)


def first(method: str, run: RunFolder | None) -> None:
    """The main knob: it stands beside Start, in reach whatever the window shows."""
    turn([*describe(knob_tables(method)["knobs"]).values()][:1], run)


def turn(knobs: Sequence[Knob], run: RunFolder | None) -> None:
    usual = st.session_state["_usual"]
    for knob in knobs:
        controls.slider(replace(knob, default=usual[knob.name]), run)
        mark(knob.name, run)


def folded(label: str, group: str) -> DeltaGenerator:
    """Behind a click: the browser makes it when it is opened, and a page opens a fifth sooner than with all it has."""
    return st.popover(label, key=f"group_{group}", width="stretch")


def differing(run: RunFolder) -> dict[str, Any]:
    """Name -> what the run has, of all that the controls say otherwise and that has not been sent to the run."""
    state, knobs = st.session_state, all_knobs(run.settings().method)
    heard = run.status().at_work and server.is_ours(run)
    return {
        name: value
        for name, value in controls.facts(run).items()
        if state.get(name, value) != value and not (heard and name in knobs and knobs[name].live)
    }


def mark(name: str, run: RunFolder | None) -> None:
    """Below a control: what the run has instead, and what to do."""
    if run is not None and name in (found := differing(run)):
        status, knob = run.status(), all_knobs(run.settings().method).get(name)
        goes_on = knob is not None and knob.live and server.is_ours(run) and status.state != "done"
        press = "**Start** or **Resume**" if goes_on and not status.at_work else "**Start**"
        has = in_markdown(data.title(found[name])) if name == "data" else written(found[name])
        st.caption(f":orange-badge[this run: {has}] press {press}")


def line(run: RunFolder | None) -> None:
    """How much differs from the run."""
    found = differing(run) if run is not None else {}
    knobs = len(found.keys() - BESIDES.keys())
    parts = [f"{knobs} knob{'s' * (knobs > 1)}"] * (knobs > 0) + [BESIDES[name] for name in BESIDES if name in found]
    if parts:
        differ = "differs" if len(found) == 1 and "data" not in found else "differ"
        st.markdown(f":orange-badge[{' and '.join(parts)} {differ} from this run] press **Start** to train with them")


def back(method: str, run: RunFolder | None) -> None:
    """A button for the method's own recipe."""
    left = unlike_recipe(method)
    st.button(
        "Recipe",
        icon=":material/undo:",
        key="recipe",
        disabled=not left,
        on_click=follow_recipe,
        args=(method, run.id if run is not None else ""),
        help="all knobs as they are recommended for this method and these pictures",
    )


def unlike_recipe(method: str) -> dict[str, Any]:
    """Name -> what is recommended, of all knobs that stand otherwise."""
    state = st.session_state
    recipe = recommended(method, state.get("data") or "shapes").values()
    return {name: value for name, value in recipe.items() if state.get(name, value) != value}


def follow_recipe(method: str, run_id: str) -> None:
    """Turns them all back; those that are live act on a run at work."""
    for name, value in unlike_recipe(method).items():
        st.session_state[name] = value
        if run_id and all_knobs(method)[name].live:
            controls.turned(name, run_id)
