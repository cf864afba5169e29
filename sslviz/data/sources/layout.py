"""Which class, and training or test? Read off the folders that a picture lies in.

    cats/1.jpg  dogs/2.png                  one sub-folder per class
    train/cats/1.jpg  test/dogs/2.png       with a test split (splits.py knows its names); without one, a fixed part is
                                            held out (holdout.py)
    1.jpg  2.png                            no labels

One folder around everything does not matter (folders.py), nor does how a class is spelled (spelling.py). Everything
that is left out or assumed becomes a note.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from sslviz.data.sources.folders import pictures, repeated, unwrapped, without_masks
from sslviz.data.sources.holdout import hold_out, subfolders
from sslviz.data.sources.spelling import joined
from sslviz.data.sources.splits import Paths, find_split

Classes = dict[int, str | None]  # row -> its class
NAMED = 3  # classes that are named in a note


@dataclass(frozen=True)
class Layout:
    """Rows (into the names) of the training and of the test pictures; the class of each, None where it has none.

    `split`: in a few words, how training and test pictures were told apart.
    """

    train: list[int]
    test: list[int]
    train_labels: list[int] | None
    test_labels: list[int] | None
    classes: tuple[str, ...]
    notes: tuple[str, ...]
    split: str = ""


def arrange(names: Sequence[str], copies: Mapping[int, int] | None = None) -> Layout:
    """Sort pictures with names like "train/cats/1.jpg" into splits and classes; the same names give the same layout.

    copies: row -> the first row whose picture is equal to this one's, where that is known.
    """
    notes: list[str] = []
    copies = copies or {}
    paths = without_masks({row: PurePosixPath(name).parts for row, name in enumerate(names)}, notes)
    paths = unwrapped(paths, notes)
    given = find_split(paths)
    if given is not None:
        if given.outside:
            notes.append(f"{pictures(given.outside)} outside the {' and '.join(given.names)} folders left out.")
        paths = unwrapped(given.train | given.test, notes)
    sides = [given.train, given.test] if given is not None else [paths]
    known = spelled([labelled({row: paths[row] for row in side if row in paths}, notes) for side in sides], notes)
    classes = classes_of(known, notes)
    if given is not None:
        train, test = (list(side) for side in known)
        split = f"the folders {' and '.join(given.names)}"
    else:
        notes += repeated(known[0], paths)
        train, test = hold_out(known[0] if classes else dict.fromkeys(known[0]), paths, copies)
        split = f"{len(test):,} of {pictures(len(known[0]))} held out"
        notes.append(f"No test split, so {split.replace(' held', ' are held')} to test, always the same ones.")
        if classes and subfolders(known[0], paths):
            notes.append("Of classes with sub-folders whole ones are held out: frames of one video stay on one side.")
    notes += copied(train, test, copies, given is not None)
    train_names, test_names = ([of[row] for row in rows] for of, rows in ((known[0], train), (known[-1], test)))
    if classes:
        notes += one_sided(train_names, test_names)
    index = {name: k for k, name in enumerate(classes)}
    train_labels, test_labels = _labels(train_names, index), _labels(test_names, index)
    return Layout(train, test, train_labels, test_labels, classes, tuple(notes), split)


def labelled(paths: Paths, notes: list[str]) -> Classes:
    """The class of each picture of one split: all have one or none has."""
    found = {row: parts[0] if len(parts) > 1 else None for row, parts in sorted(paths.items())}
    outside = [row for row, name in found.items() if name is None]
    if len(outside) > len(found) / 2:  # a heap of pictures with a few folders in it
        if len(outside) < len(found):
            notes.append("Most pictures lie outside the class folders, so the folders are not taken as classes.")
        return dict.fromkeys(found)
    if outside:
        notes.append(f"{pictures(len(outside))} outside the class folders left out.")
    return {row: name for row, name in found.items() if name is not None}


def spelled(sides: list[Classes], notes: list[str]) -> list[Classes]:
    """The same with one spelling for each class."""
    spelling, said = joined([[name for name in side.values() if name is not None] for side in sides])
    notes += said
    return [{row: None if name is None else spelling[name] for row, name in side.items()} for side in sides]


def classes_of(sides: list[Classes], notes: list[str]) -> tuple[str, ...]:
    """The classes, sorted; none where labels would say nothing, and why."""
    counts = Counter(name for side in sides for name in side.values() if name is not None)
    if not counts:
        notes.append("No class folders, so no labels: training works, but there is no k-NN score.")
    elif len(counts) == 1:
        notes.append(f"All pictures are of one class ({min(counts)}): training works, but there is no k-NN score.")
    elif max(counts.values()) == 1:
        notes.append("Every class has one picture only, so nothing can be recognised: the classes are not used.")
    else:
        if any(None in side.values() for side in sides):
            notes.append("One of train and test has no class folders, so there is no k-NN score.")
        return tuple(sorted(counts))
    return ()


def copied(train: list[int], test: list[int], copies: Mapping[int, int], given: bool) -> list[str]:
    """A note on pictures that are there more than once: on both sides of a given split, or anywhere without one."""
    seen = {copies.get(row, row) for row in train}
    if given:
        both = sum(copies.get(row, row) in seen for row in test)
        return [f"{pictures(both)} of the test split also in the training split: scores are too good."] if both else []
    more = len(train) + len(test) - len(seen | {copies.get(row, row) for row in test})
    said = f"{pictures(more)} {'is a copy' if more == 1 else 'are copies'} of others; copies stay on one side."
    return [said] if more else []


def one_sided(train: list[str | None], test: list[str | None]) -> list[str]:
    """Notes on classes that are trained and never tested, or tested and never trained."""
    trained, tested = ({name for name in side if name is not None} for side in (train, test))
    if not trained or not tested:
        return []
    if not trained & tested:
        return ["Train and test share no class, so no test picture can be recognised."]
    notes = []
    if new := sorted(tested - trained):
        notes.append(f"{_some(new)} no training pictures: they cannot be recognised in the test.")
    if untested := sorted(trained - tested):
        notes.append(f"{_some(untested)} no test pictures.")
    return notes


def _labels(names: list[str | None], index: dict[str, int]) -> list[int] | None:
    labels = [index[name] for name in names if name in index]
    return labels if names and len(labels) == len(names) else None


def _some(names: list[str]) -> str:
    """ "Class b has", "Classes b, c, d and 4 more have"."""
    few = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED:,} more" if len(names) > NAMED else "")
    return f"Class {few} has" if len(names) == 1 else f"Classes {few} have"
