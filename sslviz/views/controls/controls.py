"""Knobs: what a viewer can turn. Every knob lives in the URL, under its own name.

The run is the truth. A knob that is turned sends a wish to the run; a run whose knobs were turned elsewhere (another
tab, a classmate) turns the sliders here.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from sslviz.data import SOURCES
from sslviz.knobs import Knob, written
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Status
from sslviz.runs.settings import PHOTOGRAPH_KNOBS, RunSettings, all_knobs, recommended
from sslviz.views import address
from sslviz.views.controls import own_pictures, server, uploads

TABLES = {"knobs": "Method", "augment": "Augmentation", "training": "Training"}
OF_THE_MACHINE = ("threads", "precision")
FINEST = 0.01  # step of a slider from 0 to 1
PATIENCE = 5.0  # seconds after which a wish that a run must have heard, and has not followed, was refused
SEED = Knob("seed", "seed", "int", 0, 0, 2**31 - 1, (), "", "same seed: same batches, same views", False, False, None)


@dataclass(frozen=True)
class Wish:
    """A value that was sent to a run, when, and how many steps the run had done by then."""

    value: Any
    sent: float
    step: int

    def refused(self, status: Status) -> bool:
        """For a run that has not followed: a run listens before each step, and its first may be a long time coming."""
        listens = status.step > self.step + 1 or status.state == "paused" or not status.at_work
        return listens and time.time() > self.sent + PATIENCE


def settings(method: str) -> RunSettings:
    """What the sliders say, as settings for a new run. Raises ValueError, in a sentence."""
    state = st.session_state
    chosen = recommended(method, state.get("data") or "shapes", seed=int(state.get("seed") or 0))
    said = {name: state[name] for name in all_knobs(method) if state.get(name) is not None}
    whole = {name: int(said[name]) for name, knob in all_knobs(method).items() if knob.kind == "int" and name in said}
    return chosen.change(**{**said, **whole})


def facts(run: RunFolder) -> dict[str, Any]:
    """What the controls of a page can say about this run: its knobs as they stand now, its pictures and its seed.

    Threads and precision are matters of the machine: those of a recorded example, made on another one, are left out.
    """
    settings, elsewhere = run.settings(), () if server.is_ours(run) else OF_THE_MACHINE
    values = {name: value for name, value in run.values().items() if name not in elsewhere}
    return {**values, "data": settings.data, "seed": settings.seed}


def adopt(run: RunFolder) -> None:
    """Sets the controls to the run's knobs: those that have changed since we last looked."""
    state, values = st.session_state, facts(run)
    known: dict[str, Any] = state.get("_known", {})
    wishes: dict[str, Wish] = state.setdefault("_wishes", {})
    for name, value in values.items():
        wish = wishes.get(name)
        wanted = value if wish is None else wish.value
        if wish is None or wanted == value or wish.refused(run.status()):
            wishes.pop(name, None)
            if known.get(name, ...) != value or wanted != value:
                state[name] = value
    state["_known"] = values


def take(run: RunFolder) -> None:
    """All controls show what this run has, whatever was turned before."""
    state, values, settings = st.session_state, facts(run), run.settings()
    state.update(values)
    state["_run"], state["_known"], state["_wishes"] = run.id, values, {}  # the wishes were for another run
    state["_usual"] = {**recommended(settings.method, settings.data).values(), **values}


def out_of_step(run: RunFolder) -> bool:
    """True if somebody else has turned a knob of this run: the page must be drawn again."""
    known, wishes = st.session_state.get("_known"), st.session_state.get("_wishes", {})
    return known is not None and any(
        known.get(name) != value and not (name in wishes and wishes[name].value == value)
        for name, value in facts(run).items()
    )


def waiting(run: RunFolder) -> bool:
    """True while a wish of this viewer has not been heard by the run."""
    wishes = st.session_state.get("_wishes")
    if not wishes:
        return False
    values, status = run.values(), run.status()
    return any(values.get(name) != wish.value and not wish.refused(status) for name, wish in wishes.items())


def turned(name: str, run_id: str) -> None:
    """A slider was moved: tell the run, if it is at work."""
    run = server.find(run_id)
    if run is not None and server.is_ours(run) and (status := run.status()).at_work:
        value = st.session_state[name]
        run.send("set", name=name, value=value)
        st.session_state.setdefault("_wishes", {})[name] = Wish(value, time.time(), status.step)


def fit_to_method(method: str) -> dict[str, Any]:
    """What this method usually starts with, on these pictures. Where the method is chosen on the page itself, knobs
    that nobody has turned go there from the usual values of the method before.
    """
    state = st.session_state
    if "data" not in state:
        state["data"] = pictures_in_address() or state.get("_pictures") or "shapes"
    usual, before = (
        recommended(name, state["data"] or "shapes").values() for name in (method, state.get("_method", method))
    )
    for name, value in usual.items():
        if state.get("_method") != method and name in state and state[name] == before.get(name):
            state[name] = value
        address.check(name, partial(makes_sense, all_knobs(method)[name]), written(value))
    state["_method"] = method
    return usual


def read(text: str, knob: Knob) -> Any:
    """What the address says of a knob. Raises ValueError if that is none of its values."""
    if knob.kind in ("bool", "choice"):
        named = {str(choice): choice for choice in knob.choices} or {"true": True, "false": False}
        wanted = text.lower() if knob.kind == "bool" else text
        if wanted not in named:
            raise ValueError(text)
        return named[wanted]
    number = address.finite(text)
    if not (knob.low or 0) <= number <= (knob.high or 1):
        raise ValueError(text)
    return int(number) if knob.kind == "int" else number  # a slider of whole numbers cuts off the rest, too


def makes_sense(knob: Knob, text: str) -> bool:
    """False, or ValueError, if the knob has no such value."""
    return read(text, knob) is not None


def pictures_in_address() -> str:
    """By their short name, or as a path; the address may call them as their control does, too."""
    asked = st.query_params.get("data", "")
    return next((name for name, source in SOURCES.items() if source.title == asked), asked)


def pictures(method: str) -> None:
    """Which pictures to train on: a known set, a path on this computer, or files of one's own."""
    st.selectbox(
        "Pictures",
        list(SOURCES),
        key="data",
        bind="query-params",
        accept_new_options=True,
        format_func=lambda name: SOURCES[name].title if name in SOURCES else name,
        help="Or type the path of a folder or .zip of pictures on this computer.",
        on_change=_fit_to_pictures,
        args=(method,),
    )
    own_pictures.describe(st.session_state.get("data") or "shapes")
    most = int(st.get_option("server.maxUploadSize"))
    st.file_uploader(
        "Bring your own: a .zip, with or without one folder per class",
        type="zip",
        key="upload",
        on_change=_keep_upload,
        args=(method,),
    )
    st.caption(f"At most {most:,} MB. A larger .zip, or a folder: type its path above, under *Pictures*.")


def _fit_to_pictures(method: str) -> None:
    """Pictures that cannot be used are not taken. Photographs want less hue jitter than shapes. The pictures chosen are
    taken along to other pages.
    """
    state = st.session_state
    before = state.get("_pictures") or state.get("_known", {}).get("data") or "shapes"
    state["data"] = state["_pictures"] = own_pictures.accept(state["data"] or "", before)
    chosen = recommended(method, state["data"] or "shapes").values()
    for name in PHOTOGRAPH_KNOBS:
        state[name] = chosen[name]


def _keep_upload(method: str) -> None:
    upload = st.session_state["upload"]
    st.session_state.pop("_refusal", None)
    if upload is not None and (path := uploads.keep(upload)) is not None:
        st.session_state["data"] = path
        _fit_to_pictures(method)


def seed(default: int = 0) -> None:
    whole_number("seed", 0, int(SEED.high or 0), default, key="seed", bind="query-params", help=SEED.help)


def whole_number(label: str, low: int, high: int, default: int, **common: Any) -> None:
    """A number input for many digits. Its number is a float, because an input of whole numbers raises on `?seed=inf`
    (Streamlit 1.67); pydantic makes it whole again.
    """
    st.number_input(label, float(low), float(high), float(default), step=1.0, format="%.0f", **common)


def slider(
    knob: Knob, run: RunFolder | None = None, on_change: Callable[[], None] | None = None, *, disabled: bool = False
) -> None:
    """The control that fits the knob. Turning it tells the run, unless there is something else to be done."""
    label = f"{knob.label} ${knob.symbol}$" if knob.symbol else knob.label
    note = knob.help if knob.live else f"{knob.help} (acts on the next start)"
    common: dict[str, Any] = {
        "key": knob.name,
        "help": note,
        "bind": "query-params",
        "disabled": disabled,
        "on_change": on_change or (partial(turned, knob.name, run.id) if run and knob.live else None),
    }
    if not knob.live:
        label += " ⟳"
    if knob.kind == "bool":
        st.toggle(label, knob.default, **common)
    elif knob.kind == "choice":
        st.selectbox(label, knob.choices, knob.choices.index(knob.default), **common)
    elif knob.kind == "int":
        low, high = int(knob.low or 0), int(knob.high or 0)
        if high - low <= 2000:
            st.slider(label, low, high, knob.default, step=low if low > 1 and high % low == 0 else 1, **common)
        else:
            whole_number(label, low, high, knob.default, **common)
    elif knob.log and (knob.low or 0) < FINEST:  # no slider has room for so many powers of ten
        st.number_input(label, knob.low, knob.high, knob.default, step=knob.default / 2, format="%.4g", **common)
    else:
        least, most = float(knob.low or 0), float(knob.high or 1)
        step = knob.step or (FINEST if most <= 1 else 5 * FINEST)
        st.slider(label, least, most, knob.default, step=step, format="%.4g", **common)
