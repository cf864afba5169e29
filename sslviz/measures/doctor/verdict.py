"""What the doctor says: what broke, why, and what to do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sslviz.measures.doctor.blame import Blame


@dataclass(frozen=True)
class Verdict:
    """What broke, in words, and what to do.

    name: "complete collapse". sentence: what broke, and why. evidence: recorded numbers with their step. constant: what
    they must be compared with, "1/√d = 0.125" (may be empty). cure: knob -> value (may be empty), the same in
    cure_words. restart: turning the knobs is not enough, the weights are beyond repair. aside: what may seem to speak
    against it, and why it does not (may be empty).
    """

    name: str
    sentence: str
    evidence: str
    constant: str = ""
    cure: dict[str, Any] = field(default_factory=dict)
    cure_words: str = ""
    restart: bool = False
    aside: str = ""


def blamed(
    values: dict[str, Any],
    name: str,
    what: str,
    told: str,
    constant: str,
    blame: Callable[[dict[str, Any]], Blame],
    restart: bool = False,
) -> Verdict:
    """A verdict whose reason is found among the knobs."""
    found = blame(values)
    return Verdict(name, f"{what} {found.why}".strip(), told, constant, found.cure, found.cure_words, restart)
