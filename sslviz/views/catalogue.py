"""One page per method. A method that has no page file of its own still gets a page."""

from functools import partial

import streamlit as st
from streamlit.navigation.page import Page

from sslviz.methods import METHODS
from sslviz.views import lesson, server

ICONS = {
    "simclr": ":material/compare_arrows:",
    "moco": ":material/queue:",
    "swav": ":material/hub:",
    "byol": ":material/school:",
    "simsiam": ":material/content_copy:",
    "dino": ":material/visibility:",
    "barlow_twins": ":material/grid_on:",
    "mae": ":material/dashboard:",
    "rotation": ":material/rotate_right:",
    "jigsaw": ":material/extension:",
    "colorization": ":material/palette:",
    "supervised": ":material/label:",
}


def page(name: str) -> Page:
    """The page of a method."""
    path = server.PAGES / f"{name}.py"
    content = path if path.exists() else partial(lesson.show, name)
    return st.Page(content, title=METHODS[name].title, icon=ICONS.get(name, ":material/science:"), url_path=name)


def sections() -> dict[str, list[Page]]:
    """All of them, by family."""
    found: dict[str, list[Page]] = {}
    for name, method in METHODS.items():
        found.setdefault(method.family.capitalize(), []).append(page(name))
    return found
