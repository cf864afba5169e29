"""One transport bar for two runs, and a knob that is turned in one of them, or in both, while they train."""

from typing import Any

import streamlit as st

from sslviz.exhibits.twins.values import knob_input
from sslviz.exhibits.twins.words import Pair, names, twins_of
from sslviz.knobs import Knob
from sslviz.runs import twins
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import all_knobs
from sslviz.views.controls import server


def bar(pair: Pair) -> None:
    """One bar for both."""
    ours = [(run.id, run.status()) for run in pair if server.is_ours(run)]
    at_work = [name for name, status in ours if status.at_work]
    can_go_on = [name for name, status in ours if status.state in twins.CAN_GO_ON]
    can_go_on = can_go_on or [name for name, status in ours if status.state == "failed"]
    wide: dict[str, Any] = {"width": "stretch"}
    paused = any(run.status().state == "paused" for run in pair)
    with st.container(key="transport", horizontal=True, gap="xxsmall"):
        word, icon = ("play", ":material/play_arrow:") if paused else ("pause", ":material/pause:")
        args = (at_work, word)
        kind: Any = "primary" if at_work else "secondary"
        label = f"{word.capitalize()} both"
        st.button(label, icon=icon, type=kind, key="twin_pause", disabled=not at_work, on_click=send, args=args, **wide)
        args = (at_work, "step")
        st.button("Step both", key="twin_step", disabled=not at_work, on_click=send, args=args, **wide)
        if at_work or not can_go_on:
            st.button("Stop both", key="twin_stop", disabled=not at_work, on_click=stop, args=(at_work,), **wide)
        else:
            st.button("Resume", key="twin_stop", on_click=resume, args=(can_go_on,), **wide)


def apart(ids: list[str]) -> list[RunFolder]:
    """Those of these runs that must be told: of twins one, since both hear what one is told."""
    runs = [server.launcher().folder(name) for name in ids]
    return runs[:1] if len(runs) == 2 and twins_of((runs[0], runs[1])) else runs


def send(ids: list[str], do: str) -> None:
    for run in apart(ids):
        run.send(do)


def stop(ids: list[str]) -> None:
    for run in apart(ids):
        with server.refusals():
            server.launcher().stop(run.id)


def resume(ids: list[str]) -> None:
    for name in ids:  # the first takes its twin along
        with server.refusals():
            server.launcher().resume(name)


def turn_a_knob(pair: Pair) -> None:
    """While they train: a live knob, of one or of both. It is pinned on the curves."""
    if not any(run.status().at_work for run in pair):
        return
    named = dict(zip(("a", "b"), names(pair), strict=True)) | {"ab": "both"}
    with st.container(key="turn"):
        side_of = named.__getitem__
        whose = st.segmented_control(
            "Turn a knob of", list(named), default="a", required=True, format_func=side_of, key="whose"
        )
        runs = [run for side, run in zip("ab", pair, strict=True) if side in whose]
        tables = [{k.name: k for k in all_knobs(run.settings().method).values() if k.live} for run in runs]
        options = [name for name in tables[0] if all(name in table for table in tables)]
        if st.session_state.get("turned") not in options:
            st.session_state.pop("turned", None)
        name = str(st.selectbox("Knob", options, key="turned", format_func=lambda n: tables[0][n].label))
        now = runs[0].values()[name]
        key = f"to_{runs[0].id}_{whose}_{name}"
        if key not in st.session_state:
            number = isinstance(now, int | float) and not isinstance(now, bool)
            st.session_state[key] = float(now) if number else now
        knob_input("to", tables[0][name], key)
        ids = [run.id for run in runs if run.status().at_work]
        st.button("Turn it", icon=":material/tune:", key="turn_it", on_click=turn, args=(ids, tables[0][name], key))


def turn(ids: list[str], knob: Knob, key: str) -> None:
    """To what stands in the field: a quick hand has clicked before the page has heard of it."""
    wanted = st.session_state[key]
    for run_id in ids:
        run = server.find(run_id)
        if run is not None and run.status().at_work:
            run.send("set", name=knob.name, value=int(wanted) if knob.kind == "int" else wanted)
