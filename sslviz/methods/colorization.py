"""Colorization: which colours did this grey picture have? Whoever recognises the thing knows its colours.

    L       lightness of a picture, 0 … 100: all that the encoder is given       N x 1 x H x W
    a, b    its colour: green to red, blue to yellow (CIE Lab)                   N x 2 x H x W
    Q       bins of ab, a grid over all colours that a screen can show           Q x 2
    Z       the true colour as shares of the bins, nearer bins having more       N x Q x h x w
    Ẑ       the predicted shares: a softmax at each of h x w places              N x Q x h x w
    v(Z)    weight of a place: the rarer its colour, the heavier                 N x h x w

Zhang et al. 2016, "Colorful Image Colorization", equations 2 (cross-entropy), 3 and 4 (rare colours count more) and 5
(the annealed mean, which turns Ẑ back to one colour). A thing may have many colours. A network that must name one
says the mean of them, a brown; one that spreads its bets need not. So colour is quantised, not regressed.
Places are a quarter of the pixels each way, as in the paper; bins are 20 apart (paper: 10); Z spreads over all bins
(paper: over the nearest 5).

What can be known? Of our shapes, little: hues are drawn at random. But yellow is light and blue is dark, and whoever
tells figure from ground knows how strong and bright the colour is. The best fixed answer costs 4.0 there, Z itself has
an entropy of 1.4, and a minute brings 2.8. Photographs tell more: skies and skin. Turn no hues here (jitter): colours
that were drawn by lot cannot be guessed.
"""

import math
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sslviz.data.augment import Augment
from sslviz.data.lab import lab_to_rgb, rgb_to_lab
from sslviz.knobs import knob
from sslviz.methods.method import Method, Step
from sslviz.nets.convnet import ConvNet

STEP, SPREAD = 20, 10  # distance of two bins in a and in b; standard deviation of the bell that makes Z
ANNEAL = 0.38  # temperature of the annealed mean, the paper's T


class Colorization(Method):
    """A pretext task: the label is the colour that was taken away."""

    title, family, paper = "Colorization", "pretext task", "https://arxiv.org/abs/1603.08511"
    equation = r"\mathcal{L} = -\sum_{h,w} v(Z_{h,w}) \sum_q Z_{h,w,q} \log \hat{Z}_{h,w,q}"
    summary = "Which colours did this grey picture have? Whoever recognises the thing knows its colours."
    encoders = ("conv",)
    recommended: ClassVar[dict[str, Any]] = {
        "crop_scale": 1.0,
        "jitter": 0.0,
        "gray": 0.0,
        "batch_size": 64,
        "steps": 1500,
    }

    class Knobs(Method.Knobs):
        rebalance: bool = knob(True, help="off: every place counts alike, and common dull colours win")

    knobs: Knobs
    encoder: ConvNet
    bins: Tensor
    share: Tensor

    def __init__(self, encoder: ConvNet, knobs: Knobs, augment: Augment) -> None:
        super().__init__(encoder, knobs, augment)
        self.register_buffer("bins", bins())
        self.register_buffer("share", torch.full((len(self.bins),), 1 / len(self.bins)))  # of each bin in training
        d = encoder.dim // 2
        self.decoder = nn.Sequential(larger(2 * d, d), nn.Conv2d(d, len(self.bins), 1))

    def views(self, images: Tensor, labels: Tensor | None = None) -> tuple[Tensor, ...]:
        """One random view of each picture, in colour."""
        return (self.augment(images),)

    # fmt: off
    def step(self, x: Tensor) -> Step:
        light, ab = self.lab(x).split([1, 2], 1)                          # N x 1 x H x W, N x 2 x H x W
        logits = self.decoder(self.encoder.maps(self.grey(light)))        # N x Q x h x w
        z = self.shares(F.adaptive_avg_pool2d(ab, logits.shape[2:]))      # N x Q x h x w
        v = self.rarity()[z.argmax(1)]                                    # N x h x w
        cost = -(z * logits.log_softmax(1)).sum(1)                        # N x h x w
        loss = (v * cost).sum() / v.sum()
        common = (v[:, None] * z).mean((0, 2, 3)) / v.mean()              # Q, sums to 1: the best guess without looking
        metrics = {"trivial_loss": -(common * (common + 1e-12).log()).sum()}
        return Step(loss, self.exhibits(light, logits), metrics, {"share": z.mean((0, 2, 3))})
    # fmt: on

    @torch.no_grad()
    def after_step(self, step: Step) -> None:
        """How common each colour is: the mean over about the last hundred batches. (The paper counts beforehand.)"""
        self.share.lerp_(step.update["share"], 0.01)

    @classmethod
    def ignorance(cls, values: dict[str, Any]) -> tuple[str, float]:
        q = len(bins())
        return f"ln Q, Q = {q}", math.log(q)

    def rarity(self) -> Tensor:
        """v for each bin: one over its share, which is mixed half and half with equal shares for all. Q."""
        mixed = (self.share + 1 / len(self.share)) / 2
        return 1 / mixed if self.knobs.rebalance else torch.ones_like(mixed)

    def lab(self, x: Tensor) -> Tensor:
        """Views, which have lost their mean, to Lab."""
        return rgb_to_lab((x + self.augment.mean.to(x.device)).clamp(0, 1))

    def grey(self, light: Tensor) -> Tensor:
        """L as a picture for the encoder: N x 1 x H x W -> N x 3 x H x W, three times the same, minus the mean."""
        return (light / 100 - self.augment.mean.mean().to(light.device)).expand(-1, 3, -1, -1)

    def shares(self, ab: Tensor) -> Tensor:
        """Colours to shares of the bins, those near it having most: N x 2 x h x w -> N x Q x h x w."""
        far = torch.cdist(ab.movedim(1, -1).flatten(0, 2), self.bins)  # N h w x Q
        shares = (-0.5 * (far / SPREAD).square()).softmax(1)
        return shares.view(len(ab), *ab.shape[2:], -1).movedim(-1, 1)

    @torch.no_grad()
    def exhibits(self, light: Tensor, logits: Tensor) -> dict[str, Tensor]:
        """What is given; with the colours that are guessed; the share of the likeliest bin at each place."""
        ab = torch.einsum("nqhw,qc->nchw", (logits / ANNEAL).softmax(1), self.bins)  # the annealed mean
        ab = F.interpolate(ab, size=light.shape[2:], mode="bilinear")
        gray, colored = (lab_to_rgb(torch.cat([light, c], 1)) for c in (torch.zeros_like(ab), ab))
        return {
            "gray": (gray * 255).round().byte(),
            "colored": (colored * 255).round().byte(),
            "confidence": logits.softmax(1).amax(1),
        }

    def embed(self, images: Tensor) -> Tensor:
        """h of what is left of the pictures without their colours: the encoder has never seen any."""
        h: Tensor = self.encoder(self.grey(self.lab(images)[:, :1]))
        return h


def larger(d_in: int, d_out: int) -> nn.Module:
    """Twice as many places each way."""
    up = nn.ConvTranspose2d(d_in, d_out, 4, stride=2, padding=1, bias=False)
    return nn.Sequential(up, nn.BatchNorm2d(d_out), nn.ReLU())


def bins() -> Tensor:
    """All points of a grid with steps of STEP in a and b next to which there is a colour a screen can show: Q x 2."""
    tone = torch.linspace(0, 1, 33)
    ab = rgb_to_lab(torch.cartesian_prod(tone, tone, tone)[:, :, None, None])[:, 1:, 0, 0]
    points: Tensor = STEP * (ab / STEP).round().unique(dim=0)
    return points
