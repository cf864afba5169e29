"""A method's page: its equation, its real source, its knobs, the transport bar and the live views."""

import inspect
import re
import textwrap
from urllib.parse import quote

import streamlit as st

from sslviz.lessons import card_of
from sslviz.methods import METHODS
from sslviz.methods.method import Method
from sslviz.runs.folder import RunFolder
from sslviz.views import address, net
from sslviz.views.controls import method_knobs, other_versions, server, transport
from sslviz.views.method import live, stage, switchboard

EXTRAS = {"switchboard": switchboard.show}  # what only one page has, as its method's card calls it


def show(name: str) -> None:
    """The whole page of one method. The run that it shows is named in the URL (`?run=`), else it is the latest."""
    method = METHODS[name]
    run, problem = chosen(name)
    with stage.head():
        is_open = heading(method)
    if problem := st.session_state.pop("_problem", problem):
        st.warning(problem, icon=":material/info:")
    method_knobs.open_on(name, run)
    side, main, *beside = stage.desk(is_open)
    with side:
        with stage.helm():
            transport.bar(name, run)
            method_knobs.first(name, run)
        method_knobs.show(name, run)
    with main:
        live.show(run)
        if run is not None:
            other_versions.remarks(run)
        other_versions.unread()
        if extra := card_of(name).extra:
            EXTRAS[extra]()
    for panel in beside:
        with panel, net.net("The code"):
            source(method)


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


def heading(method: type[Method]) -> bool:
    """One line: name, idea, paper. True if the panel with equation and code is to be open."""
    st.header(method.title, anchor=False, width="content")
    st.markdown(f"{method.summary} [Paper]({method.paper})", width="content")
    return st.toggle("Equation and code", key="code", bind="query-params")


def source(method: type[Method]) -> None:
    """The equation, its letters, and the code that really runs."""
    st.latex(method.equation)
    st.code(narrow(legend(method)), language=None, wrap_lines=True)
    st.code(narrow(textwrap.dedent(inspect.getsource(method.step))), language="python", wrap_lines=True)


def narrow(text: str) -> str:
    """Without the columns that its file has room for."""
    return re.sub(r"(?<=\S) {3,}(?=\S)", "  ", text)


def legend(method: type[Method]) -> str:
    """The letters, from the docstring of the method's file."""
    text = inspect.getdoc(inspect.getmodule(method)) or ""
    return text.partition("\n\n")[2]
