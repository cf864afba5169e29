"""Without a given test split, a part of every class is held out, always the same one.

What belongs together stays on one side, or the test asks for what was trained on: copies of a picture, and the
sub-folders of a class (the frames of a video, the scans of a patient). A class's only picture stays in training.
"""

from collections.abc import Mapping

import numpy as np

from sslviz.data.sources.splits import Paths

HELD_OUT = 5  # one picture in five is held out …
HELD_OUT_MOST = 2_000  # … but no more than this
SLACK = 1.5  # a whole unit is held out if no more than so many times the wanted number come together

Unit = list[int]  # rows that stay on one side


def hold_out(classes: Mapping[int, str | None], paths: Paths, copies: Mapping[int, int]) -> tuple[list[int], list[int]]:
    """Rows to train on and rows to test on; no test rows where nothing can be held out.

    classes: row -> its class. copies: row -> the row of the first picture that is equal to it.
    """
    found = units(classes, paths, copies)
    rows = list(classes)
    key = dict(zip(rows, np.random.default_rng(0).random(len(rows)).tolist(), strict=True))
    by_class: dict[str, list[Unit]] = {}
    for unit in sorted(found, key=lambda unit: key[unit[0]]):
        by_class.setdefault(classes[unit[0]] or "", []).append(unit)
    order = {name: its for name, its in sorted(by_class.items()) if len(its) > 1}
    total = sum(len(unit) for its in order.values() for unit in its)
    step = max(HELD_OUT, -(-len(rows) // HELD_OUT_MOST))
    marks = set(range(min(step // 2, total - 1), total, step)) if len(rows) > 2 and order else set()
    test: set[int] = set()
    start = 0
    for its in order.values():
        flat = [row for unit in its for row in unit]
        chosen = [row for place, row in enumerate(flat, start) if place in marks]
        start += len(flat)
        test.update(chosen if len(flat) == len(its) else _whole(its, len(chosen)))
    return [row for row in rows if row not in test], sorted(test)


def _whole(its: list[Unit], wanted: int) -> Unit:
    """About as many rows as wanted, in whole units; at least one unit of a class that should give something."""
    taken: Unit = []
    for unit in its[:-1] if wanted else ():
        if len(taken) < wanted and len(taken) + len(unit) <= SLACK * wanted:
            taken += unit
    return taken or (min(its, key=len) if wanted else [])


def units(classes: Mapping[int, str | None], paths: Paths, copies: Mapping[int, int]) -> list[Unit]:
    """The rows, those together that must not be divided."""
    inside = subfolders(classes, paths)
    first: dict[object, int] = {}  # what rows have in common -> the first of them
    joined = {row: row for row in classes}

    def top(row: int) -> int:
        while joined[row] != row:
            joined[row] = row = joined[joined[row]]
        return row

    for row in classes:
        for common in (("copy", copies.get(row, row)), inside.get(row, row)):
            joined[top(row)] = top(first.setdefault(common, row))
    found: dict[int, Unit] = {}
    for row in classes:
        found.setdefault(top(row), []).append(row)
    return list(found.values())


def subfolders(classes: Mapping[int, str | None], paths: Paths) -> dict[int, tuple[str, str]]:
    """row -> its class and the folder inside it, for the classes that have several of them."""
    inside = {row: (name, paths[row][1]) for row, name in classes.items() if name is not None and len(paths[row]) > 2}
    several: dict[str, set[str]] = {}
    for name, folder in inside.values():
        several.setdefault(name, set()).add(folder)
    return {row: where for row, where in inside.items() if len(several[where[0]]) > 1}
