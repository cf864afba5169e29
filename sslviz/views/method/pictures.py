"""The pictures of a run at one moment: curves, views, similarity matrix, softmax row, map.

Each picture is built and encoded once per (run, step) and shared by all who look; a refresh sends bytes.
"""

import math
import time

import streamlit as st

from sslviz.figures.curves import HOW_TO_READ
from sslviz.measures.scores import LIVE
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Status
from sslviz.views import address, net
from sslviz.views.controls import transport
from sslviz.views.method import curves, doctor, futures, numbers, panel, panels, similarity
from sslviz.views.method import map as run_map
from sslviz.views.method.moment import Moment, moment
from sslviz.views.plot import clock
from sslviz.views.plot.plot import plot
from sslviz.views.plot.recorded import load, metrics


def show(run: RunFolder) -> None:
    """All pictures of the newest moment; when the run is at rest, the clock moves them through all others."""
    status, steps = run.status(), run.snapshot_steps()
    with net.net("The doctor's opinion"):
        doctor.show(run)
    clocked = not status.at_work and len(steps) > 1
    left, right = st.columns(2, gap="medium")
    with left, net.net("The loss"):
        loss = curves.loss_curve(run, status.step, len(run.events()), clocked)
        plot(loss, key="loss", alt="Loss over training steps")
    with right, net.net("The live score"):
        score = curves.score_curve(run, status.step, status.heartbeat, clocked)
        plot(score, key="score", alt=f"{LIVE.title} over training steps")
        if status.at_work:
            st.caption(next_score(status, time.time()))
    st.caption(f"{HOW_TO_READ} A loss can fall while nothing is learnt: believe the score. {LIVE.meaning}")
    with net.net("The future"):
        futures.show(run)
    if not steps:
        st.info("The first picture comes in a moment.", icon=":material/hourglass_empty:")
        return
    step = next((at for at in reversed(steps) if load(run, at) is not None), None)
    if step is None:
        st.warning("None of the recorded moments of this run can be read.", icon=":material/broken_image:")
        return
    rests = step  # where the clock rests
    if clocked:
        known = clock.past(0, steps, metrics(run), True)
        rests = steps[known.at("step", clock.show([known], "step", status.step)) or 0]
        rests = next((at for at in reversed(steps) if at <= rests and load(run, at) is not None), step)
        transport.fork(run, rests)
    found = moment(run, step, clocked=clocked)
    if found is not None:
        explained(run, found, rests)
    with net.net("The map"):
        run_map.chart(run, step, clocked=clocked, rests=rests)
    # Closed, it costs nothing: what nobody looks at is not drawn.
    health = address.folded("How healthy is the representation?", "monitor_heart", "health")
    if health.open:
        with health:
            if found is not None:
                panel.in_pairs(found, panel.available(found, panels.HEALTH))
            with net.net("The numbers"):
                numbers.show(run, status.step)


def next_score(status: Status, now: float) -> str:
    """When the live score comes that is not there yet. now: Unix time."""
    if status.state == "paused":
        return "Paused: the next score comes with the next step."
    if status.next_score is None:
        return "The first score is measured before the first step." if status.knn is None else ""
    left = max(0, math.ceil(status.heartbeat + status.next_score - now))
    return f"Next score in {left} s." if left else "Next score: now."


def explained(run: RunFolder, found: Moment, rests: int) -> None:
    """The method's own pictures, and the similarity matrix with its softmax row if it has one. rests: where the clock
    does, if there is one.
    """
    own = panel.available(found, panels.OWN)
    narrow = [each for each in own if not each.wide]
    for each in own:
        if each.wide:
            panel.one(each, found)
    if "similarity" in found.snapshot.exhibits:
        clocked = rests if found.clocked else None
        with net.net("The similarity matrix"), similarity.similarity(run, found.snapshot, clocked):
            if narrow and not similarity.has_softmax(run):
                panel.one(narrow.pop(0), found)
    panel.in_pairs(found, narrow)
