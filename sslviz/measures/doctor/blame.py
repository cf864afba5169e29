"""Which knob is to blame? For each kind of trouble, the switches that lead to it, each with a reason and a cure.

If several are off, all are named: each alone may suffice. What comes after them is only suspected if none is off. The
switches of a method stand on its card (lessons/), knobs that every run has stand here.
"""

from dataclasses import dataclass, field
from typing import Any

from sslviz.lessons import CARDS
from sslviz.lessons.suspects import Suspect, Values


@dataclass(frozen=True)
class Blame:
    """`why` in a sentence; `cure`: knob -> value, in words too."""

    why: str = ""
    cure: dict[str, Any] = field(default_factory=dict)
    cure_words: str = ""


def blame(suspects: tuple[Suspect, ...], values: Values, otherwise: str) -> Blame:
    guilty = [s for s in suspects if s.knob in values and s.guilty(values[s.knob], values)]
    guilty = [s for s in guilty if s.first] or guilty[:1]
    if not guilty:
        return Blame(otherwise)
    why = "; and ".join(s.why for s in guilty)
    return Blame(why[0].upper() + why[1:] + ".", {s.knob: s.value for s in guilty}, ", ".join(s.words for s in guilty))


FAST = Suspect(
    "learning_rate",
    lambda rate, v: rate >= 4e-3,
    "no switch is off, but the learning rate is large",
    1e-3,
    "a smaller learning rate",
    first=False,
)
DECAY = Suspect(
    "weight_decay",
    lambda decay, v: decay >= 0.05,
    "no switch is off, but a strong weight decay pulls all weights to zero",
    1e-4,
    "less weight decay",
    first=False,
)

IGNORANT = (
    Suspect(
        "learning_rate",
        lambda rate, v: rate <= 1e-5,
        "the learning rate is too small for anything to move",
        2e-3,
        "larger steps",
    ),
    Suspect("learning_rate", lambda rate, v: rate >= 2e-2, "the learning rate is too large", 2e-3, "smaller steps"),
    Suspect("temperature", lambda tau, v: tau >= 0.7, "the temperature makes all candidates alike", 0.2, "a lower τ"),
    Suspect("weight_decay", lambda d, v: d >= 0.1, "weight decay pulls all weights to zero", 1e-4, "less weight decay"),
    Suspect(
        "crop_scale",
        lambda share, v: share < 0.08,
        "the crops are too small to show the same thing",
        0.2,
        "larger crops",
    ),
)
TEMPERATURE = (
    Suspect("temperature", lambda tau, v: True, "the temperature decides how picky the softmax is", 0.2, "a usual τ"),
)
CAPTION = Suspect("caption", lambda on, v: on is True, "the line along the edge gives it away", False, "no line")
MISLED = (
    Suspect(
        "jitter",
        lambda p, v: p * max(v.get("brightness", 1), v.get("saturation", 1), v.get("hue", 1)) < 0.05,
        "both views keep their colours, and comparing colours is enough to find the partner",
        0.8,
        "change the colours of the views",
    ),
    Suspect(
        "crop_scale",
        lambda share, v: share > 0.95,
        "both views show it all, so nothing has to be understood",
        0.2,
        "crops",
    ),
    FAST,
)
LOST = "No switch is off now, but a network that has collapsed does not come back."


def on_cards(trouble: str) -> tuple[Suspect, ...]:
    """Those of all methods: a run has the knobs of one. Whom several cards name is asked once."""
    return tuple(dict.fromkeys(suspect for card in CARDS.values() for suspect in card.suspects.get(trouble, ())))


def collapse(values: Values) -> Blame:
    return blame((*on_cards("collapse"), FAST, DECAY), values, LOST)


def uniform(values: Values) -> Blame:
    return blame((*on_cards("uniform"), FAST, DECAY), values, LOST)


def dominance(values: Values) -> Blame:
    return blame((*on_cards("dominance"), FAST, DECAY), values, LOST)


def ignorant(values: Values) -> Blame:
    return blame(IGNORANT, values, "")


def sharp(values: Values) -> Blame:
    return blame(TEMPERATURE, values, "")


def shortcut(values: Values) -> Blame:
    return blame((CAPTION, *on_cards("shortcut")), values, "Something in the picture gives the answer away.")


def misled(values: Values) -> Blame:
    return blame(MISLED, values, "Look at what the two views of a picture still have in common.")
