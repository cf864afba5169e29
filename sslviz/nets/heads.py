"""Heads that are put on top of the encoder for training and thrown away after it."""

from typing import Literal

from torch import nn

ProjectorKind = Literal["mlp", "linear", "none"]


def projector(kind: ProjectorKind, d_in: int, d_hidden: int = 128, d_out: int = 64) -> nn.Module:
    """h (B x d_in) -> z (B x d_out; B x d_in for "none"). SimCLR's Fig. 8: mlp > linear > none."""
    if kind == "none":
        return nn.Identity()
    if kind == "linear":
        return nn.Linear(d_in, d_out, bias=False)
    return nn.Sequential(
        nn.Linear(d_in, d_hidden, bias=False),
        nn.BatchNorm1d(d_hidden),
        nn.ReLU(),
        nn.Linear(d_hidden, d_out, bias=False),
    )
