"""Few-shot: how much can be read off a representation when only a handful of pictures per class have labels?

A linear probe is fitted to k labelled pictures of each class, drawn several times: few labels are a lottery, and the
spread over the draws is part of the answer.
"""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from sslviz.measures.linear import linear_accuracy

SHOTS = (1, 2, 5, 10, 20, 50)  # labels per class
DRAWS = 5
L2 = 1e-2  # stronger than with all labels: 128 numbers per picture would fit ten pictures in any way they like


def draw(labels: Tensor, shots: int, seed: int) -> Tensor:
    """Indices of `shots` pictures of each class (all of them, where a class has fewer); int64."""
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    return torch.cat([order[labels[order] == c][:shots] for c in labels.unique()])


def few_shot(
    h: Tensor, labels: Tensor, test_h: Tensor, test_labels: Tensor, *, classes: int, draws: int = DRAWS
) -> Iterator[tuple[int, int, float]]:
    """(labels per class, number of the draw, share of test pictures read correctly), one after another."""

    def score(chosen: Tensor) -> float:
        return linear_accuracy(h[chosen], labels[chosen], test_h, test_labels, classes=classes, l2=L2)

    yield from sweep(labels, score, draws)


def sweep(labels: Tensor, score: Callable[[Tensor], float], draws: int = DRAWS) -> Iterator[tuple[int, int, float]]:
    """`score` of the drawn pictures, for all numbers of labels that the rarest class can offer, and all draws."""
    rarest = int(labels.unique(return_counts=True)[1].min())
    for shots in SHOTS:
        if shots <= rarest:
            for number in range(draws):
                yield shots, number, score(draw(labels, shots, number))
