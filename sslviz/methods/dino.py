"""DINO: a student looks at parts of a picture and must say what its teacher, a slow copy, says about the whole.

    V        views of each of N pictures: two large crops, then small ones
    g_s      the student's K outputs for all views, cosines                        V x N x K
    g_t      the teacher's for the two large crops                                 2 x N x K
    C        centre: the teacher's running mean output, taken away                 K
    τ_s τ_t  temperatures; the teacher's is smaller: its answers are sharper
    p        softmax((g_t − C) / τ_t) and softmax(g_s / τ_s): opinions, over K classes nobody named
    m        momentum: teacher ← m teacher + (1 − m) student, m rises to 1 along a cosine

Caron et al. 2021, "Emerging Properties in Self-Supervised Vision Transformers", equations 1 to 3 (loss), 4 (centre),
algorithm 1. Two ways to agree without looking: always the same class, or always all classes alike. Centring prevents
the first and favours the second, sharpening the other way round: together they hold (section 5.3, figure 7).
Multi-crop is off to begin with: in a minute, on 32x32 pictures, small crops keep this method from learning the shapes.
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
from sslviz.nets.heads import mlp
from sslviz.nets.momentum import SlowCopy
from sslviz.nets.vit import PATCH, ViT

HIDDEN, WIDTH = 128, 64  # numbers in the head's hidden layers, in its bottleneck z
LOCAL = 16  # pixels of a small crop


class DINO(Method):
    """Self-distillation with no labels: student and teacher agree on classes that they invent."""

    title, family, paper = "DINO", "self-distillation", "https://arxiv.org/abs/2104.14294"
    equation = (
        r"\mathcal{L} = -\sum_{i \in \{1,2\}} \sum_{v \neq i}"
        r"\mathrm{softmax}\!\left(\frac{g_t(x_i) - C}{\tau_t}\right) \cdot"
        r"\log \mathrm{softmax}\!\left(\frac{g_s(x_v)}{\tau_s}\right)"
    )
    summary = "A student looks at parts of a picture and must say what its teacher, a slow copy, says about the whole."
    projects = True
    recommended: ClassVar[dict[str, Any]] = {
        "batch_size": 64,
        "crop_scale": 0.5,
        "learning_rate": 1e-3,  # at 2e-3 and more it learns next to nothing here
        "warmup_steps": 50,
        "steps": 1500,
    }

    class Knobs(Method.Knobs):
        student_temperature: float = knob(0.1, 0.02, 1.0, symbol=r"\tau_s", log=True, help="small: a decided student")
        teacher_temperature: float = knob(
            0.05, 0.005, 1.0, symbol=r"\tau_t", log=True, help="small: sharp targets; below the student's"
        )
        sharpening: bool = knob(True, help="off: the teacher takes the student's temperature, all classes become alike")
        centring: bool = knob(True, help="off: nothing is taken away, and one class may win every picture")
        center_momentum: float = knob(0.9, 0.0, 1.0, help="how much of itself the centre keeps at each step")
        momentum: float = knob(
            0.99,
            0.0,
            1.0,
            symbol="m",
            step=0.001,
            help="how much of itself the teacher keeps at each step, at first; 0: it is the student, 1: never learns",
        )
        momentum_steps: int = knob(
            0, 0, 1_000_000, log=True, help="steps in which the momentum rises to 1; 0: as many as the run has"
        )
        outputs: int = knob(256, 8, 1024, symbol="K", log=True, live=False, help="classes to invent")
        freeze_last_steps: int = knob(100, 0, 1000, help="first steps, in which the last layer stays as it is")
        local_crops: int = knob(0, 0, 8, help="small crops of each picture, for the student; 0: two ordinary views")
        local_boundary: float = knob(0.7, 0.05, 1.0, help="large crops keep more than this share, small crops less")

    knobs: Knobs
    center: Tensor
    steps_done: Tensor

    def __init__(self, encoder: Encoder, knobs: Knobs, augment: Augment) -> None:
        super().__init__(encoder, knobs, augment)
        self.head = mlp(encoder.dim, HIDDEN, HIDDEN, WIDTH)
        self.last = Directions(WIDTH, knobs.outputs)
        self.teacher = SlowCopy(self.encoder, self.head, self.last)
        self.register_buffer("center", torch.zeros(knobs.outputs))
        self.register_buffer("steps_done", torch.tensor(0))

    def views(self, images: Tensor, labels: Tensor | None = None) -> tuple[Tensor, ...]:
        """Two large crops, then the small ones."""
        k = self.knobs
        return multi_crop(self.augment, images, local=k.local_crops, local_size=LOCAL, boundary=k.local_boundary)

    # fmt: off
    def step(self, *crops: Tensor) -> Step:
        z = self.head(torch.cat([self.encoder(x) for x in by_size(crops)]))       # VN x d, student
        g_s = self.last(z, frozen=self.frozen).unflatten(0, (len(crops), -1))     # V x N x K
        g_t = self.teacher(torch.cat(crops[:2])).unflatten(0, (2, -1))            # 2 x N x K, no gradient
        p = ((g_t - self.taken_away) / self.teacher_temperature).softmax(-1)      # 2 x N x K
        log_p = (g_s / self.knobs.student_temperature).log_softmax(-1)            # V x N x K
        cross = -torch.einsum("ink,vnk->iv", p, log_p) / p.shape[1]               # 2 x V: v predicts i's opinion
        loss = cross[~torch.eye(*cross.shape, dtype=torch.bool)].mean()           # but nobody its own, v != i
        z = F.normalize(z[: 2 * p.shape[1]].detach())                             # 2N x d, of the large crops
        return Step(loss, self.exhibits(crops[0], z, g_t), self.signs(z, p, loss.detach()), {"g_t": g_t})
    # fmt: on

    @property
    def frozen(self) -> bool:
        """In the first steps no gradient reaches the last layer: its random directions are a goal that stays."""
        return bool(self.steps_done < self.knobs.freeze_last_steps)

    @property
    def taken_away(self) -> Tensor:
        """C, or nothing without centring."""
        return self.center if self.knobs.centring else torch.zeros_like(self.center)

    @property
    def teacher_temperature(self) -> float:
        """τ_t; without sharpening the student's τ_s."""
        return self.knobs.teacher_temperature if self.knobs.sharpening else self.knobs.student_temperature

    @property
    def momentum(self) -> float:
        """m of this moment: from the knob's value to 1 along half a cosine."""
        steps = self.knobs.momentum_steps
        done = min(int(self.steps_done) / steps, 1) if steps else self.progress
        return 1 - (1 - self.knobs.momentum) * (1 + math.cos(math.pi * done)) / 2

    @torch.no_grad()
    def after_step(self, step: Step) -> None:
        """The teacher follows, the centre too."""
        self.teacher.follow(self.encoder, self.head, self.last, momentum=self.momentum)
        self.center.lerp_(step.update["g_t"].mean((0, 1)), 1 - self.knobs.center_momentum)
        self.steps_done.add_(1)

    @classmethod
    def ignorance(cls, values: dict[str, Any]) -> tuple[str, float]:
        return f"ln K, K = {values['outputs']}", math.log(values["outputs"])

    def exhibits(self, x: Tensor, z: Tensor, g_t: Tensor) -> dict[str, Tensor]:
        """`attention`, with a transformer: where the teacher's class token looks, N x heads x H/4 x W/4."""
        shown = {"similarity": z @ z.T, "teacher_logits": g_t.flatten(0, 1), "center": self.center}
        teacher = self.teacher.copy[0]
        if isinstance(teacher, ViT) and not self.training:  # one more pass, only for looking
            seen = teacher.attention(x)[:, :, 0, 1:]  # N x heads x L
            shown["attention"] = seen.unflatten(-1, (x.shape[-2] // PATCH, x.shape[-1] // PATCH))
        return shown

    def signs(self, z: Tensor, p: Tensor, loss: Tensor) -> dict[str, Tensor]:
        """The loss is a cross-entropy: the teacher's own entropy, plus how far the student is from it (figure 7).
        Collapse: the distance falls to 0, the entropy to 0 (always one class) or rises to ln K (all alike).
        """
        own = torch.special.entr(p).sum(-1).mean()
        return {
            "teacher_entropy": own,
            "teacher_kl": loss - own,
            "mean_output_entropy": torch.special.entr(p.mean((0, 1))).sum(),  # ln K: all classes are equally frequent
            "output_std": z.std(0).mean(),
            "momentum": torch.tensor(self.momentum, dtype=torch.float64),
        }

    def embed(self, images: Tensor) -> Tensor:
        """The teacher's h, which the paper keeps: it is ahead of its student all the way (figure 6)."""
        h: Tensor = self.teacher.copy[0](images)
        return h

    def project(self, h: Tensor) -> Tensor:
        """The teacher's z before normalisation, from its h."""
        z: Tensor = self.teacher.copy[1](h)
        return z


class Directions(nn.Module):
    """The last layer: cosines of z with K learned directions (weight normalisation, with all lengths fixed to 1)."""

    def __init__(self, d: int, k: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(k, d))

    def forward(self, z: Tensor, *, frozen: bool = False) -> Tensor:
        weight = self.weight.detach() if frozen else self.weight
        return F.normalize(z) @ F.normalize(weight).T
