"""The live views of a run. The only file with a timer: it ticks while the run is at work, and only where somebody
looks.
"""

import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from sslviz.data import title
from sslviz.foreign import SENTENCE, in_markdown
from sslviz.measures.interval import doubt
from sslviz.measures.scores import FINAL
from sslviz.processes.notices import NEWS
from sslviz.runs.folder import RunFolder
from sslviz.views import address, net
from sslviz.views.controls import controls, own_pictures, server
from sslviz.views.method import layouts, pictures

EVERY = 1.0  # seconds between two refreshes
EAGER = 0.3  # the same, while the first picture or the effect of a knob is awaited
OFTENEST, SELDOMEST = 0.1, 3600.0  # what `?every=` may ask for
STALE = 5.0  # seconds without a heartbeat after which the pictures are called old

BADGES = {
    "queued": ("waiting", "blue", ":material/hourglass_empty:"),
    "starting": ("starting", "blue", ":material/hourglass_empty:"),
    "running": ("training", "green", ":material/play_arrow:"),
    "paused": ("paused", "orange", ":material/pause:"),
    "done": ("finished", "gray", ":material/check:"),
    "stopped": ("stopped", "gray", ":material/stop:"),
    "interrupted": ("interrupted", "red", ":material/power_off:"),
    "failed": ("failed", "red", ":material/error:"),
}


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
    headline(run)
    pictures.show(run)
    if not status.at_work and layouts.awaited(run) != awaited:
        st.rerun()


def headline(run: RunFolder) -> None:  # noqa: C901 - one line, a part for each thing known
    """State, step, speed, device, precision, seed, time left; and what went wrong, if something did."""
    settings, status = run.settings(), run.status()
    word, color, icon = BADGES[status.state]
    facts = [f"step **{status.step:,}** of {run.values()['steps']:,}"]
    if status.images_per_second:
        facts.append(f"{status.images_per_second:,.0f} images/s")
    facts += [in_markdown(fact) for fact in (status.device, status.precision) if fact]
    facts.append(f"seed {settings.seed}")
    facts.append(in_markdown(title(settings.data), 30))
    if status.eta is not None and status.at_work:
        facts.append(f"{clock(status.eta)} left")
    line = f":{color}-badge[{icon} {word}]  " + " · ".join(facts)
    if not server.is_ours(run):
        line = f":violet-badge[:material/movie: recorded example: press Start to train it yourself]  {line}"
    if status.exam is not None and status.exam_random_init is not None:
        final = f"{status.exam:.1%} (random weights {status.exam_random_init:.1%})"
        line += f" · {FINAL.name} **{final}**"
    if status.linear is not None and status.linear_random_init is not None:
        line += f" · linear probe **{status.linear:.1%} (random weights {status.linear_random_init:.1%})**"
    ended = status.exam is not None
    if few := doubt(run.tested(live=not ended), *((status.exam, status.linear) if ended else (status.knn,))):
        line += f" · :orange-badge[{few}]"
    silence = time.time() - status.heartbeat
    if status.at_work and status.state != "queued" and silence > STALE:
        line += f"  :orange-badge[:material/history: stale: nothing new for {silence:.0f} s]"
    st.markdown(line, help=FINAL.meaning if status.exam is not None else None)
    if status.state == "queued":
        ahead = server.launcher().ahead(run.id)
        st.info(f"Waiting for {ahead} other run{'s' if ahead != 1 else ''} to end." if ahead else "Starting …")
    elif status.reason:
        (st.info if status.at_work else st.warning)(in_markdown(status.reason, SENTENCE))
    own_pictures.of_runs(run)
    if remark := run.remark():
        st.info(remark, icon=":material/info:")
    for when, notice in server.launcher().notices:
        if time.time() - when < NEWS:
            st.warning(in_markdown(notice, SENTENCE))


def clock(seconds: float) -> str:
    """75 -> "1:15"."""
    minutes, rest = divmod(max(round(seconds), 0), 60)
    return f"{minutes}:{rest:02d}"
