"""The page of sweeps: what to vary on the left, and the map of one sweep on the right, filling while it runs.

The address holds the sweep that is shown (`?sweep=`), the cell that was clicked, and everything in the form.
"""

import streamlit as st

from sslviz.exhibits.sweep import form, outcome
from sslviz.exhibits.sweep.results import recorded, title
from sslviz.sweeps import store
from sslviz.views import address
from sslviz.views.controls import other_versions, server
from sslviz.views.method import live


def show() -> None:
    st.header("Sweep", anchor=False)
    st.markdown(
        "One run shows what a setting does; a **sweep** shows whether it matters: one or two knobs, several values of "
        "each, from several seeds. The runs are trained one after the other; whatever you start by hand goes first."
    )
    if problem := st.session_state.pop("_sweep_problem", ""):
        st.warning(problem)
    with st.container(key="bench"):
        left, right = st.columns([1, 3], gap="medium")
        with left:
            form.show()
        with right:
            chosen = chooser()
            if chosen is None:
                st.info("No sweep has been recorded or started here yet.")
            else:
                busy = outcome.is_busy(chosen)
                live.refreshed(outcome.show, live.EVERY, busy, chosen, busy)
            other_versions.unread_sweeps()


def chooser() -> str | None:
    """The sweep that is shown: named in the address, else the newest one here, else a recorded example."""
    names = {sweep.id: title(sweep) for sweep in store.list_sweeps(server.launcher().runs)}
    names |= {name: results.title for name, results in recorded().items()}
    if not names:
        return None
    state, asked = st.session_state, st.query_params.get("sweep", "")
    if asked and asked not in names:
        address.note("sweep", asked, "another one")
    if asked in names and state.get("_sweep_shown") != asked:  # a link, or a sweep that was started just now
        state["shown_sweep"] = asked
    if state.get("shown_sweep") not in names:
        state["shown_sweep"] = next(iter(names))
    name = str(st.selectbox("Saved sweeps", list(names), key="shown_sweep", format_func=lambda each: names[each]))
    if state.get("_sweep_shown", name) != name:  # the cell was one of another sweep
        st.query_params.pop("cell", None)
    address.write("sweep", name)
    state["_sweep_shown"] = name
    return name
