"""A thirteenth method, as somebody would add it: VICReg's variance and invariance terms, one file."""

import torch.nn.functional as F
from torch import Tensor

from sslviz.data.augment import Augment
from sslviz.knobs import knob
from sslviz.methods.method import Method, Step
from sslviz.nets.encoder import Encoder
from sslviz.nets.heads import mlp


class Thirteenth(Method):
    title, family, paper = "Thirteenth", "test fixtures", "https://arxiv.org/abs/2105.04906"
    equation = r"\mathcal{L} = \|z - z'\|^2 + \mu \max(0, 1 - \sigma(z))"
    summary = "Views of one picture meet, and every number keeps its spread."
    projects = True

    class Knobs(Method.Knobs):
        spread_weight: float = knob(1.0, 0.0, 10.0, symbol=r"\mu", help="how much the spread counts")

    knobs: Knobs

    def __init__(self, encoder: Encoder, knobs: Knobs, augment: Augment) -> None:
        super().__init__(encoder, knobs, augment)
        self.projector = mlp(encoder.dim, 64, 32)

    def step(self, x1: Tensor, x2: Tensor) -> Step:
        z1, z2 = self.projector(self.encoder(x1)), self.projector(self.encoder(x2))
        spread = F.relu(1 - z1.std(0)).mean() + F.relu(1 - z2.std(0)).mean()
        z = F.normalize(z1.detach())
        return Step(
            F.mse_loss(z1, z2) + self.knobs.spread_weight * spread,
            {"similarity_of_first": z @ z.T},
            {"spread": spread.detach()},
        )
