"""The first page: a run that plays, three ways in, the lecture's path, and a picture of every page."""

import streamlit as st

from sslviz.exhibits.home import stage
from sslviz.lessons.path import AFTERWARDS, LECTURE, WAYS, Stop
from sslviz.views import catalogue
from sslviz.views.cards import cards


def show() -> None:
    st.header("A network learns to see without labels, here, while you watch", anchor=False)
    stage.show()
    for column, way in zip(st.columns(len(WAYS), gap="medium"), WAYS, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.subheader(way.who, anchor=False)
            st.markdown(way.begin)
            for name in way.pages:
                catalogue.link(name)
    st.subheader("The lecture in eight steps", anchor=False)
    path(LECTURE, 1)
    st.markdown("Then compare what you have trained:")
    path(AFTERWARDS)
    for name, door in catalogue.DOORS.items():
        st.subheader(door.title, anchor=False)
        st.markdown(door.says)
        cards(catalogue.behind(name), says=False)


def path(stops: tuple[Stop, ...], first: int | None = None) -> None:
    """A line for each stop, numbered from `first`."""
    for stop in stops:
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            with st.container(width=230, gap=None):
                for name in stop.pages:
                    page, number = catalogue.page(name), f"{first}. " if first is not None else ""
                    st.page_link(page, label=number + page.title, icon=page.icon)
            st.markdown(f"{stop.do} *{stop.see}*", width="stretch")
        first = None if first is None else first + 1
