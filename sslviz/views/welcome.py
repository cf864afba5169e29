"""The first page: what this is and where to begin, in the time it takes to read three sentences."""

import streamlit as st

from sslviz.methods import METHODS
from sslviz.views import catalogue


def show() -> None:
    st.title("A laboratory for self-supervised learning", anchor=False)
    st.markdown(
        "A network learns to see **without a single label**, here, on this computer, while you watch: "
        "real pictures, real gradients, measured numbers. Turn a knob and the next training step obeys."
    )
    columns = st.columns(3, gap="medium")
    for i, (name, method) in enumerate(METHODS.items()):
        with columns[i % len(columns)], st.container(border=True):
            st.subheader(method.title, anchor=False)
            st.markdown(method.summary)
            st.page_link(catalogue.page(name), label=f"Open {method.title}", icon=":material/arrow_forward:")
    st.subheader("How it goes", anchor=False)
    st.markdown(
        "1. Open a method and press **Start**: training begins in the background and goes on when you leave the page.\n"
        "2. Watch the **k-NN score**, not only the loss: how often are the nearest neighbours of its class?\n"
        "3. Turn the **temperature** or an **augmentation** while it trains; a mark on the curves says when you did.\n"
        "4. Send the address of the page to a classmate on this computer: it holds the run and every knob."
    )
