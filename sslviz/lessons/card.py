"""The card of a method: all that the pages say of it and that its code does not, as data. Every field may be left out.

A method's card is the `CARD` in the file of this folder that has the method's name: lessons/simclr.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sslviz.lessons.suspects import Suspect
from sslviz.lessons.terms import Exhibits, MakeTerms, Terms, Values

FUTURE, MISSING, TWICE, TEACHER = "the future", "the missing part", "the same thing twice", "what a teacher thinks"
SAME, SLOW = "the same network", "a slow copy of it"


@dataclass(frozen=True)
class Place:
    """On the landscape: which idea a method stands on, why, and which other one it borrows from."""

    idea: str
    why: str
    also: str = ""


@dataclass(frozen=True)
class Row:
    """In the zoo of methods that compare views: its six parts."""

    second_view: str  # what it goes through
    negatives: str
    predictor: str
    gradient: str  # what it flows into
    compared_by: str
    no_collapse: str  # what keeps it from that


@dataclass(frozen=True)
class Twins:
    """A pair of runs that is worth one click: they differ in one knob."""

    label: str
    knob: str
    left: Any
    right: Any


@dataclass(frozen=True)
class Question:
    """A sweep that is worth doing: what it asks, and with which knobs. No knobs: pairs of augmentations."""

    title: str
    asks: str
    vary: dict[str, str] = field(default_factory=dict)  # knob -> values


@dataclass(frozen=True)
class Part:
    """A part of the network in slow motion: title, letter of its output, and what happens there."""

    title: str
    letter: str
    words: str
    row: str = "view"  # what a row of its output is


@dataclass(frozen=True)
class Table:
    """An exhibit in slow motion: what happens there, what a row and a column are, how to read it."""

    words: str = ""
    row: str = "row"
    column: str = "column"
    how_to_read: str = ""


PREDICTIONS = {
    "prediction_similarity": Table(
        "Every prediction is compared with every goal; only a prediction and the *other* view of its picture enter the "
        "loss.",
        "prediction",
        "goal",
        "Green: alike; brown: opposite. The loss wants green in each row at the other view of the same picture, and "
        "asks nothing of the rest.",
    ),
}


def softmax_formula(values: Values) -> str:
    """The loss of a row that is a plain choice among candidates."""
    return "ℓ = −ln p of the right one"


@dataclass(frozen=True)
class SlowMotion:
    """One step, walked through: what is said where this method differs from others."""

    views: str = ""  # what is done with the views, if not that several are compared
    view_names: tuple[str, ...] = ()  # if they are no "view a", "view b"
    parts: dict[str, Part] = field(default_factory=dict)  # name of a part of the method ->
    tables: dict[str, Table] = field(default_factory=dict)  # name of an exhibit ->
    similarity: str = ""  # what is compared with what, if not z of every view with every other
    similarity_in_loss: bool = False
    row: str = "view"  # what a row of the loss is
    terms: MakeTerms | None = None  # the loss row by row
    formula: Callable[[Values], str] = softmax_formula  # of the loss of a row
    candidates: tuple[str, ...] = ()  # their names, if each row has the same ones
    right_one: str = ""  # which candidate that is
    slow_copy: str = "teacher"  # what the slow copy is called
    is_goal: bool = True  # what no gradient reaches is the goal of a prediction
    pixels: str = ""  # how to read which pixels mattered

    def terms_of(self, exhibits: Exhibits, values: Values) -> Terms | None:
        """None for a method whose loss cannot be told row by row from what it shows. values: all knobs."""
        x = {name: np.asarray(value, np.float64) for name, value in exhibits.items()}
        return self.terms(x, values) if self.terms else None


@dataclass(frozen=True)
class PretextTask:
    """In the pretext room: what is asked of visitor and network, and how to read the network's mistakes."""

    question: str
    mistakes: str
    ceiling: dict[str, str] = field(default_factory=dict)  # data set -> why not all answers can be right


# of a method that compares views and has no picture of its own; what a run has not recorded is left out
VIEWS_FIRST = (("views", "similarity", "softmax"), ("map", "loss", "score"))


@dataclass(frozen=True)
class Card:
    """panels: name of a picture in views/method/panels.py -> exhibits and curves that it is drawn from. suspects: by
    trouble. stage: the pictures that fill the window, row by row; further ones are behind a click. idle: a knob -> the
    one that must be above 0 for it to count. extra: what only its page has, by the name in views/method/page.py.
    """

    icon: str = ":material/science:"  # in the navigation
    place: Place | None = None
    zoo: Row | None = None
    panels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stage: tuple[tuple[str, ...], ...] = VIEWS_FIRST
    extra: str = ""
    twins: tuple[Twins, ...] = ()
    sweeps: dict[str, Question] = field(default_factory=dict)  # name in the address ->
    idle: dict[str, str] = field(default_factory=dict)
    suspects: dict[str, tuple[Suspect, ...]] = field(default_factory=dict)
    slow_motion: SlowMotion = SlowMotion()
    pretext: PretextTask | None = None
