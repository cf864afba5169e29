"""A small residual network: colour picture in, h out. Learns something visible in a minute on two CPU cores.

The residual blocks are those of He et al. 2016 (arXiv:1512.03385, Fig. 2). The 4x4 stem with stride 2 stands where
ImageNet nets have 7x7 and pooling: on 32x32 pictures it is the cheapest way to a quarter of the pixels.
"""

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sslviz.nets.encoder import Encoder


class ConvNet(Encoder):
    """B x 3 x H x W -> B x dim, float32. Widths w, 2w, 4w; at w = 32: 0.29 M parameters, 15.5 MFLOP for 32x32."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.dim = 4 * width
        self.net = nn.Sequential(
            nn.Conv2d(3, width, 4, stride=2, padding=1, bias=False),  # 32x32 -> 16x16
            nn.BatchNorm2d(width),
            nn.ReLU(),
            Residual(width, 2 * width),  # -> 8x8
            Residual(2 * width, 4 * width),  # -> 4x4
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )

    @torch.no_grad()
    def whiten(self, images: Tensor) -> None:
        """Starts the stem as a whitening of the pictures' 4x4 patches: their principal directions, each at equal
        strength.

        Neighbouring pixels are nearly equal, so random filters mostly see the same brightness. Half the filters look
        along the strongest directions, half against them (ReLU drops one sign). Only the starting point changes: the
        stem learns on like the rest. Idea: Coates & Ng 2011; as a first layer: Jordan 2024 (arXiv:2404.00498, section
        3.1). `images`: some thousands of float pictures, B x 3 x H x W.
        """
        stem = cast(nn.Conv2d, self.net[0])
        patches = F.unfold(images, 4, stride=4).transpose(1, 2).flatten(0, 1)  # all patches x 48
        patches = patches - patches.mean(0)
        strength, directions = torch.linalg.eigh(patches.T @ patches / len(patches))  # ascending
        half = min(stem.out_channels // 2, 48)
        filters = (directions / (strength + 5e-4).sqrt()).T.flip(0)[:half]
        both = torch.cat([filters, -filters]).view(-1, 3, 4, 4)
        stem.weight[: 2 * half] = both * (stem.weight.std() / both.std())

    def forward(self, x: Tensor) -> Tensor:
        with self.arithmetic(x):
            h: Tensor = self.net(x)
        return h.float()

    def maps(self, x: Tensor) -> Tensor:
        """h before it is averaged over the places: B x 3 x H x W -> B x dim x H/8 x W/8, float32."""
        with self.arithmetic(x):
            places: Tensor = self.net[:-2](x)
        return places.float()


class Residual(nn.Module):
    """relu(shortcut(x) + F(x)): halves the resolution; the shortcut lets the gradient pass unhindered."""

    def __init__(self, d_in: int, d_out: int) -> None:
        super().__init__()
        self.f = nn.Sequential(
            nn.Conv2d(d_in, d_out, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(d_out),
            nn.ReLU(),
            nn.Conv2d(d_out, d_out, 3, padding=1, bias=False),
            nn.BatchNorm2d(d_out),
        )
        self.shortcut = nn.Sequential(nn.Conv2d(d_in, d_out, 1, stride=2, bias=False), nn.BatchNorm2d(d_out))

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.shortcut(x) + self.f(x))
