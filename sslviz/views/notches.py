"""Sliders for numbers whose size matters more than their difference: a few hundred notches, written in the URL."""

from collections.abc import Sequence

import streamlit as st

from sslviz.views import address

# 0.001, 0.0012 … 9, 10: twelve notches in every power of ten, all of which a person would write
TEMPERATURES = (
    *(f"{i * 10.0**power:.4g}" for power in range(-3, 1) for i in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9)),
    "10",
)
# 0, 0.1 … 0.9, 0.91 … 0.99, 0.991 … 0.9999, 1: finer and finer towards 1
MOMENTA = (
    *("0", *(f"{i / 10:g}" for i in range(1, 10))),
    *(f"{1 - i * 10.0**-power:.{power}f}" for power in (2, 3, 4) for i in range(9, 0, -1)),
    "1",
)


LONGEST = 12  # characters of a number in the URL


def notched(label: str, key: str, options: Sequence[str], default: str, *, help: str = "") -> float:
    """A slider over `options`, which ascend; the chosen one lives in the URL as `key`.

    A number in the URL that lies between two notches becomes a notch of its own.
    """
    between = f"_{key}_between"
    if between not in st.session_state or key not in st.session_state:
        written = st.query_params.get(key, default)
        fine = written in options or _within(written, options)
        address.check(key, lambda _: fine, default)
        st.session_state[between] = written if fine and written not in options else ""
    own = st.session_state[between]
    notches = sorted([*options, own], key=float) if own else list(options)
    return float(st.select_slider(label, notches, value=default, key=key, help=help or None, bind="query-params"))


def _within(text: str, options: Sequence[str]) -> bool:
    try:
        return len(text) <= LONGEST and float(options[0]) <= address.finite(text) <= float(options[-1])
    except ValueError:
        return False
