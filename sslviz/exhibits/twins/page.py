"""Twins: two runs in lock-step that differ in one thing, every picture doubled.

The address holds everything: `?a=ID&b=ID`, the chosen difference, the size of the matrices, map and colour.
"""

import streamlit as st

from sslviz.exhibits.twins import pictures, start, transport, words
from sslviz.exhibits.twins.words import Pair
from sslviz.runs import twins
from sslviz.runs.shelf import list_runs
from sslviz.views import address
from sslviz.views.controls import other_versions, server
from sslviz.views.method import layouts, live, stage

# Four pictures in a row need a wide window.
STYLE = """<style>
@media (max-width: 1250px) { .st-key-stage [class*="st-key-tile_"] { grid-column: span max(6, var(--span)); } }
.st-key-bar > [data-testid="stLayoutWrapper"] { flex: 1 1 15rem; }
.st-key-screen > [data-testid="stElementContainer"] .stMarkdown p { font-size: 0.82rem; line-height: 1.4; }
</style>"""


def show() -> None:
    st.html(STYLE)
    with stage.head():
        st.header("Twins", anchor=False, width="content")
        st.markdown("Two runs in lock-step: same seed, batches and crops, **one difference**.", width="content")
    found = asked()
    pair = None if found is None else (found[0].glance(), found[1].glance())
    ours = pair is not None and all(server.is_ours(run) for run in pair)
    side, main = stage.desk(False)
    with side:
        if pair is not None and ours:
            with stage.helm():
                transport.bar(pair)
            transport.turn_a_knob(pair)
        start.show([run.id for run in pair or ()])
    with main:
        if problem := st.session_state.pop("_problem", ""):
            st.warning(problem)
        other_versions.unread()
        if pair is None:
            st.info("There are no twins here yet: start a pair. Both fill in as they train.", icon=":material/movie:")
            return
        other_versions.remarks(*pair)
        states = tuple(run.status().state for run in pair)
        eager = bool({"queued", "starting"} & set(states))
        awaited = any(layouts.awaited(run) for run in pair)
        at_work = any(run.status().at_work for run in pair)
        every = live.EAGER if eager else live.EVERY
        live.refreshed(draw, every, at_work or awaited, pair[0].id, pair[1].id, states, awaited)


def asked() -> Pair | None:
    """The two runs in the address (of one alone, its twin); else the newest twins here; else a recorded pair."""
    ids = [st.query_params.get(side, "") for side in "ab"]
    found = [server.find(name) for name in ids]
    for side, name, run in zip("ab", ids, found, strict=True):
        if refusal := other_versions.refused(name):
            st.warning(refusal)
        elif name and run is None:
            address.note(side, name, "what is here")
    one, other = found
    if one is not None and other is None:
        other = twins.partner(one)
    elif other is not None and one is None:
        one = twins.partner(other)
    if one is not None and other is not None and one.id != other.id:
        return one, other
    for run in list_runs(server.launcher().runs):
        if (its := twins.partner(run)) is not None:
            return its, run  # the newer one is right
    return next(((run, its) for run in server.examples() if (its := twins.partner(run)) is not None), None)


def draw(one_id: str, other_id: str, states: tuple[str, str], awaited: bool) -> None:
    """One refresh. When one of them has entered another state, the page is drawn anew."""
    one, other = server.find(one_id), server.find(other_id)
    if one is None or other is None:
        st.warning("One of these runs has been removed.")
        return
    pair = one, other
    if tuple(run.status().state for run in pair) != states:
        st.rerun()
    pictures.show(pair, words.names(pair))
    at_work = any(run.status().at_work for run in pair)
    if not at_work and any(layouts.awaited(run) for run in pair) != awaited:
        st.rerun()
