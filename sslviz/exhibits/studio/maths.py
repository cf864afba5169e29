"""Are two crops of the same picture? Their colours alone often tell: the shortcut that colour jitter must close.

A histogram says which share of the pixels falls into each of 16 ranges of red, of green and of blue. The intersection
of two histograms is the share that both have in common (Swain and Ballard 1991): 1, the same colours; 0, none alike.
"""

import numpy as np

BINS = 16


def histograms(pictures: np.ndarray) -> np.ndarray:
    """uint8 N x 3 x H x W -> float32 N x 3 x 16, each row of 16 adds up to 1."""
    n, channels = pictures.shape[:2]
    rows = (pictures // (256 // BINS)).reshape(n * channels, -1).astype(np.int64)
    counts = np.bincount((rows + BINS * np.arange(n * channels)[:, None]).ravel(), minlength=n * channels * BINS)
    return np.asarray(counts.reshape(n, channels, BINS) / rows.shape[1], np.float32)


def intersections(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """N x 3 x 16 and M x 3 x 16 -> N x M, from 0 to 1: the mean over red, green and blue of Σ min(a, b)."""
    flat = b.reshape(len(b), -1)
    both = [np.minimum(row, flat).sum(1) for row in a.reshape(len(a), -1)]
    return np.asarray(np.stack(both) / a.shape[1])


def better(similarity: np.ndarray) -> np.ndarray:
    """N x N -> N: how many others are at least as near to picture i as its own second crop, s_ii."""
    return np.asarray((similarity >= np.diag(similarity)[:, None]).sum(1) - 1)


def found(others_nearer: np.ndarray, total: int) -> np.ndarray:
    """The share that is matched rightly among 1, 2 … `total` candidates: the partner and others, drawn at random.

    others_nearer: what `better` says. If r of the total − 1 others are nearer, none of them is among N − 1 draws
    without replacement with probability ∏_k (total − 1 − r − k)/(total − 1 − k), k = 0 … N − 2.
    """
    left = total - 1 - np.arange(total - 1)  # others that are still to be drawn
    survived = np.clip(left - np.asarray(others_nearer)[:, None], 0, None) / left
    return np.concatenate([[1.0], np.cumprod(survived, 1).mean(0)])
