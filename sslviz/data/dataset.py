"""Pictures as the training wants them: one block of bytes, with whatever is known about each picture beside it."""

from dataclasses import dataclass, field

import numpy as np
import torch


class DataError(ValueError):
    """Pictures that cannot be used. The message is one clear sentence for the person who brought them."""


MEAN_OF = 2_000  # training pictures that the mean colour is taken of


@dataclass(frozen=True)
class Split:
    """N pictures. Everything but `images` may be missing.

    images: uint8, N x 3 x H x W. labels: int64, N. factors: name -> float32, N (shapes: shape, hue, …).
    masks: bool, N x H x W, True on the figure.
    """

    images: torch.Tensor
    labels: torch.Tensor | None = None
    factors: dict[str, np.ndarray] = field(default_factory=dict)
    masks: torch.Tensor | None = None

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True)
class Dataset:
    """A training split, a test split (its pictures never train anything), the names of the classes, and remarks.

    `notes` are sentences that a person should read once: "3 unreadable files were skipped: a.png, …". `split`: how
    training and test pictures were told apart, in a few words. `fingerprint`: changes when one's own pictures do
    (sources/reading.py); empty for a set whose name says what it is.
    """

    name: str
    train: Split
    test: Split
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    split: str = ""
    fingerprint: str = ""

    @property
    def size(self) -> int:
        """Height = width of the pictures, in pixels."""
        return int(self.train.images.shape[-1])

    @property
    def mean(self) -> torch.Tensor:
        """Mean colour of the first training pictures: red, green and blue, 0 … 1."""
        return self.train.images[:MEAN_OF].float().mean((0, 2, 3)) / 255
