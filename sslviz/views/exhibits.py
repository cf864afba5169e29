"""The pictures of a run at one moment: curves, views, similarity matrix, softmax row, map.

Each picture is built and encoded once per (run, step) and shared by all who look; a refresh sends bytes.
"""

import streamlit as st

from sslviz.figures.curves import HOW_TO_READ
from sslviz.runs.folder import RunFolder, Status
from sslviz.views import curves, doctor, map, numbers, panels, similarity
from sslviz.views.plot import plot
from sslviz.views.recorded import load


def show(run: RunFolder, status: Status) -> None:
    """All pictures of the newest moment, or of the one chosen with the slider when the run is at rest."""
    doctor.show(run, status)
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
    found, own = panels.available(run, step, panels.OWN)
    narrow = [panel for panel in own if not panel.wide]
    for panel in own:
        if panel.wide and found is not None:
            panels.one(panel, found)
    if snapshot is not None and "similarity" in snapshot.exhibits:
        with similarity.similarity(run, snapshot):
            if found is not None and narrow and not similarity.has_softmax(run):
                panels.one(narrow.pop(0), found)
    if found is not None:
        panels.in_pairs(found, narrow)
    map.chart(run, step)
    with st.expander("How healthy is the representation?", icon=":material/monitor_heart:", key="health"):
        if found is not None:
            panels.in_pairs(found, panels.available(run, step, panels.HEALTH)[1])
        numbers.show(run, status.step)
