"""One step as it is walked through: its values, and the names of the rows and sizes of all that passed through."""

import numpy as np

from sslviz.exhibits.slow_motion import pretext, words
from sslviz.exhibits.slow_motion.step import SlowStep
from sslviz.figures import matrix
from sslviz.lessons import card_of
from sslviz.nets.vit import PATCH
from sslviz.training.trainer import Trainer


class Walk:
    """One step, and the names of everything in it."""

    def __init__(self, step: SlowStep, trainer: Trainer) -> None:
        self.step, self.labelled = step, trainer.method.labelled
        self.card = card_of(trainer.settings.method).slow_motion
        self.values = {**trainer.settings.values(), **step.metrics}  # a learned τ is a metric
        self.n, self.side = len(step.images), step.images.shape[1]
        exhibits = {name: passed.value for name, passed in step.exhibits.items()}
        # logits that are shown are what a part has put out
        self.twin = {
            name: part
            for name, passed in step.exhibits.items()
            for part, its in step.parts.items()
            if passed.value.shape == its.value.shape and np.array_equal(passed.value, its.value)
        }
        self.terms = self.card.terms_of(exhibits, self.values)
        self.terms_after = self.card.terms_of(step.after, self.values) if self.terms else None
        self.errors = pretext.picture_errors(exhibits, self.values)
        self.row = self.card.row  # of the loss
        # the loss is a choice among all the views, so every cell of the similarity counts
        logits, s = self.terms.logits if self.terms else None, exhibits.get("similarity")
        self.among_views = logits is not None and s is not None and logits.shape == s.shape

    def flat(self, name: str, values: np.ndarray) -> tuple[np.ndarray, str]:
        """Rows of numbers, and what a row is: of tokens, those of picture 1; of maps, the mean over the places."""
        if values.ndim == 3:
            side = self.step.views[0].shape[1] // PATCH
            return values[0], "patch" if values.shape[1] == side**2 else "token"
        row = words.part(self.card, name).row
        return (values.mean((2, 3)) if values.ndim == 4 else values), row

    def names(self, values: np.ndarray, row: str) -> list[str]:
        """Of the rows that `flat` has made."""
        if row in ("token", "patch"):
            mask = self.step.exhibits.get("mask")
            return pretext.patch_names(len(values), None if mask is None else mask.value)
        tiles, rest = divmod(len(values), self.n)
        if row == "tile" and not rest:
            return [f"picture {i + 1}, place {k + 1}" for i in range(self.n) for k in range(tiles)]
        return self.rows(values)

    def rows(self, values: np.ndarray) -> list[str]:
        """1a 2a … 1b 2b …, if there is one row for each view; else numbers."""
        kinds, rest = divmod(len(values), self.n)
        if rest or kinds > 8:
            return []
        if kinds == 1:
            return [str(i + 1) for i in range(self.n)]
        if self.card.view_names:
            return [f"{i + 1}, {name}" for name in self.card.view_names[:kinds] for i in range(self.n)]
        return [matrix.row_name(row, self.n) for row in range(len(values))]

    def view_names(self) -> list[str]:
        if self.card.view_names:
            return list(self.card.view_names)
        if len(self.step.views) == 1:
            return ["view"]
        return [f"view {letter}" for letter in "abcdefghijklmnopqrstuvwxyz"[: len(self.step.views)]]

    def shape(self, values: np.ndarray) -> str:
        """2N × d = 16 × 128."""
        kinds, rest = divmod(len(values), self.n)
        numbers = " × ".join(str(size) for size in values.shape)
        if rest:
            return numbers
        batch = "N" if kinds == 1 else f"{kinds}N"
        if values.ndim == 2:
            return f"{batch} × {batch if values.shape[1] == len(values) else 'd'} = {numbers}"
        if values.ndim == 3 and "mask" in self.step.exhibits:  # class token, and all patches or the visible ones
            patches = self.step.exhibits["mask"].value.shape[1]
            tokens = {patches: "L", 1 + patches: "(1 + L)"}.get(values.shape[1], "(1 + V)")
            return f"{batch} × {tokens} × d = {numbers}"
        return f"{batch} × … = {numbers}"
