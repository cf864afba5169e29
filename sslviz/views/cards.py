"""Cards that lead to pages: a small picture made of a real recorded run, a link, and one sentence.

The pictures are made by `python -m benchmarks.thumbnails`.
"""

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import streamlit as st

from sslviz.views import catalogue

PICTURES = Path(__file__).parent / "thumbnails"
IN_A_ROW = 5


@cache
def within(name: str) -> str:
    """The small picture of a page, as an address that holds it; "" if there is none. (Streamlit 1.67 forgets the files
    of a page that is drawn anew while one of its fragments is.)
    """
    path = PICTURES / f"{name}.webp"
    return f"data:image/webp;base64,{b64encode(path.read_bytes()).decode()}" if path.exists() else ""


def cards(names: Iterable[str], *, in_a_row: int = IN_A_ROW, says: bool = True) -> None:
    """One for each page, by the name in its address. says: with the sentence."""
    names = list(names)
    for first in range(0, len(names), in_a_row):
        for column, name in zip(st.columns(in_a_row, gap="small"), names[first : first + in_a_row], strict=False):
            with column, st.container(border=True, height="stretch", gap="xsmall"):
                row = catalogue.row(name)
                if picture := within(name):
                    st.image(picture, link=name, alt=f"{row.title}: a picture of the page", width="stretch")
                catalogue.link(name)
                if says:
                    st.caption(row.says)
