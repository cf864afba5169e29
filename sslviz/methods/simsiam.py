"""SimSiam: one view of a picture predicts the other view's output, and that output holds still. Nothing more.

    x1, x2   two random views of each of N pictures                       N x 3 x H x W
    z        output of encoder and projector, one network for both views  N x d
    p        prediction of the other view's z, h(z) in the paper          N x d
    D(p, z)  minus the cosine of p and z: −1 where they agree
    sg       stop-gradient: z is a goal here, not something to be moved

Chen & He 2021, "Exploring Simple Siamese Representation Learning", equations 1–4 and algorithm 1. Without the
stop-gradient the loss falls to −1 at once and every picture gets the same z: the lowest loss, and nothing learnt.
"""

from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from sslviz.data.augment import Augment
from sslviz.knobs import knob
from sslviz.methods.method import Method, Step
from sslviz.nets.encoder import Encoder
from sslviz.nets.heads import mlp

WIDTH = 128  # numbers in z; the predictor squeezes them through a quarter, as in the paper


class SimSiam(Method):
    """Self-distillation without a second network: no negatives, no queue, no slow copy."""

    title, family, paper = "SimSiam", "self-distillation", "https://arxiv.org/abs/2011.10566"
    equation = (
        r"\mathcal{L} = \tfrac12 \mathcal{D}(p_1, \mathrm{sg}(z_2)) + \tfrac12 \mathcal{D}(p_2, \mathrm{sg}(z_1)),"
        r"\quad \mathcal{D}(p, z) = -\frac{\langle p, z \rangle}{\|p\| \, \|z\|}"
    )
    summary = "One view of a picture predicts the network's output for the other view, which holds still meanwhile."
    projects = True
    recommended: ClassVar[dict[str, Any]] = {
        "batch_size": 64,
        "crop_scale": 0.5,
        "learning_rate": 1e-3,  # above 4e-3 it collapses with every switch on
        "warmup_steps": 50,
        "steps": 2000,
    }

    class Knobs(Method.Knobs):
        predictor: bool = knob(True, help="off: p is z itself; both views just meet, wherever that is")
        stop_gradient: bool = knob(True, help="off: the goal moves towards the prediction as well, and all collapses")
        batch_norm: bool = knob(True, live=False, help="BatchNorm in projector and predictor; off: learns badly")

    knobs: Knobs

    def __init__(self, encoder: Encoder, knobs: Knobs, augment: Augment) -> None:
        super().__init__(encoder, knobs, augment)
        self.projector = mlp(encoder.dim, WIDTH, WIDTH, WIDTH, norm=knobs.batch_norm, norm_last=True)
        self.predictor = mlp(WIDTH, WIDTH // 4, WIDTH, norm=knobs.batch_norm)

    # fmt: off
    def step(self, x1: Tensor, x2: Tensor) -> Step:
        cos, sg = F.cosine_similarity, self.sg
        z1, z2 = self.projector(self.encoder(x1)), self.projector(self.encoder(x2))  # N x d
        p1, p2 = self.predict(z1), self.predict(z2)                        # N x d
        loss = (-cos(p1, sg(z2)) / 2 - cos(p2, sg(z1)) / 2).mean()         # -1 … 1
        z, p = F.normalize(torch.cat([z1, z2]).detach()), F.normalize(torch.cat([p1, p2]).detach())
        return Step(loss, {"similarity": z @ z.T, "prediction_similarity": p @ z.T}, self.agreement(z, p))
    # fmt: on

    def sg(self, z: Tensor) -> Tensor:
        """The stop-gradient, if it is on."""
        return z.detach() if self.knobs.stop_gradient else z

    def predict(self, z: Tensor) -> Tensor:
        p: Tensor = self.predictor(z) if self.knobs.predictor else z
        return p

    def agreement(self, z: Tensor, p: Tensor) -> dict[str, Tensor]:
        """Mean cosine of the two outputs of a picture, and of a prediction and the output it was made from; spread of
        the normalised z (the paper's Fig. 2): healthy near 1/√d, 0 when all pictures get one answer.
        """
        return {
            "positive_cosine": (z * z.roll(len(z) // 2, 0)).sum(1).mean(),
            "predictor_cosine": (p * z).sum(1).mean(),
            "output_std": z.std(0).mean(),
        }
