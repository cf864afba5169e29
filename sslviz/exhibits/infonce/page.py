"""The InfoNCE worksheet: one matrix of similarities, and everything that the loss makes of it.

Pointing is answered in the browser alone (worksheet.js); this page hears of a changed cell and of a chosen anchor.
"""

from dataclasses import replace

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sslviz.exhibits.infonce.edits import MOST, edited, forget, read_edits
from sslviz.exhibits.infonce.worksheet import Example, draw
from sslviz.foreign import in_markdown
from sslviz.measures import infonce_views, softmax
from sslviz.measures.infonce import InfoNCE
from sslviz.methods import name_of
from sslviz.methods.simclr import SimCLR
from sslviz.runs.folder import RunFolder
from sslviz.views import address
from sslviz.views.controls import other_versions, server
from sslviz.views.plot.recorded import load, probe

SIMCLR = name_of(SimCLR)  # whose loss it is
SOURCES = ("circle", "lecture easy", "lecture hard", "recorded run")
LECTURE = {f"lecture {kind}": kind for kind in infonce_views.LECTURE}
VIEWS = "3b is the second view of picture 3."
LECTURE_VIEWS = "z₁ and z₂ are the views of picture 1, z₃ and z₄ those of picture 2."
ROW = f"{LECTURE_VIEWS} The lecture gives the row of z₁ at τ = 0.1; we chose the other rows to match."
ABOUT = {
    "circle": f"Made by us: each view is a direction on a circle, drawn as a needle; its colour is its class. {VIEWS}",
    "lecture easy": f"From the lecture: the partner of z₁ is much nearer than the two negatives. {ROW}",
    "lecture hard": f"From the lecture: the partner of z₁ is no nearer than one of the negatives. {ROW}",
}
HOW_TO_READ = (
    "Point at a cell: its two pictures, the angle between them, its bar in the softmax, its term in the loss and its "
    "pull or push light up. Click a cell to hold it, then change its similarity; with the keyboard: arrows move, Enter "
    "edits, Space holds the row as the anchor."
)


def show() -> None:
    st.header("InfoNCE, term by term", anchor=False)
    left, right = st.columns([1.3, 1], gap="medium", vertical_alignment="center")
    left.markdown(
        "Which of all the other views is my partner? The loss is a **classification** with as many classes as there "
        "are other views; a similarity divided by τ is a logit."
    )
    right.latex(SimCLR.equation)
    run = recorded_run()
    heading = st.container(horizontal=True, vertical_alignment="bottom")
    with heading:
        source = address.choice("Similarities", "source", SOURCES[: 3 + (run is not None)], "circle")
    knobs = st.columns(3, gap="medium")
    with knobs[0]:
        temperature = address.number("Temperature τ", "tau", 0.1, 0.01, 1.0, step=0.01)
    example = choose_example(run, source, knobs[1], knobs[2])
    edits = read_edits(len(example.labels))
    work = InfoNCE(infonce_views.edited(example.similarity, edits), temperature, source in LECTURE)
    with knobs[2]:
        anchor = choose_anchor(work)
    with heading:
        same = mark_same_class(example.labels)
    if source == "lecture hard" and temperature == softmax.LOST_TEMPERATURE and not edits:
        st.info(softmax.about_log_3())
    if source == "recorded run" and run is not None:
        other_versions.remarks(run)
    other_versions.unread()
    draw(work, example, anchor, same, bool(edits), key="infonce", edited=edited, anchored=_anchored)
    st.caption(f"{HOW_TO_READ} {example.about}")
    with st.container(horizontal=True):
        st.button("Undo all edits", on_click=forget, disabled=not edits, icon=":material/undo:")
    address.export("infonce", work.table(example.labels), work.latex(anchor))


def recorded_run() -> RunFolder | None:
    """The run of the address (`?run=`), else the latest of SimCLR, else the recorded example."""
    asked = st.query_params.get("run")
    run = server.find(asked) if asked else None
    if run is not None and run.settings().method == SIMCLR and run.snapshot_steps():
        return run
    if asked:
        if refusal := other_versions.refused(asked):
            st.warning(f"{refusal} The latest run of SimCLR is shown.")
        else:
            address.note("run", asked, "the latest run of SimCLR")
        del st.query_params["run"]
    run = server.latest(SIMCLR)
    return run if run is not None and run.snapshot_steps() else None


def mark_same_class(labels: np.ndarray) -> bool:
    """labels: the class of each picture. Where all differ there is nothing to mark."""
    address.check("same", lambda text: text.lower() in ("true", "false"), "on")
    none = len(np.unique(labels)) == len(labels)
    return st.toggle(
        "Mark false negatives" + " (none: all classes differ)" * none,
        True,
        key="same",
        bind="query-params",
        disabled=none,
        help="Other pictures of the anchor's class: the loss pushes them away although it should not.",
    )


def choose_example(run: RunFolder | None, source: str, left: DeltaGenerator, right: DeltaGenerator) -> Example:
    """The similarities and their pictures. left, right: where N and the moment of a run are chosen."""
    if source in LECTURE:
        left.caption(f"Pictures N = 2, as in the lecture: {LECTURE_VIEWS}")
        return Example(infonce_views.lecture(LECTURE[source]), np.arange(2), ABOUT[source])
    if run is not None and source == "recorded run":
        with right:
            steps = run.snapshot_steps()
            address.check("step", lambda text: int(text) in steps, f"step {steps[-1]}")
            step = st.select_slider("Training step", steps, steps[-1], key="step", bind="query-params")
        example = from_run(run, step)
        if example is not None:
            with left:
                return first(example, choose_pictures(min(MOST, len(example.labels))))
        st.warning(f"Step {step} of {in_markdown(run.id)} cannot be read: the made circle is shown.")
    with left:
        angles, labels = infonce_views.circle(choose_pictures(MOST))
    return Example(infonce_views.cosines(angles), labels, ABOUT["circle"], angles)


def choose_pictures(most: int) -> int:
    """How many of the `most` pictures that there are."""
    if st.session_state.get("n", 0) > most:
        st.session_state["n"] = most  # there were more a moment ago
    return int(address.number("Pictures N", "n", min(4, most), 2, most)) if most > 2 else most


def from_run(run: RunFolder, step: int) -> Example | None:
    """All pictures of a run at a recorded moment; None if that cannot be read."""
    address.write("run", run.id)
    snapshot, pictured = load(run, step), probe(run)
    if snapshot is None or "similarity" not in snapshot.exhibits:
        return None
    s = snapshot.exhibits["similarity"].astype(np.float64)
    total, seen = len(s) // 2, snapshot.views
    views = None if seen is None else seen[:2, :total].reshape(-1, *seen.shape[2:])
    labels = None if pictured is None else pictured.labels
    labels = np.arange(total) if labels is None else labels[:total]
    return Example(
        s, labels, f"Recorded: pictures of the run {in_markdown(run.id)} at step {step}. {VIEWS}", views=views
    )


def first(example: Example, pictures: int) -> Example:
    """The first pictures of a recorded example, both views of each."""
    total = len(example.labels)
    rows = np.concatenate([np.arange(pictures), total + np.arange(pictures)])
    s, views = example.similarity[np.ix_(rows, rows)], example.views
    return replace(
        example, similarity=s, labels=example.labels[:pictures], views=None if views is None else views[rows]
    )


def choose_anchor(work: InfoNCE) -> int:
    """The row that is shown while nothing is pointed at; `?anchor=3b`, or `?anchor=z₂` in the lecture's example."""
    names = [work.names[row] for row in work.order]
    ours = infonce_views.LECTURE_NAMES
    other = {**ours, **{theirs: view for view, theirs in ours.items()}}  # each of the two names -> the other one
    asked = st.session_state.get("anchor", st.query_params.get("anchor"))
    if asked not in names and other.get(asked) in names:
        st.session_state["anchor"] = other[asked]
    address.check("anchor", lambda text: text in names, names[0])
    if st.session_state.get("anchor", names[0]) not in names:
        st.session_state["anchor"] = names[0]  # fewer pictures than before
    chosen = st.select_slider("Anchor i", names, names[0], key="anchor", bind="query-params")
    return int(work.order[names.index(chosen)])


def _anchored() -> None:
    chosen = st.session_state["infonce"]["anchor"]
    if isinstance(chosen, str):
        st.session_state["anchor"] = chosen
