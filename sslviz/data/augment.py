"""Random views of pictures: crop, flip, colour, blur and solarise a whole batch at once, each picture in its own way.

Crop, aspect ratio and flip are linear in the coordinates: one 2x3 matrix per picture (where does each pixel of the
view look?). Brightness, contrast, saturation, hue and gray are linear in R, G, B: one 3x4 matrix per picture (what
becomes of each colour?). The operations are those of SimCLR, appendix A (arXiv:2002.05709), in a fixed order.

Every view draws the same table of uniform numbers, whatever the knobs say: turning one knob bends the views, it never
reshuffles them. Two runs with one seed therefore see the same crops of the same pictures, even if their colours differ.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from sslviz.knobs import Knobs, knob

YIQ = ((0.299, 0.587, 0.114), (0.596, -0.274, -0.322), (0.211, -0.523, 0.312))  # luma and chroma of R, G, B (NTSC)
LONGEST = 4 / 3  # a crop is at most this much wider than high, or higher than wide


class AugmentKnobs(Knobs):
    """How views differ from their picture. A representation learns to ignore exactly what is varied here."""

    crop_scale: float = knob(0.2, 0.05, 1.0, help="smallest share of the picture that a crop keeps; 1: no crop")
    flip: float = knob(0.5, 0.0, 1.0, help="how often left and right are swapped")
    jitter: float = knob(0.8, 0.0, 1.0, help="how often the colours change at all")
    brightness: float = knob(0.4, 0.0, 1.0, help="brightness changes by up to this share")
    contrast: float = knob(0.4, 0.0, 1.0, help="contrast changes by up to this share")
    saturation: float = knob(0.4, 0.0, 1.0, help="saturation changes by up to this share")
    hue: float = knob(0.5, 0.0, 0.5, help="hue turns by up to this share of the colour circle; 0.5: any hue")
    gray: float = knob(0.2, 0.0, 1.0, help="how often all colour is taken away")
    blur: float = knob(0.0, 0.0, 1.0, help="how often the view is blurred")
    blur_sigma: float = knob(1.0, 0.1, 3.0, help="strongest blur, in pixels")
    solarize: float = knob(0.0, 0.0, 1.0, help="how often the bright half of the tones is inverted")


class Augment:
    """Views of uint8 pictures, as float32 minus the channel mean. `knobs` may be replaced at any time."""

    def __init__(self, knobs: AugmentKnobs, mean: Tensor) -> None:
        """`mean`: the average red, green and blue of the data, in [0, 1]."""
        self.knobs = knobs
        self.mean = mean.view(3, 1, 1)
        self.random = torch.Generator()  # on the CPU, so that every device draws the same views
        self.seed(0, 0)

    def seed(self, seed: int, step: int) -> None:
        """Everything that is drawn from here on follows from these two numbers (>= 0) alone."""
        self.random.manual_seed(int(np.random.SeedSequence((seed, step)).generate_state(1)[0]))

    def __call__(self, images: Tensor, *, size: int | None = None, scale: tuple[float, float] | None = None) -> Tensor:
        """One random view of each picture: uint8 B x 3 x H x W -> float32 B x 3 x size x size.

        `size` of the view in pixels, H unless given. `scale`: least and largest share of the picture that a crop keeps,
        (crop_scale, 1) unless given. Pictures are square.
        """
        k, size, scale = self.knobs, size or images.shape[-1], scale or (self.knobs.crop_scale, 1.0)
        table = torch.rand(14, len(images), generator=self.random).to(images.device)
        area, aspect, left, top, flip, jitter, bright, contrast, saturated, hue, gray, blur, sigma, solar = table
        x = images / 255.0
        if scale != (1.0, 1.0) or k.flip > 0 or size != images.shape[-1]:
            share = scale[0] + (scale[1] - scale[0]) * area
            x = resample(x, crop_matrix(share, 2 * aspect - 1, left, top, flip < k.flip), size)
        if k.jitter > 0 or k.gray > 0:
            strength = (jitter < k.jitter).float()  # 0: this picture keeps its colours
            factors = (
                1 + strength * k.brightness * (2 * bright - 1),
                1 + strength * k.contrast * (2 * contrast - 1),
                (1 + strength * k.saturation * (2 * saturated - 1)) * (gray >= k.gray),
                strength * k.hue * (2 * hue - 1),
            )
            x = recolour(x, *factors)
        if k.blur > 0:
            x = gaussian_blur(x, (0.1 + (k.blur_sigma - 0.1) * sigma).where(blur < k.blur, 0))
        if k.solarize > 0:
            x = torch.where((solar < k.solarize).view(-1, 1, 1, 1) & (x >= 0.5), 1 - x, x)
        return x - self.mean.to(x.device)

    def plain(self, images: Tensor) -> Tensor:
        """The pictures as they are: uint8 B x 3 x H x W -> float32 minus the channel mean."""
        return images / 255.0 - self.mean.to(images.device)

    def display(self, x: Tensor) -> Tensor:
        """Views back to something to look at: adds the mean -> uint8 B x 3 x H x W."""
        return ((x.float() + self.mean.to(x.device)) * 255).round().clamp(0, 255).byte()


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
