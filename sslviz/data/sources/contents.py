"""What a data set holds, in numbers and words: told before anything is trained on it, and kept in every run."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from pydantic import BaseModel, ConfigDict

from sslviz.data.dataset import Dataset, Split
from sslviz.data.sources import decoded, own

NAMED = 6  # classes that are named
LONGEST = 25  # characters of a class name
NEAR = 0.01  # two means that differ by less are the same, computed by two versions of a library


class Contents(BaseModel):
    """How many pictures there are to train on and to test on, which classes, and what was left out or assumed.

    of_class: pictures to train on and to test on, for each of the classes; empty without labels. `split`: how the two
    were told apart. mean: of the training pictures, red, green and blue, 0 … 1. `fingerprint`: of one's own pictures
    (sources/reading.py). What a version did not write down is empty.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    train: int
    test: int
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    of_class: tuple[tuple[int, int], ...] = ()
    split: str = ""
    mean: tuple[float, ...] = ()
    fingerprint: str = ""

    @classmethod
    def of(cls, dataset: Dataset) -> Self:
        return cls(
            name=dataset.name,
            train=len(dataset.train),
            test=len(dataset.test),
            classes=dataset.classes,
            notes=dataset.notes,
            of_class=_of_class(len(dataset.classes), _listed(dataset.train), _listed(dataset.test)),
            split=dataset.split,
            mean=tuple(dataset.mean.tolist()),
            fingerprint=dataset.fingerprint,
        )

    def changed(self, now: "Contents") -> str:
        """How other pictures of the same name differ from these, in a few words; "" if they do not."""
        if self.classes != now.classes:
            return f"{_named(self.classes)} then, {_named(now.classes)} now"
        if (self.train, self.test) != (now.train, now.test):
            counts = [f"{each.train:,} to train on and {each.test:,} to test on" for each in (self, now)]
            return f"{counts[0]} then, {counts[1]} now"
        if self.fingerprint and now.fingerprint and self.fingerprint != now.fingerprint:
            return "as many, but not the same or not in the same order"
        far = max((abs(a - b) for a, b in zip(self.mean, now.mean, strict=False)), default=0.0)
        return "their mean colour is another" if far > NEAR else ""

    @property
    def summary(self) -> str:
        """ "32 pictures to train on, 8 to test on; 2 classes: cats, dogs." """
        counts = f"{self.train:,} pictures to train on, {self.test:,} to test on"
        if not self.classes:
            return f"{counts}; no labels."
        return f"{counts}; {_named(self.classes)}."

    @property
    def sentences(self) -> tuple[str, ...]:
        """The summary, then the notes."""
        return (self.summary, *self.notes)


def kept(entry: Path) -> Contents | None:
    """What was found when the pictures were decoded into the folder `entry`; None if they were not."""
    dataset = decoded.read(entry, check=False)
    return None if dataset is None else Contents.of(dataset)


def first_look(path: Path) -> Contents:
    """What the names in a folder or zip say it holds. Raises DataError."""
    layout, notes = own.first_look(path)
    return Contents(
        name=path.name,
        train=len(layout.train),
        test=len(layout.test),
        classes=layout.classes,
        notes=notes,
        of_class=_of_class(len(layout.classes), layout.train_labels, layout.test_labels),
        split=layout.split,
    )


def _of_class(classes: int, train: Sequence[int] | None, test: Sequence[int] | None) -> tuple[tuple[int, int], ...]:
    """A side without labels counts as none."""
    counts = [np.bincount(np.array(side or [], np.int64), minlength=classes).tolist() for side in (train, test)]
    return tuple(zip(*counts, strict=True)) if classes else ()


def _listed(split: Split) -> list[int] | None:
    return None if split.labels is None else split.labels.tolist()


def _named(classes: tuple[str, ...]) -> str:
    """ "2 classes: cats, dogs"."""
    names = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in classes[:NAMED]]
    more = f" and {len(classes) - NAMED:,} more" if len(classes) > NAMED else ""
    return f"{len(classes):,} classes: {', '.join(names)}{more}" if classes else "no classes"
