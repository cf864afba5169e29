"""What a data set holds, in numbers and words: told before anything is trained on it, and kept in every run."""

import contextlib
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from sslviz.data.dataset import Dataset
from sslviz.data.sources import decoded, own

NAMED = 6  # classes that are named
LONGEST = 25  # characters of a class name


class Contents(BaseModel):
    """How many pictures there are to train on and to test on, which classes, and what was left out or assumed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    train: int
    test: int
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, dataset: Dataset) -> Self:
        return cls(
            name=dataset.name,
            train=len(dataset.train),
            test=len(dataset.test),
            classes=dataset.classes,
            notes=dataset.notes,
        )

    @property
    def summary(self) -> str:
        """ "32 pictures to train on, 8 to test on; 2 classes: cats, dogs." """
        counts = f"{self.train:,} pictures to train on, {self.test:,} to test on"
        if not self.classes:
            return f"{counts}; no labels."
        names = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in self.classes[:NAMED]]
        more = f" and {len(self.classes) - NAMED:,} more" if len(self.classes) > NAMED else ""
        return f"{counts}; {len(self.classes):,} classes: {', '.join(names)}{more}."

    @property
    def sentences(self) -> tuple[str, ...]:
        """The summary, then the notes."""
        return (self.summary, *self.notes)


def kept(entry: Path) -> Contents | None:
    """What was found when the pictures were decoded into the folder `entry`; None if they were not."""
    with contextlib.suppress(ValidationError):
        return Contents.model_validate(decoded.described(entry))
    return None


def first_look(path: Path) -> Contents:
    """What the names in a folder or zip say it holds. Raises DataError."""
    layout, notes = own.first_look(path)
    return Contents(name=path.name, train=len(layout.train), test=len(layout.test), classes=layout.classes, notes=notes)
