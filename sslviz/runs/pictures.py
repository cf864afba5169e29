"""Views in a run folder: many small pictures as the bytes of one JPEG, five times smaller than their pixels."""

import io

import numpy as np
from PIL import Image

from sslviz.runs.files import Array


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
    """Back to uint8 V x N x H x W x 3."""
    v, n = (int(size) for size in stored[:8].view(np.uint32))
    sheet = np.asarray(Image.open(io.BytesIO(stored[8:].tobytes())))
    return sheet.reshape(v, sheet.shape[0] // v, n, sheet.shape[1] // n, 3).swapaxes(1, 2)


def unsheet(sheet: bytes, tile: int) -> Array:
    """The tiles of a contact sheet, row by row: uint8 rows * columns x tile x tile x 3."""
    pixels = np.asarray(Image.open(io.BytesIO(sheet)))
    rows, columns = pixels.shape[0] // tile, pixels.shape[1] // tile
    return pixels.reshape(rows, tile, columns, tile, 3).swapaxes(1, 2).reshape(rows * columns, tile, tile, 3)
