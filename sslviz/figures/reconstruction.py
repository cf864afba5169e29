"""MAE's pictures: what the network saw, what it made of it, what was there, and where it was wrong."""

import math

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import pixels, tiles

HOW_TO_READ = (
    "Grey patches were hidden from the network; below, what it painted there (the visible ones are pasted back), the "
    "truth, and the squared error of each hidden patch: dark blue = right, yellow = far off."
)
HIDDEN = 128  # mid grey
ROWS = ("visible", "predicted", "truth", "error")


def reconstruction(
    truth: np.ndarray,
    mask: np.ndarray,
    prediction: np.ndarray,
    patch_error: np.ndarray,
    *,
    images: int = 8,
    pasted: bool = True,
    error_max: float | None = None,
    height: int | None = None,
) -> go.Figure:
    """Four named rows of the first `images` pictures; below each column its mean error on hidden patches.

    truth: uint8 N x H x W x 3; mask: N x L, 1 = hidden; prediction: uint8 N x 3 x H x W; patch_error: N x L.
    pasted: visible patches are copied over the prediction. error_max: end of the colour scale, else one of tiles.TOPS.
    """
    rows, error = _rows(truth[:images], mask[:images], prediction[:images], pasted), _hidden(mask, patch_error, images)
    means, share = [_mean(one) for one in error], np.asarray(mask[:images], np.float32).mean()
    return tiles.figure(
        [*(tiles.Row(*row) for row in zip(ROWS, rows, strict=False)), tiles.Row(ROWS[3], numbers=error)],
        title="Reconstruction of hidden patches",
        subtitle=f"{share:.0%} of the patches hidden · mean squared error of hidden patches {_mean(error):.3g}, "
        + ("this picture" if len(means) == 1 else f"these {len(means)} pictures"),
        x_title="picture, and its error",
        columns=[f"{i + 1}<br>{mean:.3f}" if mean < 1 else f"{i + 1}<br>{mean:.2g}" for i, mean in enumerate(means)],
        scale=(0, error_max or tiles.top_of(error)),
        scale_title="mean squared error of a hidden patch",
        hover="%{z:.3f}",
        height=height,
    )


def sheet(
    truth: np.ndarray,
    mask: np.ndarray,
    prediction: np.ndarray,
    patch_error: np.ndarray,
    *,
    images: int = 8,
    pasted: bool = True,
    error_max: float | None = None,
    zoom: int = 3,
) -> bytes:
    """The same four rows as one PNG without text, gaps and visible patches of the error clear. zoom: of each pixel."""
    rows, error = _rows(truth[:images], mask[:images], prediction[:images], pasted), _hidden(mask, patch_error, images)
    patch = truth.shape[1] // error.shape[1]
    colors = pixels.painted(error, (0, error_max or tiles.top_of(error))).repeat(patch, 1).repeat(patch, 2)
    bands = [pixels.band(row) for row in (*rows, colors)]
    clear = np.zeros((pixels.gap(truth.shape[2]), bands[0].shape[1], 4), np.uint8)
    whole = np.concatenate([part for one in bands for part in (one, clear)][:-1])
    return pixels.png(whole.repeat(zoom, 0).repeat(zoom, 1))


def _rows(truth: np.ndarray, mask: np.ndarray, prediction: np.ndarray, pasted: bool) -> list[np.ndarray]:
    """visible | predicted | truth, each uint8 n x H x W x 3."""
    side = _side(mask)
    hidden = np.asarray(mask, bool).reshape(-1, side, side)
    patch = truth.shape[1] // side
    hidden = hidden.repeat(patch, 1).repeat(patch, 2)[..., None]  # n x H x W x 1
    painted = np.asarray(prediction).transpose(0, 2, 3, 1)
    visible = np.where(hidden, np.uint8(HIDDEN), truth)
    return [visible, np.where(hidden, painted, truth) if pasted else painted, truth]


def _hidden(mask: np.ndarray, patch_error: np.ndarray, images: int) -> np.ndarray:
    """n x side x side errors, nan where the patch was visible."""
    side = _side(mask)
    error = np.where(np.asarray(mask, bool), np.asarray(patch_error, np.float32), np.float32(np.nan))
    return error[:images].reshape(-1, side, side)


def _side(mask: np.ndarray) -> int:
    side = math.isqrt(mask.shape[1])
    if side * side != mask.shape[1]:
        raise ValueError(f"{mask.shape[1]} patches do not make a square")
    return side


def _mean(error: np.ndarray) -> float:
    known = error[np.isfinite(error)]
    return float(known.mean()) if len(known) else 0.0
