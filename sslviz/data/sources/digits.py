"""Real handwritten digits, 1,797 of them, that come with scikit-learn: small, and there without a network.

8 x 8 pixels of 17 grey levels each (E. Alpaydin and C. Kaynak, UCI repository, 1998), enlarged smoothly and made RGB.
"""

import numpy as np
import torch
from torch.nn import functional as F

from sslviz.data.dataset import DataError, Dataset, Split

N_TEST = 360


def make(*, size: int = 32, progress: object = None) -> Dataset:
    """1,437 pictures to train on, 360 to test (36 of each digit, always the same ones); labels 0..9. Raises DataError
    where there is no scikit-learn. `progress` is not told of so short a thing.
    """
    try:
        from sklearn.datasets import load_digits
    except ModuleNotFoundError:
        raise DataError(
            "The digits come with scikit-learn, which is not installed: pip install scikit-learn."
        ) from None
    source = load_digits()
    grey = torch.from_numpy(source.images).float()[:, None] * (255 / 16)  # N x 1 x 8 x 8
    images = F.interpolate(grey, (size, size), mode="bicubic", align_corners=False).round().clamp(0, 255).byte()
    images = images.expand(-1, 3, -1, -1).contiguous()
    labels = torch.from_numpy(source.target).long()

    shuffled = np.random.default_rng(0).permutation(len(labels))
    by_digit = [shuffled[source.target[shuffled] == digit] for digit in range(10)]
    test = torch.from_numpy(np.sort(np.concatenate([rows[: N_TEST // 10] for rows in by_digit])))
    train = torch.from_numpy(np.sort(np.concatenate([rows[N_TEST // 10 :] for rows in by_digit])))
    classes = tuple(str(digit) for digit in range(10))
    return Dataset("digits", Split(images[train], labels[train]), Split(images[test], labels[test]), classes)
