"""Rotation: by how much was this picture turned? Only those who know what is in a picture know which side is up.

    x0 … x270   one random view of each of N pictures, turned by 0°, 90°, 180° and 270°    N x 3 x H x W
    h           what the encoder makes of them; a small head guesses the turn from it      4N x d

Gidaris et al. 2018, "Unsupervised Representation Learning by Predicting Image Rotations", equations 2 and 3: all four
turns of a picture in one batch, cross-entropy. Quarter turns move whole pixels: nothing is interpolated, so no blur
betrays the angle. The paper takes h from an earlier layer than the last, which knows little but the angle; here the
head has a layer of its own for that.

Not every picture has an upper side. Of our ten shapes, circle, ring, square and plus look the same after a quarter
turn, the bar after half a turn, and triangle, flower and star nearly so, as they lie a little askew anyway: of all
guesses about them, no more than 49 % can be right: there is no more to score.
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
from sslviz.nets.heads import mlp


class Rotation(Method):
    """A pretext task: the label is made from the picture itself, by turning it."""

    title, family, paper = "Rotation", "pretext task", "https://arxiv.org/abs/1803.07728"
    equation = r"\mathcal{L} = -\frac{1}{4} \sum_{y=0}^{3} \log F^{\,y}\big(\mathrm{rot}(x,\, 90^\circ y)\big)"
    summary = "By how much was this picture turned? Only those who know what is in it know which side is up."
    recommended: ClassVar[dict[str, Any]] = {
        "flip": 0.0,  # a mirrored L is nearly an L turned by 90°
        "crop_scale": 0.8,  # of a small piece nobody knows which side is up
        "batch_size": 64,  # pictures; four times as many are seen
        "steps": 800,
    }

    class Knobs(Method.Knobs):
        caption: bool = knob(
            False, help="on: a bright line along the lower edge, as under a photograph, gives the angle away"
        )

    knobs: Knobs

    def __init__(self, encoder: Encoder, knobs: Knobs, augment: Augment) -> None:
        super().__init__(encoder, knobs, augment)
        self.head = mlp(encoder.dim, encoder.dim, 4)

    def views(self, images: Tensor, labels: Tensor | None = None) -> tuple[Tensor, ...]:
        """One random view, four times: as it is, and turned to the left by 90°, 180° and 270°."""
        x = self.augment(images)
        if self.knobs.caption:
            x[:, :, -2:] = 0.5
        return tuple(torch.rot90(x, turns, (2, 3)) for turns in range(4))

    # fmt: off
    def step(self, x0: Tensor, x90: Tensor, x180: Tensor, x270: Tensor) -> Step:
        h = self.encoder(torch.cat([x0, x90, x180, x270]))                      # 4N x d
        logits = self.head(h)                                                   # 4N x 4
        angle = torch.arange(4, device=h.device).repeat_interleave(len(x0))     # 0 0 … 1 1 … 2 2 … 3 3 …
        loss = F.cross_entropy(logits, angle)
        accuracy = (logits.argmax(1) == angle).float().mean()
        return Step(loss, {"angle_logits": logits}, {"accuracy": accuracy})
    # fmt: on

    @classmethod
    def ignorance(cls, values: dict[str, Any]) -> tuple[str, float]:
        return "ln 4", math.log(4)
