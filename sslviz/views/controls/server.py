"""What all visitors of this server share: its launcher, and where its runs and recorded examples lie."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from sslviz import place
from sslviz.data import default_cache
from sslviz.foreign import SENTENCE, in_markdown
from sslviz.methods import METHODS
from sslviz.processes.launcher import Launcher
from sslviz.runs.folder import RunFolder
from sslviz.runs.shelf import list_runs
from sslviz.sweeps.sweep import sweep_of
from sslviz.training.explain import refusal

PAGES, GALLERY = place.PAGES, place.GALLERY


@st.cache_resource(show_spinner=False)
def launcher() -> Launcher:
    """The one launcher of this process. $SSLVIZ_RUNS: folder of runs; $SSLVIZ_SLOTS: runs at a time;
    $SSLVIZ_SPARE=0: no warm spare; $SSLVIZ_PROJECTOR=0: no process that draws new maps.
    """
    slots, (spare, projector) = int(os.environ.get("SSLVIZ_SLOTS", "1")), map(wanted, ("SPARE", "PROJECTOR"))
    return Launcher(place.default_runs(), default_cache(), slots=slots, spare=spare, projector=projector).open()


def wanted(name: str) -> bool:
    """False if $SSLVIZ_<name> is 0."""
    return os.environ.get(f"SSLVIZ_{name}", "1") != "0"


@contextmanager
def running() -> Iterator[None]:
    """The launcher lives as long as the server. A terminal that is closed ends it as SIGTERM does."""
    hangup = getattr(signal, "SIGHUP", None)
    main = threading.current_thread() is threading.main_thread()
    if hangup is not None and main and signal.getsignal(hangup) is not signal.SIG_IGN:
        signal.signal(hangup, lambda *_: signal.raise_signal(signal.SIGTERM))
    shared = launcher()
    try:
        yield
    finally:
        shared.close()


@contextmanager
def refusals(key: str = "_problem") -> Iterator[None]:
    """What cannot be done (the disk is full, the run has gone) becomes a sentence in the session, for the page."""
    try:
        yield
    except (OSError, LookupError, ValueError) as error:
        st.session_state[key] = in_markdown(refusal(error), SENTENCE)


def find(run_id: str) -> RunFolder | None:
    """A glance at a run of this server or a recorded example; None if it is not here, or cannot be read."""
    run = _named(run_id)
    return run if run is not None and not run.unreadable() else None


def unreadable(run_id: str) -> str:
    """Why `find` gives None for a run that is here, in a few words; else ""."""
    run = _named(run_id)
    return run.unreadable() if run is not None else ""


def _named(run_id: str) -> RunFolder | None:
    try:
        return launcher().folder(run_id).glance()
    except LookupError:
        return example(run_id)


def latest(method: str) -> RunFolder | None:
    """What a page shows when nobody asked for a particular run: one at work, else the newest, else the recorded
    example. Runs of sweeps come and go by themselves: they are shown where they are asked for.
    """
    by_hand = [run for run in list_runs(launcher().runs) if sweep_of(run.id) is None]
    mine = [run for run in by_hand if run.settings().method == method]
    at_work = [run for run in mine if run.status().at_work]
    first = next(iter(at_work + mine), None)
    return first.glance() if first is not None else recorded(method)


def recorded(method: str, data: str = "shapes") -> RunFolder | None:
    """The recorded example of a method, if there is one on these pictures."""
    return example(method) if method in METHODS and data == "shapes" else None


def example(name: str) -> RunFolder | None:
    """A glance at the recorded example of this name; it never leaves the gallery."""
    run = RunFolder(GALLERY / Path(name).name).glance()
    return run if name and run.id == name and run.exists else None


def examples() -> list[RunFolder]:
    """All recorded examples: one for each method, in the order of the methods, then those that a page needs besides."""
    order = {name: number for number, name in enumerate(METHODS)}
    return sorted(list_runs(GALLERY), key=lambda run: (order.get(run.id, len(order)), run.id))


def is_ours(run: RunFolder) -> bool:
    """False for the recorded examples, which nobody can change."""
    return run.path.parent == launcher().runs
