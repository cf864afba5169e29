"""Which knob is to blame? For each kind of trouble, the switches that lead to it, each with a reason and a cure.

If several are off, all are named: each alone may suffice. What comes after them is only suspected if none is off.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Values = dict[str, Any]


@dataclass(frozen=True)
class Blame:
    """`why` in a sentence; `cure`: knob -> value, in words too."""

    why: str = ""
    cure: dict[str, Any] = field(default_factory=dict)
    cure_words: str = ""


@dataclass(frozen=True)
class Suspect:
    """A knob, when it is guilty, why, what to set, in words. `first`: guilty for certain, not only a suspicion."""

    knob: str
    guilty: Callable[[Any, Values], bool]
    why: str
    value: Any
    words: str
    first: bool = True


def off(knob: str, why: str, words: str) -> Suspect:
    return Suspect(knob, lambda value, _: value is False, why, True, words)


def blame(suspects: tuple[Suspect, ...], values: Values, otherwise: str) -> Blame:
    guilty = [s for s in suspects if s.knob in values and s.guilty(values[s.knob], values)]
    guilty = [s for s in guilty if s.first] or guilty[:1]
    if not guilty:
        return Blame(otherwise)
    why = "; and ".join(s.why for s in guilty)
    return Blame(why[0].upper() + why[1:] + ".", {s.knob: s.value for s in guilty}, ", ".join(s.words for s in guilty))


def held_by_negatives(values: Values) -> bool:
    """True if other pictures are pushed away: then one answer for all is expensive, whatever is off."""
    return bool(values.get("negatives", 0) >= 0.5)


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

COLLAPSE = (
    Suspect(
        "stop_gradient",
        lambda on, v: on is False and v.get("target") is not False and not held_by_negatives(v),
        "the stop-gradient is off, so the goal comes to meet the prediction",
        True,
        "switch the stop-gradient on",
    ),
    Suspect(
        "target",
        lambda on, v: on is False and not held_by_negatives(v),
        "there is no target network, and no stop-gradient without it: the goal comes to meet the prediction",
        True,
        "bring the target network back",
    ),
    Suspect(
        "predictor",
        lambda on, v: on is False and not held_by_negatives(v),
        "the predictor is off, so both views must simply meet, wherever that is",
        True,
        "switch the predictor on",
    ),
    Suspect(
        "negatives",
        lambda weight, v: weight < 0.5 and "predictor" not in v,
        "the negatives are off: partners attract, and nothing keeps the others away",
        1.0,
        "switch the negatives on",
    ),
    Suspect(
        "momentum",
        lambda m, v: m == 0 and v.get("target") is not False and not held_by_negatives(v),
        "m is 0: the teacher is its own student, and runs away with it",
        0.97,
        "a slow teacher",
    ),
    off("batch_norm", "BatchNorm is off, and nothing else centres z", "BatchNorm in projector and predictor"),
    off("expand", "the coding rate does not count, so all pictures may share one place", "let the pictures spread"),
    off("equipartition", "the equipartition is off, so one prototype may take all pictures", "equal shares for all"),
    Suspect(
        "sinkhorn_iterations", lambda n, v: n == 0, "no round of Sinkhorn shares out the prototypes", 3, "3 rounds"
    ),
    off("centring", "centring is off, so one class may win every picture", "switch the centring on"),
    off("sharpening", "sharpening is off, so that no class may ever win", "switch the sharpening on"),
    FAST,
    DECAY,
)
UNIFORM = (
    off("sharpening", "sharpening is off: centring alone makes all classes alike", "switch the sharpening on"),
    Suspect(
        "teacher_temperature",
        lambda tau, v: tau >= v.get("student_temperature", 1.0),
        "the teacher's temperature is not below the student's: its targets are softer than what they should teach",
        0.04,
        "a sharper teacher",
    ),
    FAST,
    DECAY,
)
DOMINANCE = (
    off("centring", "centring is off: sharpening alone lets the strongest class win", "switch the centring on"),
    Suspect("center_momentum", lambda m, v: m == 1, "the centre never moves", 0.9, "let the centre follow"),
    off("equipartition", "the equipartition is off, so the popular become more popular", "equal shares for all"),
    Suspect(
        "sinkhorn_iterations", lambda n, v: n == 0, "no round of Sinkhorn shares out the prototypes", 3, "3 rounds"
    ),
    FAST,
    DECAY,
)
IGNORANT = (
    Suspect(
        "learning_rate", lambda rate, v: rate <= 1e-5, "the learning rate is too small to move", 2e-3, "larger steps"
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
SHORTCUT = (
    Suspect("caption", lambda on, v: on is True, "the line along the edge gives it away", False, "no line"),
    off("gaps", "lines that go on in the next tile give it away", "gaps between the tiles"),
    off("normalise_tiles", "colours that fade across the picture give it away", "tiles without their mean colour"),
)
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


def collapse(values: Values) -> Blame:
    return blame(COLLAPSE, values, LOST)


def uniform(values: Values) -> Blame:
    return blame(UNIFORM, values, LOST)


def dominance(values: Values) -> Blame:
    return blame(DOMINANCE, values, LOST)


def ignorant(values: Values) -> Blame:
    return blame(IGNORANT, values, "")


def sharp(values: Values) -> Blame:
    return blame(TEMPERATURE, values, "")


def shortcut(values: Values) -> Blame:
    return blame(SHORTCUT, values, "Something in the picture gives the answer away.")


def misled(values: Values) -> Blame:
    return blame(MISLED, values, "Look at what the two views of a picture still have in common.")
