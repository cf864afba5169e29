"""What every blackboard page needs: numbers that live in the URL, a note when the URL makes no sense, and the export.

The address holds the whole state of a page. Whatever it says, nothing raises and nothing leaves its range: the default
comes back, with a note.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

LONGEST = 40  # characters of a strange value that are quoted back
PRESENT, PRESENTS = "present", "_present"  # whether the page is shown to a room: in the address, and in the session
TRAVELS = ("_pictures", "_viewer", PRESENTS)  # what a visitor takes along from page to page, also who it is


def redraw(*fragments: str) -> Callable[[], None]:
    """For `on_change`: nothing of the page but the fragments with these keys is drawn anew.

    They read what they show from the session state; the control itself is as the viewer has left it. It must stand in a
    fragment, too: after a control in the page's body, Streamlit (1.67) drops every media file outside the fragments.
    """
    return lambda: st.rerun(fragments)


def page_before() -> str:
    """The address of the page that this visitor was shown last; "" on arrival, and for the first page."""
    return str(st.session_state.get("_page", ""))


def leave_behind(page: str) -> None:
    """Forgets what stood in the controls of the page before, if `page` is another one.

    A control is known to its page by its key, which is also its name in the address; one that lives in the address
    would keep its value on the way to another page (Streamlit 1.67), where the same name may mean something else.
    """
    state = st.session_state
    if state.get("_page", page) != page:
        for key in [key for key in state if key not in TRAVELS]:
            del state[key]
    state["_page"] = page


def is_presented() -> bool:
    """Says the address; on the way from page to page, which empties it, what it said before."""
    asked = st.query_params.get(PRESENT)
    if asked is not None:
        check(PRESENT, lambda text: text in ("0", "1"), "the usual page")
        st.session_state[PRESENTS] = asked == "1"
    return bool(st.session_state.get(PRESENTS))


def value(key: str, default: Any) -> Any:
    """What the control of this key says; for fragments that are drawn without it."""
    found = st.session_state.get(key)
    return default if found is None else found


def number(  # noqa: PLR0913 - Streamlit's slider, and why it may be idle
    label: str,
    key: str,
    default: float,
    low: float,
    high: float,
    *,
    step: float | None = None,
    help: str = "",
    on_change: Callable[[], None] | None = None,
    idle: str = "",
) -> float:
    """A slider whose value lives in the URL as `key`. Whole numbers give a slider of whole numbers.

    `idle`: why it would change nothing just now; it then cannot be moved, and the reason stands below it.
    """
    whole = all(isinstance(value, int) for value in (default, low, high))
    check(key, lambda text: low <= finite(text) <= high and (not whole or finite(text).is_integer()), f"{default:g}")
    kind: type[int] | type[float] = int if whole else float
    found = st.slider(
        label,
        kind(low),
        kind(high),
        kind(default),
        step=step or (1 if whole else None),
        key=key,
        help=help or None,
        on_change=on_change,
        bind="query-params",
        disabled=bool(idle),
    )
    if idle:
        st.caption(idle)
    return kind(found)


def choice(
    label: str,
    key: str,
    options: Sequence[str],
    default: str,
    *,
    help: str = "",
    on_change: Callable[[], None] | None = None,
    idle: str = "",
) -> str:
    """One of a few words; lives in the URL as `key`. `idle`: as for a number."""
    check(key, lambda text: text in options, default)
    chosen = st.segmented_control(
        label,
        list(options),
        required=True,
        default=default,
        key=key,
        help=help or None,
        on_change=on_change,
        bind="query-params",
        disabled=bool(idle),
    )
    if idle:
        st.caption(idle)
    return chosen or default


def numbers(key: str, default: Sequence[float], low: float, high: float, *, most: int = 256) -> list[float]:
    """Many numbers in one URL parameter, `0.9,0.2,-0.1`. Write them back with `remember`."""
    text = st.query_params.get(key)
    if text is None:
        return list(default)
    try:
        found = [finite(part) for part in text.split(",")]
        if not 0 < len(found) <= most or not all(low <= value <= high for value in found):
            raise ValueError
    except ValueError:
        note(key, text, "the example")
        return list(default)
    return found


def write(key: str, text: str) -> None:
    """Puts one value into the URL, if it does not stand there yet. For what is written whenever a page is drawn.

    Streamlit (1.67) sends the whole address with every assignment, as it was when this run of the script began: what
    the visitor has done since then would be erased from it.
    """
    if st.query_params.get(key) != text:
        st.query_params[key] = text


def remember(key: str, values: Sequence[float]) -> None:
    """Puts many numbers into the URL."""
    write(key, ",".join(f"{value:.6g}" for value in values))


def check(key: str, makes_sense: Callable[[str], bool], default: str) -> None:
    """A note, if the URL holds a value for `key` that makes no sense; the widget then falls back by itself."""
    text = st.query_params.get(key)
    if text is None or key in st.session_state:
        return
    try:
        fine = makes_sense(text)
    except ValueError:
        fine = False
    if not fine:
        note(key, text, default)
        del st.query_params[key]


def note(key: str, text: str, default: str) -> None:
    """What was in the URL is quoted as code, so that markup stays what it is."""
    st.warning(f"The address asks for {key} = {quoted(text)}, which makes no sense here: {default} is shown.")


def no_page(name: str) -> None:
    """For the page that is shown in its stead."""
    st.warning(f"There is no page called {quoted(name)}. Those that there are lie behind the doors on the left.")


def quoted(text: str) -> str:
    """As code, so that markup stays what it is; the first characters, if it is long."""
    return "`" + text[:LONGEST].replace("`", "'").replace("\n", " ") + "`"


def finite(text: str) -> float:
    """Raises ValueError for what is no number, and for NaN and the infinities."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def export(name: str, table: pd.DataFrame, latex: str) -> None:
    """Two buttons: the numbers of the page as CSV, its formulae with the numbers in them as LaTeX."""
    with st.container(horizontal=True):  # wraps on a narrow window
        st.download_button("Numbers as CSV", table.to_csv(index=False), f"{name}.csv", "text/csv", key=f"{name}_csv")
        st.download_button("Formulae as LaTeX", latex, f"{name}.tex", "text/plain", key=f"{name}_tex")


def folded(label: str, icon: str, key: str) -> Any:
    """A box that costs nothing while it is closed: see its `open` before it is filled. It lives in the URL as `key`."""
    return st.expander(label, icon=f":material/{icon}:", key=key, on_change="rerun", bind="query-params")


def download(label: str, made: Callable[[], str], file: str, key: str) -> None:
    """A button for a file that is made when it is asked for. file: its name, which ends on csv or json."""
    kind = {"csv": "text/csv", "json": "application/json"}[file.rpartition(".")[2]]
    st.download_button(label, made, file, kind, key=key, on_click="ignore")
