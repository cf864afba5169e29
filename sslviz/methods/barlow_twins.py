"""Barlow Twins: each number in z should say the same about both views of a picture, and something no other number says.

    x1, x2   two random views of each of N pictures                                   N x 3 x H x W
    z        projections; each of the d numbers gets mean 0 and variance 1 over the batch   N x d
    C_ij     correlation of number i of the first view with number j of the second    d x d, -1 … 1
    λ        weight of the second wish: off the diagonal, C should be 0

Zbontar et al. 2021, "Barlow Twins: Self-Supervised Learning via Redundancy Reduction", equations 1 (loss) and 2 (C),
algorithm 1. No pair of pictures is compared. A z that is the same for all pictures has no variance to correlate: that
is why it cannot pay.
"""

from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from sslviz.data.augment import Augment
from sslviz.knobs import knob
from sslviz.methods.method import Method, Step
from sslviz.nets.encoder import Encoder
from sslviz.nets.heads import ProjectorKind, projector

WIDTH = 256  # numbers in z, with a projector: wider than elsewhere, as in the paper


class BarlowTwins(Method):
    """Redundancy reduction: the cross-correlation matrix becomes the identity."""

    title, family, paper = "Barlow Twins", "redundancy reduction", "https://arxiv.org/abs/2103.03230"
    equation = r"\mathcal{L} = \sum_i (1 - \mathcal{C}_{ii})^2 + \lambda \sum_i \sum_{j \neq i} \mathcal{C}_{ij}^2"
    summary = "Each number in z should say the same about both views of a picture, and something no other number says."
    projects = True
    recommended: ClassVar[dict[str, Any]] = {"batch_size": 128, "crop_scale": 0.5, "steps": 1500}
    fewest = 2  # one picture has no variance

    class Knobs(Method.Knobs):
        redundancy_weight: float = knob(
            0.01,
            1e-4,
            1.0,
            symbol=r"\lambda",
            log=True,
            help="small: numbers may repeat each other; large: they are told apart, even where the views disagree",
        )
        projector: ProjectorKind = knob(
            "mlp", live=False, help="stands between h, which is kept, and z, which the loss sees"
        )

    knobs: Knobs
    recent: Tensor

    def __init__(self, encoder: Encoder, knobs: Knobs, augment: Augment) -> None:
        super().__init__(encoder, knobs, augment)
        self.projector = projector(knobs.projector, encoder.dim, WIDTH, WIDTH, layers=3)
        d = encoder.dim if knobs.projector == "none" else WIDTH
        self.register_buffer("recent", torch.zeros(d, d))  # C, averaged over about the last ten batches

    # fmt: off
    def step(self, x1: Tensor, x2: Tensor) -> Step:
        z1, z2 = standardise(self.projector(self.encoder(x1))), standardise(self.projector(self.encoder(x2)))  # N x d
        c = z1.T @ z2 / len(z1)                                                # d x d
        off = c - c.diagonal().diag()                                          # zeros on the diagonal
        invariance, redundancy = (1 - c.diagonal()).square().sum(), off.square().sum()
        loss = invariance + self.knobs.redundancy_weight * redundancy
        c = c.detach()
        return Step(loss, self.exhibits(z1, z2), self.agreement(c, invariance, redundancy), {"cross_correlation": c})
    # fmt: on

    @torch.no_grad()
    def after_step(self, step: Step) -> None:
        """One batch is too small to see weak correlations: keep an average."""
        self.recent.lerp_(step.update["cross_correlation"], 0.1)

    @torch.no_grad()
    def exhibits(self, z1: Tensor, z2: Tensor) -> dict[str, Tensor]:
        """C of the last training batches (of these few pictures it would be noise), and cosines of the z."""
        z = F.normalize(torch.cat([z1, z2]))
        return {"similarity": z @ z.T, "cross_correlation": self.recent.clone()}

    @torch.no_grad()
    def agreement(self, c: Tensor, invariance: Tensor, redundancy: Tensor) -> dict[str, Tensor]:
        """Mean correlation on the diagonal; root mean square off it; the two terms of the loss, before λ."""
        return {
            "diagonal": c.diagonal().mean(),
            "off_diagonal": (redundancy / (len(c) * (len(c) - 1))).sqrt(),
            "invariance": invariance.detach(),
            "redundancy": redundancy.detach(),
        }


def standardise(z: Tensor) -> Tensor:
    """Each column over the batch: mean 0, variance 1. Nothing is remembered, in training or out of it."""
    return F.batch_norm(z, None, None, training=True)
