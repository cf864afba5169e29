"""The jigsaw puzzle: tiles as they were shuffled, and as the network puts them together."""

import numpy as np
import plotly.graph_objects as go
from scipy.special import softmax

from sslviz.figures import tiles
from sslviz.figures.predictions import WRONG, box, mark

HOW_TO_READ = (
    "Above the shuffled tiles as the network sees them, then the picture as its answer puts them together (tiles in a "
    "wrong place are framed), then the truth; below, ✓ or ✗ and how sure it was."
)


def jigsaw(
    shuffled: np.ndarray,
    permutation_logits: np.ndarray,
    permutation: np.ndarray,
    permutations: np.ndarray,
    *,
    images: int = 6,
    height: int | None = None,
) -> go.Figure:
    """shuffled | restored as the network answers | truth. Place k of a shuffled picture shows tile permutations[i][k].

    shuffled: uint8 N x 3 x H x W; permutation_logits: N x P; permutation: N, the true index; permutations: P x tiles.
    """
    p = softmax(permutation_logits.astype(np.float64), axis=1)
    answer, true = p.argmax(1), np.asarray(permutation).astype(int)
    orders = np.asarray(permutations).astype(int)
    pictures = np.asarray(shuffled[:images]).transpose(0, 2, 3, 1)
    side = round(orders.shape[1] ** 0.5)
    restored = np.stack([unshuffle(x, orders[i]) for x, i in zip(pictures, answer, strict=False)])
    truth = np.stack([unshuffle(x, orders[i]) for x, i in zip(pictures, true, strict=False)])
    size = pictures.shape[1] // side / pictures.shape[1]
    pitch = tiles.pitch_of(pictures.shape[2])
    boxes = []
    for i in range(len(pictures)):
        believed, really = np.argsort(orders[answer[i]]), np.argsort(orders[true[i]])
        for tile in np.flatnonzero(believed != really).tolist():
            boxes.append(box(i * pitch + tile % side * size, pitch + tile // side * size, size))
    right = answer == true
    return tiles.figure(
        [tiles.Row("shuffled", pictures), tiles.Row("restored", restored), tiles.Row("truth", truth)],
        title="The puzzle put together",
        subtitle=f"{right.mean():.0%} of {len(right)} right (guessing: {1 / len(orders):.1%})",
        x_title="right or wrong, and confidence",
        columns=[f"{mark(ok)}<br>{sure:.0%}" for ok, sure in zip(right[:images], p.max(1), strict=False)],
        shapes=tiles.outline(boxes, WRONG, dash=False),
        height=height,
    )


def unshuffle(picture: np.ndarray, order: np.ndarray) -> np.ndarray:
    """H x W x 3: what lies at place k goes back to place order[k]; a rest that no tile covers stays."""
    side = round(len(order) ** 0.5)
    cell = picture.shape[0] // side
    out = picture.copy()
    for place, tile in enumerate(np.asarray(order).tolist()):
        (r, c), (to_r, to_c) = divmod(place, side), divmod(tile, side)
        out[to_r * cell : (to_r + 1) * cell, to_c * cell : (to_c + 1) * cell] = picture[
            r * cell : (r + 1) * cell, c * cell : (c + 1) * cell
        ]
    return out
