"""The moments of two runs that train side by side: those that both have, and the one that is looked at."""

import streamlit as st

from sslviz.runs.folder import RunFolder
from sslviz.views import address
from sslviz.views.method.moment import Moment, moment

Pair = tuple[RunFolder, RunFolder]


def chosen(pair: Pair, steps: list[int]) -> int:
    """One of the moments, in the address as `moment`; the last unless it says otherwise."""
    address.check("moment", lambda text: text in map(str, steps), "the last moment")
    usual = int(st.query_params.get("moment", steps[-1]))
    key = f"moment_{pair[0].id}_{pair[1].id}"
    step = int(st.select_slider("Moment (training step)", steps, usual, key=key, label_visibility="collapsed"))
    if step != steps[-1]:
        address.write("moment", str(step))
    else:
        st.query_params.pop("moment", None)
    return step


def common_steps(pair: Pair) -> list[int]:
    """Steps of which both have a moment; of runs that were not in lock-step, those that either has."""
    one, other = (set(run.snapshot_steps()) for run in pair)
    if not one or not other:
        return []
    both = one & other
    return sorted(both if len(both) * 2 > min(len(one), len(other)) else one | other)


def moment_at(run: RunFolder, step: int) -> Moment | None:
    """The last moment up to `step`, or the first one after it."""
    steps = run.snapshot_steps()
    return moment(run, max((s for s in steps if s <= step), default=min(steps)))
