"""What a run is called: in a list by all that tells it from the others, in a chart by a few words.

Named are the knobs that differ from the method's recipe, by their letters: "SimCLR τ 0.07, no predictor".
"""

import time
from typing import Any

import streamlit as st

from sslviz import data
from sslviz.knobs import Knob
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import all_knobs, recommended
from sslviz.views.controls import server
from sslviz.views.controls.controls import OF_THE_MACHINE
from sslviz.views.plot.recorded import BY_PATH

MOST = 4  # differences that are written out
LETTERS = {
    r"\alpha": "α",
    r"\beta": "β",
    r"\eta": "η",
    r"\gamma": "γ",
    r"\lambda": "λ",
    r"\mu": "μ",
    r"\nu": "ν",
    r"\tau": "τ",
    r"\tau_s": "τₛ",
    r"\tau_t": "τₜ",
    r"\varepsilon": "ε",
    r"\varepsilon^2": "ε²",
}


def title(run: RunFolder) -> str:
    """For lists: "SimCLR τ 0.07, shapes, seed 3, today 14:03"; a name that somebody gave it comes first."""
    method, differ, given, pictures, seed = facts(run)
    who = f"{given}: {method}" if given else named(run, method)
    started = [when(run.created)] if server.is_ours(run) else []
    return ", ".join([" ".join([who, *differ[:1]]), *differ[1:], pictures, f"seed {seed}", *started])


def short(run: RunFolder) -> str:
    """For charts: the name that somebody gave it, else "SimCLR τ 0.07", else method and end of its id."""
    method, differ, given, *_ = facts(run)
    if not server.is_ours(run):
        return named(run, method)
    return given or f"{method} {', '.join(differ) or run.id[-4:]}"


def named(run: RunFolder, method: str) -> str:
    """A recorded example says so; a second one of its method by the rest of its name (mae_lapse)."""
    if server.is_ours(run):
        return method
    return f"{method}{run.id.removeprefix(run.settings().method).replace('_', ' ')} (recorded)"


def facts(run: RunFolder) -> tuple[str, list[str], str, str, int]:
    """Method, differences from its recipe, the name that somebody gave it, pictures, seed."""
    given = run.notes().name if server.is_ours(run) else ""
    method, differ, pictures, seed = _facts(run, run.written)
    return method, differ, given, pictures, seed


@st.cache_data(max_entries=4096, show_spinner=False, hash_funcs=BY_PATH)
def _facts(run: RunFolder, written: tuple[int, ...]) -> tuple[str, list[str], str, int]:
    """Read once for as long as nothing new is written: a list may hold hundreds of runs."""
    run = run.glance()  # nothing in it is older than `written`
    settings = run.settings()
    return METHODS[settings.method].title, differences(run), data.title(settings.data), settings.seed


def differences(run: RunFolder) -> list[str]:
    """The knobs that stand otherwise than recommended for this method and these pictures, in words."""
    settings = run.settings()
    recipe, knobs = recommended(settings.method, settings.data).values(), all_knobs(settings.method)
    turned = [(knobs[name], value) for name, value in run.values().items() if recipe.get(name, value) != value]
    # an example is as long as it had to be
    aside = OF_THE_MACHINE if server.is_ours(run) else (*OF_THE_MACHINE, "steps")
    words = [in_words(knob, value) for knob, value in turned if knob.name not in aside]
    return [*words[:MOST], f"{len(words) - MOST} more"] if len(words) > MOST + 1 else words


def in_words(knob: Knob, value: Any) -> str:
    """τ 0.07, no predictor, encoder vit"""
    if knob.kind == "bool":
        return knob.label if value else f"no {knob.label}"
    if value == "none":
        return f"no {knob.label}"
    letter = LETTERS.get(knob.symbol, knob.symbol)
    known = letter and "\\" not in letter
    return f"{letter if known else knob.label} {f'{value:g}' if isinstance(value, float) else value}"


def when(moment: float) -> str:
    """today 14:03, 28 Nov 14:03, 28 Nov 2025. moment: Unix time."""
    then, now = time.localtime(moment), time.localtime()
    if then[:3] == now[:3]:
        return time.strftime("today %H:%M", then)
    if then.tm_year == now.tm_year:
        return f"{then.tm_mday} {time.strftime('%b %H:%M', then)}"
    return f"{then.tm_mday} {time.strftime('%b %Y', then)}"
