"""A small vision transformer: the picture is cut into patches, and every patch asks all others what they know.

    L    patches of a picture, 8 x 8 of 4 x 4 pixels in a picture of 32 x 32
    d    numbers in a token; a class token, first of all, collects what is said about the whole picture

Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words" (arXiv:2010.11929), equations 1–4, pre-norm. Positions are
sines and cosines (Vaswani et al. 2017, section 3.5, in two dimensions), fixed, as in MAE. They are stretched over the
picture: a small crop of 4 x 4 patches spans the same range, so nets may see crops of several sizes.

Three choices are not the papers', because nets of this size learn faster so. Masked error of MAE on shapes after 24,000
pictures, one seed each: linear layers start as PyTorch has them, not with MAE's larger Xavier weights (.0350 -> .0236);
the slowest wave is 100 times as long as the fastest, not 10,000 times, for there are 8 places and not thousands (.0213
-> .0193); pixels are multiplied by 4, which makes patches as loud as their positions (.0368 -> .0350).
"""

import math
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sslviz.nets.encoder import Encoder

PATCH = 4  # pixels
RANGE = 8  # positions run from 0 to 8, whatever the number of patches
SLOWEST = 100  # the longest wave of the positions, in units of the shortest
GAIN = 4  # pixels spread by about 1/4 around their mean: now by 1, like the positions that are added to them
HEAD = 32  # numbers per attention head


class ViT(Encoder):
    """B x 3 x H x W -> B x dim, the class token. At width 32: d = 128, four blocks, four heads, 0.8 M parameters."""

    def __init__(self, width: int = 32, depth: int = 4) -> None:
        super().__init__()
        self.dim = 4 * width
        self.embed_patches = nn.Conv2d(3, self.dim, PATCH, stride=PATCH)
        self.class_token = nn.Parameter(0.02 * torch.randn(self.dim))
        self.blocks = nn.ModuleList(Block(self.dim) for _ in range(depth))
        self.norm = nn.LayerNorm(self.dim)

    def forward(self, x: Tensor) -> Tensor:
        return self.tokens(x)[:, 0]

    def tokens(self, x: Tensor, visible: Tensor | None = None) -> Tensor:
        """B x 3 x H x W -> B x (1 + L) x d, float32. `visible` (B x V, numbers of patches): only these are seen."""
        with self.arithmetic(x):
            t = self.start(x, visible)
            for block in self.blocks:
                t = block(t)
            normed: Tensor = self.norm(t)
        return normed.float()

    def attention(self, x: Tensor) -> Tensor:
        """Who looks where in the last block: B x 3 x H x W -> B x heads x (1 + L) x (1 + L), rows sum to 1."""
        with self.arithmetic(x):
            t = self.start(x)
            for block in self.blocks[:-1]:
                t = block(t)
            last = cast(Block, self.blocks[-1])
            found = last.attention(last.norm1(t))
        return found.float()

    def start(self, x: Tensor, visible: Tensor | None = None) -> Tensor:
        """Patches with their positions, class token in front."""
        patches = self.embed_patches(GAIN * x)  # B x d x H/4 x W/4
        positions = sincos(self.dim, patches.shape[-1], x.device)  # L x d
        t = patches.flatten(2).transpose(1, 2) + positions
        if visible is not None:
            t = t.gather(1, visible[:, :, None].expand(-1, -1, self.dim))
        return torch.cat([self.class_token.to(t.dtype).expand(len(t), 1, -1), t], 1)


class Block(nn.Module):
    """t + attention(norm(t)), then t + mlp(norm(t)): B x T x d -> the same."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.heads = max(1, d // HEAD)
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.mlp = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d))

    def forward(self, t: Tensor) -> Tensor:
        q, k, v = self.split(self.norm1(t))
        said = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
        t = t + self.out(said)
        thought: Tensor = self.mlp(self.norm2(t))
        return t + thought

    def attention(self, t: Tensor) -> Tensor:
        """softmax(q k / √d'): B x heads x T x T, of tokens that are normed already."""
        q, k, _ = self.split(t)
        return (q @ k.mT / math.sqrt(q.shape[-1])).softmax(-1)

    def split(self, t: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values, each B x heads x T x d'."""
        qkv: Tensor = self.qkv(t)  # B x T x 3d
        q, k, v = qkv.unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4).unbind()
        return q, k, v


def sincos(d: int, side: int, device: torch.device) -> Tensor:
    """side² x d: half of the numbers say how far down a patch lies, the other half how far to the right."""
    place = (torch.arange(side, device=device) + 0.5) * RANGE / side  # middles of the patches
    pace = SLOWEST ** -(torch.arange(d // 4, device=device) / (d // 4))
    wave = torch.cat([(place[:, None] * pace).sin(), (place[:, None] * pace).cos()], 1)  # side x d/2
    down, right = wave[:, None].expand(-1, side, -1), wave[None].expand(side, -1, -1)
    return torch.cat([down, right], -1).flatten(0, 1)


def patchify(x: Tensor) -> Tensor:
    """N x 3 x H x W -> N x L x P: patches row by row, in each its pixels row by row, red, green, blue side by side."""
    n, c, h, w = x.shape
    x = x.reshape(n, c, h // PATCH, PATCH, w // PATCH, PATCH)
    return x.permute(0, 2, 4, 3, 5, 1).reshape(n, -1, PATCH * PATCH * c)


def unpatchify(patches: Tensor) -> Tensor:
    """N x L x P -> N x 3 x H x W, of square pictures: the way back."""
    n, side = len(patches), round(patches.shape[1] ** 0.5)
    x = patches.view(n, side, side, PATCH, PATCH, 3)
    return x.permute(0, 5, 1, 3, 2, 4).reshape(n, 3, side * PATCH, side * PATCH)
