"""What a viewer may well ask for next is computed while they look at what is there.

One thread for all viewers of this server. Of each viewer only the last guesses stand; they fill the caches of the
functions that are called, so a wrong one has cost nothing but idle time.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count

import streamlit as st

PAUSE = 0.25  # seconds in which the browser draws what has just been answered: it needs the processor itself
Call = Callable[[], object]

_thread = ThreadPoolExecutor(1, "ahead")
_numbers = count()
_last: dict[object, int] = {}  # viewer -> number of their last guesses


def compute(*calls: Call) -> None:
    """The likeliest first. Whatever a call raises is raised again when it is really asked for."""
    viewer, number = st.session_state.setdefault("_viewer", object()), next(_numbers)
    _last[viewer] = number
    _thread.submit(_compute, viewer, number, calls)


def _compute(viewer: object, number: int, calls: tuple[Call, ...]) -> None:
    if _last[viewer] == number:
        time.sleep(PAUSE)
    for call in calls:
        if _last[viewer] != number:
            return
        with suppress(Exception):
            call()
    if _last[viewer] == number:
        del _last[viewer]
