"""What a kept MAE paints where a picture is hidden, and how wrong it is: any picture, any mask.

visible   numbers of the patches that are left, the same number in every picture: N x V. None at all is allowed too:
          then the network paints what it believes of any picture (it never trained on that).
"""

from dataclasses import dataclass
from time import perf_counter

import torch
from torch import Tensor

from sslviz.methods.mae import FLAT, MAE
from sslviz.nets.vit import patchify, unpatchify


@dataclass(frozen=True)
class Painted:
    """N pictures. Errors are mean squares over a patch, in plain pixels from 0 to 1, of hidden and visible patches.

    prediction: uint8 N x 3 x H x W, nothing pasted. hidden: bool N x L. error, variance (of the true patch): N x L.
    means: masked_error, and those of the two trivial answers; nan where they make no sense. milliseconds: of one look.
    """

    prediction: Tensor
    hidden: Tensor
    error: Tensor
    variance: Tensor
    means: dict[str, float]
    milliseconds: float

    @property
    def normalised(self) -> Tensor:
        """The same errors with each patch measured in its own standard deviation: N x L."""
        return self.error / (self.variance + FLAT)


@torch.no_grad()
def paint(method: MAE, images: Tensor, visible: Tensor) -> Painted:
    """images: uint8 N x 3 x H x W. The method is only read."""
    x = method.augment.plain(images)
    patches = patchify(x)
    hidden = torch.ones(patches.shape[:2]).scatter(1, visible, 0)
    began = perf_counter()
    predicted = method.predict(x, visible)
    took = 1000 * (perf_counter() - began)
    _, mean, std = method.measured(patches)  # with normalised pixels, borrowed from the truth
    painted = unpatchify(predicted * std + mean)
    return Painted(
        method.augment.display(painted),
        hidden.bool(),
        (patchify(painted) - patches).square().mean(2),
        patches.var(2, correction=0),
        {name: value.item() for name, value in method.errors(patches, hidden, painted).items()},
        took,
    )


def left(hidden: Tensor) -> Tensor:
    """The numbers of the visible patches, of one mask: bool L -> 1 x V."""
    return (~hidden).nonzero()[:, 0][None]
