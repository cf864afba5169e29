"""The clock of a page: one slider, play and pause, that moves every picture through its recorded history.

While it moves, the browser works alone (clock.js, follower.js). When it rests, the address gets the moment as
`?moment=`, a percentage of the longest run, and Python draws what only Python can.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from sslviz.measures.scores import LIVE
from sslviz.views import address
from sslviz.views.plot.component import JS, component

_component = component("clock", JS / "clock" / "clock.js", JS.parent / "clock.css")
STICKY = """<style>
[data-testid="stLayoutWrapper"]:has(> .st-key-clock) { position: sticky; top: 3.75rem; z-index: 40; }
.st-key-clock { background: var(--st-background-color, transparent); }
</style>"""
AXES = ("seconds", "images", "step")


@dataclass(frozen=True)
class Past:
    """What the clock must know of a run: its recorded moments, and what was measured by each of them."""

    number: int
    steps: tuple[int, ...]
    seconds: tuple[float, ...]
    images: tuple[float, ...]
    score: tuple[str, ...]  # the last live k-NN that was known, in words
    ended: bool
    doctor: str = ""  # the address of what the doctor says of every moment

    def spent(self, axis: str) -> tuple[float, ...]:
        """What each moment had cost: seconds, images or steps."""
        return {"seconds": self.seconds, "images": self.images, "step": self.steps}[axis]

    def at(self, axis: str, amount: float) -> int | None:
        """Which moment was the last before it had spent more than `amount`; None if there is none."""
        spent = self.spent(axis)
        return max(0, int(np.searchsorted(spent, amount * (1 + 1e-9), side="right")) - 1) if spent else None


def past(number: int, steps: Sequence[int], history: pd.DataFrame, ended: bool) -> Past:
    """history: everything recorded, by step."""
    if not steps or not {"step", "seconds", "images"} <= set(history.columns) or not len(history):
        return Past(number, (), (), (), (), ended)
    seconds, images = (
        tuple(np.interp(steps, history["step"], history[axis]).tolist()) for axis in ("seconds", "images")
    )
    score = (f"{LIVE.name} not measured yet",) * len(steps)
    if "knn" in history:
        known = history[["step", "knn"]].dropna()
        where = np.searchsorted(known["step"], steps, side="right") - 1
        written = [f"{LIVE.name} {value:.1%}" for value in known["knn"].tolist()]
        score = tuple(score[0] if i < 0 else written[i] for i in where)
    return Past(number, tuple(steps), seconds, images, score, ended)


def show(pasts: Sequence[Past], axis: str, end: float, *, eager: bool = False, plays: bool = False) -> float:
    """The clock; returns the moment at which it rests, in units of the axis. `end` is where the longest run ends.

    eager: histories are fetched at once, not when somebody reaches for the clock. plays: it begins by itself, unless
    the address names a moment or the visitor wants less motion.
    """
    address.check("moment", lambda text: 0 <= address.finite(text) <= 100, "the end")
    percent = _percent()
    runs = [
        {"number": one.number, "step": one.steps, "seconds": one.seconds, "images": one.images, "score": one.score}
        | {"ended": one.ended, "doctor": one.doctor}
        for one in pasts
        if one.steps
    ]
    st.html(STICKY)
    with st.container(key="clock"):
        data: dict[str, Any] = {"axis": axis, "end": end, "percent": percent, "runs": runs}
        data |= {"eager": eager, "plays": plays}
        _component(key="clock_face", data=json.loads(json.dumps(data)), on_moment_change=_moved)
    return percent / 100 * end


def words(past: Past, axis: str, amount: float) -> None:
    """Step, images, seconds and score under a run, and room for the doctor; clock.js keeps them up to date."""
    i = past.at(axis, amount)
    if i is None:
        return
    ended = ", ended" if past.ended and past.spent(axis)[-1] < 0.95 * amount else ""
    lines = (
        f"step {past.steps[i]:,}{ended}",
        f"{past.images[i]:,.0f} images, {past.seconds[i]:,.0f} s",
        past.score[i],
    )
    st.html(
        f'<div class="sslviz-now" data-number="{past.number}">'
        + "".join(f"<div>{escape(line)}</div>" for line in lines)
        + "<div></div></div>"
    )


def _percent() -> float:
    try:
        return min(100.0, max(0.0, address.finite(st.query_params.get("moment", "100"))))
    except ValueError:
        return 100.0


def _moved() -> None:
    """The browser says where the clock rests."""
    found = st.session_state["clock_face"]["moment"]
    if isinstance(found, int | float) and 0 <= found < 100:
        st.query_params["moment"] = f"{found:g}"
    else:
        st.query_params.pop("moment", None)
