r"""EMP-SSL: many views of a picture at once should agree, while the pictures take as much room as there is.

    x_1 … x_n   n random views of each of B pictures                     n times B x 3 x H x W
    Z_i         projected and l2-normalised views number i               B x d
    Z̄           their mean over the n views                              B x d
    R(Z)        coding rate: ½ ln det(I + d/(Bε²) ZᵀZ), in nats; large if the pictures lie in many directions
    D(Z_i, Z̄)   mean cosine of a view and its picture's mean, -1 … 1
    λ           weight of the agreement
    ε²          how finely two pictures are told apart: what is nearer than that counts as the same

Tong, Chen, Ma, LeCun 2023, "EMP-SSL: Towards Self-Supervised Learning in One Training Epoch" (arXiv:2304.03977),
section 2. The loss is −R − λD, averaged over the views. Nothing is compared with a negative, a teacher or a prototype:
ln det grows with every direction that is used, which is what keeps z from collapsing. More views make a step dearer and
steadier; the paper takes 20 and one epoch, here 3 learn most in a given time on a processor (benchmarks/many_views.py).
"""

import math
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from sslviz.data.augment import Augment
from sslviz.knobs import knob
from sslviz.methods.method import Method, Step
from sslviz.nets.encoder import Encoder
from sslviz.nets.heads import ProjectorKind, projector

HIDDEN, WIDTH = 256, 128  # numbers in the projector and in z; the paper has 4096 and 1024, with a far larger network


class EMPSSL(Method):
    """Redundancy reduction with many views: agree with your mean, and spread out."""

    title, family, paper = "EMP-SSL", "redundancy reduction", "https://arxiv.org/abs/2304.03977"
    equation = (
        r"\mathcal{L} = -\frac{1}{n} \sum_{i=1}^{n} \Big[ \tfrac12 \ln\det\!\big(I + \tfrac{d}{B\varepsilon^2}"
        r" Z_i^\top Z_i\big) + \lambda\, D(Z_i, \bar{Z}) \Big]"
    )
    summary = "Many views of a picture at once should agree, while the pictures take as much room as there is."
    projects = True
    recommended: ClassVar[dict[str, Any]] = {"batch_size": 128, "steps": 1500}

    class Knobs(Method.Knobs):
        number_of_views: int = knob(3, 2, 16, symbol="n", label="views", help="of each picture, in every step")
        agreement_weight: float = knob(
            200.0, 0.0, 1000.0, symbol=r"\lambda", help="large: views must agree, even if the pictures get no room"
        )
        epsilon_squared: float = knob(
            0.2, 0.01, 10.0, symbol=r"\varepsilon^2", label="coarseness", help="small: every two pictures are far apart"
        )
        expand: bool = knob(True, help="off: the coding rate does not count, views need only agree")
        projector: ProjectorKind = knob(
            "mlp", live=False, help="stands between h, which is kept, and z, which the loss sees"
        )

    knobs: Knobs

    def __init__(self, encoder: Encoder, knobs: Knobs, augment: Augment) -> None:
        super().__init__(encoder, knobs, augment)
        self.projector = projector(knobs.projector, encoder.dim, HIDDEN, WIDTH, layers=3)

    def views(self, images: Tensor, labels: Tensor | None = None) -> tuple[Tensor, ...]:
        """n random views of each picture: uint8 B x 3 x H x W -> n float batches B x 3 x H x W."""
        return tuple(self.augment(images) for _ in range(self.knobs.number_of_views))

    # fmt: off
    def step(self, *views: Tensor) -> Step:
        z = self.projector(self.encoder(torch.cat(views))).unflatten(0, (len(views), -1))  # n x B x d
        z = F.normalize(z, dim=2)
        agreement = F.cosine_similarity(z, z.mean(0, keepdim=True), dim=2).mean()
        rate = coding_rate(z, self.knobs.epsilon_squared).mean()                # of each view, then their mean
        loss = -self.knobs.expand * rate - self.knobs.agreement_weight * agreement
        first = z[:2].flatten(0, 1).detach()                                    # 2B x d: two views are enough to see
        return Step(loss, {"similarity": first @ first.T}, self.told(z, rate, agreement))
    # fmt: on

    @torch.no_grad()
    def told(self, z: Tensor, rate: Tensor, agreement: Tensor) -> dict[str, Tensor]:
        """The two terms of the loss (the rate as a share of the largest possible), and the mean cosine of two views."""
        n, b, d = z.shape
        pairs = (z.sum(0).square().sum(1) - n) / (n * (n - 1))  # B: |Σ z|² holds every two views twice, and n ones
        share = rate.detach() / largest_rate(b, d, self.knobs.epsilon_squared)
        return {"positive_cosine": pairs.mean(), "coding_rate_share": share, "agreement": agreement.detach()}


def coding_rate(z: Tensor, epsilon_squared: float) -> Tensor:
    """R = ½ ln det(I + d/(Bε²) ZᵀZ) of each of n batches of unit vectors, in nats: n x B x d -> n."""
    _, b, d = z.shape
    gram = z.mT @ z  # n x d x d
    return 0.5 * torch.logdet(torch.eye(d, device=z.device) + d / (b * epsilon_squared) * gram)


def largest_rate(b: int, d: int, epsilon_squared: float) -> float:
    """R of B unit vectors in d numbers that share min(B, d) directions evenly."""
    r = min(b, d)
    return 0.5 * r * math.log(1 + d / (r * epsilon_squared))
