"""The live views of a run. The only file with a timer: it ticks while the run is at work, and only where somebody
looks.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from sslviz.runs.folder import RunFolder
from sslviz.views import address, net
from sslviz.views.controls import controls, server
from sslviz.views.method import layouts, pictures

EVERY = 1.0  # seconds between two refreshes
EAGER = 0.3  # the same, while the first picture or the effect of a knob is awaited
OFTENEST, SELDOMEST = 0.1, 3600.0  # what `?every=` may ask for


def show(run: RunFolder | None) -> None:
    """Everything that changes. `?every=0` switches the timer off."""
    if run is None:
        st.info("Nothing has been trained here yet. Press **Start**.", icon=":material/play_arrow:")
        return
    status = run.status()
    eager = controls.waiting(run) or status.state in ("queued", "starting")
    awaited = layouts.awaited(run)
    refreshed(draw, EAGER if eager else EVERY, status.at_work or awaited, run.id, status.state, eager, awaited)


def refreshed(draw: Callable[..., None], usual: float, ticking: bool, *args: Any) -> None:
    """draw(*args) as a fragment: again every so many seconds while `ticking`. `?every=` says otherwise; 0: never."""
    every, text = usual, st.query_params.get("every")
    if text is not None:
        try:
            every = address.finite(text)
        except ValueError:
            every = -1
        if every != 0 and not OFTENEST <= every <= SELDOMEST:
            address.note("every", text, f"{EVERY:g} (seconds; 0 is never)")
            every = usual
    net.fragment("This picture", draw, run_every=every if ticking and every else None)(*args)


def draw(run_id: str, state: str, eager: bool, awaited: bool) -> None:
    """One refresh. When the run has left the state for which the buttons were drawn, or its knobs were turned
    elsewhere, the page is drawn anew; so it is when a map is asked for or has come, for then the timer is needed or
    has done its work.
    """
    run = server.find(run_id)
    if run is None:
        st.warning("This run has been removed.")
        return
    status = run.status()
    heard = status.at_work and controls.out_of_step(run)
    calm = eager and not controls.waiting(run) and state not in ("queued", "starting")
    if status.state != state or heard or calm or st.session_state.pop("_anew", False):
        st.rerun()
    pictures.show(run)
    if not status.at_work and layouts.awaited(run) != awaited:
        st.rerun()
