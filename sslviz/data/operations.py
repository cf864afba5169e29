"""What is done to the pixels of a view: crop and flip, colours, blur. Each picture of a batch has numbers of its own.

Nothing here is random: augment.py throws the dice. The operations are those of SimCLR, appendix A (arXiv:2002.05709).
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

YIQ = ((0.299, 0.587, 0.114), (0.596, -0.274, -0.322), (0.211, -0.523, 0.312))  # luma and chroma of R, G, B (NTSC)
LONGEST = 4 / 3  # a crop is at most this much wider than high, or higher than wide


def crop_matrix(share: Tensor, aspect: Tensor, left: Tensor, top: Tensor, flip: Tensor) -> Tensor:
    """B x 2 x 3: view coordinates -> picture coordinates (both run from -1 to 1).

    `share` of the picture's area, in (0, 1]; `aspect` from -1 (high) to 1 (wide); `left`, `top`: 0 … 1, where the crop
    lies in the room there is; `flip`: bool. The aspect ratio is at most 4/3 and at most what fits: share 1 is all.
    """
    stretch = torch.exp(aspect * torch.clamp(-share.log(), max=math.log(LONGEST)) / 2)
    w, h = share.sqrt() * stretch, share.sqrt() / stretch
    zero = torch.zeros_like(w)
    row_x = torch.stack([torch.where(flip, -w, w), zero, (1 - w) * (2 * left - 1)], -1)
    row_y = torch.stack([zero, h, (1 - h) * (2 * top - 1)], -1)
    return torch.stack([row_x, row_y], 1)


def resample(x: Tensor, matrix: Tensor, size: int) -> Tensor:
    """B x 3 x size x size: bilinear. Made for views down to half the crop's resolution; below that, it skips pixels."""
    grid = F.affine_grid(matrix, [len(x), 3, size, size], align_corners=False)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


def recolour(x: Tensor, brightness: Tensor, contrast: Tensor, saturation: Tensor, turn: Tensor) -> Tensor:
    """Brightness, contrast about the mean gray, saturation, hue: four factors per picture (1, 1, 1, 0 changes nothing).

    In YIQ, the colours of analogue television, a picture is luma Y and two axes of chroma: saturation stretches the
    chroma, hue turns it by `turn` of a full circle, and Y stays. This is linear, but only an approximation of the hue
    of HSV: 0.03 away on average on photographs, more in strong colours, because HSV lets the luma change.
    Only the end result is clamped to [0, 1], not every stage.
    """
    yiq = x.new_tensor(YIQ)
    one, zero = torch.ones_like(turn), torch.zeros_like(turn)
    c, s = saturation * (2 * math.pi * turn).cos(), saturation * (2 * math.pi * turn).sin()
    chroma = torch.stack([one, zero, zero, zero, c, s, zero, -s, c], -1).view(-1, 3, 3)  # acts on Y, I, Q
    gain = (brightness * contrast).view(-1, 1, 1)
    offset = brightness * (1 - contrast) * (x.mean((2, 3)) @ yiq[0])  # a gray, which has no chroma to change
    matrix = gain * (torch.linalg.inv(yiq) @ chroma @ yiq)
    y = torch.baddbmm(offset.view(-1, 1, 1), matrix, x.flatten(2))
    return y.clamp_(0, 1).view_as(x)


def gaussian_blur(x: Tensor, sigma: Tensor) -> Tensor:
    """Blur by `sigma` pixels, one per picture; 0 leaves it alone. At the border only pixels that exist are averaged."""
    i = torch.arange(x.shape[-1], device=x.device)
    spread = 2 * sigma.clamp(min=1e-3).square().view(-1, 1, 1)
    weights = torch.exp((-(i - i[:, None]).square() / spread).clamp(min=-20))  # B x W x W; exp(-20) is nothing
    weights = weights / weights.sum(-1, keepdim=True)
    for _ in range(2):  # along the rows, then, transposed, along the columns
        x = (x.flatten(1, 2) @ weights.mT).view_as(x).mT
    return x
