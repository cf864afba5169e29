"""HEIC, the photographs of telephones: read if pillow-heif is installed, else the advice what to do."""

import importlib
import importlib.util
import io

from PIL import Image

ADVICE = "HEIC is not read here: convert it to JPEG, or install pillow-heif"
SUFFIXES = frozenset({".heic", ".heif"})
BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def is_heic(data: bytes) -> bool:
    """By content, whatever the file is called. AVIF begins in the same way and is something else."""
    return data[4:8] == b"ftyp" and data[8:12] in BRANDS and b"avif" not in data[8:40]


def available() -> bool:
    return importlib.util.find_spec("pillow_heif") is not None


def open_heic(data: bytes) -> Image.Image:
    """Upright already: the library turns it. Raises whatever it raises."""
    library = importlib.import_module("pillow_heif")
    picture: Image.Image = library.open_heif(io.BytesIO(data), convert_hdr_to_8bit=True)[0].to_pillow()
    picture.getexif().clear()
    return picture
