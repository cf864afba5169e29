"""Any picture file -> one small square of bytes: upright, opaque, RGB, the same size as all the others.

Why a centre crop to a square and then 32 x 32 pixels: all pictures must be stacked into one tensor; squeezing a wide
photo would bend every shape in it, and a letterbox would teach the network to recognise black bars. 32 x 32 is the size
of CIFAR-10: small enough to train on a CPU while one watches.
"""

import io
import warnings

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from sslviz.data.sources import heic
from sslviz.data.sources.depth import Deep, range_of

Pixels = NDArray[np.uint8]

# PIL's other formats are not photographs, and some start outside programs (EPS)
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "AVIF")
SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp", ".webp", ".avif", ".tif", ".tiff"}
    | {".ppm", ".pgm", ".pbm", ".pnm"}
)
MAX_PIXELS = 100_000_000  # unpacked; 6000 x 4000 is 24 million; a few kilobytes of PNG can claim to be billions
MAX_JPEG = 600_000_000  # of a JPEG, of which few are unpacked (see draft): a panorama has 200 million
STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"II*\0", b"MM\0*")  # of files; b"BM" alone may be a text
JPEG, END_OF_JPEG = b"\xff\xd8", b"\xff\xd9"
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


def decode(data: bytes, size: int = 32, max_pixels: int = MAX_PIXELS) -> Pixels:
    """The bytes of a picture file -> 3 x size x size, by itself. Raises Unreadable."""
    found = read(data, size, max_pixels)
    return range_of([found]).squeeze(found.values) if isinstance(found, Deep) else found


def read(data: bytes, size: int = 32, max_pixels: int = MAX_PIXELS) -> Pixels | Deep:
    """The bytes of a picture file -> 3 x size x size; of more than 8 bits: the values, whose range the data set must
    tell. Animations give their first frame. Raises Unreadable.
    """
    try:
        with warnings.catch_warnings():  # PIL warns of large pictures; we refuse or accept them
            warnings.simplefilter("ignore")
            return _read(data, size, max_pixels)
    except Unreadable:
        raise
    except (UnidentifiedImageError, SyntaxError):
        raise Unreadable("not a picture" if data else "empty") from None
    except Image.DecompressionBombError:
        raise Unreadable("too many pixels") from None
    except Exception as error:  # a broken file can make a decoder raise nearly anything
        raise Unreadable(str(error).split("\n")[0][:80] or type(error).__name__) from None


def looks_like_one(start: bytes) -> bool:
    """True if the first 16 bytes of a file are those of a picture, whatever it is called."""
    return start.startswith(STARTS) or start[8:12] in (b"WEBP", b"avif") or heic.is_heic(start)


def _read(data: bytes, size: int, max_pixels: int) -> Pixels | Deep:
    try:
        with _opened(data) as picture:
            _measure(picture, size, max_pixels)
            return _square(picture, size)
    except OSError as error:  # a JPEG whose last bytes are missing is shown by every browser
        if not data.startswith(JPEG) or "truncated" not in str(error):
            raise
        with _opened(data + END_OF_JPEG) as picture:
            mended = _square(picture, size)
        if isinstance(mended, Deep) or np.ptp(mended[:, -1].astype(int), axis=1).max() == 0:  # more than a few bytes
            raise
        return mended


def _opened(data: bytes) -> Image.Image:
    """What the content says it is, whatever the file is called."""
    if data.startswith(JPEG):
        return JpegImageFile(io.BytesIO(data))  # by way of Image.open, it may have 179 million pixels
    if heic.is_heic(data):
        if not heic.available():
            raise Unreadable(heic.ADVICE)
        return heic.open_heic(data)
    return Image.open(io.BytesIO(data), formats=FORMATS)


def _measure(picture: Image.Image, size: int, max_pixels: int) -> None:
    """Raises Unreadable for too many pixels: known from the header, before anything is unpacked."""
    width, height = picture.size
    jpeg = isinstance(picture, JpegImageFile) and not picture.info.get("progressive")
    if width * height > (MAX_JPEG if jpeg else MAX_PIXELS) or _unpacked(picture, size, jpeg) > max_pixels:
        raise Unreadable(f"{width} x {height} pixels are too many")


def _square(picture: Image.Image, size: int) -> Pixels | Deep:
    picture.draft("RGB", (2 * size, 2 * size))  # JPEG: unpack at 1/2, 1/4 or 1/8; 6000 x 4000 in 50 ms
    picture.load()
    turn = _turn(picture)  # only now: Pillow turns a TIFF while it loads, and takes the tag away
    whole = picture.mode[0] == "I"
    image = _smooth(picture)
    width, height = image.size
    if (width, height) != (size, size):
        side = min(width, height)
        left, top = (width - side) / 2, (height - side) / 2
        box = (left, top, left + side, top + side)
        image = image.resize((size, size), Image.Resampling.BICUBIC, box=box, reducing_gap=3.0)
    if turn is not None:  # a square that is turned by quarters: the same before and after the crop
        image = image.transpose(turn)
    if image.mode == "F":
        return Deep(np.array(image, np.float32), whole)
    if image.mode == "RGBA":  # on white paper, as a browser shows it
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return np.ascontiguousarray(np.asarray(image.convert("RGB"), np.uint8).transpose(2, 0, 1))


def _unpacked(picture: Image.Image, size: int, jpeg: bool) -> int:
    """How many pixels are unpacked for a square of this size: of a JPEG few (see draft), unless it is progressive."""
    width, height = picture.size
    if not jpeg:
        return width * height
    scale = max(s for s in (1, 2, 4, 8) if s == 1 or min(width, height) >= s * 2 * size)
    return width * height // scale**2


def _turn(picture: Image.Image) -> Image.Transpose | None:
    try:
        return TURNS.get(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # spoilt EXIF does not spoil the picture
        return None


def _smooth(picture: Image.Image) -> Image.Image:
    """L, RGB, RGBA, or F for more than 8 bits: what can be resized smoothly (palettes cannot)."""
    if picture.mode in ("L", "RGB", "RGBA"):
        has_key = "transparency" in picture.info  # one colour stands for "nothing here"
        return picture.convert("RGBA") if has_key else picture
    if picture.mode[0] in "IF":  # 16 or 32 bits a pixel, or floats
        values = np.asarray(picture).astype(np.float32)
        numbers = values[np.isfinite(values)]
        if not len(numbers):
            raise Unreadable("it holds no numbers")
        return Image.fromarray(np.where(np.isfinite(values), values, numbers.min()))
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
