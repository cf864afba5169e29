"""How a run stands, in words: its state in one line, its final scores, and what went wrong, if something did."""

import time

import streamlit as st

from sslviz.data import title
from sslviz.foreign import SENTENCE, in_markdown
from sslviz.measures.interval import doubt
from sslviz.measures.scores import FINAL
from sslviz.processes.notices import NEWS
from sslviz.runs.folder import RunFolder
from sslviz.views.controls import own_pictures, server

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
EXAMPLE = ":violet-badge[:material/movie: recorded example]"


def headline(run: RunFolder) -> None:
    """All of it, one below the other: for pages that show the run among others."""
    said = [line(run), scores(run)]
    st.markdown(" · ".join(filter(None, said)), help=FINAL.meaning if run.status().exam is not None else None)
    notes(run)


def brief(run: RunFolder) -> str:
    """State and step, as Markdown."""
    status = run.status()
    word, color, icon = BADGES[status.state]
    example = "" if server.is_ours(run) else EXAMPLE + " "
    return f"{example}:{color}-badge[{icon} {word}] step **{status.step:,}** of {run.values()['steps']:,}"


def line(run: RunFolder) -> str:
    """State, step, speed, device, precision, seed, pictures, time left, as Markdown."""
    settings, status = run.settings(), run.status()
    facts = [brief(run)]
    if status.images_per_second:
        facts.append(f"{status.images_per_second:,.0f} images/s")
    facts += [in_markdown(fact) for fact in (status.device, status.precision) if fact]
    facts += [f"seed {settings.seed}", in_markdown(title(settings.data), 30)]
    if status.eta is not None and status.at_work:
        facts.append(f"{clock(status.eta)} left")
    silence = time.time() - status.heartbeat
    is_stale = status.at_work and status.state != "queued" and silence > STALE
    stale = f"  :orange-badge[:material/history: stale: nothing new for {silence:.0f} s]" if is_stale else ""
    return " · ".join(facts) + stale


def scores(run: RunFolder) -> str:
    """What it was worth in the end, beside random weights, and how far that may be off; "" as long as nothing is."""
    status, said = run.status(), []
    if status.exam is not None and status.exam_random_init is not None:
        said.append(f"{FINAL.name} **{status.exam:.1%}** (random weights {status.exam_random_init:.1%})")
    if status.linear is not None and status.linear_random_init is not None:
        said.append(f"linear probe **{status.linear:.1%}** (random weights {status.linear_random_init:.1%})")
    ended = status.exam is not None
    if few := doubt(run.tested(live=not ended), *((status.exam, status.linear) if ended else (status.knn,))):
        said.append(f":orange-badge[{few}]")
    return " · ".join(said)


def notes(run: RunFolder) -> None:
    """Why it waits or has ended, what its pictures are, and what the server has to say."""
    status = run.status()
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
