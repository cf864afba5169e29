"""Heads that are put on top of the encoder for training and thrown away after it."""

from itertools import pairwise
from typing import Literal

from torch import nn

ProjectorKind = Literal["mlp", "linear", "none"]


def projector(kind: ProjectorKind, d_in: int, d_hidden: int = 128, d_out: int = 64, *, layers: int = 2) -> nn.Module:
    """h (B x d_in) -> z (B x d_out; B x d_in for "none"). SimCLR's Fig. 8: mlp > linear > none."""
    if kind == "none":
        return nn.Identity()
    if kind == "linear":
        return nn.Linear(d_in, d_out, bias=False)
    return mlp(d_in, *[d_hidden] * (layers - 1), d_out)


def mlp(*widths: int, norm: bool = True, norm_last: bool = False) -> nn.Sequential:
    """Linear layers from width to width, BatchNorm and ReLU between them: (a, b, c) makes two layers.

    `norm_last` ends with a BatchNorm without scale and shift; `norm=False` leaves every BatchNorm out. A BatchNorm
    takes away any bias that comes before it, so there is none.
    """
    layers: list[nn.Module] = []
    for d_in, d_out in pairwise(widths):
        layers += [nn.Linear(d_in, d_out, bias=not norm), *([nn.BatchNorm1d(d_out)] if norm else []), nn.ReLU()]
    last = layers[: -2 if norm else -1]  # ends with the last linear layer
    return nn.Sequential(*last, *([nn.BatchNorm1d(widths[-1], affine=False)] if norm and norm_last else []))
