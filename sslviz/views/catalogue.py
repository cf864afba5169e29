"""All pages: one per method, by family, and one per exhibit. What has no file in pages/ gets a page by its name."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.navigation.page import Page

from sslviz.lessons import card_of
from sslviz.methods import METHODS
from sslviz.views.controls import server
from sslviz.views.method import page as method_page

# file in pages/, or folder in exhibits/ -> title, icon: rooms in which one plays with a trained network
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


def content(name: str) -> Path | Callable[[], None]:
    """What a name in the address opens: its file in pages/; without one, the page of the method or exhibit."""
    path = server.PAGES / f"{name}.py"
    if path.exists():
        return path
    return partial(method_page.show, name) if name in METHODS else partial(show_exhibit, name)


def show_exhibit(name: str) -> None:
    """Loaded when it is opened, and by name, as what is in pages/ is: nothing below the exhibits imports one."""
    import_module(f"sslviz.exhibits.{name}.page").show()


def page(name: str) -> Page:
    """The page of a method."""
    return st.Page(content(name), title=METHODS[name].title, icon=card_of(name).icon, url_path=name)


def exhibit(name: str, title: str, icon: str) -> Page:
    """The page of an exhibit, from its row."""
    return st.Page(content(name), title=title, icon=icon, url_path=name)


def named(name: str) -> Page | None:
    """Any page by the name in its address, None if there is none: a method, a room, …"""
    if name in METHODS:
        return page(name)
    rows = {file: row for table in TABLES.values() for file, row in table.items()}
    return exhibit(name, *rows[name]) if name in rows else None


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
        found[section] = [exhibit(name, *row) for name, row in table.items()]
    return found
