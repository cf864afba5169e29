"""Which run, and which of its moments: chosen by the viewer, kept in the URL, and loaded once for all who look."""

from collections.abc import Callable

import streamlit as st

from sslviz import data
from sslviz.data.dataset import Dataset
from sslviz.runs.folder import RunFolder
from sslviz.runs.shelf import list_runs
from sslviz.training.loaded import Loaded, load_network
from sslviz.views import address
from sslviz.views.controls import other_versions, server
from sslviz.views.controls.run_title import title
from sslviz.views.plot.recorded import BY_PATH


def run(
    key: str = "judged",
    accepts: Callable[[RunFolder], bool] = lambda run: True,
    label: str = "Run",
    refusal: str = "cannot be shown here",
) -> RunFolder | None:
    """A run of which weights were kept; None if there is none that is accepted. `key` is its name in the URL; a run in
    the URL that is not accepted gets a sentence with `refusal` in it.
    """
    mine, recorded = list_runs(server.launcher().runs), server.examples()
    runs = {run.id: run for run in (*mine, *recorded) if run.weights_steps() and accepts(run)}
    if not runs:
        return None
    asked = st.query_params.get(key, "")
    first = asked if asked in runs else next(run.id for run in (*recorded, *mine) if run.id in runs)
    if asked not in ("", first) and key not in st.session_state:
        st.warning(other_versions.refused(asked) or why_another(key, asked, accepts, refusal))
    # not bound to the URL: a bound selectbox would write what it shows there, which is long and may change
    names = list(runs)
    name = st.selectbox(label, names, names.index(first), key=key, format_func=lambda name: title(runs[name]))
    address.write(key, name)
    other_versions.remarks(runs[name])
    other_versions.unread()
    return runs[name]


def why_another(key: str, asked: str, accepts: Callable[[RunFolder], bool], refusal: str) -> str:
    """Why the run in the address is not the one that is shown."""
    there = server.find(asked)
    if there is None:
        return f"The address asks for {key} = {address.quoted(asked)}, which is not here: another run is shown."
    if not accepts(there):
        return f"The run in the address {refusal}: another one is shown."
    return "No weights of the run in the address are kept yet (the first after ten seconds of training)."


def moment(
    run: RunFolder,
    label: str = "Moment (training step of which the weights were kept)",
    key: str = "moment",
    on_change: Callable[[], None] | None = None,
) -> int | None:
    """One of the steps at which weights were kept, the last unless chosen; None if there is none. `key`: its name in
    the URL. A step that makes no sense there gets a note, unless it was the moment of the run that was shown before.
    """
    steps = run.weights_steps()
    if not steps:
        return None
    asked, mine, seen = st.query_params.get(key), f"{key}_{run.id}", f"_{key}_seen"
    if asked is not None and asked not in map(str, steps) and seen not in st.session_state:
        address.note(key, asked, "the last")
    st.session_state[seen] = True
    if st.session_state.get(mine) not in steps:  # never chosen, or those weights have been thinned out since
        st.session_state[mine] = next((step for step in steps if str(step) == asked), steps[-1])
    if len(steps) > 1:
        st.select_slider(label, steps, key=mine, on_change=on_change)
    return chosen_moment(run, key)


def chosen_moment(run: RunFolder, key: str = "moment") -> int | None:
    """What the control of the moment says; for fragments that are drawn without it."""
    steps = run.weights_steps()
    if not steps:
        return None
    chosen = int(address.value(f"{key}_{run.id}", steps[-1]))
    address.write(key, str(chosen))
    return chosen


def network(run: RunFolder, step: int) -> Loaded:
    """The network of that moment. Raises LookupError or DataError, in a sentence. Never change it: it is shared."""
    return _network(run, step)


@st.cache_resource(max_entries=24, show_spinner="Loading the network …", hash_funcs=BY_PATH)
def _network(run: RunFolder, step: int) -> Loaded:
    return load_network(run, step, pictures(run.settings().data))


@st.cache_resource(max_entries=4, show_spinner="Loading the pictures …")
def pictures(name: str) -> Dataset:
    """The data set of a run: mapped into memory, not read. Raises DataError."""
    return data.load(name, cache=data.default_cache())
