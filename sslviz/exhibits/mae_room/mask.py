"""The mask of the MAE room: drawn with the dice by ratio and type, or painted by hand, which the address holds."""

import numpy as np
import streamlit as st

from sslviz.exhibits.mae_room import painter as mask_painter
from sslviz.knobs import describe
from sslviz.methods.mae import MAE
from sslviz.nets.vit import PATCH
from sslviz.views import address
from sslviz.views.controls import by_hand
from sslviz.views.method import masking_net

PAINTER = "mask_painter"


def mask(truth: np.ndarray, figure: np.ndarray | None) -> np.ndarray:
    """The painter, and its knobs: bool L, True = hidden."""
    patches = (truth.shape[1] // PATCH) ** 2
    place = st.container()
    knobs = describe(MAE.Knobs)
    ratio, kind = float(by_hand.turn(knobs["mask_ratio"])), str(by_hand.turn(knobs["mask_type"]))
    fixed = "The grid is the same for every seed." if kind == "grid" else ""
    dice = int(address.number("Dice (seed of the mask)", "draw", 0, 0, 99, idle=fixed))
    hidden = painted_by_hand((ratio, kind, dice), patches)
    with place:
        mask_painter.draw(
            np.ascontiguousarray(truth.transpose(1, 2, 0)),
            drawn(kind, ratio, dice) if hidden is None else hidden,
            drawn(kind, ratio, next_dice(dice)),
            None if figure is None else covered(figure),
            serial=st.session_state.get("_stroke", 0),
            key=PAINTER,
            painted=stroke,
        )
    return drawn(kind, ratio, dice) if hidden is None else hidden


def painted_by_hand(knobs: tuple[float, str, int], patches: int) -> np.ndarray | None:
    """The mask in the address; None if there is none, or the knobs were turned since."""
    text, before = st.query_params.get("mask"), st.session_state.get("_mask_knobs", knobs)
    st.session_state["_mask_knobs"] = knobs
    if text is None:
        return None
    try:
        if before == knobs:
            return mask_painter.read(text, patches)
    except ValueError:
        address.note("mask", text, "the mask of the dice")
    del st.query_params["mask"]
    return None


def stroke() -> None:
    """The browser has reported a mask; what is no mask gets its note when it is read."""
    said = st.session_state[PAINTER]["stroke"]
    st.session_state["_stroke"] = int(said["serial"])
    if said["by"] == "dice":
        st.session_state["draw"] = next_dice(int(st.session_state.get("draw") or 0))
        st.query_params.pop("mask", None)
    else:
        st.query_params["mask"] = str(said["mask"])


def drawn(kind: str, ratio: float, dice: int) -> np.ndarray:
    """The method's own mask: bool L."""
    hidden = np.ones((masking_net.SIZE // PATCH) ** 2, bool)
    hidden[masking_net.visible(kind, ratio, dice)] = False
    return hidden


def next_dice(dice: int) -> int:
    return (dice + 1) % 100


def covered(figure: np.ndarray) -> np.ndarray:
    """The patches on which the object is: bool H x W -> bool L."""
    side = figure.shape[0] // PATCH
    return np.asarray(figure.reshape(side, PATCH, side, PATCH).any((1, 3)).reshape(-1))
