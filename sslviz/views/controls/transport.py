"""The transport bar: start, pause, single step, stop, resume, and again. Five buttons that stay where they are."""

import secrets
from collections.abc import Callable
from typing import Any

import streamlit as st

from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import all_knobs
from sslviz.views.controls import controls, own_pictures, server


def bar(method: str, run: RunFolder | None) -> None:
    """Start, pause, step, stop, resume, and again: five buttons that stay where they are."""
    name, state = (run.id, run.status().state) if run is not None else ("", "done")
    ours = run is not None and server.is_ours(run)
    at_work = ours and run is not None and run.status().at_work
    wide: dict[str, Any] = {"width": "stretch"}
    with st.container(horizontal=True, gap="xxsmall"):
        label = "Start" if not at_work else "Play" if state == "paused" else "Pause"
        icon = ":material/pause:" if label == "Pause" else ":material/play_arrow:"
        press: Callable[..., None] = send if at_work else start
        args = (name, label.lower()) if at_work else (method, name)
        st.button(label, icon=icon, type="primary", key="go", on_click=press, args=args, **wide)
        st.button("Step", key="one", disabled=not at_work, on_click=send, args=(name, "step"), **wide)
        if at_work or not ours or state == "done":
            st.button("Stop", key="end", disabled=not at_work, on_click=stop, args=(name,), **wide)
        else:
            st.button("Resume", key="end", on_click=resume, args=(name,), **wide)
    with st.container(horizontal=True, gap="xxsmall"):
        help = "start again: same seed, same pictures, same views"
        st.button("Same seed", key="again", on_click=start, args=(method, name), help=help, **wide)
        help = "start again with another seed"
        st.button("New seed", key="anew", on_click=start, args=(method, name, True), help=help, **wide)


def start(method: str, shown: str, new_seed: bool = False) -> None:
    """Starts a run with what the sliders say; the one that this page shows, if there is one, ends first."""
    if new_seed:
        st.session_state["seed"] = secrets.randbelow(10_000)
    with server.refusals():
        wanted = controls.settings(method)
        own_pictures.require(wanted.data)
        end(shown)
        run = server.launcher().start(wanted)
        st.query_params["run"] = run.id
        controls.take(run)


def end(run_id: str) -> None:
    """Stops a run of this server, if it is at work."""
    run = server.find(run_id)
    if run is not None and server.is_ours(run) and run.status().at_work:
        stop(run_id)


def send(run_id: str, do: str) -> None:
    with server.refusals():
        server.launcher().folder(run_id).send(do)


def stop(run_id: str) -> None:
    with server.refusals():
        server.launcher().stop(run_id)


def resume(run_id: str) -> None:
    """Goes on from the last weights, with the live knobs as the sliders stand now: the cure for what ended the run."""
    with server.refusals():
        run = server.launcher().folder(run_id)
        values, live = run.values(), [k.name for k in all_knobs(run.settings().method).values() if k.live]
        turned_since = {
            name: st.session_state[name] for name in live if st.session_state.get(name, values[name]) != values[name]
        }
        server.launcher().resume(run_id, **turned_since)


def fork(run: RunFolder, step: int) -> None:
    """A button that starts a new run from the weights kept at or before `step`; nothing where there are none."""
    kept = max((s for s in run.weights_steps() if s <= step), default=None)
    if kept is None or not server.is_ours(run):
        return
    st.button(
        f"Fork from step {kept:,}",
        icon=":material/call_split:",
        key="fork",
        on_click=forked,
        args=(run.id, kept),
        help="a new run that goes on from these weights, with the knobs as they stand now; the same seed, so the same "
        "pictures and views: turn one knob first, and see what it does",
    )


def forked(run_id: str, step: int) -> None:
    """What cannot change while training (the network's shape, say) stays as the parent has it."""
    with server.refusals():
        parent, state = server.launcher().folder(run_id), st.session_state
        settings = parent.settings().change(**parent.values())
        live = [knob.name for knob in all_knobs(settings.method).values() if knob.live]
        wanted = settings.change(**{name: state[name] for name in live if state.get(name) is not None})
        run = server.launcher().fork(run_id, step, wanted)
        st.query_params["run"] = run.id
        controls.take(run)
        state["_anew"] = True
