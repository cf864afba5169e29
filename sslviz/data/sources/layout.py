"""Which class, and training or test? Read off the folders that a picture lies in.

    cats/1.jpg  dogs/2.png                  one sub-folder per class
    train/cats/1.jpg  test/dogs/2.png       with a test split (test/ or val/); without one, a fixed part is held out
    1.jpg  2.png                            no labels

One folder around everything does not matter, nor do folders inside a class.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

TRAIN = frozenset({"train", "training"})
TEST = frozenset({"test", "testing"})
VALIDATION = frozenset({"val", "valid", "validation"})
HELD_OUT = 5  # without a test split, one picture in five is held out …
HELD_OUT_MOST = 2_000  # … but no more than this

Parts = tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """Rows (into the names) of the training and of the test pictures; the class of each, None where it has none."""

    train: list[int]
    test: list[int]
    train_labels: list[int] | None
    test_labels: list[int] | None
    classes: tuple[str, ...]
    notes: tuple[str, ...]


def arrange(names: Sequence[str]) -> Layout:
    """Sort pictures with names like "train/cats/1.jpg" into splits and classes; the same names give the same layout."""
    notes: list[str] = []
    paths = _unwrapped({row: PurePosixPath(name).parts for row, name in enumerate(names)})
    heads = {parts[0].lower() for parts in paths.values() if len(parts) > 1}
    test: dict[int, Parts] = {}
    if heads & TRAIN and heads & (TEST | VALIDATION):  # a lone folder "train" may be a class: trains
        is_test = TEST if heads & TEST else VALIDATION
        inside = {row: parts for row, parts in paths.items() if len(parts) > 1 and parts[0].lower() in TRAIN | is_test}
        if outside := len(paths) - len(inside):
            notes.append(f"{_pictures(outside)} outside the train and {min(heads & is_test)} folders left out.")
        paths = _unwrapped({row: parts[1:] for row, parts in inside.items()})
        test = {row: paths.pop(row) for row, parts in inside.items() if parts[0].lower() in is_test}

    train_classes, test_classes = _classes(paths, notes), _classes(test, notes)
    classes = tuple(sorted({c for found in (train_classes, test_classes) for c in found.values() if c is not None}))
    if len(classes) == 1:
        notes.append(f"All pictures are of one class ({classes[0]}): training works, but there is no k-NN score.")
        classes = ()
    elif not classes:
        notes.append("No class folders, so no labels: training works, but there is no k-NN score.")
    elif None in (*train_classes.values(), *test_classes.values()):
        notes.append("One of train and test has no class folders, so there is no k-NN score.")
    index = {name: k for k, name in enumerate(classes)}

    train_rows, test_rows = list(train_classes), list(test_classes)
    if not test:
        train_rows, test_rows = _hold_out(train_classes)
        test_classes = train_classes
        all_of_them = _pictures(len(train_classes))
        notes.append(
            f"No test split, so {len(test_rows):,} of {all_of_them} are held out to test, always the same ones."
        )
    return Layout(
        train=train_rows,
        test=test_rows,
        train_labels=_labels([train_classes[row] for row in train_rows], index),
        test_labels=_labels([test_classes[row] for row in test_rows], index),
        classes=classes,
        notes=tuple(notes),
    )


def _unwrapped(paths: dict[int, Parts]) -> dict[int, Parts]:
    """Without the folders that surround everything: "pets/cats/1.jpg", "pets/dogs/2.jpg" lose their "pets"."""
    while (
        len({parts[0] for parts in paths.values()}) == 1
        and all(len(parts) > 1 for parts in paths.values())
        and any(len(parts) > 2 for parts in paths.values())
    ):
        paths = {row: parts[1:] for row, parts in paths.items()}
    return paths


def _classes(paths: dict[int, Parts], notes: list[str]) -> dict[int, str | None]:
    """The class of each picture of one split: all have one or none has."""
    found = {row: parts[0] if len(parts) > 1 else None for row, parts in sorted(paths.items())}
    outside = [row for row, name in found.items() if name is None]
    if len(outside) > len(found) / 2:  # a heap of pictures with a few folders in it
        if len(outside) < len(found):
            notes.append("Most pictures lie outside the class folders, so the folders are not taken as classes.")
        return dict.fromkeys(found)
    if outside:
        notes.append(f"{_pictures(len(outside))} outside the class folders left out.")
    return {row: name for row, name in found.items() if name is not None}


def _hold_out(classes: dict[int, str | None]) -> tuple[list[int], list[int]]:
    """Rows to train on and rows to test on: every class gives its share. Fewer than three pictures: no test rows."""
    rows, names = np.array(list(classes)), np.array([name or "" for name in classes.values()])
    shuffled = np.random.default_rng(0).random(len(rows))
    order = rows[np.lexsort((shuffled, names))]  # class by class, in random order inside each
    step = max(HELD_OUT, -(-len(rows) // HELD_OUT_MOST))
    test = set(order[step // 2 :: step].tolist())
    return [row for row in classes if row not in test], sorted(test)


def _labels(names: list[str | None], index: dict[str, int]) -> list[int] | None:
    labels = [index[name] for name in names if name in index]
    return labels if names and len(labels) == len(names) else None


def _pictures(n: int) -> str:
    return "1 picture" if n == 1 else f"{n:,} pictures"
