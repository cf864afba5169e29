"""A heat map with pictures and a curve, refreshed by a timer; what Python hears of a click is written below them."""

import numpy as np
import streamlit as st

from sslviz.figures import curves, matrix, style
from sslviz.views.plot.plot import Click, encode, plot

st.set_page_config(layout="wide")


def heard(click: Click) -> None:
    st.session_state.heard = f"row {click.row}, column {click.column}"


@st.fragment(run_every=0.3)
def live() -> None:
    step = st.session_state.setdefault("step", 0)
    st.session_state.step += 1
    sprite = style.sprite(style.SheetAddress("sheet"), 8, columns=4, kind="cell", value="cosine")
    cosines = np.cos(np.arange(8)[:, None] * np.arange(8) + step / 10)
    steps = np.arange(step + 2)
    series = curves.Series("loss", steps, np.exp(-steps / 30) + 1)
    left, right = st.columns(2)
    with left:
        plot(matrix.similarity(cosines, sprite=sprite), key="matrix", alt="similarity", on_click=heard)
    with right:
        figure = curves.curves([series], title="Loss", y_title="NT-Xent (nats)")
        plot(encode(figure), key="curve", alt="loss")
    st.markdown(f"step {step}, heard: {st.session_state.get('heard', 'nothing')}")


if st.toggle("charts", True):
    live()
