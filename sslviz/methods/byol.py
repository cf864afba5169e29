"""BYOL: one view of a picture predicts what a slower copy of the network makes of the other view. No negatives at all.

    x1, x2   two random views of each of N pictures                       N x 3 x H x W
    z        projection by the online network, weights θ                  N x d
    z'       projection by the target network, weights ξ                  N x d
    q(z)     the online network's prediction of the other view's z'       N x d
    sg       stop-gradient: z' is a goal here, not something to be moved
    m        momentum: ξ ← m ξ + (1 − m) θ after each step (the paper calls it τ, and raises it to 1 along a cosine)
    β, α     weight and temperature of negatives; BYOL is β = 0

Grill et al. 2020, "Bootstrap Your Own Latent", equation 1 (momentum) and equation 2 (the squared distance of normalised
vectors, 2 − 2 cos), summed over both orders of the views. One answer for all pictures would cost nothing: predictor,
stop-gradient and slow target keep the network from finding it, and each can be taken away with a knob.

Table 5b asks what BYOL is made of: predictor × target × negatives. The InfoNCE of appendix F.4, equation 8, adds
2 α β log Σ_k exp(s_ik/α) to the distance, s_ik the cosine of prediction i and goal k, k any view but i itself. "No
target" means that z' is the online network's own z and that the gradient flows through it too, as in SimCLR: without
predictor and target and with β = 1 the loss is 4 + 4 α times SimCLR's. (m = 0 keeps the stop-gradient: SimSiam.)
"""

from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from sslviz.data.augment import Augment
from sslviz.knobs import knob
from sslviz.methods.method import Method, Step
from sslviz.nets.encoder import Encoder
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
    projects = True
    recommended: ClassVar[dict[str, Any]] = {"batch_size": 64, "crop_scale": 0.5, "steps": 2000}  # it needs many steps

    class Knobs(Method.Knobs):
        momentum: float = knob(
            0.97,
            0.0,
            1.0,
            symbol="m",
            step=0.001,
            help="how much of itself the target keeps at each step; 0: the online network itself, 1: never learns",
        )
        predictor: bool = knob(True, help="off: z itself must equal the target, and nothing breaks the symmetry")
        target: bool = knob(True, help="off: no second network; the online z is its own goal, and moves as well")
        stop_gradient: bool = knob(True, help="off: the loss moves the target as well, towards the prediction")
        negatives: float = knob(
            0.0, 0.0, 1.0, symbol=r"\beta", help="how hard the others are pushed away; 0: partners only attract"
        )
        temperature: float = knob(
            0.2,
            0.01,
            1.0,
            symbol=r"\alpha",
            log=True,
            help="of the negatives; small: only the nearest count, large: all count alike; idle while β is 0",
        )
        projector: ProjectorKind = knob(
            "mlp", live=False, help="stands between h, which is kept, and z, which the loss sees"
        )

    knobs: Knobs

    def __init__(self, encoder: Encoder, knobs: Knobs, augment: Augment) -> None:
        super().__init__(encoder, knobs, augment)
        d = encoder.dim if knobs.projector == "none" else WIDTH
        self.projector = projector(knobs.projector, encoder.dim, d_out=WIDTH)
        self.predictor = mlp(d, 2 * d, d)
        self.target = SlowCopy(self.encoder, self.projector)
        self.target.requires_grad_()  # it gets a gradient only while the stop-gradient is off

    # fmt: off
    def step(self, x1: Tensor, x2: Tensor) -> Step:
        cos = F.cosine_similarity
        z1, z2 = self.projector(self.encoder(x1)), self.projector(self.encoder(x2))  # N x d, online
        q1, q2 = self.predict(z1), self.predict(z2)                               # N x d
        t1, t2 = self.goal(x1, z1), self.goal(x2, z2)                             # N x d, sg(z') of the paper
        loss = (2 - 2 * cos(q1, t2) + 2 - 2 * cos(q2, t1)).mean()                 # 0 … 8
        z, q, t = (F.normalize(torch.cat(pair)) for pair in [(z1, z2), (q1, q2), (t1, t2)])
        loss = loss + self.knobs.negatives * self.crowding(q @ t.T)               # + 0 in BYOL
        return Step(loss, self.exhibits(z, q, t), self.agreement(z, q, t))
    # fmt: on

    def goal(self, x: Tensor, z: Tensor) -> Tensor:
        """z' of a view, held still if the stop-gradient is on; without a target z itself, free to move."""
        if not self.knobs.target:
            return z
        t: Tensor = self.target(x)
        return t.detach() if self.knobs.stop_gradient else t

    def crowding(self, s: Tensor) -> Tensor:
        """What negatives cost: 4 α log Σ_k exp(s_ik/α), averaged over i; s is 2N x 2N, k is not i."""
        alpha = self.knobs.temperature
        return 4 * alpha * (s / alpha).fill_diagonal_(-torch.inf).logsumexp(1).mean()

    def predict(self, z: Tensor) -> Tensor:
        q: Tensor = self.predictor(z) if self.knobs.predictor else z
        return q

    @torch.no_grad()
    def after_step(self, step: Step) -> None:
        """The target follows."""
        self.target.follow(self.encoder, self.projector, momentum=self.knobs.momentum)

    @torch.no_grad()
    def exhibits(self, z: Tensor, q: Tensor, t: Tensor) -> dict[str, Tensor]:
        """Cosines of all z with each other, and of all predictions with all goals."""
        return {"similarity": z @ z.T, "prediction_similarity": q @ t.T}

    @torch.no_grad()
    def agreement(self, z: Tensor, q: Tensor, t: Tensor) -> dict[str, Tensor]:
        """Mean cosine of a prediction and its goal, and of teacher and student on one view; spread of the normalised z:
        healthy near 1/√d, 0 when all pictures get one answer.
        """
        return {
            "positive_cosine": (q * t.roll(len(t) // 2, 0)).sum(1).mean(),
            "teacher_cosine": (z * t).sum(1).mean(),
            "output_std": z.std(0).mean(),
        }
