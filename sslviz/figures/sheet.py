"""Many small pictures as one big one: sixty-four images are slow to send and to lay out, one contact sheet is not."""

import io

import numpy as np
from PIL import Image

HOW_TO_READ = "The two rows are two random views of the same pictures: the network must find out which belong together."


def contact_sheet(images: np.ndarray, *, columns: int, scale: int = 1, quality: int = 92) -> bytes:
    """uint8 N x H x W x 3 -> one JPEG, `columns` wide, filled row by row, without gaps: tile i can be cut out."""
    _check(images)
    n, h, w, _ = images.shape
    rows = -(-n // columns)
    tiles = np.zeros((rows * columns, h, w, 3), np.uint8)
    tiles[:n] = images
    sheet = tiles.reshape(rows, columns, h, w, 3).transpose(0, 2, 1, 3, 4).reshape(rows * h, columns * w, 3)
    out = io.BytesIO()
    # subsampling 0: at 32 pixels the usual halved colours bleed from tile to tile
    _enlarged(sheet, scale).save(out, "JPEG", quality=quality, subsampling=0)
    return out.getvalue()


def pairs_sheet(views: np.ndarray, *, columns: int = 8, scale: int = 3, gap: int = 4) -> bytes:
    """uint8 V x N x H x W x 3 -> one PNG: the views of a picture one above the other, clear gaps between pictures.

    After `columns` pictures a new band of V rows begins. scale: screen pixels per pixel; gap: in screen pixels.
    """
    _check(views[0])
    v, n, h, w, _ = views.shape
    columns = min(columns, n)
    bands = -(-n // columns)
    height, width = h * scale, w * scale
    sheet = np.zeros((bands * (v * height + 3 * gap) - 3 * gap, columns * (width + gap) - gap, 4), np.uint8)
    for band in range(bands):
        for view in range(v):
            top = band * (v * height + 3 * gap) + view * height
            for column, picture in enumerate(views[view, band * columns : (band + 1) * columns]):
                left = column * (width + gap)
                enlarged = picture.repeat(scale, 0).repeat(scale, 1)
                sheet[top : top + height, left : left + width, :3] = enlarged
                sheet[top : top + height, left : left + width, 3] = 255
    out = io.BytesIO()
    Image.fromarray(sheet, "RGBA").save(out, "PNG", compress_level=3)
    return out.getvalue()


def _check(images: np.ndarray) -> None:
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[-1] != 3 or not len(images):
        raise ValueError(f"expected uint8 pictures N x H x W x 3, got {images.dtype} {images.shape}")


def _enlarged(sheet: np.ndarray, scale: int) -> Image.Image:
    return Image.fromarray(sheet.repeat(scale, 0).repeat(scale, 1))
