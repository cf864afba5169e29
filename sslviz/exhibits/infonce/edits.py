"""The cells of the worksheet that were changed by hand: `?edit=0,5,0.3,…`, two views and their similarity each."""

import streamlit as st

from sslviz.measures import infonce_views
from sslviz.views import address

MOST = 16  # pictures
MOST_NUMBERS = 3 * MOST * (2 * MOST - 1)  # a row, a column and a value for each pair of views


def read_edits(pictures: int) -> list[tuple[int, int, float]]:
    """`?edit=0,5,0.3,…`: two views and their similarity. What lies outside of a smaller matrix waits for a larger."""
    try:
        cells = triples(address.numbers("edit", [], -1, 2 * MOST - 1, most=MOST_NUMBERS))
    except ValueError:
        address.note("edit", st.query_params["edit"], "the example")
        return []
    row = {infonce_views.code(row, pictures): row for row in range(2 * pictures)}
    return [(row[i], row[j], value) for i, j, value in cells if i in row and j in row]


def triples(flat: list[float]) -> list[tuple[int, int, float]]:
    """Raises ValueError for what is no list of cells and similarities."""
    if len(flat) % 3:
        raise ValueError("three numbers for each cell")
    cells = [(int(i), int(j), value) for i, j, value in zip(flat[::3], flat[1::3], flat[2::3], strict=True)]
    for (i, j, value), row, column in zip(cells, flat[::3], flat[1::3], strict=True):
        if (i, j) != (row, column) or i == j or min(i, j) < 0 or not -1 <= value <= 1:
            raise ValueError(f"{row}, {column}, {value} is no cell with a similarity")
    return cells


def edited() -> None:
    """The browser has sent [row, column, similarity]; nothing that it sends is trusted.

    Its row becomes the anchor: right after a click the browser still sends the anchor of before the click with it.
    """
    try:
        (i, j, value), *_ = triples([address.finite(str(part)) for part in st.session_state["infonce"]["edit"]])
        if max(i, j) >= 2 * MOST:
            return
        before = triples(address.numbers("edit", [], -1, 2 * MOST - 1, most=MOST_NUMBERS))
    except (ValueError, TypeError, KeyError):
        return
    kept = {(min(a, b), max(a, b)): x for a, b, x in [*before, (i, j, value)]}
    address.remember("edit", [part for cell, x in kept.items() for part in (*cell, x)])
    st.session_state["anchor"] = infonce_views.name(i // 2 + i % 2 * MOST, MOST)


def forget() -> None:
    st.query_params.pop("edit", None)
