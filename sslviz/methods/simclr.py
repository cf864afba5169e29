"""SimCLR: two views of the same picture should find each other among all the views of the batch.

    x1, x2   two random views of each of N pictures             N x 3 x H x W
    z        projected and l2-normalised views, 2N of them      2N x d
    s_ij     cosine similarity of views i and j                 2N x 2N, -1 … 1
    τ        temperature: divides s before the softmax
    j        the partner of i: the other view of its picture
    β        weight of the denominator's logarithm, which pushes apart: 1 in the paper

Chen et al. 2020, "A Simple Framework for Contrastive Learning of Visual Representations", equation 1 (NT-Xent).
"""

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sslviz.data.augment import Augment
from sslviz.knobs import knob
from sslviz.methods.method import Method, Step
from sslviz.nets.encoder import Encoder
from sslviz.nets.heads import ProjectorKind, projector


class SimCLR(Method):
    """Contrastive: partners attract, all others repel, the nearest ones hardest."""

    title, family, paper = "SimCLR", "contrastive", "https://arxiv.org/abs/2002.05709"
    equation = r"\ell_{i,j} = -\log \frac{\exp(s_{i,j}/\tau)}{\sum_{k \neq i} \exp(s_{i,k}/\tau)}"
    summary = "Two views of the same picture should find each other among all the views of the batch."
    projects = True

    class Knobs(Method.Knobs):
        temperature: float = knob(
            0.2,
            0.01,
            1.0,
            symbol=r"\tau",
            log=True,
            help="small: only the nearest negatives count; large: all count alike",
        )
        negatives: float = knob(
            1.0, 0.0, 1.0, symbol=r"\beta", help="how hard the others are pushed away; 0: partners only attract"
        )
        normalise: bool = knob(True, help="off: dot products of z as it is, not cosines; a longer z is a surer one")
        learn_temperature: bool = knob(
            False, live=False, help="the gradient moves τ as well, as in CLIP; the temperature knob is where it starts"
        )
        projector: ProjectorKind = knob(
            "mlp", live=False, help="stands between h, which is kept, and z, which the loss sees"
        )

    knobs: Knobs

    def __init__(self, encoder: Encoder, knobs: Knobs, augment: Augment) -> None:
        super().__init__(encoder, knobs, augment)
        self.projector = projector(knobs.projector, encoder.dim)
        if knobs.learn_temperature:
            self.log_scale = nn.Parameter(torch.tensor(-math.log(knobs.temperature)))  # log 1/τ

    # fmt: off
    def step(self, x1: Tensor, x2: Tensor) -> Step:
        z = self.unit(self.projector(self.encoder(torch.cat([x1, x2]))))    # 2N x d
        s = z @ z.T                                                         # 2N x 2N
        partner = torch.arange(len(s), device=s.device).roll(len(x1))       # j: i's other view
        logits = (s / self.temperature).fill_diagonal_(-torch.inf)          # k != i
        loss = F.cross_entropy(logits, partner)
        loss = loss - (1 - self.knobs.negatives) * logits.logsumexp(1).mean()  # - 0, unless β < 1
        return Step(loss, {"similarity": s}, self.agreement(z, partner))
    # fmt: on

    def unit(self, z: Tensor) -> Tensor:
        """z of length 1, so that dot products are cosines; as it is if that is switched off."""
        return F.normalize(z) if self.knobs.normalise else z

    @classmethod
    def ignorance(cls, values: dict[str, Any]) -> tuple[str, float] | None:
        """With β < 1 a z that is the same for all costs less than one that is random: there is no such level."""
        if values["negatives"] < 1:
            return None
        return f"ln(2N − 1), N = {values['batch_size']}", math.log(2 * values["batch_size"] - 1)

    @property
    def temperature(self) -> float | Tensor:
        """τ: the knob, or the learned one."""
        return (-self.log_scale).exp() if self.knobs.learn_temperature else self.knobs.temperature

    @torch.no_grad()
    def agreement(self, z: Tensor, partner: Tensor) -> dict[str, Tensor]:
        """How often the partner is the nearest of all other views; the mean cosine of partners, and of all others."""
        z = F.normalize(z)
        s = z @ z.T
        nearest = s.clone().fill_diagonal_(-torch.inf).argmax(1)
        positive = s.gather(1, partner[:, None]).mean()
        negative = (s.fill_diagonal_(0).sum() - len(s) * positive) / (len(s) * (len(s) - 2))
        metrics = {
            "contrastive_accuracy": (nearest == partner).float().mean(),
            "positive_cosine": positive,
            "negative_cosine": negative,
        }
        if self.knobs.learn_temperature:
            metrics["temperature"] = (-self.log_scale.detach()).exp()
        return metrics

    @torch.no_grad()
    def after_step(self, step: Step) -> None:
        """A learned τ stays between 0.01 and 1, as in CLIP."""
        if self.knobs.learn_temperature:
            self.log_scale.clamp_(0, math.log(100))
