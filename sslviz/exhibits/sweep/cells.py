"""What a sweep has found, place by place: the runs of each pair of settings, and what is written of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Cell:
    """One place of the map. `values`: of its finished runs; `going`: what is written on it while it is trained."""

    column: int
    row: int
    name: str
    values: tuple[float, ...] = ()
    runs: tuple[str, ...] = ()  # that the values come from
    planned: int = 1
    going: str = ""

    @property
    def mean(self) -> float:
        return float(np.mean(self.values)) if self.values else float("nan")

    @property
    def std(self) -> float:
        return float(np.std(self.values, ddof=1)) if len(self.values) > 1 else float("nan")

    def written(self, percent: bool, between: str = " ") -> str:
        """56.1 ± 0.8; empty without values."""
        if not self.values:
            return ""
        scale, form = (100, ".1f") if percent else (1, ".3g")
        spread = f"{between}± {self.std * scale:{form}}" if len(self.values) > 1 else ""
        return f"{self.mean * scale:{form}}{spread}"

    def told(self, metric: str, percent: bool) -> str:
        """What hovering says."""
        number = (
            f"{metric}: {self.written(percent)}{' %' if percent else ''}" if self.values else "nothing finished yet"
        )
        lines = [self.name, number, f"{len(self.values)} of {self.planned} runs", *self.runs[:6]]
        return "<br>".join([*lines, *(["…"] if len(self.runs) > 6 else []), *([self.going] if self.going else [])])


@dataclass(frozen=True)
class Side:
    """An axis: what it is called, and what stands at its places."""

    title: str
    labels: Sequence[str]
