"""All pages, by the door behind which they lie. What has no file in pages/ gets a page by its name."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.navigation.page import Page

from sslviz.lessons import card_of
from sslviz.methods import METHODS
from sslviz.views.controls import server
from sslviz.views.method import page as method_page


class Row(NamedTuple):
    """A page as the navigation and the cards know it: its title, its icon, and what is there, in one sentence."""

    title: str
    icon: str
    says: str


# file in pages/, or folder in exhibits/ -> its row. Rooms: one plays with a trained network
ROOMS = {
    "mae_room": Row("MAE room", ":material/brush:", "Paint a mask; the network fills in what it cannot see."),
    "attention_room": Row(
        "Attention room", ":material/center_focus_strong:", "Ask any patch of a picture where it looks."
    ),
    "pretext_room": Row(
        "Pretext room", ":material/extension:", "Turn, shuffle or grey a picture: can the network tell?"
    ),
    "projection_head": Row("Projection head", ":material/car_crash:", "What the head throws away, factor by factor."),
    "slow_motion": Row(
        "Slow motion", ":material/slow_motion_video:", "One training step, stage by stage, and backward."
    ),
}

# what becomes of trained runs
COMPARE = {
    "compare": Row("Compare", ":material/stacked_line_chart:", "Up to six runs side by side on one clock."),
    "twin": Row("Twins", ":material/splitscreen_right:", "Two runs that differ in one thing, step by step."),
    "sweep": Row("Sweep", ":material/apps:", "Many runs over one or two knobs, as a map."),
    "maps": Row("Map room", ":material/scatter_plot:", "Two maps of the same pictures; a loop on one shows on both."),
    "judge": Row("Judge a run", ":material/gavel:", "What has a run learnt? Four ways to ask."),
}

# the ideas that need no training
BLACKBOARD = {
    "infonce": Row("InfoNCE worksheet", ":material/functions:", "The loss term by term: point at a cell."),
    "temperature": Row("Temperature", ":material/thermostat:", "What τ does to one choice among several."),
    "geometry": Row("Geometry", ":material/public:", "Drag views on a circle; the true gradients pull at them."),
    "ema": Row("EMA", ":material/timeline:", "A slow copy follows a fast one: how slow is good?"),
    "studio": Row(
        "Augmentation studio", ":material/auto_fix_high:", "Every augmentation by hand, and the shortcut of colour."
    ),
    "masking": Row("MAE by hand", ":material/grid_view:", "What the encoder sees, and what hiding patches saves."),
    "labels": Row("What labels cost", ":material/payments:", "Hours, money and experts, from a box to an outline."),
    "landscape": Row("Landscape", ":material/map:", "All methods on one map, with the papers' numbers."),
    "chooser": Row("Which method?", ":material/alt_route:", "Your data, your goal, your machine: a suggestion."),
}


class Door(NamedTuple):
    """An entry of the navigation. It opens on a page of cards, one for each of `pages`."""

    title: str
    icon: str
    says: str
    pages: dict[str, Row]


METHODS_DOOR = "methods"  # what lies behind it is the list of methods
DOORS = {  # by the name in the address
    METHODS_DOOR: Door("Methods", ":material/science:", "Each trains here, on your machine, while you watch.", {}),
    "rooms": Door("Rooms", ":material/meeting_room:", "Play with networks that are already trained.", ROOMS),
    "runs": Door("Compare runs", ":material/compare:", "What trained runs have learnt, side by side.", COMPARE),
    "blackboard": Door("Blackboard", ":material/draw:", "Formulae, with numbers to move. Nothing trains.", BLACKBOARD),
}


def row(name: str) -> Row:
    """Of the page with this name in its address. Raises KeyError if there is none."""
    if name in METHODS:
        method = METHODS[name]
        return Row(method.title, card_of(name).icon, f"*{method.family.capitalize()}.* {method.summary}")
    return {**ROOMS, **COMPARE, **BLACKBOARD}[name]


def behind(door: str) -> list[str]:
    """The pages of a door, by the name in the address."""
    return list(METHODS if door == METHODS_DOOR else DOORS[door].pages)


def names() -> list[str]:
    """All pages that lie behind a door."""
    return [name for door in DOORS for name in behind(door)]


def content(name: str) -> Path | Callable[[], None]:
    """What a name in the address opens: its file in pages/; without one, the page of the door, method or exhibit."""
    if name in DOORS:
        return partial(show_exhibit, "hub", name)
    path = server.PAGES / f"{name}.py"
    if path.exists():
        return path
    return partial(method_page.show, name) if name in METHODS else partial(show_exhibit, name)


def show_exhibit(name: str, *what: str) -> None:
    """Loaded when it is opened, and by name, as what is in pages/ is: nothing below the exhibits imports one."""
    import_module(f"sslviz.exhibits.{name}.page").show(*what)


def page(name: str) -> Page:
    """Any page by the name in its address: a method, an exhibit, or a door. Raises KeyError if there is none."""
    if name in DOORS:
        return st.Page(content(name), title=DOORS[name].title, icon=DOORS[name].icon, url_path=name)
    title, icon, _ = row(name)
    return st.Page(content(name), title=title, icon=icon, url_path=name, visibility="hidden")


def link(name: str) -> None:
    """To a page, where the navigation knows it."""
    title, icon, _ = row(name)
    try:
        st.page_link(page(name), label=title, icon=icon)
    except (StreamlitAPIException, KeyError):  # this page runs without its frame
        st.markdown(title)


def pages() -> list[Page]:
    """All of them. The navigation shows the doors alone: it is drawn anew with every answer."""
    return [page(name) for name in (*DOORS, *names())]
