"""What the doctor says about a run, and the button that does what it recommends."""

from typing import Any

import streamlit as st

from sslviz.measures.doctor.rules import diagnose
from sslviz.measures.doctor.verdict import Verdict
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import all_knobs
from sslviz.views.controls import controls, server, transport
from sslviz.views.plot.recorded import BY_PATH, load, metrics


def show(run: RunFolder) -> None:
    """Nothing, if nothing is wrong. Else what broke, why, by which number one can tell, and the cure."""
    status = run.status()
    verdict = diagnosed(run, status.step, len(run.events()))
    if verdict is None:
        return
    with st.container(border=True, key="doctor"):
        st.markdown(f":red-badge[:material/stethoscope: {verdict.name}]  {verdict.sentence}")
        st.caption(f"{verdict.evidence} · {verdict.constant}" if verdict.constant else verdict.evidence)
        if verdict.aside:
            st.caption(verdict.aside)
        if verdict.cure:
            again = (verdict.restart and status.state != "failed") or not server.is_ours(run) or status.state == "done"
            how = "start again with" if again else "apply" if status.at_work else "resume with"
            cure = ", ".join(written(run.settings().method, name, value) for name, value in verdict.cure.items())
            st.button(
                f"Cure: {how} {cure}",
                icon=":material/healing:",
                key="cure",
                on_click=apply,
                args=(run.id, verdict.cure, again),
                help=verdict.cure_words,
            )


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_PATH)
def diagnosed(run: RunFolder, step: int, changes: int) -> Verdict | None:
    """From everything recorded up to `step`; `changes` counts the turned knobs."""
    history, values = metrics(run), run.effective_values()
    if "step" not in history:
        return None
    known = METHODS[run.settings().method].ignorance(values)
    first = load(run, run.snapshot_steps()[0]) if run.snapshot_steps() else None
    spread = first.exhibits.get("channel_std") if first is not None else None
    dimension = None if spread is None else len(spread)
    return diagnose(history[history["step"] <= step], values, ignorance=known, dimension=dimension)


def written(method: str, name: str, value: Any) -> str:
    """stop gradient = on"""
    shown = (
        ("on" if value else "off") if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else value
    )
    return f"{all_knobs(method)[name].label} = {shown}"


def apply(run_id: str, cure: dict[str, Any], again: bool) -> None:
    """Turns the knobs: of the run if it can still be saved, else of a new one that starts at once."""
    run, state = server.find(run_id), st.session_state
    state["_anew"] = True  # the whole page must be drawn again: its sliders have moved
    if run is None:
        return
    method = run.settings().method
    controls.take(run)
    state.update(cure)
    if again:
        transport.start(method, run_id)
    elif run.status().at_work:
        for name in cure:
            controls.turned(name, run_id)
    else:
        transport.resume(run_id)
