"""The picture behind the front door: a recorded run that plays by itself, and a visitor's own run in its place."""

from dataclasses import replace

import streamlit as st

from sslviz.knobs import describe
from sslviz.lessons.path import FRONT_DOOR as METHOD
from sslviz.measures.scores import LIVE
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import knob_tables
from sslviz.views import catalogue, net
from sslviz.views.controls import controls, method_knobs, server, transport
from sslviz.views.method import curves, live, small, state
from sslviz.views.plot import clock
from sslviz.views.plot.plot import plot
from sslviz.views.plot.recorded import metrics

EXAMPLE = "SimCLR on ten kinds of drawn shapes. It is shown pictures, never what is on them."
HEIGHT = 300  # pixels of a picture


def show() -> None:
    """The run of the address if it is one of SimCLR, else the recorded example."""
    asked = server.find(st.query_params.get("run", ""))
    run = asked if asked is not None and asked.settings().method == METHOD else server.recorded(METHOD)
    if run is None:
        return
    method_knobs.open_on(METHOD, run)
    status = run.status()
    if problem := st.session_state.pop("_problem", ""):
        st.warning(problem, icon=":material/info:")
    steer(run)
    every = live.EAGER if status.step < 1 else live.EVERY
    live.refreshed(draw, every, status.at_work, run.id, status.state)


def steer(run: RunFolder) -> None:
    """One button, the temperature, and the way to everything else that can be turned."""
    ours, at_work = server.is_ours(run), run.status().at_work
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if ours and at_work:
            st.button("Stop", icon=":material/stop:", key="end", on_click=transport.stop, args=(run.id,))
        else:
            label, args = "Train again" if ours else "Train it now", (METHOD, run.id if ours else "")
            icon = ":material/play_arrow:"
            st.button(label, icon=icon, type="primary", key="go", on_click=transport.start, args=args)
        with st.container(width=320):
            knob = describe(knob_tables(METHOD)["knobs"])["temperature"]
            controls.slider(replace(knob, default=st.session_state["_usual"]["temperature"]), run)
        catalogue.link(METHOD)
        st.caption("All of its knobs and pictures.", width="content")


def draw(run_id: str, before: str) -> None:
    """One refresh: what it is, and three pictures. The clock moves a run at rest, and begins by itself."""
    run = server.find(run_id)
    if run is None:
        st.warning("This run has been removed.")
        return
    if run.status().state != before:
        st.rerun()
    if server.is_ours(run):
        state.headline(run)
    else:
        st.markdown(f":violet-badge[:material/movie: recorded example] {EXAMPLE}")
    steps = run.snapshot_steps()
    if not steps:
        st.info("The first picture comes in a moment.", icon=":material/hourglass_empty:")
        return
    clocked = not run.status().at_work and len(steps) > 1
    for column, picture in zip(st.columns(3, gap="small"), (map_of, curve_of, views_of), strict=True):
        with column, net.net(picture.__doc__ or ""):
            picture(run, steps[-1], clocked)
    if clocked:
        past = clock.past(0, steps, metrics(run), True)
        clock.show([past], "step", steps[-1], eager=True, plays=not server.is_ours(run))


def map_of(run: RunFolder, step: int, clocked: bool) -> None:
    """The map"""
    found = small.layout(run, step, "umap", "class")
    if found is None:
        st.info("The first map comes in a moment.", icon=":material/hourglass_empty:")
        return
    shown(found, "map", clocked, "Map of 600 test pictures, which the network has never seen with a label")
    st.caption("Each point is a test picture: hover it. Its colour is its class, which the network is never told.")


def curve_of(run: RunFolder, step: int, clocked: bool) -> None:
    """The live score"""
    status = run.status()
    score = curves.score_curve(run, step if clocked else status.step, status.heartbeat, clocked)
    plot(score, key="score", height=HEIGHT, alt=f"{LIVE.title} over training steps")
    st.caption("How many test pictures have neighbours of their own class. Random weights are the line to beat.")


def views_of(run: RunFolder, step: int, clocked: bool) -> None:
    """The similarity matrix"""
    found = small.views(run, step)
    if found is None:
        return
    shown(found, "views", clocked, "Cosine similarity of the views of eight pictures")
    st.caption("Two views of eight pictures, each with each: training makes partners bright, the rest dark.")


def shown(picture: small.Picture, key: str, clocked: bool, alt: str) -> None:
    drawn, history = picture
    plot(drawn, key=key, height=HEIGHT, alt=alt, history=history if clocked else "")
