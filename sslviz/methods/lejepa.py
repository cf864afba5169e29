r"""LeJEPA: the views of a picture should agree, and seen from any side, the z of all pictures together should look like
one round cloud of normally distributed points.

    x_1 … x_V  V random views of each of N pictures                       V times N x 3 x H x W
    a          M random directions of length 1, new in every step         d x M
    z          projected views, not normalised                            V x N x d
    u          z seen from each direction: one number per picture         V x N x M
    t          17 points from 0 to 3 at which two distributions are compared    K
    φ(t)       exp(−t²/2): mean of exp(itu) if u is standard normal       K
    SIGReg     Epps-Pulley statistic N ∫ |mean exp(itu) − φ(t)|² φ(t) dt, averaged over views and directions
    λ          weight of SIGReg; the agreement of the views has 1 − λ

Balestriero, LeCun 2025, "LeJEPA: Provable and Scalable Self-Supervised Learning Without the Heuristics". If u is normal
with mean 0 and variance 1 from every side, then z is as well, and isotropic (Cramér and Wold): no two numbers repeat
each other, none is constant. No negative, teacher, predictor or stop-gradient is needed. Numbers to compare with: N
points of a normal distribution score 1.05 on average, whatever N is; if all are 0 they score 0.40 N.

mean exp(itu) is mean cos(tu) + i mean sin(tu). The integrand is the same at t and −t: the integral from −3 to 3 is
twice that from 0 to 3, by the trapezoidal rule. The paper has large and small views, which agree with the mean of the
large ones; here all V views are of one kind, and agree with the mean of all. Their distance is divided by d as well, so
that λ does not depend on the width of z; range and number of the points t are those of lightly's loss.
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

HIDDEN, WIDTH = 256, 64  # numbers in the projector and in z
POINTS, FARTHEST = 17, 3.0  # of t


class LeJEPA(Method):
    """Redundancy reduction with one goal: z is normally distributed from every side."""

    title, family, paper = "LeJEPA", "redundancy reduction", "https://arxiv.org/abs/2511.08544"
    equation = (
        r"\begin{gathered} \mathcal{L} = \frac{1 - \lambda}{VNd} \sum_{v, n} \| z_{v,n} - \bar{z}_n \|^2"
        r" + \frac{\lambda}{VM} \sum_{v, m} T\big(\{ a_m^\top z_{v,n} \}_n\big), \\"
        r"T(\{u_n\}) = N \int_{-3}^{3} \Big| \frac{1}{N} \sum_n e^{i t u_n} - \varphi(t) \Big|^2 \varphi(t)\, dt, \quad"
        r"\varphi(t) = e^{-t^2/2} \end{gathered}"
    )
    summary = "The views of a picture agree, and from every side the z of all pictures look normally distributed."
    projects = True
    recommended: ClassVar[dict[str, Any]] = {"batch_size": 128, "crop_scale": 0.5, "steps": 1500}

    class Knobs(Method.Knobs):
        gaussian_weight: float = knob(
            0.05,
            0.0,
            1.0,
            symbol=r"\lambda",
            help="large: z must be normally distributed, even where views disagree; 0: one z for all costs nothing",
        )
        number_of_views: int = knob(4, 2, 16, symbol="V", label="views", help="of each picture, in every step")
        directions: int = knob(
            256, 1, 1024, symbol="M", log=True, help="sides from which z is looked at; few: much stays unseen in a step"
        )
        projector: ProjectorKind = knob(
            "mlp", live=False, help="stands between h, which is kept, and z, which the loss sees"
        )

    knobs: Knobs

    def __init__(self, encoder: Encoder, knobs: Knobs, augment: Augment) -> None:
        super().__init__(encoder, knobs, augment)
        self.projector = projector(knobs.projector, encoder.dim, HIDDEN, WIDTH, layers=3)
        self.d = encoder.dim if knobs.projector == "none" else WIDTH

    def views(self, images: Tensor, labels: Tensor | None = None) -> tuple[Tensor, ...]:
        """V random views of each picture and M random directions: uint8 N x 3 x H x W -> V float batches N x 3 x H x W,
        then d x M. The directions are drawn last: turning M leaves the views as they are.
        """
        views = [self.augment(images) for _ in range(self.knobs.number_of_views)]
        a = torch.randn(self.d, self.knobs.directions, generator=self.augment.random)
        return *views, F.normalize(a, dim=0).to(images.device)

    # fmt: off
    def step(self, *views_and_directions: Tensor) -> Step:
        *views, a = views_and_directions                                        # V times N x 3 x H x W; d x M
        z = self.projector(self.encoder(torch.cat(views))).unflatten(0, (len(views), -1))  # V x N x d
        invariance = (z - z.mean(0)).square().mean()                            # of every view and its picture's mean
        t, dt = points(z)                                                       # K
        phi = (-t.square() / 2).exp()                                           # K
        tu = (z @ a)[..., None] * t                                             # V x N x M x K
        distance = (tu.cos().mean(1) - phi).square() + tu.sin().mean(1).square()  # V x M x K, |mean exp(itu) - φ|²
        sigreg = z.shape[1] * (distance @ (phi * dt)).mean()                    # N ∫ … φ dt, mean over V and M
        loss = (1 - self.knobs.gaussian_weight) * invariance + self.knobs.gaussian_weight * sigreg
        unit = F.normalize(z.detach(), dim=2)                                   # V x N x d
        first = unit[:2].flatten(0, 1)                                          # 2N x d: two views are enough to see
        return Step(loss, {"similarity": first @ first.T}, self.signs(unit, invariance, sigreg))
    # fmt: on

    @torch.no_grad()
    def signs(self, unit: Tensor, invariance: Tensor, sigreg: Tensor) -> dict[str, Tensor]:
        """The two terms before λ; mean cosine of two views; spread of the normalised z, healthy near 1/√d."""
        v = len(unit)
        pairs = (unit.sum(0).square().sum(1) - v) / (v * (v - 1))  # N: |Σ z|² holds every two views twice, and V ones
        return {
            "invariance": invariance.detach(),
            "sigreg": sigreg.detach(),
            "positive_cosine": pairs.mean(),
            "output_std": unit.flatten(0, 1).std(0).mean(),
        }


def points(like: Tensor) -> tuple[Tensor, Tensor]:
    """t from 0 to 3, and the weight of each in an integral from −3 to 3: K and K. Trapezoidal rule, counted twice."""
    t = torch.linspace(0, FARTHEST, POINTS, device=like.device, dtype=like.dtype)
    dt = torch.full_like(t, 2 * FARTHEST / (POINTS - 1))
    dt[0] = dt[-1] = FARTHEST / (POINTS - 1)
    return t, dt
