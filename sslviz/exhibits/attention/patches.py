"""What do the patches of one picture have in common? Their cosines with one of them, and their main directions.

The colours are those of DINOv2's figure 1 (Oquab et al. 2023, arXiv:2304.07193): of the patches' features the three
strongest principal components, each stretched over one channel of a picture.
"""

import numpy as np

Array = np.ndarray


def cosines_with(tokens: Array, one: Array) -> Array:
    """Cosine of every patch with one token. tokens: L x d; one: d -> L, in [-1, 1]."""
    lengths = np.linalg.norm(tokens, axis=1) * np.linalg.norm(one)
    found: Array = tokens @ one / np.maximum(lengths, 1e-12)
    return found.clip(-1, 1)


def components(tokens: Array, number: int = 3) -> Array:
    """Scores of the L patches on their first principal components: L x d -> L x number. The sign, which is free, is
    chosen so that the largest score is positive.
    """
    centred = tokens - tokens.mean(0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    scores = np.zeros((len(tokens), number), np.float64)
    known = min(number, len(s))
    scores[:, :known] = u[:, :known] * s[:known]
    largest = np.take_along_axis(scores, np.abs(scores).argmax(0)[None], 0)
    found: Array = scores * np.where(largest < 0, -1, 1)
    return found


def rgb(tokens: Array) -> Array:
    """The components as colours, each stretched from 0 to 1: L x d -> L x 3. A component that is not there is 0.5."""
    scores = components(tokens)
    low, high = scores.min(0), scores.max(0)
    there = high - low > 1e-9
    found: Array = np.where(there, (scores - low) / np.where(there, high - low, 1), 0.5)
    return found
