"""A picture whose patches can be hidden by hand: painter.js draws the mask at once and reports it.

The mask travels, and stands in the address, as hexadecimal digits: patches row by row, four to a digit, 1 = hidden.
"""

import base64
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

from sslviz.figures import pixels, style
from sslviz.views.plot.component import component

_HERE = Path(__file__).parent
_component = component("mask_painter", _HERE / "painter.js", _HERE / "painter.css", colors={"cursor": style.POSITIVE})


def draw(
    picture: np.ndarray,
    hidden: np.ndarray,
    drawn_next: np.ndarray,
    figure: np.ndarray | None,
    *,
    serial: int,
    key: str,
    painted: Callable[[], None],
) -> None:
    """picture: uint8 H x W x 3; hidden, drawn_next (what the dice say next), figure (where the object is): bool L.

    The callback finds in st.session_state[key]["stroke"] a `mask`, in digits, its `serial`, and `by`: "hand", or "dice"
    if it is drawn_next. serial: of the last stroke that was heard; what is older than the hand's last stroke moves
    nothing.
    """
    data = {
        "picture": "data:image/png;base64," + base64.b64encode(pixels.png(picture)).decode(),
        "mask": digits(hidden),
        "next": digits(drawn_next),
        "figure": "" if figure is None else digits(figure),
        "serial": serial,
    }
    _component(key=key, data=data, on_stroke_change=painted)


def digits(mask: np.ndarray) -> str:
    """bool L -> L/4 hexadecimal digits."""
    bits = "".join("1" if hidden else "0" for hidden in np.asarray(mask, bool))
    return f"{int(bits, 2):0{len(bits) // 4}x}"


def read(text: str, patches: int) -> np.ndarray:
    """The way back: bool L. Raises ValueError for anything else."""
    if not re.fullmatch(r"[0-9a-f]+", text) or len(text) != patches // 4:
        raise ValueError(text)
    return np.array([bit == "1" for bit in f"{int(text, 16):0{patches}b}"])
