"""A door of the navigation: a card for every page behind it."""

import streamlit as st

from sslviz.views import catalogue
from sslviz.views.cards import cards


def show(door: str) -> None:
    """door: its name in the address."""
    st.title(catalogue.DOORS[door].title, anchor=False)
    st.markdown(catalogue.DOORS[door].says)
    cards(catalogue.behind(door))
