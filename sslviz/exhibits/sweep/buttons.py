"""What can be done with a sweep: cancel it, resume it, delete it, and take it out of the bin again."""

from typing import Any

import streamlit as st

from sslviz.exhibits.sweep.results import Results, find, title
from sslviz.foreign import SENTENCE, in_markdown
from sslviz.runs.folder import BIN
from sslviz.sweeps import progress, store
from sslviz.views.controls import server


def buttons(results: Results) -> None:
    """Cancel, resume, delete; and out of the bin again."""
    sweep = results.sweep
    thrown = store.list_sweeps(server.launcher().runs / BIN)[:1]
    if sweep is not None:
        busy, left = progress.at_work(results.table), progress.left(results.table)
        if busy:
            st.button("Cancel", icon=":material/stop:", key="cancel", on_click=cancel, args=(sweep.id,))
        elif left:
            again = "Try again" if set(results.table["state"]) == {"done", "failed"} else "Resume"
            label = f"{again}: {len(left)} run{'s' * (len(left) > 1)} left"
            st.button(label, icon=":material/resume:", key="resume", on_click=resume, args=(sweep.id,))
        look: dict[str, Any] = {"icon": ":material/delete:", "help": "its runs too; they lie in the bin"}
        st.button("Delete", key="delete_sweep", disabled=busy, on_click=delete, args=(sweep.id,), **look)
    for each in thrown:
        label = f"Undo: put back the sweep of {in_markdown(title(each))}"
        st.button(label, icon=":material/undo:", key="undo_sweep", on_click=put_back, args=(each.id,))


def cancel(name: str) -> None:
    if (sweep := store.read_sweep(server.launcher().runs, name)) is not None:
        server.launcher().cancel(list(sweep.runs))
        st.session_state["_swept"] = True


def resume(name: str) -> None:
    results = find(name)
    if results is not None:
        server.launcher().sweep(progress.left(results.table))
        st.session_state["_swept"] = True


def delete(name: str) -> None:
    sweep = store.read_sweep(server.launcher().runs, name)
    try:
        if sweep is not None:
            store.throw_away(server.launcher().runs, sweep)
            st.query_params.pop("sweep", None)
    except (ValueError, OSError) as error:
        st.session_state["_sweep_problem"] = in_markdown(error, SENTENCE)
    st.session_state["_swept"] = True


def put_back(name: str) -> None:
    runs = server.launcher().runs
    sweep = store.read_sweep(runs / BIN, name)
    try:
        if sweep is not None:
            store.take_back(runs, sweep)
            st.query_params["sweep"] = name
    except OSError as error:
        st.session_state["_sweep_problem"] = in_markdown(error, SENTENCE)
    st.session_state["_swept"] = True
