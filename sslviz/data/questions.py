"""What a representation can be asked: anything known about the pictures becomes a question with a few answers.

The class is asked for as it is; a factor that runs over a range (hue, size, place, angle) is cut into equal bins, so
that the same probes ask for all of them.
"""

import numpy as np
import torch
from torch import Tensor

from sslviz.data.dataset import Split

BINS = 8
SAME_AS_CLASS = "shape"  # of `shapes`: the factor that is the label


def questions(train: Split, chosen: Tensor, test: Split, queries: Tensor) -> dict[str, tuple[Tensor, Tensor, int]]:
    """name -> (answers for the chosen training pictures, answers for the chosen test pictures, how many there are).

    The class comes first, if there are labels; answers are int64.
    """
    found = {}
    if train.labels is not None and test.labels is not None:
        found["class"] = (train.labels[chosen], test.labels[queries], int(train.labels.max()) + 1)
    for name, values in train.factors.items():
        if name != SAME_AS_CLASS:
            edges = np.linspace(values.min(), values.max(), BINS + 1)[1:-1]
            asked = [
                np.digitize(of[which.numpy()], edges) for of, which in ((values, chosen), (test.factors[name], queries))
            ]
            found[name] = (torch.from_numpy(asked[0]), torch.from_numpy(asked[1]), BINS)
    return found
