"""Pictures and numbers as pixels: side by side with clear gaps, in the colours of a scale, as a PNG."""

import base64
import io

import numpy as np
import plotly.colors
from PIL import Image

from sslviz.figures import style

GAP = 16  # the gap between two tiles is one part in so many of a tile


def gap(width: int) -> int:
    """Pixels between two pictures of this width."""
    return max(1, round(width / GAP))


def band(pictures: np.ndarray) -> np.ndarray:
    """uint8 N x H x W x 3 (or 4, with opacity) -> H x … x 4: side by side, with clear gaps."""
    n, h, w, channels = pictures.shape
    out = np.zeros((n, h, w + gap(w), 4), np.uint8)
    out[:, :, :w, :channels] = pictures
    if channels == 3:
        out[:, :, :w, 3] = 255
    return out.transpose(1, 0, 2, 3).reshape(h, n * (w + gap(w)), 4)[:, : -gap(w)]


def png(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=3)
    return out.getvalue()


def uri(pixels: np.ndarray) -> str:
    """The PNG as an address that holds all of it."""
    return "data:image/png;base64," + base64.b64encode(png(pixels)).decode()


def painted(numbers: np.ndarray, scale: tuple[float, float]) -> np.ndarray:
    """Numbers of any shape as uint8 … x 4 in the colours of style.SEQUENTIAL; nan is clear."""
    share = np.clip((np.asarray(numbers, np.float64) - scale[0]) / (scale[1] - scale[0]), 0, 1)
    stops = style.SEQUENTIAL
    at = [stop for stop, _ in stops]
    colors = np.array([plotly.colors.hex_to_rgb(color) for _, color in stops])
    rgb = [np.interp(np.nan_to_num(share), at, colors[:, channel]) for channel in range(3)]
    return np.stack([*rgb, np.where(np.isnan(share), 0, 255)], -1).round().astype(np.uint8)
