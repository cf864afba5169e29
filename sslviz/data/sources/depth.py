"""Pictures of more than 8 bits: which value becomes black, and which white?

One answer for the whole data set: with a range for each picture, its brightest pixel would decide how bright all the
others are, and a network would learn to read that. The range runs from one percentile of all values to another, so
that hot pixels do not count. Whole numbers and floats have a range each.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PERCENTILES = (0.1, 99.9)
SAMPLE = 2_000  # pictures that the range is read from


@dataclass(frozen=True)
class Deep:
    """One grey picture as its file holds it: values, float32 size x size; `whole`: they are whole numbers."""

    values: NDArray[np.float32]
    whole: bool


@dataclass(frozen=True)
class Range:
    """The values that become black and white."""

    black: float
    white: float

    def squeeze(self, values: NDArray[np.float32]) -> NDArray[np.uint8]:
        """size x size -> uint8, 3 x size x size."""
        grey = (values - self.black) * (255 / (self.white - self.black))
        return np.repeat(grey.round().clip(0, 255).astype(np.uint8)[None], 3, axis=0)


def range_of(some: Sequence[Deep]) -> Range:
    """The range of pictures of one kind. Where all values are the same: what the kind of file could hold."""
    every = max(1, len(some) // SAMPLE)
    black, white = np.percentile(np.stack([each.values for each in some[::every]]), PERCENTILES).tolist()
    if white > black:
        return Range(black, white)
    bits = max(8, math.ceil(math.log2(max(white, 0) + 1)))
    return Range(min(black, 0.0), 1.0 if not some[0].whole and white <= 1 else 2.0**bits - 1)


def to_bytes(deep: dict[int, Deep]) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """row -> picture: each row with its picture as uint8, 3 x size x size."""
    for kind in (True, False):
        its = {row: each for row, each in deep.items() if each.whole == kind}
        if its:
            scale = range_of(list(its.values()))
            yield from ((row, scale.squeeze(each.values)) for row, each in its.items())


def remarks(deep: Sequence[Deep]) -> list[str]:
    """A note for each kind: how many pictures, and which values are black and white."""
    notes = []
    for kind, name in ((True, "more than 8 bits"), (False, "floating-point values")):
        if its := [each for each in deep if each.whole == kind]:
            scale = range_of(its)
            many = f"{len(its):,} pictures have" if len(its) > 1 else "1 picture has"
            same = ", in all of them alike" if len(its) > 1 else ""
            notes.append(f"{many} {name}: {scale.black:,.4g} becomes black and {scale.white:,.4g} white{same}.")
    return notes
