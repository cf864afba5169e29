"""The two values of the one difference: their fields, what the address says of them, and what they are at first."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from sslviz.knobs import Knob, written
from sslviz.lessons import card_of
from sslviz.methods import METHODS
from sslviz.runs import twins
from sslviz.runs.settings import all_knobs, recommended
from sslviz.views import address

SIDES = ("left", "right")


@dataclass(frozen=True)
class Preset:
    """A pair that is worth one click."""

    label: str
    method: str
    knob: str
    left: Any
    right: Any


PRESETS = tuple(
    Preset(each.label, method, each.knob, each.left, each.right) for method in METHODS for each in card_of(method).twins
)


def value(side: str, method: str, name: str, usual: dict[str, Any]) -> Any:
    """One of the two values. It is written into the address under the name of its side."""
    key, state = f"{side}_{method}_{name}", st.session_state
    if key not in state:
        state[key] = from_address(side, method, name, usual)
    label = f"{side}: {name.replace('_', ' ')}"
    chosen: Any
    if name == "method":
        others = [method] if side == "left" else [other for other in METHODS if other != method]
        chosen = st.selectbox(label, others, key=key, format_func=lambda other: METHODS[other].title)
    elif name == "seed":
        chosen = int(st.number_input(label, 0.0, 2.0**31 - 1, step=1.0, format="%.0f", key=key))
    else:
        chosen = knob_input(label, all_knobs(method)[name], key)
    if chosen != default(side, method, name, usual) or side in st.query_params:
        address.write(side, str(chosen))
    return chosen


def knob_input(label: str, knob: Knob, key: str) -> Any:
    """A field for one value of a knob; what stands in the session under this key is shown."""
    if knob.kind == "bool":
        return st.selectbox(label, [True, False], key=key, format_func=written)
    if knob.kind == "choice":
        return st.selectbox(label, knob.choices, key=key)
    whole = knob.kind == "int"
    step = 1.0 if whole else knob.step or 0.01 if (knob.low or 0) >= 0.01 or not knob.log else knob.default / 2
    form = "%.0f" if whole else "%.4g"
    chosen = st.number_input(label, float(knob.low or 0), float(knob.high or 1), step=step, format=form, key=key)
    return int(chosen) if whole else float(chosen)


def from_address(side: str, method: str, name: str, usual: dict[str, Any]) -> Any:
    """What the address says, if that makes sense; else the default."""
    usually, text = default(side, method, name, usual), st.query_params.get(side)
    if text is None or st.query_params.get("differ", name) != name:
        return usually
    try:
        known, said = twins.parse_difference(f"{name}={text}", method)
        settings = twins.differ(recommended(method), known, said)
    except ValueError:
        address.note(side, text, written(usually))
        del st.query_params[side]
        return usually
    if name == "method":
        return settings.method if (settings.method == method) == (side == "left") else usually
    found = settings.seed if name == "seed" else settings.values()[name]
    return float(found) if isinstance(usually, float) else found


def default(side: str, method: str, name: str, usual: dict[str, Any]) -> Any:
    """Left the usual value, right another one; those of the preset, if there is one."""
    for preset in PRESETS:
        if (preset.method, preset.knob) == (method, name):
            return preset.left if side == "left" else preset.right
    if name == "method":
        return method if side == "left" else next(other for other in METHODS if other != method)
    if name == "seed":
        return 0.0 if side == "left" else 1.0
    knob, left = all_knobs(method)[name], usual[name]
    if knob.kind == "bool":
        return left if side == "left" else not left
    if knob.kind == "choice":
        return left if side == "left" else next(choice for choice in knob.choices if choice != left)
    half = max(knob.low or 0, left / 2) if left != (knob.low or 0) else knob.high or 1
    return float(left if side == "left" else int(half) if knob.kind == "int" else half)
