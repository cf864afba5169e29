"""Batches for the InfoNCE worksheet: made, taken from the lecture, or changed by hand; and the names of their views.

N pictures, two views of each: row i of every matrix is view i // N of picture i % N. Angles are in degrees.
"""

from collections.abc import Iterable

import numpy as np

LECTURE = {  # anchor z₁: s to its partner z₂, to z₃, to z₄. The lecture gives only this row.
    "easy": (0.9, 0.2, -0.1),
    "hard": (0.2, 0.2, -0.1),
}
# The lecture calls its views z₁ … z₄, z₁ and z₂ from picture 1, z₃ and z₄ from picture 2. Our name -> the lecture's.
LECTURE_NAMES = {"1a": "z₁", "2a": "z₃", "1b": "z₂", "2b": "z₄"}


def name(row: int, pictures: int) -> str:
    """ "3b" is the second view of the third picture."""
    return f"{row % pictures + 1}{'ab'[row // pictures]}"


def code(row: int, pictures: int) -> int:
    """The number of a view in the URL, 2 · picture + view: it stays when N changes."""
    return 2 * (row % pictures) + row // pictures


def relations(labels: np.ndarray) -> np.ndarray:
    """What view j is to view i: self, partner, same class (a false negative) or negative. labels: N."""
    rows = np.arange(2 * len(labels))
    picture, label = rows % len(labels), np.asarray(labels)[rows % len(labels)]
    kinds = np.where(label[:, None] == label[None, :], "same class", "negative")
    kinds = np.where(picture[:, None] == picture[None, :], "partner", kinds)
    return np.where(np.eye(len(rows), dtype=bool), "self", kinds)


def circle(pictures: int) -> tuple[np.ndarray, np.ndarray]:
    """A made set of views on the unit circle: angles in degrees (2N) and the class of each picture (N). Ours, not real.

    Classes lie evenly round the circle, pictures of one class beside each other, the two views of a picture closest.
    """
    classes = 2 if pictures == 2 else min(pictures - 1, 6)
    picture = np.arange(pictures)
    apart = 360 / classes
    centre = 20 + apart * (picture % classes) + 0.7 * apart * (picture // classes) / -(-pictures // classes)
    spread = 5 + 0.04 * apart * (picture * 5 % 4)
    return np.concatenate([centre - spread, centre + spread]) % 360, picture % classes


def cosines(angles: np.ndarray) -> np.ndarray:
    """Cosine of the angle between every two directions, given in degrees."""
    return np.asarray(np.cos(np.radians(angles[:, None] - angles[None, :])))


def lecture(kind: str) -> np.ndarray:
    """Two pictures whose every anchor sees the lecture's three numbers: to its partner and to the two others."""
    positive, first, second = LECTURE[kind]
    by_shift = {0: 1.0, 2: positive, 1: first, 3: second}  # 1a against 1a, 1b, 2a, 2b is 0 ^ 0, 2, 1, 3
    return np.array([[by_shift[i ^ j] for j in range(4)] for i in range(4)])


def edited(similarity: np.ndarray, edits: Iterable[tuple[int, int, float]]) -> np.ndarray:
    """A copy in which s_ij and s_ji have the given values."""
    s = np.array(similarity, dtype=np.float64)
    for i, j, value in edits:
        s[i, j] = s[j, i] = value
    return s


def positions(angle: np.ndarray, on_circle: np.ndarray | None = None) -> np.ndarray:
    """Where each anchor's drawing puts the views, in degrees; row = anchor.

    With `on_circle` (the angles of real points) everybody stands where it is. Without, the anchor stands at 0 and every
    other view as far from it as it really is, right and left by turns; only the angles to the anchor are then true.
    """
    rows = len(angle)
    if on_circle is not None:
        return np.tile(on_circle, (rows, 1))
    return angle * (1 - 2 * (np.arange(rows)[None, :] % 2)) * (1 - np.eye(rows))
