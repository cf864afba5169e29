"""The frame around every page: its title in the browser, and the navigation."""

from typing import Literal

import numpy as np
import streamlit as st
from PIL import Image
from streamlit.navigation.page import Page
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from sslviz.methods import METHODS
from sslviz.views import address, catalogue, corner, net
from sslviz.views.controls import server

# Room for the pictures; choices, badges, chosen words and the note of an uploader wrap instead of being cut off. On a
# narrow window the pictures come first, the knobs below them, each as wide as the window.
STYLE = """<style>
/* Streamlit's own header lies upon our heading: only its buttons take a click */
header[data-testid="stHeader"] { background: transparent; pointer-events: none; }
header[data-testid="stHeader"] * { pointer-events: none; }
header[data-testid="stHeader"] :is(button, a, [role="button"]) { pointer-events: auto; }
@media (min-width: 801px) {
  .stMainBlockContainer { padding: 0.9rem 4rem 4rem; }
  .stHeading h2 { font-size: 1.7rem; padding: 0 0 0.25rem; }
  :where([data-testid="stMain"]) .stVerticalBlock { row-gap: 0.7rem; } /* a stage says otherwise */
}
@media (max-width: 800px) { .stMainBlockContainer { padding-top: 2.5rem; } }
[data-testid="stMain"] [data-testid="stPageLink"] * { white-space: normal; }
[data-testid="stCaptionContainer"] { color: inherit; opacity: 0.75; } /* Streamlit's own grey is too faint to be read */
[data-testid="stBaseButton-primary"] p, [data-tag-index] * { color: Canvas; }
.stMarkdownBadge { white-space: normal !important; }
[data-testid="stButtonGroup"] > div { flex-wrap: wrap; }
[data-testid="stMultiSelectTagsContainer"] { flex-wrap: wrap; height: auto; overflow: visible; }
:has(> [data-testid="stMultiSelectTagsContainer"]) { height: auto; max-height: none; }
[data-testid="stMultiSelect"] .react-aria-ComboBox { height: auto; }
[data-testid="stFileUploaderDropzone"] * { white-space: normal; }
@media (min-width: 1101px) { [data-testid="stMain"] .katex-display { overflow: visible; } }
@media (max-width: 1100px) {
  [data-testid="stMain"] .katex-display { font-size: 0.85em; overflow: auto hidden; }
  [data-testid="stMain"] :has(> table) { overflow-x: auto; }
  :is(.st-key-heading, .st-key-bench, .st-key-pairs) [data-testid="stColumn"] { min-width: 100%; }
  :is(.st-key-heading, .st-key-bench, .st-key-pairs) [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
  .st-key-bench > div > [data-testid="stHorizontalBlock"] > [data-testid="stColumn"]:first-child,
  .st-key-bench > [data-testid="stHorizontalBlock"] > [data-testid="stColumn"]:first-child { order: 2; }
  .st-key-transport [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
  .st-key-transport [data-testid="stColumn"] { min-width: 8.5rem; }
}
</style>"""


WIDTH = 200  # of the navigation, in pixels
STAGES = {*METHODS, "twin"}  # pages that are one screen, whose pictures need the width


def icon() -> Image.Image:
    """A similarity matrix of four pictures. (Icons by name would be fetched from the internet.)"""
    cells = np.full((8, 8, 3), (32, 48, 110), np.uint8)
    row = np.arange(8)
    cells[row, (row + 4) % 8] = (250, 215, 60)
    return Image.fromarray(cells.repeat(8, 0).repeat(8, 1))


def name_of_no_page(page: Page) -> str:
    """The page that the address asks for, if there is none of that name and home is shown in its stead."""
    context = get_script_run_ctx()
    asked = context.pages_manager if context is not None else None
    is_home = page.url_path == ""
    return (asked.intended_page_name or "") if asked and is_home and not asked.intended_page_script_hash else ""


def sidebar(page: str) -> Literal["collapsed"] | int:
    """Pixels; closed where the pictures need the width. Said twice with one answer, while a page stays:
    whenever it changes, the browser opens or closes what the visitor has closed or opened.
    """
    return "collapsed" if page in STAGES else WIDTH


def main() -> None:
    # before the navigation, or the browser would be sent to the internet for the icon of the page
    st.set_page_config(page_icon=icon(), layout="wide", initial_sidebar_state=sidebar(address.page_before()))
    home = st.Page(server.PAGES / "home.py", title="Start here", icon=":material/home:", default=True)
    page = st.navigation([home, *catalogue.pages()], expanded=True)
    # the page first: a row of tabs shows little more than the first word
    st.set_page_config(
        page_title=f"{page.title} · sslviz", page_icon=icon(), initial_sidebar_state=sidebar(page.url_path)
    )
    st.html(STYLE)
    address.leave_behind(page.url_path)
    corner.show()
    if unknown := name_of_no_page(page):
        address.no_page(unknown)
    with net.net("This page"):
        page.run()


main()
