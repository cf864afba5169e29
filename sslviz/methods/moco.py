"""MoCo: a view should find its partner among thousands of views of the last few batches, kept in a queue.

    q        query: one view of each picture, through the network that learns        N x d, length 1
    k₊       key: the other view, through a copy that follows slowly                 N x d, length 1
    k_i      keys of earlier batches, in the queue; the oldest leave first           K x d, length 1
    τ        temperature: divides all cosines before the softmax
    m        momentum of the copy: keys of different age must come from nearly the same network to be comparable

He et al. 2020, "Momentum Contrast for Unsupervised Visual Representation Learning", equations 1 (InfoNCE, K + 1 ways)
and 2 (momentum), algorithm 1; with the two-layer head of MoCo v2 (arXiv:2003.04297), here with BatchNorm as in v3.
The paper shuffles the batch between its GPUs, because a BatchNorm tells each query which pictures came along with its
key. On one device both see the whole batch in any order: there is nothing to gather or to shuffle.
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
from sslviz.nets.momentum import SlowCopy

WIDTH = 64  # numbers in a key, with a projector


class MoCo(Method):
    """Contrastive with a memory: the number of negatives does not depend on the batch."""

    title, family, paper = "MoCo", "contrastive", "https://arxiv.org/abs/1911.05722"
    equation = (
        r"\ell_q = -\log \frac{\exp(q \cdot k_+/\tau)}{\exp(q \cdot k_+/\tau) + \sum_{i=1}^{K} \exp(q \cdot k_i/\tau)}"
    )
    summary = "A view should find its partner among thousands of views of earlier batches, kept in a queue."
    projects = True
    recommended: ClassVar[dict[str, Any]] = {"batch_size": 128, "crop_scale": 0.5, "steps": 1500}

    class Knobs(Method.Knobs):
        temperature: float = knob(
            0.2,
            0.01,
            1.0,
            symbol=r"\tau",
            log=True,
            help="small: only the nearest negatives count; large: all count alike",
        )
        momentum: float = knob(
            0.97,
            0.0,
            1.0,
            symbol="m",
            step=0.001,
            help="how much of itself the key encoder keeps at each step; 0: no copy, 1: it stays as random as it began",
        )
        queue_length: int = knob(
            4096, 256, 65536, symbol="K", log=True, live=False, help="negatives that every query is compared with"
        )
        projector: ProjectorKind = knob(
            "mlp", live=False, help="stands between h, which is kept, and z, which the loss sees"
        )

    knobs: Knobs
    queue: Tensor
    pointer: Tensor

    def __init__(self, encoder: Encoder, knobs: Knobs, augment: Augment) -> None:
        super().__init__(encoder, knobs, augment)
        self.projector = projector(knobs.projector, encoder.dim, d_out=WIDTH)
        self.key_network = SlowCopy(self.encoder, self.projector)
        d = encoder.dim if knobs.projector == "none" else WIDTH
        self.register_buffer("queue", F.normalize(torch.randn(knobs.queue_length, d)))  # K x d, noise to begin with
        self.register_buffer("pointer", torch.tensor(0))  # the oldest key, overwritten next

    # fmt: off
    def step(self, x1: Tensor, x2: Tensor) -> Step:
        q = F.normalize(self.projector(self.encoder(x1)))                   # N x d
        k = F.normalize(self.key_network(x2))                               # N x d, no gradient
        s = torch.cat([(q * k).sum(1, keepdim=True), q @ self.queue.T], 1)  # N x (1 + K), partner first
        first = torch.zeros(len(s), dtype=torch.long, device=s.device)
        loss = F.cross_entropy(s / self.knobs.temperature, first)
        return Step(loss, self.exhibits(q.detach(), k, s.detach()), self.agreement(s.detach()), {"keys": k})
    # fmt: on

    @torch.no_grad()
    def after_step(self, step: Step) -> None:
        """The copy follows; the new keys take the places of the oldest ones."""
        self.key_network.follow(self.encoder, self.projector, momentum=self.knobs.momentum)
        keys = step.update["keys"][-len(self.queue) :]
        places = (self.pointer + torch.arange(len(keys), device=keys.device)) % len(self.queue)
        self.queue[places] = keys
        self.pointer.copy_((self.pointer + len(keys)) % len(self.queue))

    @classmethod
    def ignorance(cls, values: dict[str, Any]) -> tuple[str, float]:
        return f"ln(K + 1), K = {values['queue_length']}", math.log(values["queue_length"] + 1)

    @classmethod
    def remark(cls, values: dict[str, Any], pictures: int) -> str:
        times = values["queue_length"] / pictures
        if times <= 1:
            return ""
        return (
            f"The queue holds {values['queue_length']:,} keys of {pictures:,} pictures: each picture is in it about "
            f"{times:.1f} times, as a negative of itself. Even perfect features pay ln(1 + K / n) = "
            f"{math.log1p(times):.2f}."
        )

    def exhibits(self, q: Tensor, k: Tensor, s: Tensor) -> dict[str, Tensor]:
        """`similarity` of queries (first N) and keys (last N); the queue: cosines with eight queries, and its age.

        An age counts keys: 0 is the newest, K - 1 the next to leave.
        """
        z = torch.cat([q, k])
        places = torch.arange(len(self.queue), device=q.device)
        age = (self.pointer - 1 - places) % len(self.queue)
        return {"similarity": z @ z.T, "queue_similarity": s[:8, 1:], "queue_age": age.int()}

    def agreement(self, s: Tensor) -> dict[str, Tensor]:
        """How often the partner beats the whole queue; the mean cosine of partners, and with the queue."""
        return {
            "queue_accuracy": (s[:, 0] > s[:, 1:].amax(1)).float().mean(),
            "positive_cosine": s[:, 0].mean(),
            "negative_cosine": s[:, 1:].mean(),
        }
