"""Sixteen sliders of augmentation as one choice among a few; which one it is follows from the sliders alone."""

import math
from typing import Any

import streamlit as st

from sslviz.data.augment import OFF, AugmentKnobs
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import all_knobs, recommended
from sslviz.views.controls import controls

RECIPE, OWN = "recipe of the method", "own"
USUAL = AugmentKnobs().model_dump()
PRESETS: dict[str, dict[str, Any]] = {  # name -> all knobs of the augmentation
    "SimCLR": USUAL,
    "weak": USUAL
    | {"crop_scale": 0.6, "brightness": 0.2, "contrast": 0.2, "saturation": 0.2, "hue": 0.05, "gray": 0.0},
    "crop only": USUAL | {"jitter": 0.0, "gray": 0.0},
    "colour only": USUAL | {"crop_scale": 1.0, "flip": 0.0},
    "none": USUAL | OFF,
}
HELP = "What two views of a picture may differ in: the network learns to ignore it. Below: every slider."


def known(method: str) -> dict[str, dict[str, Any]]:
    """All presets, and what is recommended for this method on the chosen pictures."""
    recipe = recommended(method, st.session_state.get("data") or "shapes").augment.model_dump()
    return {RECIPE: recipe, **PRESETS}


def chosen(method: str) -> str:
    """The preset that the sliders are at."""
    state = st.session_state
    at = {name: state.get(name, value) for name, value in USUAL.items()}
    same = (name for name, preset in known(method).items() if all(math.isclose(preset[k], at[k]) for k in at))
    return next(same, OWN)


def show(method: str, run: RunFolder | None) -> None:
    st.session_state["preset"] = chosen(method)
    names = [*known(method), OWN]
    st.selectbox("Augmentation", names, key="preset", on_change=put, args=(method, run.id if run else ""), help=HELP)


def put(method: str, run_id: str) -> None:
    """The sliders go where the preset has them; those that are live act on a run at work."""
    state = st.session_state
    for name, value in known(method).get(state["preset"], {}).items():
        if state.get(name) != value:
            state[name] = value
            if run_id and all_knobs(method)[name].live:
                controls.turned(name, run_id)
