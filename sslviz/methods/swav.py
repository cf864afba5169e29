"""SwAV: a view is sorted into one of many groups, and the other views of its picture must predict which.

    z        projected and l2-normalised views: V of each of N pictures            V x N x d
    c        prototypes, the middles of the groups, of length 1 as well            P x d
    s        cosines of all views with all prototypes                              V x N x P
    q        codes of the two large crops: a soft choice of prototypes             2 x N x P, rows sum to 1
    p        each view's own guess, softmax of s/τ                                 V x N x P
    τ        temperature of the guess
    ε        softness of the codes

Caron et al. 2020, "Unsupervised Learning of Visual Features by Contrasting Cluster Assignments", equations 1 and 2
(swapped prediction), 3 to 5 (the codes), 6 (multi-crop). One prototype for all pictures would be easy to predict: so
the codes must use all prototypes equally often. The Sinkhorn-Knopp algorithm (Cuturi 2013) finds them, batch by batch.
"""

import math
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sslviz.data.augment import Augment
from sslviz.data.multicrop import by_size, multi_crop
from sslviz.knobs import knob
from sslviz.methods.method import Method, Step
from sslviz.nets.encoder import Encoder
from sslviz.nets.heads import ProjectorKind, projector

WIDTH = 64  # numbers in z, with a projector
LOCAL = 16  # pixels of a small crop
MEMORY = 0.95  # of the running usage of the prototypes: about 20 steps


class SwAV(Method):
    """Clustering while learning: no pair of pictures is ever compared, only pictures with prototypes."""

    title, family, paper = "SwAV", "clustering", "https://arxiv.org/abs/2006.09882"
    equation = (
        r"\begin{gathered} \mathcal{L} = \ell(z_1, q_2) + \ell(z_2, q_1), \\"
        r"\ell(z, q) = -\sum_k q^{(k)} \log \frac{\exp(z \cdot c_k / \tau)}{\sum_{k'} \exp(z \cdot c_{k'} / \tau)}"
        r"\end{gathered}"
    )
    summary = "A view is sorted into one of many groups, and the other views of its picture must predict which."
    projects = True
    recommended: ClassVar[dict[str, Any]] = {"batch_size": 64, "crop_scale": 0.5, "learning_rate": 4e-3, "steps": 1200}

    class Knobs(Method.Knobs):
        temperature: float = knob(
            0.1,
            0.01,
            1.0,
            symbol=r"\tau",
            log=True,
            help="small: a guess is all on the nearest prototype; large: spread over many",
        )
        sinkhorn_epsilon: float = knob(
            0.02, 0.005, 1.0, symbol=r"\varepsilon", log=True, help="small: a code is one prototype; large: all alike"
        )
        sinkhorn_iterations: int = knob(3, 0, 20, help="rounds of making all prototypes equally popular")
        equipartition: bool = knob(True, help="off: codes are what is nearest, and one prototype may take all pictures")
        prototypes: int = knob(64, 8, 1024, symbol="P", log=True, live=False, help="how many groups there are")
        freeze_prototypes: int = knob(20, 0, 1000, help="first steps, in which the prototypes stay where they are")
        local_crops: int = knob(2, 0, 8, help="small crops of each picture, which predict the codes of the large ones")
        local_boundary: float = knob(0.7, 0.05, 1.0, help="large crops keep more than this share, small crops less")
        projector: ProjectorKind = knob(
            "mlp", live=False, help="stands between h, which is kept, and z, which the loss sees"
        )

    knobs: Knobs
    usage: Tensor
    steps_done: Tensor

    def __init__(self, encoder: Encoder, knobs: Knobs, augment: Augment) -> None:
        super().__init__(encoder, knobs, augment)
        d = encoder.dim if knobs.projector == "none" else WIDTH
        self.projector = projector(knobs.projector, encoder.dim, d_out=WIDTH)
        self.prototypes = nn.Parameter(F.normalize(torch.randn(knobs.prototypes, d)))
        self.register_buffer("usage", torch.full((knobs.prototypes,), 1 / knobs.prototypes))
        self.register_buffer("steps_done", torch.tensor(0))

    def views(self, images: Tensor, labels: Tensor | None = None) -> tuple[Tensor, ...]:
        """Two large crops, then the small ones."""
        k = self.knobs
        return multi_crop(self.augment, images, local=k.local_crops, local_size=LOCAL, boundary=k.local_boundary)

    # fmt: off
    def step(self, *crops: Tensor) -> Step:
        h = torch.cat([self.encoder(x) for x in by_size(crops)])                  # VN x d, all views
        z = F.normalize(self.projector(h)).unflatten(0, (len(crops), -1))         # V x N x d
        s = z @ self.prototypes_now.T                                             # V x N x P
        q = torch.stack([self.codes(view) for view in s[:2].detach()])            # 2 x N x P, no gradient
        log_p = (s / self.knobs.temperature).log_softmax(-1)                      # V x N x P
        swapped = -torch.einsum("inp,vnp->iv", q, log_p) / z.shape[1]             # 2 x V: v predicts i's code
        loss = swapped[~torch.eye(*swapped.shape, dtype=torch.bool)].mean()       # but nobody its own, v != i
        z, s, q = z[:2].detach().flatten(0, 1), s[:2].detach().flatten(0, 1), q.flatten(0, 1)  # 2N x …, large crops
        return Step(loss, self.exhibits(z, s, q), self.signs(z, s, q), {"nearest": s.argmax(1)})
    # fmt: on

    @property
    def prototypes_now(self) -> Tensor:
        """c; in the first steps no gradient reaches them, so that z settles before the groups move (section 4)."""
        return self.prototypes.detach() if self.steps_done < self.knobs.freeze_prototypes else self.prototypes

    def codes(self, s: Tensor) -> Tensor:
        """Soft choices of prototypes for one view of all pictures: N x P -> N x P."""
        k = self.knobs
        return sinkhorn(s / k.sinkhorn_epsilon, k.sinkhorn_iterations if k.equipartition else 0)

    @torch.no_grad()
    def after_step(self, step: Step) -> None:
        """The prototypes return to the sphere; who was nearest to how many is noted."""
        self.prototypes.copy_(F.normalize(self.prototypes))
        nearest = step.update["nearest"]
        self.usage.lerp_(torch.bincount(nearest, minlength=len(self.usage)) / len(nearest), 1 - MEMORY)
        self.steps_done.add_(1)

    @classmethod
    def ignorance(cls, values: dict[str, Any]) -> tuple[str, float]:
        return f"ln P, P = {values['prototypes']}", math.log(values["prototypes"])

    def exhibits(self, z: Tensor, s: Tensor, q: Tensor) -> dict[str, Tensor]:
        return {"similarity": z @ z.T, "prototype_similarity": s, "assignments": q, "prototype_usage": self.usage}

    def signs(self, z: Tensor, s: Tensor, q: Tensor) -> dict[str, Tensor]:
        """A view is in the group of its nearest prototype, whatever its code says: codes look balanced on a collapsed
        network too.
        """
        nearest = s.argmax(1)
        return {
            "prototypes_used": entropy(self.usage).exp() / len(self.usage),
            "code_entropy": entropy(q).mean(),
            "same_group": (nearest == nearest.roll(len(s) // 2)).float().mean(),  # of a picture's two large crops
            "output_std": z.std(0).mean(),
        }


def sinkhorn(scores: Tensor, iterations: int) -> Tensor:
    """exp(scores), N x P, scaled so that every row sums to 1 and, the better the more iterations, every column to N/P.

    Everything stays a logarithm: exp(1/ε) alone overflows when ε is below 0.012. Without iterations: a softmax.
    """
    n, p = scores.shape
    for _ in range(iterations):
        scores = scores - scores.logsumexp(0) + math.log(n / p)  # total weight per prototype is N/P
        scores = scores - scores.logsumexp(1, keepdim=True)  # total weight per picture is 1
    return scores.softmax(1)


def entropy(p: Tensor) -> Tensor:
    """-Σ p ln p over the last axis, in nats."""
    nats: Tensor = torch.special.entr(p).sum(-1)
    return nats
