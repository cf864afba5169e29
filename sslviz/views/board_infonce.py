"""The InfoNCE worksheet: one matrix of similarities, and everything that the loss makes of it.

Pointing is answered in the browser alone (views/infonce.js); this page hears of a changed cell and of a chosen anchor.
"""

import numpy as np
import streamlit as st

from sslviz.blackboard import infonce_batch
from sslviz.blackboard.infonce import InfoNCE
from sslviz.methods.simclr import SimCLR
from sslviz.runs.folder import RunFolder
from sslviz.views import server, worksheet
from sslviz.views.infonce import Example, code, draw
from sslviz.views.recorded import load, probe

MOST = 16  # pictures
MOST_NUMBERS = 3 * MOST * (2 * MOST - 1)  # a row, a column and a value for each pair of views
SOURCES = ("circle", "lecture easy", "lecture hard", "recorded run")
LECTURE = {f"lecture {kind}": kind for kind in infonce_batch.LECTURE}
ABOUT = {
    "circle": "Made by us: each view is a direction on a circle, its picture a needle that shows it; colour = class.",
    "lecture easy": "From the lecture (τ = 0.1): an anchor sees 0.9 (its partner), 0.2, −0.1. The other rows are ours.",
    "lecture hard": "From the lecture (τ = 0.1): the partner is no nearer than a negative. The other rows are ours.",
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
        "Which of all the other views is my other half? The loss is a **classification** with as many classes as there "
        "are other views; a similarity divided by τ is a logit."
    )
    right.latex(SimCLR.equation)
    run = recorded_run()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = worksheet.choice("Similarities", "source", SOURCES[: 3 + (run is not None)], "circle")
        same = mark_same_class()
    knobs = st.columns(3, gap="medium")
    with knobs[0]:
        temperature = worksheet.number("Temperature τ", "tau", 0.1, 0.01, 1.0, step=0.01)
    with knobs[1]:
        given = source in LECTURE
        pictures = worksheet.number("Pictures N", "n", 4, 2, MOST, help="The lecture's examples have two.")
        pictures = 2 if given else int(pictures)
    with knobs[2]:
        example = from_run(run, pictures) if run is not None and source == "recorded run" else made(source, pictures)
        pictures = len(example.labels)
        anchor = choose_anchor(pictures)
    edits = read_edits(pictures)
    work = InfoNCE(infonce_batch.edited(example.similarity, edits), temperature)
    draw(work, example, anchor, same, bool(edits), key="infonce", edited=_edited, anchored=_anchored)
    st.caption(f"{HOW_TO_READ} {example.about}")
    with st.container(horizontal=True):
        st.button("Undo all edits", on_click=_forget, disabled=not edits, icon=":material/undo:")
    worksheet.export("infonce", work.table(example.labels), work.latex(anchor))


def recorded_run() -> RunFolder | None:
    """The run of the address (`?run=`), else the latest of SimCLR, else the recorded example."""
    asked = st.query_params.get("run")
    run = server.find(asked) if asked else None
    if run is not None and run.settings().method == "simclr" and run.snapshot_steps():
        return run
    if asked:
        worksheet.note("run", asked, "the latest run of SimCLR")
        del st.query_params["run"]
    run = server.latest("simclr")
    return run if run is not None and run.snapshot_steps() else None


def mark_same_class() -> bool:
    worksheet.check("same", lambda text: text.lower() in ("true", "false"), "on")
    return st.toggle(
        "Mark false negatives",
        True,
        key="same",
        bind="query-params",
        help="Other pictures of the anchor's class: the loss pushes them away although it should not.",
    )


def made(source: str, pictures: int) -> Example:
    if source in LECTURE:
        return Example(infonce_batch.lecture(LECTURE[source]), np.arange(2), ABOUT[source])
    angles, labels = infonce_batch.circle(pictures)
    return Example(infonce_batch.cosines(angles), labels, ABOUT["circle"], angles)


def from_run(run: RunFolder, pictures: int) -> Example:
    """The first pictures of a run at a recorded moment; the made circle if the moment cannot be read."""
    steps = run.snapshot_steps()
    worksheet.check("step", lambda text: int(text) in steps, f"step {steps[-1]}")
    st.query_params["run"] = run.id
    step = st.select_slider("Training step", steps, steps[-1], key="step", bind="query-params")
    snapshot, pictured = load(str(run.path), step), probe(str(run.path))
    if snapshot is None or "similarity" not in snapshot.exhibits:
        st.warning(f"Step {step} of {run.id} cannot be read: the made circle is shown.")
        return made("circle", pictures)
    s = snapshot.exhibits["similarity"].astype(np.float64)
    total = len(s) // 2
    pictures = min(pictures, total)
    rows = np.concatenate([np.arange(pictures), total + np.arange(pictures)])
    labels = pictured.labels if pictured is not None else None
    views = None if snapshot.views is None else snapshot.views[:2, :pictures].reshape(-1, *snapshot.views.shape[2:])
    return Example(
        s[np.ix_(rows, rows)],
        np.arange(pictures) if labels is None else labels[:pictures],
        f"Recorded: the first {pictures} pictures of the run {run.id} at step {step}.",
        views=views,
    )


def choose_anchor(pictures: int) -> int:
    """The row that is shown while nothing is pointed at; `?anchor=3b`."""
    names = [infonce_batch.name(row, pictures) for row in range(2 * pictures)]
    worksheet.check("anchor", lambda text: text in names, names[0])
    if st.session_state.get("anchor", names[0]) not in names:
        st.session_state["anchor"] = names[0]  # fewer pictures than before
    chosen = st.select_slider("Anchor i", names, names[0], key="anchor", bind="query-params")
    return names.index(chosen)


def read_edits(pictures: int) -> list[tuple[int, int, float]]:
    """`?edit=0,5,0.3,…`: two views and their similarity. What lies outside of a smaller matrix waits for a larger."""
    try:
        cells = triples(worksheet.numbers("edit", [], -1, 2 * MOST - 1, most=MOST_NUMBERS))
    except ValueError:
        worksheet.note("edit", st.query_params["edit"], "the example")
        return []
    row = {code(row, pictures): row for row in range(2 * pictures)}
    return [(row[i], row[j], value) for i, j, value in cells if i in row and j in row]


def triples(flat: list[float]) -> list[tuple[int, int, float]]:
    """Raises ValueError for what is no list of cells and similarities."""
    if len(flat) % 3:
        raise ValueError("three numbers for each cell")
    cells = [(int(i), int(j), value) for i, j, value in zip(flat[::3], flat[1::3], flat[2::3], strict=True)]
    for (i, j, value), row, column in zip(cells, flat[::3], flat[1::3], strict=True):
        if (i, j) != (row, column) or i == j or min(i, j) < 0 or not -1 <= value <= 1:
            raise ValueError(f"{row}, {column}, {value} is no cell with a similarity")
    return cells


def _edited() -> None:
    """The browser has sent [row, column, similarity]; nothing that it sends is trusted.

    Its row becomes the anchor: right after a click the browser still sends the anchor of before the click with it.
    """
    try:
        (i, j, value), *_ = triples([worksheet.finite(str(part)) for part in st.session_state["infonce"]["edit"]])
        if max(i, j) >= 2 * MOST:
            return
        before = triples(worksheet.numbers("edit", [], -1, 2 * MOST - 1, most=MOST_NUMBERS))
    except (ValueError, TypeError, KeyError):
        return
    kept = {(min(a, b), max(a, b)): x for a, b, x in [*before, (i, j, value)]}
    worksheet.remember("edit", [part for cell, x in kept.items() for part in (*cell, x)])
    st.session_state["anchor"] = infonce_batch.name(i // 2 + i % 2 * MOST, MOST)


def _anchored() -> None:
    chosen = st.session_state["infonce"]["anchor"]
    if isinstance(chosen, str):
        st.session_state["anchor"] = chosen


def _forget() -> None:
    st.query_params.pop("edit", None)
