"""Knobs that lead to trouble, each with a reason and a cure: what a method's card says to the doctor.

The trouble is named as in measures/doctor/blame.py: collapse, uniform, dominance, shortcut. A suspect is asked only
where the run has its knob. Those that several methods share stand here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Values = dict[str, Any]


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
    """A switch that leads to trouble when it is off."""
    return Suspect(knob, lambda value, _: value is False, why, True, words)


def held_by_negatives(values: Values) -> bool:
    """True if other pictures are pushed away: then one answer for all is expensive, whatever is off."""
    return bool(values.get("negatives", 0) >= 0.5)


STOP_GRADIENT = Suspect(
    "stop_gradient",
    lambda on, v: on is False and v.get("target") is not False and not held_by_negatives(v),
    "the stop-gradient is off, so the goal comes to meet the prediction",
    True,
    "switch the stop-gradient on",
)
PREDICTOR = Suspect(
    "predictor",
    lambda on, v: on is False and not held_by_negatives(v),
    "the predictor is off, so both views must simply meet, wherever that is",
    True,
    "switch the predictor on",
)
MOMENTUM = Suspect(
    "momentum",
    lambda m, v: m == 0 and v.get("target") is not False and not held_by_negatives(v),
    "m is 0: the teacher is the student itself, and both run away together",
    0.97,
    "a slow teacher",
)
