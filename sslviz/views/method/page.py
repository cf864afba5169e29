"""A method's page: its equation, its real source, its knobs, the transport bar and the live views."""

import inspect
import textwrap
from urllib.parse import quote

import streamlit as st

from sslviz.lessons import card_of
from sslviz.methods import METHODS
from sslviz.methods.method import Method
from sslviz.runs.folder import RunFolder
from sslviz.views import address, net
from sslviz.views.controls import method_knobs, other_versions, server, transport
from sslviz.views.method import live, switchboard

EXTRAS = {"switchboard": switchboard.show}  # what only one page has, as its method's card calls it


def show(name: str) -> None:
    """The whole page of one method. The run that it shows is named in the URL (`?run=`), else it is the latest."""
    method = METHODS[name]
    run, problem = chosen(name)
    with st.container(key="heading"):
        heading(method)
    if problem := st.session_state.pop("_problem", problem):
        st.warning(problem, icon=":material/info:")
    method_knobs.open_on(name, run)
    with st.container(key="transport"):
        transport.bar(name, run)
    with st.container(key="bench"):
        left, right = st.columns([1, 3.4], gap="medium")
        with left:
            method_knobs.show(name, run)
        with right:
            live.show(run)
            if run is not None:
                other_versions.remarks(run)
            other_versions.unread()
    if extra := card_of(name).extra:
        EXTRAS[extra]()


def chosen(name: str) -> tuple[RunFolder | None, str]:
    """The run to show, and what is to be said if that is not the one in the address."""
    asked = st.query_params.get("run")
    run = server.find(asked) if asked else None
    if run is not None and run.settings().method == name:
        return run, ""
    latest = server.latest(name)
    instead = "none has been trained yet." if latest is None else "this is the recorded example."
    if latest is not None and server.is_ours(latest):
        instead = "this is the latest one."
    if run is not None:
        other = run.settings().method
        there = f"[{METHODS[other].title}]({other}?run={quote(run.id)})"
        return latest, f"The run in the address is one of {there}; {instead}"
    if not asked:
        return latest, ""
    refusal = other_versions.refused(asked) or f"There is no run called {address.quoted(asked)} here."
    return latest, f"{refusal} {instead.capitalize()}"


def heading(method: type[Method]) -> None:
    """Name and idea | equation; below them, folded, the legend of letters and the code that really runs."""
    # the equation goes below where it does not fit beside the words
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="medium"):
        with st.container(width=420):
            st.header(method.title, anchor=False)
            st.markdown(f"{method.summary} [Paper]({method.paper})")
        st.latex(method.equation, width="content")
    net.fragment("The code", source)(method)


def source(method: type[Method]) -> None:
    """Folded. To colour the code takes a browser a third of a second: not before somebody wants to read it."""
    panel = address.folded("The code that runs, and its letters", "code", "code")
    if panel.open:
        letters, code = panel.columns([1, 1.5], gap="medium")
        letters.code(legend(method), language=None, wrap_lines=True)
        code.code(textwrap.dedent(inspect.getsource(method.step)), language="python", wrap_lines=True)


def legend(method: type[Method]) -> str:
    """The letters, from the docstring of the method's file."""
    text = inspect.getdoc(inspect.getmodule(method)) or ""
    return text.partition("\n\n")[2]
