"""Ten coloured shapes, drawn by formula: pictures of which we know everything, because we made them.

Each picture is one figure on a calm ground. Shape, hue, ground hue, size, position and angle are drawn at random and
kept, so that one can *measure* what a network has learnt to see and what it has learnt to ignore. A figure is a signed
distance d(x, y): negative inside, positive outside, 0 on the outline (see Inigo Quilez, "2D distance functions"). Here
(x, y) is in units of the figure's radius, y down, and every figure fits into the unit circle, more or less (corners and
tips stand out a little, so that no shape looks smaller than the others).
"""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from sslviz.data.dataset import Dataset, Split

Array = NDArray[np.float32]
SIZE = 32
SOFTNESS = 1.5  # width of the soft outline, pixels
HUE_GAP = 0.12  # figure and ground differ by at least this much, in turns: no figure is lost in its ground


def make(
    n_train: int = 20_000,
    n_test: int = 2_000,
    *,
    seed: int = 0,
    size: int = SIZE,
    progress: Callable[[str, float], None] | None = None,
) -> Dataset:
    """Training and test pictures with labels, factors and masks. The same arguments give the same bytes."""
    n, done = n_train + n_test, 0

    def drawn(k: int) -> None:
        nonlocal done
        done += k
        if progress is not None:
            progress("Drawing shapes", done / n)

    train = _split(n_train, np.random.default_rng([seed, 0]), size, drawn)
    test = _split(n_test, np.random.default_rng([seed, 1]), size, drawn)
    return Dataset("shapes", train, test, tuple(SHAPES))


def _split(n: int, rng: np.random.Generator, size: int, drawn: Callable[[int], None]) -> Split:
    shape = rng.permutation(np.arange(n) % len(SHAPES))
    hue = rng.random(n)
    factors = {
        "shape": shape,
        "hue": hue,
        "background_hue": (hue + rng.uniform(HUE_GAP, 1 - HUE_GAP, n)) % 1,  # still uniform by itself
        "size": rng.uniform(0.55, 0.85, n),  # radius, as a share of half the picture's width
        "x": rng.uniform(-0.2, 0.2, n),  # centre, same unit; positive = right
        "y": rng.uniform(-0.2, 0.2, n),  # positive = down
        "angle": rng.uniform(-0.5, 0.5, n),  # radians, positive = clockwise on the screen
    }
    factors = {name: values.astype(np.float32) for name, values in factors.items()}
    images = np.empty((n, 3, size, size), np.uint8)
    masks = np.empty((n, size, size), np.bool_)
    for k, distance in enumerate(SHAPES.values()):  # all pictures of one shape at once
        rows = np.flatnonzero(shape == k)
        some = {name: values[rows, None, None] for name, values in factors.items()}
        inside = _inside(distance, some, size)  # rows x H x W, 0..1
        figure = _rgb(some["hue"], 0.8, 0.95)
        ground = _ground(some["background_hue"], rng, size)
        picture = ground + inside[:, None] * (figure - ground)
        picture += 0.03 * rng.standard_normal(picture.shape, np.float32)
        images[rows] = (picture.clip(0, 1) * 255).round().astype(np.uint8)
        masks[rows] = inside > 0.5
        drawn(len(rows))
    labels = torch.from_numpy(shape.astype(np.int64))
    return Split(torch.from_numpy(images), labels, factors, torch.from_numpy(masks))


def _inside(distance: Callable[[Array, Array], Array], factors: dict[str, Array], size: int) -> Array:
    """How much of each pixel the figure covers: B x H x W, 1 inside, 0 outside, a soft step between them."""
    pixel = _pixels(size)
    x, y = pixel[None, None, :] - factors["x"], pixel[None, :, None] - factors["y"]
    cos, sin = np.cos(factors["angle"]), np.sin(factors["angle"])
    u, v = (cos * x + sin * y) / factors["size"], (cos * y - sin * x) / factors["size"]
    d = distance(u, v) * factors["size"] * (size / 2)  # pixels
    t = (0.5 - d / SOFTNESS).clip(0, 1)
    step: Array = t * t * (3 - 2 * t)
    return step


def _ground(hue: Array, rng: np.random.Generator, size: int) -> Array:
    """Plain colour, slow clouds, faint stripes: B x 3 x H x W. Busier grounds drown the shape (nothing is learnt)."""
    n = len(hue)
    value = rng.uniform(0.4, 0.9, (n, 1, 1)).astype(np.float32)
    cells = torch.from_numpy(rng.random((n, 1, 6, 6), np.float32) - 0.5)
    clouds = F.interpolate(cells, (size, size), mode="bicubic", align_corners=True).numpy()
    turn = rng.uniform(0, np.pi, (n, 1, 1)).astype(np.float32)
    waves = rng.uniform(2, 5, (n, 1, 1)).astype(np.float32)  # stripes across half the picture
    pixel = _pixels(size)
    stripes = np.sin(2 * np.pi * waves * (np.cos(turn) * pixel[None, None, :] + np.sin(turn) * pixel[None, :, None]))
    ground: Array = _rgb(hue, 0.6, value) + 0.15 * clouds + 0.03 * stripes[:, None].astype(np.float32)
    return ground


def _rgb(hue: Array, saturation: float, value: Array | float) -> Array:
    """HSV to RGB: hue B x 1 x 1 in turns -> B x 3 x 1 x 1, in 0..1."""
    channel = np.array([5, 3, 1], np.float32).reshape(1, 3, 1, 1)
    k = (channel + 6 * hue[:, None]) % 6
    v = value if isinstance(value, float) else value[:, None]
    rgb: Array = v - v * saturation * np.minimum(k, 4 - k).clip(0, 1)
    return rgb


def _pixels(size: int) -> Array:
    """Centres of the pixels of one row, -1..1."""
    centres: Array = (np.arange(size, dtype=np.float32) + 0.5) * np.float32(2 / size) - 1
    return centres


def _box(x: Array, y: Array, half_width: float, half_height: float) -> Array:
    dx, dy = np.abs(x) - half_width, np.abs(y) - half_height
    distance: Array = np.hypot(dx.clip(0), dy.clip(0)) + np.maximum(dx, dy).clip(None, 0)
    return distance


def _circle(x: Array, y: Array) -> Array:
    distance: Array = np.hypot(x, y) - np.float32(0.95)
    return distance


def _square(x: Array, y: Array) -> Array:
    return _box(x, y, 0.78, 0.78)


def _triangle(x: Array, y: Array) -> Array:
    s = np.float32(np.sqrt(3) / 2)
    distance: Array = np.maximum(y, np.abs(x) * s - y / 2) - np.float32(0.56)
    return distance


def _star(x: Array, y: Array) -> Array:
    """Five points: every tenth of the star is the same edge, from a tip (radius 1.08) to a notch (radius .46)."""
    wedge = np.float32(np.pi / 5)
    turn = np.abs((np.arctan2(x, -y) + wedge) % (2 * wedge) - wedge)  # 0 at a tip, π/5 at a notch
    r = np.hypot(x, y)
    tip, notch = 1.08, 0.46 * np.exp(1j * np.pi / 5)
    edge = (notch - tip) / abs(notch - tip)
    along, across = r * np.cos(turn) - np.float32(tip), r * np.sin(turn)
    distance: Array = along * np.float32(edge.imag) - across * np.float32(edge.real)
    return distance


def _plus(x: Array, y: Array) -> Array:
    return np.minimum(_box(x, y, 0.95, 0.3), _box(x, y, 0.3, 0.95))


def _ring(x: Array, y: Array) -> Array:
    distance: Array = np.abs(np.hypot(x, y) - np.float32(0.7)) - np.float32(0.23)
    return distance


def _crescent(x: Array, y: Array) -> Array:
    bite: Array = np.float32(0.78) - np.hypot(x - np.float32(0.52), y)
    return np.maximum(_circle(x, y), bite)


def _bar(x: Array, y: Array) -> Array:
    return _box(x, y, 1.02, 0.32)


def _l(x: Array, y: Array) -> Array:
    upright = _box(x + np.float32(0.35), y, 0.26, 0.9)
    foot = _box(x - np.float32(0.08), y - np.float32(0.64), 0.69, 0.26)
    return np.minimum(upright, foot)


def _flower(x: Array, y: Array) -> Array:
    """Three round petals of radius .5, overlapping in the centre."""
    petals = [np.hypot(x - 0.5 * np.sin(t), y + 0.5 * np.cos(t)) for t in 2 * np.pi * np.arange(3) / 3]
    distance: Array = np.minimum.reduce(petals).astype(np.float32) - np.float32(0.5)
    return distance


SHAPES: dict[str, Callable[[Array, Array], Array]] = {
    "circle": _circle,
    "square": _square,
    "triangle": _triangle,
    "star": _star,
    "plus": _plus,
    "ring": _ring,
    "crescent": _crescent,
    "bar": _bar,
    "L": _l,
    "flower": _flower,
}
