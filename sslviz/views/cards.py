"""Cards that lead to pages: a small picture made of a real recorded run, a link, and one sentence.

The pictures are made by `python -m benchmarks.thumbnails`.
"""

from collections.abc import Iterable
from pathlib import Path

import streamlit as st

from sslviz.views import catalogue

PICTURES = Path(__file__).parent / "thumbnails"
IN_A_ROW = 5


def cards(names: Iterable[str], *, in_a_row: int = IN_A_ROW, says: bool = True) -> None:
    """One for each page, by the name in its address. says: with the sentence."""
    names = list(names)
    for first in range(0, len(names), in_a_row):
        for column, name in zip(st.columns(in_a_row, gap="small"), names[first : first + in_a_row], strict=False):
            with column, st.container(border=True, height="stretch", gap="xsmall"):
                picture, row = PICTURES / f"{name}.webp", catalogue.row(name)
                if picture.exists():
                    st.image(picture, link=name, alt=f"{row.title}: a picture of the page", width="stretch")
                catalogue.link(name)
                if says:
                    st.caption(row.says)
