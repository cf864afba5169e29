"""The first page: what this is, the lecture's path through it in a dozen steps, and all methods."""

import streamlit as st

from sslviz.lessons.path import AFTERWARDS, LECTURE, Stop
from sslviz.measures.scores import LIVE
from sslviz.methods import METHODS
from sslviz.views import catalogue


def show() -> None:
    st.title("A laboratory for self-supervised learning", anchor=False)
    st.markdown(
        "A network learns to see **without a single label**, here, on this computer, while you watch: "
        "real pictures, real gradients, measured numbers. Turn a knob and the next training step obeys."
    )
    st.subheader("The lecture in eight steps", anchor=False)
    path(LECTURE, 1)
    st.markdown("Then compare what you have trained:")
    path(AFTERWARDS)
    st.markdown(
        "The **blackboard** holds the formulae and worked numbers: nothing is trained there. In the **rooms** you play "
        "with networks that are already trained. Under **Compare** you put finished runs side by side, train twins "
        "and sweeps, and test what a run has learnt."
    )
    st.subheader("All methods", anchor=False)
    columns = st.columns(3, gap="medium")
    for i, (name, method) in enumerate(METHODS.items()):
        with columns[i % len(columns)], st.container(border=True):
            st.subheader(method.title, anchor=False)
            st.markdown(method.summary)
            st.page_link(catalogue.page(name), label=f"Open {method.title}", icon=":material/arrow_forward:")
    st.subheader("How to train one", anchor=False)
    st.markdown(
        "1. Open a method and press **Start**: training runs in the background and continues when you leave the page.\n"
        f"2. Watch the **{LIVE.name}**, not only the loss: do a picture's nearest neighbours share its class?\n"
        "3. Turn the **temperature** or an **augmentation** while it trains; a mark on the curves shows when you did.\n"
        "4. Send the address of the page to a classmate on this computer: it holds the run and every knob."
    )


def path(stops: tuple[Stop, ...], first: int | None = None) -> None:
    """A line for each stop, numbered from `first`. A page that is not there has no link."""
    for stop in stops:
        pages = [page for name in stop.pages if (page := catalogue.named(name)) is not None]
        if not pages:
            continue
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            with st.container(width=230, gap=None):
                for page in pages:
                    number = f"{first}. " if first is not None else ""
                    st.page_link(page, label=number + page.title, icon=page.icon)
            st.markdown(f"{stop.do} *{stop.see}*", width="stretch")
        first = None if first is None else first + 1
