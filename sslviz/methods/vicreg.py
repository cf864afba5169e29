r"""VICReg: the views of a picture should agree, every number in z should differ from picture to picture, and no two
numbers should say the same.

    x1, x2   two random views of each of N pictures                                     N x 3 x H x W
    z        projections Z and Z' of the two views, stacked; not normalised             2 x N x d
    s        invariance: squared distance of Z and Z', averaged over pictures and numbers
    std      how much each number of a view varies over the batch                       2 x d
    v        variance: how much is missing until std reaches γ; what varies more is left alone
    C        covariance of the numbers of one view over the batch                       2 x d x d
    c        covariance: squares of C off the diagonal, summed and divided by d
    λ, μ, ν  weights of invariance, variance and covariance
    γ, ε     γ = 1, the spread that is asked for; ε = 0.0001 keeps the root away from 0, where its slope is infinite

Bardes, Ponce, LeCun 2022, "VICReg: Variance-Invariance-Covariance Regularization for Self-Supervised Learning",
equations 1 and 2 (v), 3 and 4 (C, c), 5 (s), 6 (loss). The views meet only in s; v and c look at one view at a time,
so that the two could come from different networks. A z that is the same for all has std 0: that is what v forbids.

As in the authors' code and not as in equations 5 and 6, s is also divided by d, and v is the mean of the two views, not
their sum; c is their sum. So λ = μ = 25 and ν = 1 mean here what they mean in their experiments.
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
GAMMA, EPSILON = 1.0, 1e-4


class VICReg(Method):
    """Redundancy reduction without normalising anything: agree, keep your spread, do not repeat yourself."""

    title, family, paper = "VICReg", "redundancy reduction", "https://arxiv.org/abs/2105.04906"
    equation = (
        r"\begin{gathered} \mathcal{L} = \lambda\, s(Z, Z') + \tfrac{\mu}{2} \big[ v(Z) + v(Z') \big]"
        r" + \nu \big[ c(Z) + c(Z') \big], \\"
        r"s = \frac{1}{Nd} \sum_i \| z_i - z'_i \|^2, \quad "
        r"v = \frac{1}{d} \sum_j \max\!\big(0, \gamma - \sqrt{C_{jj} + \varepsilon}\big), \quad "
        r"c = \frac{1}{d} \sum_{i \neq j} C_{ij}^2 \end{gathered}"
    )
    summary = "The views of a picture agree, every number in z differs among pictures, and no two numbers say the same."
    projects = True
    recommended: ClassVar[dict[str, Any]] = {"batch_size": 128, "crop_scale": 0.5, "steps": 1500}
    fewest = 2  # one picture has no variance

    class Knobs(Method.Knobs):
        invariance_weight: float = knob(
            25.0, 0.0, 100.0, symbol=r"\lambda", help="large: the views of a picture must agree; 0: they need not"
        )
        variance_weight: float = knob(
            25.0,
            0.0,
            100.0,
            symbol=r"\mu",
            help="large: every number in z must differ from picture to picture; 0: one z for all costs nothing",
        )
        covariance_weight: float = knob(
            1.0, 0.0, 100.0, symbol=r"\nu", help="large: no two numbers in z may say the same; 0: they may repeat one"
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
        self.register_buffer("recent", torch.zeros(d, d))  # correlations, averaged over about the last ten batches

    # fmt: off
    def step(self, x1: Tensor, x2: Tensor) -> Step:
        k = self.knobs
        z = torch.stack([self.projector(self.encoder(x)) for x in (x1, x2)])  # 2 x N x d
        s = (z[0] - z[1]).square().mean()                                   # invariance
        std = (z.var(1) + EPSILON).sqrt()                                   # 2 x d
        v = (GAMMA - std).relu().mean()                                     # variance: v(Z)/2 + v(Z')/2
        y = z - z.mean(1, keepdim=True)                                     # 2 x N x d
        cov = y.mT @ y / (len(x1) - 1)                                      # 2 x d x d
        off = cov - cov.diagonal(dim1=1, dim2=2).diag_embed()               # zeros on both diagonals
        c = off.square().sum() / z.shape[2]                                 # covariance: c(Z) + c(Z')
        loss = k.invariance_weight * s + k.variance_weight * v + k.covariance_weight * c
        update = {"cross_correlation": correlation(y.detach())}
        return Step(loss, self.exhibits(z), self.signs(z, s, v, c), update)
    # fmt: on

    @torch.no_grad()
    def after_step(self, step: Step) -> None:
        """One batch is too small to see weak correlations: keep an average."""
        self.recent.lerp_(step.update["cross_correlation"], 0.1)

    @torch.no_grad()
    def exhibits(self, z: Tensor) -> dict[str, Tensor]:
        """Cosines of the z, and how numbers of the first view go with those of the second in the last training batches
        (of these few pictures it would be noise): ones on the diagonal if s is small, zeros off it if c is as well.
        """
        unit = F.normalize(z, dim=2).flatten(0, 1)  # 2N x d
        return {"similarity": unit @ unit.T, "cross_correlation": self.recent.clone()}

    @torch.no_grad()
    def signs(self, z: Tensor, s: Tensor, v: Tensor, c: Tensor) -> dict[str, Tensor]:
        """The three terms before λ, μ and ν; mean cosine of partners; spread of the normalised z, healthy near 1/√d."""
        unit = F.normalize(z, dim=2)
        return {
            "invariance": s.detach(),
            "variance": v.detach(),
            "covariance": c.detach(),
            "positive_cosine": (unit[0] * unit[1]).sum(1).mean(),
            "output_std": unit.flatten(0, 1).std(0).mean(),
        }


def correlation(y: Tensor) -> Tensor:
    """Of every number of the first view with every number of the second, from centred z: 2 x N x d -> d x d, -1 … 1."""
    y = F.normalize(y, dim=1)
    return y[0].T @ y[1]
