"""One chart under one key; which picture it shows, and at which step, is chosen below it."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from sslviz.exhibits.slow_motion import figures
from sslviz.figures import curves
from sslviz.views.plot.plot import plot

step = int(st.session_state.get("step", 0))
rng = np.random.default_rng(step)


def lines(*names: str) -> go.Figure:
    x = np.arange(20)
    series = [curves.Series(name, x, rng.random(20)) for name in names]
    return curves.curves(series, title="Lines", y_title="value").update_layout(showlegend=True)


PICTURES = {
    "matrix": lambda: figures.heat(rng.random((8, 8)), title="Matrix", unit="s", square=True),
    "larger": lambda: figures.heat(rng.random((16, 16)), title="Matrix", unit="s", square=True),
    "bars": lambda: figures.terms(rng.random(16), [str(i) for i in range(16)], title="Bars"),
    "one and two": lambda: lines("one", "two (2)"),
    "others": lambda: lines("two (2)", "three"),
    "other run": lambda: lines("one", "two (2)"),
}
shown = st.radio("picture", list(PICTURES), key="shown")
plot(PICTURES[shown](), key="chart", alt=f"{shown} {step}", of="another" if shown == "other run" else "a run")
st.button("step", on_click=lambda: st.session_state.update(step=step + 1))
