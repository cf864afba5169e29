"""All pages: one per method, by family, and the blackboard. A method without a page file still gets a page."""

from functools import partial

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.navigation.page import Page

from sslviz.lessons import card_of
from sslviz.methods import METHODS
from sslviz.views.controls import server
from sslviz.views.method import page as method_page

# file in pages/ -> title, icon: rooms in which one plays with a trained network
ROOMS = {
    "mae_room": ("MAE room", ":material/brush:"),
    "attention_room": ("Attention room", ":material/center_focus_strong:"),
    "pretext_room": ("Pretext room", ":material/extension:"),
    "projection_head": ("Projection head", ":material/car_crash:"),
    "slow_motion": ("Slow motion", ":material/slow_motion_video:"),
}

# what becomes of trained runs
COMPARE = {
    "compare": ("Compare", ":material/stacked_line_chart:"),
    "twin": ("Twins", ":material/splitscreen_right:"),
    "sweep": ("Sweep", ":material/apps:"),
    "maps": ("Map room", ":material/scatter_plot:"),
    "judge": ("Judge a run", ":material/gavel:"),
}

# the ideas that need no training
BLACKBOARD = {
    "infonce": ("InfoNCE worksheet", ":material/functions:"),
    "temperature": ("Temperature", ":material/thermostat:"),
    "geometry": ("Geometry", ":material/public:"),
    "ema": ("EMA", ":material/timeline:"),
    "studio": ("Augmentation studio", ":material/auto_fix_high:"),
    "masking": ("MAE by hand", ":material/grid_view:"),
    "labels": ("What labels cost", ":material/payments:"),
    "landscape": ("Landscape", ":material/map:"),
    "chooser": ("Which method?", ":material/alt_route:"),
}

TABLES = {"Rooms": ROOMS, "Compare": COMPARE, "Blackboard": BLACKBOARD}  # heading in the navigation -> its pages


def page(name: str) -> Page:
    """The page of a method."""
    path = server.PAGES / f"{name}.py"
    content = path if path.exists() else partial(method_page.show, name)
    return st.Page(content, title=METHODS[name].title, icon=card_of(name).icon, url_path=name)


def named(name: str) -> Page | None:
    """Any page by the name of its file, None if there is none: a method, a room, …"""
    if name in METHODS:
        return page(name)
    for table in TABLES.values():
        if name in table and (server.PAGES / f"{name}.py").exists():
            title, icon = table[name]
            return st.Page(server.PAGES / f"{name}.py", title=title, icon=icon)
    return None


def link(name: str) -> None:
    """To the page of the method, where the navigation knows it."""
    try:
        st.page_link(page(name), label=METHODS[name].title, icon=card_of(name).icon)
    except (StreamlitAPIException, KeyError):  # this page runs without its frame
        st.markdown(METHODS[name].title)


def sections() -> dict[str, list[Page]]:
    """All of them: the methods by family, the rooms, what becomes of the runs, and the blackboard at the end."""
    found: dict[str, list[Page]] = {}
    for name, method in METHODS.items():
        found.setdefault(method.family.capitalize(), []).append(page(name))
    for section, table in TABLES.items():
        found[section] = [
            st.Page(server.PAGES / f"{name}.py", title=title, icon=icon) for name, (title, icon) in table.items()
        ]
    return found
