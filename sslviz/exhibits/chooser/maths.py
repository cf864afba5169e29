"""Which method for which situation: a table of rules, read from the top; the first that fits is the advice.

A rule fits when every one of its conditions holds. What a rule rests on stands beside it: the lecture, a paper, or
plain sense ("rule of thumb"). The table is in rules.py: change it, not the code.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

CLASSIFY, SEARCH, DETECT = "classify", "search", "detect or segment"
LAPTOP, ONE_GPU, MANY_GPUS = "a laptop", "one GPU", "many GPUs"
EVERYDAY, UNUSUAL, COLOUR, CAPTIONS = "everyday photos", "unlike photos", "colour decides", "captions"
TASKS, COMPUTE, DOMAINS = (
    (CLASSIFY, SEARCH, DETECT),
    (LAPTOP, ONE_GPU, MANY_GPUS),
    (EVERYDAY, UNUSUAL, COLOUR, CAPTIONS),
)
LABELS = (0, 1, 10, 100, 1_000, 10_000)  # per class
IMAGES = (0, 1_000, 10_000, 100_000, 1_000_000, 100_000_000)  # without labels
ANY = 10**12


@dataclass(frozen=True)
class Situation:
    """What somebody has (labels per class, images without labels), wants, and can compute with."""

    labels: int = 10
    images: int = 100_000
    task: str = CLASSIFY
    compute: str = ONE_GPU
    domain: str = UNUSUAL


@dataclass(frozen=True)
class Rule:
    """Conditions (from … below; an empty tuple: all the same), the advice and why, and what that rests on."""

    advice: str
    why: str
    source: str
    method: str = ""  # its name in METHODS, where we have it
    labels: tuple[int, int] = (0, ANY)
    images: tuple[int, int] = (0, ANY)
    tasks: tuple[str, ...] = ()
    compute: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()

    def misses(self, case: Situation) -> str:
        """The first condition that does not hold, in words; empty if the rule fits."""
        for name, value, (low, high) in (
            ("labels per class", case.labels, self.labels),
            ("unlabelled images", case.images, self.images),
        ):
            if value < low:
                return f"needs {low:,} {name} or more, you have {value:,}"
            if value >= high:
                return f"is for {_below(high)} {name}, you have {value:,}"
        for said, allowed in ((case.domain, self.domains), (case.task, self.tasks), (case.compute, self.compute)):
            if allowed and said not in allowed:
                return f"is for “{' / '.join(allowed)}”, you say “{said}”"
        return ""

    def condition(self) -> str:
        """All conditions in one line."""
        parts = [" / ".join(allowed) for allowed in (self.domains, self.tasks, self.compute) if allowed]
        for name, (low, high) in (("labels per class", self.labels), ("unlabelled images", self.images)):
            parts += [f"≥ {low:,} {name}"] if low else []
            parts += [f"{_below(high)} {name}"] if high < ANY else []
        return ", ".join(parts) or "everything else"


def _below(high: int) -> str:
    return "no" if high == 1 else f"fewer than {high:,}"


def choose(case: Situation, rules: Sequence[Rule]) -> int:
    """The number (from 0) of the first rule that fits. The last rule must have no condition: there is always one."""
    return next(i for i, rule in enumerate(rules) if not rule.misses(case))


def around(case: Situation, rules: Sequence[Rule]) -> pd.DataFrame:
    """The rule for every count of labels and images, all else as it is: columns labels, images, rule."""
    cells = [
        (labels, images, choose(replace(case, labels=labels, images=images), rules))
        for labels in LABELS
        for images in IMAGES
    ]
    return pd.DataFrame(cells, columns=["labels", "images", "rule"])


def read(case: Situation, rules: Sequence[Rule]) -> pd.DataFrame:
    """All rules in their order, and what became of each."""
    chosen = choose(case, rules)
    rows = []
    for i, rule in enumerate(rules):
        verdict = rule.misses(case) or ("this one" if i == chosen else "fits, but an earlier rule came first")
        rows.append((i + 1, rule.condition(), rule.advice, verdict, rule.source))
    return pd.DataFrame(rows, columns=["rule", "if", "then", "here", "rests on"])
