"""Views in a run folder: many small pictures as the bytes of one JPEG, five times smaller than their pixels."""

import io
import math

import numpy as np
from PIL import Image

from sslviz.runs.files import Array

MOST_PIXELS = 40_000_000  # of a sheet: two thousand pictures of 128 x 128, and some


def to_jpeg(views: Array) -> Array:
    """uint8 V x N x H x W x 3 -> uint8 bytes: eight bytes that say V and N, then a JPEG, one row per view.

    Full colour resolution (at 32 pixels the usual halved one bleeds from tile to tile), hardly visible losses.
    """
    v, n, h, w, _ = views.shape
    sheet = views.transpose(0, 2, 1, 3, 4).reshape(v * h, n * w, 3)
    out = io.BytesIO()
    Image.fromarray(sheet).save(out, "JPEG", quality=92, subsampling=0)
    shape = np.array([v, n], np.uint32).view(np.uint8)
    return np.concatenate([shape, np.frombuffer(out.getvalue(), np.uint8)])


def from_jpeg(stored: Array) -> Array:
    """Back to uint8 V x N x H x W x 3. Raises ValueError for anything else."""
    if stored.dtype != np.uint8 or stored.ndim != 1 or len(stored) <= 8:
        raise ValueError("these are no views")
    v, n = (int(size) for size in stored[:8].copy().view(np.uint32))
    sheet = pixels(stored[8:].tobytes())
    return sheet.reshape(v, sheet.shape[0] // v, n, sheet.shape[1] // n, 3).swapaxes(1, 2)


def sheet_size(jpeg: bytes) -> tuple[int, int]:
    """Width and height, from its first bytes. Raises ValueError unless it is a JPEG of a size that we would write."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as sheet:
            if math.prod(sheet.size) <= MOST_PIXELS and sheet.mode == "RGB":
                return sheet.size
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"this is no JPEG: {error}") from None
    raise ValueError("a JPEG of other colours, or too large")


def pixels(jpeg: bytes) -> Array:
    """uint8 H x W x 3. Raises ValueError."""
    sheet_size(jpeg)
    try:
        return np.asarray(Image.open(io.BytesIO(jpeg)))
    except OSError as error:
        raise ValueError(f"this JPEG is cut off: {error}") from None


def unsheet(sheet: bytes, tile: int) -> Array:
    """The tiles of a contact sheet, row by row: uint8 rows * columns x tile x tile x 3. Raises ValueError."""
    whole = pixels(sheet)
    rows, columns = whole.shape[0] // tile, whole.shape[1] // tile
    return whole.reshape(rows, tile, columns, tile, 3).swapaxes(1, 2).reshape(rows * columns, tile, tile, 3)
