"""Any picture file -> one small square of bytes: upright, opaque, RGB, the same size as all the others.

Why a centre crop to a square and then 32 x 32 pixels: all pictures must be stacked into one tensor; squeezing a wide
photo would bend every shape in it, and a letterbox would teach the network to recognise black bars. 32 x 32 is the size
of CIFAR-10: small enough to train on a CPU while one watches.
"""

import io
import math
import warnings

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

# PIL's other formats are not photographs, and some start outside programs (EPS)
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm"}
)
MAX_PIXELS = 100_000_000  # 6000 x 4000 is 24 million; a few kilobytes of PNG can claim to be billions
ORIENTATION = 0x0112  # EXIF tag: how the camera was held
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Unreadable(ValueError):
    """Not a picture, or not one that can be used; the message is the reason in a few words."""


def decode(data: bytes, size: int = 32, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """The bytes of a picture file -> 3 x size x size. Animations give their first frame. Raises Unreadable."""
    try:
        with warnings.catch_warnings():  # PIL warns of large pictures; we refuse or accept them
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                width, height = picture.size
                # known from the header, before anything is unpacked
                if width * height > MAX_PIXELS or _unpacked(picture, size) > max_pixels:
                    raise Unreadable(f"{width} x {height} pixels are too many")
                return _square(picture, size)
    except Unreadable:
        raise
    except UnidentifiedImageError:
        raise Unreadable("not a picture" if data else "empty") from None
    except Image.DecompressionBombError:
        raise Unreadable("too many pixels") from None
    except Exception as error:  # a broken file can make a decoder raise nearly anything
        raise Unreadable(str(error).split("\n")[0][:80] or type(error).__name__) from None


def _square(picture: Image.Image, size: int) -> NDArray[np.uint8]:
    picture.draft("RGB", (2 * size, 2 * size))  # JPEG: unpack at 1/2, 1/4 or 1/8; 6000 x 4000 in 50 ms
    picture.load()
    turn = _turn(picture)  # only now: Pillow turns a TIFF while it loads, and takes the tag away
    image = _eight_bits(picture)
    width, height = image.size
    if (width, height) != (size, size):
        side = min(width, height)
        left, top = (width - side) / 2, (height - side) / 2
        box = (left, top, left + side, top + side)
        image = image.resize((size, size), Image.Resampling.BICUBIC, box=box, reducing_gap=3.0)
    if image.mode == "RGBA":  # on white paper, as a browser shows it
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    image = image.convert("RGB")
    if turn is not None:  # a square that is turned by quarters: the same before and after the crop
        image = image.transpose(turn)
    return np.ascontiguousarray(np.asarray(image, np.uint8).transpose(2, 0, 1))


def _unpacked(picture: Image.Image, size: int) -> int:
    """How many pixels are unpacked for a square of this size: of a JPEG few (see draft), unless it is progressive."""
    width, height = picture.size
    if picture.format != "JPEG" or picture.info.get("progressive"):
        return width * height
    scale = max(s for s in (1, 2, 4, 8) if s == 1 or min(width, height) >= s * 2 * size)
    return width * height // scale**2


def _turn(picture: Image.Image) -> Image.Transpose | None:
    try:
        return TURNS.get(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # spoilt EXIF does not spoil the picture
        return None


def _eight_bits(picture: Image.Image) -> Image.Image:
    """L, RGB or RGBA: what can be resized smoothly (palettes cannot)."""
    if picture.mode in ("L", "RGB", "RGBA"):
        has_key = "transparency" in picture.info  # one colour stands for "nothing here"
        return picture.convert("RGBA") if has_key else picture
    if picture.mode[0] in "IF":  # 16 or 32 bits a pixel, or floats
        return _stretched(np.asarray(picture).astype(np.float32), unit=picture.mode == "F")
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _stretched(values: NDArray[np.float32], unit: bool) -> Image.Image:
    """Deep grey values -> 8 bits. White is the end of the smallest range of whole bits that holds the brightest pixel.

    So a 16-bit file that holds a camera's 12 bits is not nearly black. `unit`: values up to 1 mean the range 0..1.
    """
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0).clip(0)
    brightest = float(values.max())
    bits = max(8, math.ceil(math.log2(brightest + 1)))
    white = 1.0 if unit and brightest <= 1 else 2.0**bits - 1
    return Image.fromarray((values * (255 / white)).round().clip(0, 255).astype(np.uint8))
