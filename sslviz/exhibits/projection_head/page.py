"""The projection head: what a probe reads before it, off h, and after it, off z, for every factor of the pictures.

The address holds the run, the moment and the probe. Nothing is measured here: the numbers are those of the run's
evaluations, and what is missing can be asked for.
"""

import pandas as pd
import streamlit as st

from sslviz.exhibits.projection_head import figures
from sslviz.exhibits.projection_head.figures import HEADS
from sslviz.measures.scores import EVALUATED
from sslviz.methods import METHODS
from sslviz.methods.simclr import SimCLR
from sslviz.runs.folder import RunFolder
from sslviz.runs.shelf import list_runs
from sslviz.training.probes import NEIGHBOURS
from sslviz.views import address
from sslviz.views.controls import choose_run, measuring, server
from sslviz.views.method import live
from sslviz.views.plot.plot import plot
from sslviz.views.plot.recorded import BY_PATH, stamped

IDEA = (
    "A projection head is a car's **crumple zone**: the loss wants z to forget whatever the augmentations change, and "
    "the head takes that blow. h, in front of it, keeps colour, size and place; so the head is thrown away after "
    "training, and h is what is used."
)
RECORDED = {"none": "simclr_head_none", "linear": "simclr_head_linear", "mlp": "simclr"}  # head -> recorded example
PROBES = {EVALUATED.name: "knn", "linear": "linear"}  # on the page -> evaluation


def show() -> None:
    with st.container(key="heading"):
        st.header("Projection head", anchor=False)
    with st.container(key="bench"):
        left, right = st.columns([1, 2.2], gap="medium")
    with left:
        st.markdown(IDEA)
        above = st.container()  # the head follows from the run, which is chosen below it
        run = choose_run.run("run", accepts=has_head, refusal="has no projection head")
        if run is None:
            st.info("There is no run with a projection head yet: train [SimCLR](simclr), for example.")
            return
        heads = runs_by_head()
        with above:
            choose_head(run, heads)
        step = choose_run.moment(run)
        probe = address.choice("Probe", "probe", list(PROBES), "linear", help=EVALUATED.meaning)
        missing_heads(heads)
    if step is None:  # thinned out since
        return
    busy = measuring.is_busy(run)
    with right:
        live.refreshed(results, live.EVERY, busy, run.id, step, probe, busy)
    beside(heads, probe)


def has_head(run: RunFolder) -> bool:
    """True if the method tells z from h; SimCLR does so even without a head, and then both are the same."""
    return METHODS[run.settings().method].projects


def head_of(run: RunFolder) -> str:
    """none, linear or mlp. Only SimCLR has a knob for it; the heads of the others are small networks."""
    return str(run.values().get("projector", "mlp"))


def runs_by_head() -> dict[str, RunFolder]:
    """SimCLR with each kind of head: the recorded example, else the visitor's newest finished run."""
    mine = list_runs(server.launcher().runs)
    done = [run for run in mine if METHODS[run.settings().method] is SimCLR and run.weights_steps()]
    found = {}
    for head, name in RECORDED.items():
        own = next((run for run in done if head_of(run) == head and run.status().state == "done"), None)
        run = server.example(name) or own
        if run is not None:
            found[head] = run
    return found


def choose_head(run: RunFolder, heads: dict[str, RunFolder]) -> None:
    """SimCLR's heads side by side, one click each. Nothing is lit while another run is looked at."""
    st.session_state["head"] = next((head for head, its in heads.items() if its.id == run.id), None)
    ids = {head: its.id for head, its in heads.items()}
    st.segmented_control(
        "Head of SimCLR", list(ids), key="head", format_func=HEADS.__getitem__, on_change=follow, args=(ids, run.id)
    )


def follow(ids: dict[str, str], before: str) -> None:
    """The run with the head that was clicked; a second click on it changes nothing."""
    st.session_state["run"] = st.query_params["run"] = ids.get(str(st.session_state["head"]), before)


def missing_heads(heads: dict[str, RunFolder]) -> None:
    lacking = [head for head in RECORDED if head not in heads]
    if lacking:
        names = " and ".join(f"[{HEADS[head]}](simclr?projector={head})" for head in lacking)
        st.caption(
            f"Not recorded here yet: head {names}. To make it: train SimCLR with this projector, come back, measure."
        )


def results(run_id: str, step: int, probe: str, was_busy: bool) -> None:
    """One refresh: the chart, or the button that asks for what is missing."""
    run = server.find(run_id)
    if run is None or not run.exists:
        st.warning("This run has been removed.")
        return
    busy = measuring.is_busy(run)
    if busy != was_busy or st.session_state.pop("_asked", False):
        st.rerun()
    table = measured(run, step, probe)
    missing = tuple(name for name in PROBES.values() if run.evaluation(step, name) is None)
    if missing or busy:
        measuring.progress(run, step)
    if missing and not busy and server.is_ours(run):
        measuring.button(run, step, missing)
    elif table is None and not server.is_ours(run):
        st.info("This moment of the recorded example was not measured.")
    if table is None:
        return
    if table.empty:
        st.info("These pictures have neither classes nor known factors, so there is nothing to ask for.")
        return
    plot(drawn(run, step, probe), key="pairs_of_head", alt="h against z for every factor: " + in_words(table))
    same = " Without a head z is h: the bars are the same numbers twice." if head_of(run) == "none" else ""
    st.caption(figures.HOW_TO_READ + same)


def measured(run: RunFolder, step: int, probe: str) -> pd.DataFrame | None:
    """The rows of one probe at one moment, k-NN at the usual k; None if it was not asked."""
    table = run.evaluation(step, PROBES[probe])
    if table is None or "k" not in table:
        return table
    return table[table["k"] == NEIGHBOURS]


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=BY_PATH)
def drawn(run: RunFolder, step: int, probe: str) -> bytes:
    rows = measured(run, step, probe)
    assert rows is not None
    word = "linear probe" if probe == "linear" else probe
    title = f"{METHODS[run.settings().method].title}, head {HEADS[head_of(run)]}, step {step}: {word}"
    return stamped(figures.pairs(rows, title=title), run, step)


def in_words(table: pd.DataFrame) -> str:
    trained = table[table["encoder"] == "trained"].pivot_table("score", "target", "features", sort=False)
    return "; ".join(
        f"{target} " + ", ".join(f"{name} {score:.0%}" for name, score in row.dropna().items())
        for target, row in trained.iterrows()
    )


def beside(heads: dict[str, RunFolder], probe: str) -> None:
    """All heads in one table, and what the paper found: apart, for those are other pictures and another network."""
    with st.container(key="pairs"):
        left, right = st.columns([1.6, 1], gap="medium")
    with left:
        st.subheader("SimCLR with each head, here", anchor=False)
        last = {head: its.weights_steps()[-1] for head, its in heads.items() if its.weights_steps()}
        tables = {head: measured(heads[head], last[head], probe) if head in last else None for head in RECORDED}
        percent = st.column_config.NumberColumn(format="%.1f%%")
        table = figures.by_head(tables)
        columns = dict.fromkeys(table.columns[1:], percent)
        st.dataframe(table, hide_index=True, column_config=columns, placeholder="–", width="stretch")
        st.caption(f"Read off h and off z at the end, {probe}, on {about(heads)}. –: not measured.")
    with right:
        st.subheader("In the paper, not ours", anchor=False)
        st.dataframe(figures.PAPER, hide_index=True, width="stretch")
        st.caption(f"SimCLR (Chen et al. 2020), ImageNet, %: Table 3; Fig. 8, {figures.PAPER_HEADS}.")


def about(heads: dict[str, RunFolder]) -> str:
    """Pictures and seconds of training: only what is the same can be compared."""
    kinds = {(run.settings().data, round(run.status().seconds)) for run in heads.values()}
    return "; ".join(f"{data} after {seconds} s" for data, seconds in sorted(kinds)) or "nothing yet"
