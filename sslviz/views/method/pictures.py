"""The pictures of a run at one moment: in the window the bar and the stage, below it what a click asks for.

Each picture is built and encoded once per (run, step) and shared by all who look; a refresh sends bytes.
"""

import streamlit as st

from sslviz.runs.folder import RunFolder
from sslviz.views import address, net
from sslviz.views.controls import transport
from sslviz.views.method import doctor, futures, numbers, panel, panels, stage, state, tiles
from sslviz.views.method.moment import moment
from sslviz.views.method.tiles import Now
from sslviz.views.plot import clock, picked, recorded
from sslviz.views.plot.recorded import load, metrics


def show(run: RunFolder) -> None:
    """All pictures of the newest moment; when the run is at rest, the clock moves them through all others."""
    status, steps = run.status(), run.snapshot_steps()
    clocked = not status.at_work and len(steps) > 1
    step = next((at for at in reversed(steps) if load(run, at) is not None), None)
    with stage.screen():
        rests = bar(run, steps, clocked)
        state.notes(run)
        with net.net("The doctor's opinion"):
            doctor.show(run)
        if steps and step is None:
            st.warning("None of the recorded moments of this run can be read.", icon=":material/broken_image:")
        found = moment(run, step, clocked=clocked) if step is not None else None
        now = Now(run, status, found, clocked, rests)
        stage.show(tiles.rows(now))
    below(now)


def bar(run: RunFolder, steps: list[int], clocked: bool) -> int:
    """How the run stands, and at rest the clock. Returns the step at which it rests."""
    with stage.bar():
        st.markdown(state.line(run), width="stretch")
        if not clocked:
            return max(steps, default=0)
        known = clock.past(0, steps, metrics(run), True)
        rests = steps[known.at("step", clock.show([known], "step", run.status().step)) or 0]
        rests = next((at for at in reversed(steps) if at <= rests and load(run, at) is not None), steps[-1])
        transport.fork(run, rests)
    return rests


def below(now: Now) -> None:
    """What has no place in the window. Closed, it costs nothing: what nobody looks at is not drawn."""
    with net.net("The future"):
        futures.show(now.run)
    if (probe := recorded.probe(now.run)) is not None and now.found is not None:
        picked.grids([now.run], picked.count(probe))
    if now.found is not None and (rest := tiles.rest(now)):
        more = address.folded("More pictures of this method", "photo_library", "more")
        if more.open:
            with more:
                panel.in_pairs(now.found, rest)
    health = address.folded("How healthy is the representation?", "monitor_heart", "health")
    if health.open:
        with health:
            if now.found is not None:
                panel.in_pairs(now.found, panel.available(now.found, panels.HEALTH))
            with net.net("The numbers"):
                numbers.show(now.run, now.status.step)
