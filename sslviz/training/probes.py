"""The pictures on which every network is looked at, always the same ones, and the k-NN score on them.

2,000 test pictures ask, 5,000 training pictures may be asked: drawn with seed 0, whatever the seed of the run. Three
scores bear the name k-NN, each with 20 neighbours on h, and are never mixed:

    live k-NN       while it trains: each of the first 1,000 test pictures asks its nearest among the other 999. No
                    other picture has to be embedded, so it is cheap enough to be the one measure from step 0 to the
                    end. Recorded as `knn`, with `live_pictures` beside it; runs of an earlier version have no such
                    column: they asked 5,000 training pictures for 2,000 test pictures.
    final k-NN      once, when a run is done: 2,000 test pictures ask all training pictures. The more there are to ask,
                    the higher the score: it lies some points above the live one.
    evaluated k-NN  afterwards, on any kept weights, for h and z and every factor: 2,000 test pictures ask 5,000
                    training pictures, those on which the linear probe is fitted.

Each is compared with the same measure of random weights. The network at step 0 is nearly that: only the first layer of
a convolutional net is whitened before training begins (nets/convnet.py), which lifts its score a little.
"""

import torch
from torch import Tensor

from sslviz.data.dataset import Dataset
from sslviz.measures.knn import knn_accuracy, leave_one_out
from sslviz.methods.method import Method

QUERIES, REFERENCES = 2_000, 5_000
LIVE = 1_000  # of the queries: those that the live score stands on
NEIGHBOURS = 20
PORTION = 125  # pictures embedded at a time: what stays in a processor's cache is a quarter faster


def fixed_pictures(data: Dataset) -> tuple[Tensor, Tensor]:
    """Which test pictures ask, and which training pictures may be asked: their numbers, int64."""
    chance = torch.Generator().manual_seed(0)
    queries = torch.randperm(len(data.test), generator=chance)[:QUERIES]
    return queries, torch.randperm(len(data.train), generator=chance)[:REFERENCES]


@torch.no_grad()
def embedded(method: Method, images: Tensor) -> Tensor:
    """h of pictures, with nothing drawn at random: uint8 M x 3 x H x W -> float32 M x d, on the CPU."""
    method.eval()
    h = torch.cat([method.embed(method.augment.plain(part)) for part in images.split(PORTION)])
    method.train()
    return h.float().cpu()


@torch.no_grad()
def projected(method: Method, h: Tensor) -> Tensor | None:
    """z of h, if there is a projector: float32 M x d -> M x d', on the CPU."""
    method.eval()
    z = method.project(h.to(next(method.parameters()).device))
    method.train()
    return None if z is None else z.float().cpu()


def right_answers(h: Tensor, labels: Tensor) -> float:
    """The live k-NN: how many of the first pictures get their own label from the others, 0 … 1. `labels`: of all that
    may ask; at least two pictures.
    """
    h = h[:LIVE]
    answers = leave_one_out(h, labels[: len(h)], k=NEIGHBOURS, classes=int(labels.max()) + 1)
    return float((answers == labels[: len(h)]).float().mean())


def accuracy(reference: Tensor, known: Tensor, h: Tensor, wanted: Tensor) -> float:
    """k-NN of other pictures: M x d and their labels are asked, N x d and their labels are compared, 0 … 1."""
    return knn_accuracy(reference, known, h, wanted, k=NEIGHBOURS, classes=int(known.max()) + 1)


def knn_score(method: Method, data: Dataset, live: bool = True) -> float | None:
    """The live k-NN of a network; as an earlier version took it, if not `live`. None where there are no labels."""
    queries, references = fixed_pictures(data)
    device = next(method.parameters()).device
    known, wanted = data.train.labels, data.test.labels
    if wanted is None or len(queries) < 2:
        return None
    if live:
        return right_answers(embedded(method, data.test.images[queries[:LIVE]].to(device)), wanted[queries])
    if known is None:
        return None
    reference = embedded(method, data.train.images[references].to(device))
    h = embedded(method, data.test.images[queries].to(device))
    return accuracy(reference, known[references], h, wanted[queries])
