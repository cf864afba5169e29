"""MAE: hide most patches of a picture; whoever can paint them in again must have understood what is there.

    x        one view of each of N pictures, cut into L patches of P = 3·4·4 numbers     N x 3 x H x W, N x L x P
    M        the patches that are hidden, |M| of them, the same number in every picture   N x L
    visible  numbers of the patches that are left: the encoder sees these and no others   N x V
    x̂        what the decoder paints: visible patches as the encoder describes them, and in
             the place of each hidden one the same learned token, which knows its position     N x L x P

He et al. 2021, "Masked Autoencoders Are Scalable Vision Learners", section 3 (it has no numbered equation). The error
counts on hidden patches only: copying what is seen teaches nothing. With normalised pixels each patch is measured in
its own mean and standard deviation, so that faint texture counts as much as strong edges.
"""

from typing import Any, Literal

import torch
from torch import Tensor, nn

from sslviz.data.augment import Augment
from sslviz.knobs import knob
from sslviz.methods.method import Method, Step
from sslviz.nets.encoder import Encoder
from sslviz.nets.vit import PATCH, Block, ViT, patchify, sincos, unpatchify

MaskType = Literal["random", "block", "grid"]
FLAT = 1e-6  # added to a patch's variance: a patch of one colour has none


class MAE(Method):
    """Masked prediction: a large encoder for the few visible patches, a small decoder for all of them."""

    title, family, paper = "MAE", "masked prediction", "https://arxiv.org/abs/2111.06377"
    equation = r"\mathcal{L} = \frac{1}{|M|} \sum_{i \in M} \frac{1}{P} \left\| \hat{x}_i - x_i \right\|^2"
    summary = "Most patches of a picture are hidden, and the network paints them in from the few that are left."
    encoders = ("vit",)
    # As in the paper, little more than a crop. Small batches make more steps in the same seconds.
    recommended = {
        "crop_scale": 0.6,
        "jitter": 0.0,
        "gray": 0.0,
        "batch_size": 64,
        "learning_rate": 3e-3,
        "warmup_steps": 40,
    }

    class Knobs(Method.Knobs):
        mask_ratio: float = knob(0.75, 0.1, 0.95, help="share of the patches that is hidden")
        mask_type: MaskType = knob("random", help="hidden are: any patches; one large block; all but a regular grid")
        normalised_pixels: bool = knob(
            False, help="on: each patch is measured in its own mean and standard deviation, and the trivial error is 1"
        )
        loss_on_all: bool = knob(False, help="on: visible patches count too, and copying them is worth something")
        decoder_width: Literal[32, 64, 128] = knob(64, live=False, help="numbers per token in the decoder")
        decoder_depth: int = knob(1, 1, 4, live=False, help="transformer blocks of the decoder")

    knobs: Knobs
    encoder: ViT

    def __init__(self, encoder: Encoder, knobs: Knobs, augment: Augment) -> None:
        super().__init__(encoder, knobs, augment)
        d = knobs.decoder_width
        self.narrow = nn.Linear(encoder.dim, d)
        self.mask_token = nn.Parameter(0.02 * torch.randn(d))
        self.decoder = nn.Sequential(*(Block(d) for _ in range(knobs.decoder_depth)), nn.LayerNorm(d))
        self.paint = nn.Linear(d, 3 * PATCH * PATCH)

    def views(self, images: Tensor, labels: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """One view of each picture and the numbers of its visible patches: N x 3 x H x W and N x V."""
        x = self.augment(images)
        side = x.shape[-1] // PATCH
        noise = torch.rand(len(x), side * side, generator=self.augment.random)
        hidden = min(max(round(self.knobs.mask_ratio * side * side), 1), side * side - 1)
        order = turns(self.knobs.mask_type, noise, side).argsort(1)
        return x, order[:, hidden:].sort(1).values.to(x.device)

    # fmt: off
    def step(self, x: Tensor, visible: Tensor) -> Step:
        patches = patchify(x)                                                 # N x L x P
        mask = torch.ones_like(patches[:, :, 0]).scatter(1, visible, 0)       # N x L, 1: hidden
        goal, mean, std = self.measured(patches)                              # N x L x P
        predicted = self.predict(x, visible)                                  # N x L x P
        error = (predicted - goal).square().mean(2)                           # N x L
        counts = torch.ones_like(mask) if self.knobs.loss_on_all else mask
        loss = (error * counts).sum() / counts.sum()
        painted = unpatchify(predicted.detach() * std + mean)
        return Step(loss, self.shown(x, mask, painted, error.detach()), self.errors(patches, mask, painted))
    # fmt: on

    @classmethod
    def ignorance(cls, values: dict[str, Any]) -> tuple[str, float] | None:
        """With normalised pixels every patch has mean 0 and variance 1: predicting the mean costs 1."""
        return ("each patch's own mean", 1.0) if values["normalised_pixels"] else None

    def measured(self, patches: Tensor) -> tuple[Tensor, Tensor | float, Tensor | float]:
        """(x − mean) / std of every patch, mean and std; the pixels themselves, 0 and 1, if they stay as they are."""
        if not self.knobs.normalised_pixels:
            return patches, 0.0, 1.0
        mean, std = patches.mean(2, keepdim=True), (patches.var(2, correction=0, keepdim=True) + FLAT).sqrt()
        return (patches - mean) / std, mean, std

    def predict(self, x: Tensor, visible: Tensor) -> Tensor:
        """What the decoder paints in every patch, from the visible ones: N x L x P."""
        seen = self.narrow(self.encoder.tokens(x, visible))  # N x (1 + V) x d, class token first
        side, d = x.shape[-1] // PATCH, seen.shape[-1]
        places = visible[:, :, None].expand(-1, -1, d)
        tokens = self.mask_token.expand(len(x), side * side, d).scatter(1, places, seen[:, 1:])
        tokens = tokens + sincos(d, side, x.device)
        painted: Tensor = self.paint(self.decoder(torch.cat([seen[:, :1], tokens], 1))[:, 1:])
        return painted

    def embed(self, images: Tensor) -> Tensor:
        """h: the mean of all patches of the whole picture, nothing hidden. No loss looks at the class token by itself:
        after 64,000 shapes a linear probe reads 54 % off the mean and 43 % off the class token (untrained: 31, 29 %).
        """
        return self.encoder.tokens(images)[:, 1:].mean(1)

    @torch.no_grad()
    def shown(self, x: Tensor, mask: Tensor, painted: Tensor, error: Tensor) -> dict[str, Tensor]:
        """Pictures for the page. With normalised pixels, `prediction` borrows each patch's mean and std from the truth:
        the network has not predicted them. `attention` is paid for only when somebody looks, not while training.
        """
        exhibits = {"mask": mask.byte(), "prediction": self.augment.display(painted), "patch_error": error}
        if not self.training:
            found = self.encoder.attention(x)[:, :, 0, 1:]  # class token to patches
            exhibits["attention"] = found.unflatten(2, (x.shape[-1] // PATCH, -1))
        return exhibits

    @torch.no_grad()
    def errors(self, patches: Tensor, mask: Tensor, painted: Tensor) -> dict[str, Tensor]:
        """Squared error on hidden patches, in plain pixels: of the prediction, and of two trivial answers. One cheats,
        and knows each hidden patch's mean; the other paints everything in the mean colour of what is visible.
        """
        pixels = patches.unflatten(2, (-1, 3))  # N x L x 16 x 3
        seen = (1 - mask)[:, :, None, None]
        colour = (pixels * seen).mean((1, 2)) / seen.mean((1, 2))  # N x 3
        wrong = {
            "masked_error": patchify(painted) - patches,
            "patch_mean_error": patches - patches.mean(2, keepdim=True),
            "one_colour_error": (pixels - colour[:, None, None]).flatten(2),
        }
        return {name: (off.square().mean(2) * mask).sum() / mask.sum() for name, off in wrong.items()}


def turns(kind: MaskType, noise: Tensor, side: int) -> Tensor:
    """When a patch has its turn to be hidden (lowest first), from uniform noise: N x side² -> N x side².

    random: any patch may be next. block: the patches nearest to a random middle, in a rectangle of random aspect
    (BEiT, from which the paper took its blocks, glues several). grid: all but a lattice, which is thinned out evenly;
    at 3/4 one patch of every four is left, as in the paper.
    """
    row, column = torch.arange(side * side) // side, torch.arange(side * side) % side
    if kind == "block":
        stretch = (noise[:, :1] - 0.5).exp()
        down = (row - noise[:, 1:2] * (side - 1)).abs() * stretch
        right = (column - noise[:, 2:3] * (side - 1)).abs() / stretch
        return torch.maximum(down, right)
    if kind == "grid":
        return -dither(row, column).expand_as(noise)
    return noise


def dither(row: Tensor, column: Tensor) -> Tensor:
    """Bayer's order: the first 4^k places of a 2^n x 2^n square form a regular lattice."""
    order = torch.zeros_like(row)
    for bit in range(6):  # up to 64 x 64 patches
        odd, down = (row ^ column) >> bit & 1, row >> bit & 1
        order = order * 4 + 2 * odd + down
    return order
