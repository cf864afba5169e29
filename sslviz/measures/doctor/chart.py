"""The chart at the foot of the bed: what was recorded of a run, as the doctor's rules ask for it."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sslviz.measures.scores import LIVE


@dataclass(frozen=True)
class Chart:
    """Rows of the recorded metrics so far, all knobs, and constants that follow from them."""

    rows: pd.DataFrame
    values: dict[str, Any]
    ignorance: tuple[str, float] | None
    dimension: int | None

    def column(self, name: str, start: int = 0) -> pd.Series:
        """Recorded values from step `start` on, by step."""
        if name not in self.rows:
            return pd.Series(dtype=float)
        steps, values = self.rows["step"].to_numpy(), self.rows[name].to_numpy(float)
        known = (steps >= start) & ~np.isnan(values)
        return pd.Series(values[known], steps[known])

    def last(self, name: str, n: int = 3, start: int = 20) -> pd.Series:
        """The last n values from step 20 on, or none if there are fewer."""
        found = self.column(name, start)
        return found.tail(n) if len(found) >= n else found.head(0)

    def below(self, name: str, limit: float, n: int = 3) -> bool:
        found = self.last(name, n)
        return bool(len(found) and (found < limit).all())

    def above(self, name: str, limit: float, n: int = 3) -> bool:
        found = self.last(name, n)
        return bool(len(found) and (found > limit).all())

    def older(self, steps: int, seconds: float) -> bool:
        return bool(self.rows["step"].max() >= steps and self.rows["seconds"].max() >= seconds)

    def tell(self, *names: str) -> str:
        """mean cosine 0.998, rank 1.2 at step 240: newest values; a step is said when it changes."""
        newest = {name: self.column(name) for name in names}
        words = [name.replace("knn", LIVE.name).replace("_", " ") for name in newest]
        found = [(name, s.iloc[-1], s.index[-1]) for name, s in zip(words, newest.values(), strict=True) if len(s)]
        parts = [
            f"{name} {value:.3g}" + (f" at step {step}" if after is None or after[2] != step else "")
            for (name, value, step), after in zip(found, [*found[1:], None], strict=True)
        ]
        return ", ".join(parts)

    @property
    def joint(self) -> bool:
        """True for methods that compare views, False for those that predict pixels, angles, classes."""
        return bool({"positive_cosine", "output_std", "diagonal"} & set(self.rows))

    def gain(self) -> float:
        """Live k-NN above random initialisation, at the last look; nan if unknown."""
        now, random = self.column("knn"), self.column("knn_random_init")
        return float(now.iloc[-1] - random.iloc[-1]) if len(now) and len(random) else math.nan


def one_answer(c: Chart) -> bool:
    """By the last 20 batches alone. Either their z have shrunk to where the mean cosine of two pictures would be 0.95,
    if the spread is even over the d coordinates: it is 1 − d·std² (healthy runs, while they find their feet: 0.4/√d).
    Or partners agree, and yet nobody can tell them from the others.
    """
    spread, first = c.last("output_std", 20), c.column("output_std").head(3).mean()
    even = c.dimension**-0.5 if c.dimension else first
    shrunk = len(spread) > 0 and spread.max() < min(0.05**0.5 * even, 0.5 * first)
    alike = c.above("positive_cosine", 0.95, 20) and c.below("contrastive_accuracy", 0.3, 20)
    return bool(shrunk or alike)
