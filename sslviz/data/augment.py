"""Random views of pictures: crop, flip, colour, blur and solarise a whole batch at once, each picture in its own way.

Crop, aspect ratio and flip are linear in the coordinates: one 2x3 matrix per picture (where does each pixel of the
view look?). Brightness, contrast, saturation, hue and gray are linear in R, G, B: one 3x4 matrix per picture (what
becomes of each colour?). The operations are those of SimCLR, appendix A (arXiv:2002.05709), in a fixed order.

Every view draws the same table of uniform numbers, whatever the knobs say: turning one knob bends the views, it never
reshuffles them. Two runs with one seed therefore see the same crops of the same pictures, even if their colours differ.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from sslviz.data.operations import crop_matrix, gaussian_blur, recolour, resample
from sslviz.knobs import Knobs, knob


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


OFF = {"crop_scale": 1.0, "flip": 0.0, "jitter": 0.0, "gray": 0.0, "blur": 0.0, "solarize": 0.0}  # pictures as they are


class Drawn(NamedTuple):
    """What happens to each of B pictures, in B numbers each; None: switched off, for all of them."""

    crop: tuple[Tensor, Tensor, Tensor, Tensor, Tensor] | None  # share, aspect, left, top, flip: see crop_matrix
    colour: tuple[Tensor, Tensor, Tensor, Tensor] | None  # brightness, contrast, saturation (0: gray), turn: recolour
    sigma: Tensor | None  # of the blur, in pixels; 0: none
    inverted: Tensor | None  # bool: solarised


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
        size = size or images.shape[-1]
        return self.apply(images, self.draw(images, size, scale or (self.knobs.crop_scale, 1.0)), size)

    def draw(self, images: Tensor, size: int, scale: tuple[float, float]) -> Drawn:
        """Throws the dice for one view of each picture."""
        k = self.knobs
        table = torch.rand(14, len(images), generator=self.random).to(images.device)
        area, aspect, left, top, flip, jitter, bright, contrast, saturated, hue, gray, blur, sigma, solar = table
        crop = colour = None
        if scale != (1.0, 1.0) or k.flip > 0 or size != images.shape[-1]:
            crop = scale[0] + (scale[1] - scale[0]) * area, 2 * aspect - 1, left, top, flip < k.flip
        if k.jitter > 0 or k.gray > 0:
            strength = (jitter < k.jitter).float()  # 0: this picture keeps its colours
            colour = (
                1 + strength * k.brightness * (2 * bright - 1),
                1 + strength * k.contrast * (2 * contrast - 1),
                (1 + strength * k.saturation * (2 * saturated - 1)) * (gray >= k.gray),
                strength * k.hue * (2 * hue - 1),
            )
        blurred = (0.1 + (k.blur_sigma - 0.1) * sigma).where(blur < k.blur, 0) if k.blur > 0 else None
        return Drawn(crop, colour, blurred, solar < k.solarize if k.solarize > 0 else None)

    def apply(self, images: Tensor, drawn: Drawn, size: int) -> Tensor:
        """What was drawn, done to the pictures; what is off costs nothing."""
        x = images / 255.0
        if drawn.crop is not None:
            x = resample(x, crop_matrix(*drawn.crop), size)
        if drawn.colour is not None:
            x = recolour(x, *drawn.colour)
        if drawn.sigma is not None:
            x = gaussian_blur(x, drawn.sigma)
        if drawn.inverted is not None:
            x = torch.where(drawn.inverted.view(-1, 1, 1, 1) & (x >= 0.5), 1 - x, x)
        return x - self.mean.to(x.device)

    def plain(self, images: Tensor) -> Tensor:
        """The pictures as they are: uint8 B x 3 x H x W -> float32 minus the channel mean."""
        return images / 255.0 - self.mean.to(images.device)

    def display(self, x: Tensor) -> Tensor:
        """Views back to something to look at: adds the mean -> uint8 B x 3 x H x W."""
        return ((x.float() + self.mean.to(x.device)) * 255).round().clamp(0, 255).byte()
