"""BYOL: one view of a picture predicts what a slower copy of the network makes of the other view. No negatives at all.

    x1, x2   two random views of each of N pictures                       N x 3 x H x W
    z        projection by the online network, weights θ                  N x d
    z'       projection by the target network, weights ξ                  N x d
    q(z)     the online network's prediction of the other view's z'       N x d
    sg       stop-gradient: z' is a goal here, not something to be moved
    m        momentum: ξ ← m ξ + (1 − m) θ after each step (the paper calls it τ, and raises it to 1 along a cosine)

Grill et al. 2020, "Bootstrap Your Own Latent", equation 1 (momentum) and equation 2 (the squared distance of normalised
vectors, 2 − 2 cos), summed over both orders of the views. One answer for all pictures would cost nothing: predictor,
stop-gradient and slow target keep the network from finding it, and each can be taken away with a knob.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from sslviz.data.augment import Augment
from sslviz.knobs import knob
from sslviz.methods.method import Method, Step
from sslviz.nets.convnet import ConvNet
from sslviz.nets.heads import ProjectorKind, mlp, projector
from sslviz.nets.momentum import SlowCopy

WIDTH = 64  # numbers in z, with a projector


class BYOL(Method):
    """Self-distillation: a student predicts a teacher that is its own past."""

    title, family, paper = "BYOL", "self-distillation", "https://arxiv.org/abs/2006.07733"
    equation = (
        r"\mathcal{L} = 2 - 2\,\frac{\langle q(z_1),\, \mathrm{sg}(z'_2) \rangle}{\|q(z_1)\| \, \|z'_2\|}"
        r" \;+\; 2 - 2\,\frac{\langle q(z_2),\, \mathrm{sg}(z'_1) \rangle}{\|q(z_2)\| \, \|z'_1\|}"
    )
    summary = "One view of a picture predicts what a slower copy of the network makes of the other view."

    class Knobs(Method.Knobs):
        momentum: float = knob(
            0.99,
            0.0,
            1.0,
            symbol="m",
            help="how much of itself the target keeps at each step; 0: the online network itself, 1: never learns",
        )
        predictor: bool = knob(True, help="off: z itself must equal the target, and nothing breaks the symmetry")
        stop_gradient: bool = knob(True, help="off: the loss moves the target as well, towards the prediction")
        projector: ProjectorKind = knob(
            "mlp", live=False, help="stands between h, which is kept, and z, which the loss sees"
        )

    knobs: Knobs

    def __init__(self, encoder: ConvNet, knobs: Knobs, augment: Augment) -> None:
        super().__init__(encoder, knobs, augment)
        d = encoder.dim if knobs.projector == "none" else WIDTH
        self.projector = projector(knobs.projector, encoder.dim, d_out=WIDTH)
        self.predictor = mlp(d, 2 * d, d)
        self.target = SlowCopy(self.encoder, self.projector)
        self.target.requires_grad_()  # it gets a gradient only while the stop-gradient is off

    # fmt: off
    def step(self, x1: Tensor, x2: Tensor) -> Step:
        cos, sg = F.cosine_similarity, self.sg
        z1, z2 = self.project(x1), self.project(x2)                               # N x d, online
        q1, q2 = self.predict(z1), self.predict(z2)                               # N x d
        t1, t2 = self.target(x1), self.target(x2)                                 # N x d, z' of the paper
        loss = (2 - 2 * cos(q1, sg(t2)) + 2 - 2 * cos(q2, sg(t1))).mean()         # 0 … 8
        z, q, t = (F.normalize(torch.cat(pair).detach()) for pair in [(z1, z2), (q1, q2), (t1, t2)])
        return Step(loss, {"similarity": z @ z.T, "prediction_similarity": q @ t.T}, self.agreement(z, q, t))
    # fmt: on

    def sg(self, t: Tensor) -> Tensor:
        """The stop-gradient, if it is on."""
        return t.detach() if self.knobs.stop_gradient else t

    def predict(self, z: Tensor) -> Tensor:
        q: Tensor = self.predictor(z) if self.knobs.predictor else z
        return q

    @torch.no_grad()
    def after_step(self, step: Step) -> None:
        """The target follows."""
        self.target.follow(self.encoder, self.projector, momentum=self.knobs.momentum)

    def agreement(self, z: Tensor, q: Tensor, t: Tensor) -> dict[str, Tensor]:
        """Mean cosine of a prediction and its goal, and of teacher and student on one view; spread of the normalised z:
        healthy near 1/√d, 0 when all pictures get one answer.
        """
        return {
            "positive_cosine": (q * t.roll(len(t) // 2, 0)).sum(1).mean(),
            "teacher_cosine": (z * t).sum(1).mean(),
            "output_std": z.std(0).mean(),
        }

    def project(self, images: Tensor) -> Tensor:
        """The online network's z before normalisation: B x 3 x H x W -> B x d."""
        z: Tensor = self.projector(self.encoder(images))
        return z
