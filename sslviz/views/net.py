"""What happens when something unexpected goes wrong while a page is drawn: a sentence where the picture would be, with
a number under which the server's log tells the whole story. The rest of the page stays.

What can be expected (no pictures, no weights, a knob out of range) is said in words of its own where it is found; this
is for the rest: a file that nobody would have written, a fault of ours.
"""

import contextlib
import functools
import logging
import traceback
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import streamlit as st

LOG = logging.getLogger("sslviz")
MOST_TOLD = 1000  # faults that are remembered; after them the log repeats itself
told: set[str] = set()  # numbers of the faults whose story stands in the log


@contextlib.contextmanager
def net(what: str) -> Iterator[None]:
    """`what`: the subject of the sentence, such as "The map". (Streamlit's own reruns and stops pass: they are no
    Exception.)
    """
    try:
        yield
    except Exception:
        number = tell(what)
        st.error(
            f"{what} cannot be shown: something unexpected went wrong. The rest of the page is not touched by it. "
            f"(Fault {number} in the server's log.)",
            icon=":material/report:",
        )


def tell(what: str) -> str:
    """The number of the error at hand. The same error has the same number, and stands in the log once: a live page
    would write it every second.
    """
    story = traceback.format_exc()
    number = f"{zlib.crc32(story.encode()) % 1_000_000:06d}"
    if number not in told:
        if len(told) >= MOST_TOLD:
            told.clear()
        told.add(number)
        LOG.error("Fault %s: %s cannot be shown\n%s", number, what, story)
    return number


def caught(what: str, draw: Callable[..., Any]) -> Callable[..., Any]:
    """`draw` in a net."""

    @functools.wraps(draw)
    def drawn(*args: Any, **more: Any) -> Any:
        with net(what):
            return draw(*args, **more)

    return drawn


def fragment(what: str, draw: Callable[..., Any], **options: Any) -> Callable[..., Any]:
    """st.fragment of it: each of its own refreshes has the net as well."""
    return st.fragment(caught(what, draw), **options)
