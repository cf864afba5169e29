"""The corner of every page: its keys, and the way to present it to a room (`?present=1`).

A page that is presented has large letters, no navigation and few knobs: present.css.
"""

from functools import cache
from pathlib import Path

import streamlit as st

from sslviz.views import address
from sslviz.views.plot.component import component

HERE = Path(__file__).parent
_component = component("corner", HERE / "corner.js", HERE / "corner.css")

KEYS = {  # where -> key -> what it does
    "Everywhere": {
        "?": "this list",
        "Tab": "on to the next control; with Shift, back",
        "Esc": "closes what is open; lets go of the points that are picked",
    },
    "The clock, while no control has the focus": {
        "← →": "one recorded moment back or on",
        "Home End": "the first and the last moment",
        "Space": "play, pause",
    },
    "Pictures of a method": {"1 … 9": "enlarge the picture of this number", "Esc": "back to all of them"},
    "A picture that has the focus": {"T": "its numbers as a table, and what stands out"},
    "A heat map that has the focus": {"← → ↑ ↓": "from cell to cell", "Enter": "choose this row"},
    "A slider that has the focus": {"← →": "one notch", "Home End": "to its ends"},
    "Slow motion": {"← →": "one stage back or on"},
    "MAE room": {"← → ↑ ↓": "from patch to patch", "Space": "hide it, show it"},
    "InfoNCE worksheet": {
        "← → ↑ ↓": "from cell to cell",
        "Enter": "write a number into it",
        "Space": "make it the anchor",
    },
    "Geometry": {"← → ↑ ↓": "move the view that has the focus"},
    "A map in three dimensions": {"← → ↑ ↓": "turn it", "Home": "as it was at first"},
}


def show() -> None:
    """Two buttons at the top right, and how a page looks that is presented."""
    on = address.is_presented()
    if on:
        address.write(address.PRESENT, "1")
        st.html(style())
    with st.container(key="corner"):
        _component(key="corner_buttons", data={"on": on, "keys": KEYS}, on_present_change=turn)


@cache
def style() -> str:
    return f"<style>{(HERE / 'present.css').read_text()}</style>"


def turn() -> None:
    """Begins the presentation, or ends it."""
    on = not address.is_presented()
    st.session_state[address.PRESENTS] = on
    if on:
        st.query_params[address.PRESENT] = "1"
    else:
        st.query_params.pop(address.PRESENT, None)
