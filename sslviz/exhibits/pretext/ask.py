"""Questions to a network that was trained on a pretext task, picture by picture: which turn, order, colours?

Everything is asked of the method itself, in eval mode: its encoder, its head, its own cutting and its own colours. Only
the chance is taken out: pictures are whole, tiles are cut from the middle of their cells.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from sslviz.data.augment import Augment, Drawn
from sslviz.data.lab import lab_to_rgb
from sslviz.methods.colorization import ANNEAL, Colorization
from sslviz.methods.jigsaw import CELL, GAP, Jigsaw
from sslviz.methods.rotation import Rotation
from sslviz.runs.files import Array

ANGLES = np.arange(0, 360, 5)  # degrees, to the left
QUARTER = 90


# -- rotation ---------------------------------------------------------------------------------------------------------


def turned(x: Tensor, degrees: float) -> Tensor:
    """N x 3 x H x W, turned to the left. Quarter turns move whole pixels; between them, neighbours are mixed and the
    corners filled with mirrored pixels.
    """
    quarters, rest = divmod(degrees % 360, QUARTER)
    x = torch.rot90(x, int(quarters), (2, 3))
    if rest == 0:
        return x
    a = torch.tensor(np.radians(rest), dtype=torch.float32)
    matrix = torch.stack([torch.stack([a.cos(), -a.sin()]), torch.stack([a.sin(), a.cos()])])
    grid = F.affine_grid(torch.cat([matrix, torch.zeros(2, 1)], 1).expand(len(x), 2, 3), list(x.shape), False)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


@torch.no_grad()
def turns(method: Rotation, x: Tensor) -> Array:
    """Probability of 0°, 90°, 180° and 270° for views as they are: N x 3 x H x W -> N x 4."""
    return array(method.head(method.encoder(x)).softmax(1))


def turns_over_angle(method: Rotation, image: Tensor) -> Array:
    """The same for one picture (uint8 3 x H x W) turned by each of ANGLES: angles x 4."""
    x = method.augment.plain(image[None])
    return turns(method, torch.cat([turned(x, float(angle)) for angle in ANGLES]))


# -- jigsaw -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Puzzle:
    """Of N pictures. shuffled: uint8 N x H x W x 3, as the network gets its tiles, with gaps. probability: N x P."""

    shuffled: Array
    probability: Array
    permutations: Array  # P x T: place k of a shuffled picture shows tile permutations[y][k]


@torch.no_grad()
def puzzle(method: Jigsaw, images: Tensor, orders: Array) -> Puzzle:
    """uint8 N x 3 x H x W, the tiles of each picture in an order of their own: N x T."""
    x = enlarged(method.augment, images, CELL * method.knobs.tiles_per_side)
    order = torch.from_numpy(np.asarray(orders, np.int64))
    corner = torch.full((*order.shape, 2), GAP // 2)
    tiles = method.cut(x, corner)[torch.arange(len(x))[:, None], order]  # N x T x 3 x t x t, shuffled
    h = method.encoder(method.normalise(tiles.flatten(0, 1)))  # N T x d
    logits = method.head(h.reshape(len(x), -1))  # N x P
    shown = method.exhibits(tiles, logits, torch.zeros(len(x), dtype=torch.long))["shuffled"]
    return Puzzle(array(shown.permute(0, 2, 3, 1)), array(logits.softmax(1)), array(method.permutations).astype(int))


def enlarged(augment: Augment, images: Tensor, size: int) -> Tensor:
    """Whole pictures as views of another size: N x 3 x size x size."""
    n = len(images)
    middle, none = torch.full((n,), 0.5), torch.zeros(n)
    crop = torch.ones(n), none, middle, middle, torch.zeros(n, dtype=torch.bool)
    return augment.apply(images, Drawn(crop, None, None, None), size)


# -- colours ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Colours:
    """Of N pictures. gray, painted: uint8 N x H x W x 3. probability: N x Q x h x w. truth: the bin nearest to the true
    colour of each place, N x h x w. light: L of each place, 0 … 100, N x h x w. bins: a and b, Q x 2.
    """

    gray: Array
    painted: Array
    probability: Array
    truth: Array
    light: Array
    bins: Array

    @property
    def sure_and_wrong(self) -> Array:
        """Of each picture: what is staked on the likeliest bin where that is wrong, mean over all places. N."""
        wrong = self.probability.argmax(1) != self.truth
        return np.asarray((self.probability.max(1) * wrong).mean((1, 2)))


@torch.no_grad()
def colours(method: Colorization, images: Tensor, temperature: float = ANNEAL) -> Colours:
    """uint8 N x 3 x H x W. temperature: of the annealed mean that makes one colour of many; the method's is 0.38."""
    light, ab = method.lab(method.augment.plain(images)).split([1, 2], 1)
    logits = method.decoder(method.encoder.maps(method.grey(light)))  # N x Q x h x w
    places = logits.shape[2:]
    mean = torch.einsum("nqhw,qc->nchw", (logits / temperature).softmax(1), method.bins)
    mean = F.interpolate(mean, size=light.shape[2:], mode="bilinear")
    gray, painted = (lab_to_rgb(torch.cat([light, c], 1)) for c in (torch.zeros_like(mean), mean))
    return Colours(
        gray=array((gray * 255).round().byte().permute(0, 2, 3, 1)),
        painted=array((painted * 255).round().byte().permute(0, 2, 3, 1)),
        probability=array(logits.softmax(1)),
        truth=array(method.shares(F.adaptive_avg_pool2d(ab, places)).argmax(1)),
        light=array(F.adaptive_avg_pool2d(light, places)[:, 0]),
        bins=array(method.bins),
    )


def bin_colours(bins: Array, light: float) -> Array:
    """What each bin looks like at this lightness, as far as a screen can show it: uint8 Q x 3."""
    ab = torch.from_numpy(np.asarray(bins, np.float32))
    lab = torch.cat([torch.full((len(ab), 1), float(light)), ab], 1)[:, :, None, None]
    return array((lab_to_rgb(lab)[:, :, 0, 0] * 255).round().byte())


def array(value: Tensor) -> Array:
    return np.array(value.numpy())
