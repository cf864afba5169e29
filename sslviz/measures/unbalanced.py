"""What an accuracy is worth where some classes have many more pictures than others.

190 cats and 10 dogs: "always a cat" is right in 95 % of the cases. So chance is the share of the most frequent class,
and the balanced accuracy (the mean over the classes of the share that is right in each) stands beside the accuracy.
"""

import numpy as np
import torch
from torch import Tensor

Labels = Tensor | np.ndarray  # integers, N


def majority(wanted: Labels, known: Labels | None = None) -> float:
    """Chance: the share of right answers of whoever always gives the same one, 0 … 1. known: the labels that can be
    answered; without it, those of the wanted ones themselves.
    """
    wanted = torch.as_tensor(wanted).long()
    counts = wanted.bincount()
    answers = wanted.unique() if known is None else torch.as_tensor(known).long().unique()
    answers = answers[answers < len(counts)]
    return float(counts[answers].max()) / len(wanted) if len(answers) else 0.0


def balanced_accuracy(predicted: Tensor, wanted: Tensor, known: Tensor) -> float:
    """Mean over the classes of the share of its pictures that is predicted, 0 … 1; a class counts if it can be answered
    (it is among the known labels) and is asked for. NaN if there is none.
    """
    shares = [(predicted[wanted == k] == k).float().mean() for k in wanted.unique() if (known == k).any()]
    return float(torch.stack(shares).mean()) if shares else float("nan")


def right(predicted: Tensor, wanted: Tensor, known: Tensor) -> dict[str, float]:
    """score, balanced and chance of the same answers, as a table of evaluations has them."""
    return {
        "score": float((predicted == wanted).float().mean()),
        "balanced": balanced_accuracy(predicted, wanted, known),
        "chance": majority(wanted, known),
    }
