"""Which folders are a split? "train" and "test", but also training_set, seg_train, "Train Images", dev, eval, valid, …

A split is taken for one only if both of its sides are there and their names are the same but for the word: seg_train
and seg_test are a split; "train station" and "test tube" are two classes, and so is a lone folder called "train".
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

Parts = tuple[str, ...]  # of a path: the folders, then the file
Paths = dict[int, Parts]  # row -> its path

SIDES = {
    "train": ("train", "training", "trn"),
    "test": ("test", "testing", "tst", "holdout"),
    "validation": ("val", "valid", "validation", "dev", "eval", "evaluation"),  # the test, where there is no other
}
WORDS = {word: side for side, words in SIDES.items() for word in words}
FILLERS = ("set", "sets", "data", "dataset", "image", "images", "img", "imgs", "picture", "pictures", "photos", "split")
GLUED = re.compile(f"({'|'.join(WORDS)})({'|'.join(FILLERS)})")  # trainset, testimages


@dataclass(frozen=True)
class Split:
    """The pictures of the two sides, by their paths inside them; how the folders are called; how many lie outside."""

    train: Paths
    test: Paths
    names: tuple[str, str]
    outside: int


def words(folder: str) -> Parts:
    """The words and numbers of a name: "Train Images", "trainImages" and "trainimages" -> train, images."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", folder))
    found: list[str] = []
    for word in re.findall(r"[^\W\d_]+|\d+", spaced.casefold()):
        glued = GLUED.fullmatch(word)
        found += glued.groups() if glued else (word,)
    return tuple(found)


def side_of(folder: str) -> tuple[str, Parts] | None:
    """The side that a folder names, and what its name says besides: "seg_train" -> train, (seg). None if it names none
    or two.
    """
    named = words(folder)
    sides = [WORDS[word] for word in named if word in WORDS]
    rest = tuple(word for word in named if word not in WORDS and word not in FILLERS)
    return (sides[0], rest) if len(sides) == 1 else None


def find_split(paths: Paths) -> Split | None:
    """The given split of these pictures: train/cats/1.jpg, or cats/train/1.jpg. None if there is none."""
    return _split(paths, 0) or _split(paths, 1)


def _split(paths: Paths, level: int) -> Split | None:
    """With the folders of the split at this level; those above it are kept."""
    deep = {row: parts for row, parts in paths.items() if len(parts) > level + 1}
    named = {folder: found for folder in {p[level] for p in deep.values()} if (found := side_of(folder)) is not None}
    rests = {side: {rest for its, rest in named.values() if its == side} for side in SIDES}
    test = "test" if rests["test"] else "validation"
    if not rests["train"] & rests[test]:
        return None
    as_class = len(rests["train"]) > 1 and rests["train"] == rests[test]  # cats_train, dogs_train, cats_test, dogs_test
    sides: dict[str, Paths] = {"train": {}, test: {}}
    for row, parts in deep.items():
        side, rest = named.get(parts[level], ("", ()))
        if side in sides:
            kept = (" ".join(rest),) if as_class else ()
            sides[side][row] = (*parts[:level], *kept, *_inside(parts[level + 1 :], side))
    if level and not _classes(sides["train"]) & _classes(sides[test]):
        return None
    taken = len(sides["train"]) + len(sides[test])
    if level and taken * 2 < len(paths):  # a class that has folders of these names, among others that have not
        return None
    names = (_name(named, "train"), _name(named, test))
    return Split(sides["train"], sides[test], names, len(paths) - taken)


def _inside(parts: Parts, side: str) -> Parts:
    """Without the same folder once more: training_set/training_set/cats/1.jpg."""
    while len(parts) > 1 and (found := side_of(parts[0])) is not None and found[0] == side:
        parts = parts[1:]
    return parts


def _classes(paths: Paths) -> set[str]:
    return {parts[0] for parts in paths.values()}


def _name(named: dict[str, tuple[str, Parts]], side: str) -> str:
    return _first(folder for folder, (its, _) in named.items() if its == side)


def _first(names: Iterable[str]) -> str:
    return min(names, key=lambda name: (len(name), name))
