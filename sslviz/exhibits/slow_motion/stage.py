"""A stage of the slow-motion room: what it is called, what is said of it, and its pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import plotly.graph_objects as go


@dataclass(frozen=True)
class Picture:
    """One figure of a stage."""

    figure: go.Figure | bytes  # bytes: encoded
    alt: str
    how_to_read: str = ""


@dataclass(frozen=True)
class Stage:
    """`name` is its word in the address, `told` one or two sentences, `shape` as a paper writes it."""

    name: str
    title: str
    shape: str
    told: str
    draw: Callable[[], list[Picture]]  # two of them stand side by side, unless they are wide
    wide: bool = False
    way: Literal["forward", "backward", "step"] = "forward"
