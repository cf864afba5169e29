"""The pictures of a run at one moment: curves, views, similarity matrix, softmax row, map.

Each picture is built and encoded once per (run, step) and shared by all who look; a refresh sends bytes.
"""

import streamlit as st

from sslviz.figures.curves import HOW_TO_READ
from sslviz.runs.folder import RunFolder, Status
from sslviz.views import curves, map, similarity
from sslviz.views.plot import plot
from sslviz.views.recorded import load


def show(run: RunFolder, status: Status) -> None:
    """All pictures of the newest moment, or of the one chosen with the slider when the run is at rest."""
    left, right = st.columns(2, gap="medium")
    with left:
        plot(
            curves.loss_curve(str(run.path), status.step, len(run.events())), key="loss", alt="Loss over training steps"
        )
    with right:
        plot(
            curves.score_curve(str(run.path), status.step, status.heartbeat),
            key="score",
            alt="k-NN accuracy over training steps",
        )
    st.caption(f"{HOW_TO_READ} A loss can fall while nothing is learnt: believe the score.")
    steps = run.snapshot_steps()
    if not steps:
        st.info("The first picture comes in a moment.", icon=":material/hourglass_empty:")
        return
    step = steps[-1]
    if not status.at_work and len(steps) > 1:
        step = st.select_slider("Moment (training step)", steps, steps[-1], key=f"moment_{run.id}")
    snapshot = load(str(run.path), step)
    if snapshot is not None and "similarity" in snapshot.exhibits:
        similarity.similarity(run, snapshot)
    map.chart(run, step)
