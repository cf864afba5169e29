"""Are pictures of one kind neighbours? Each test picture asks its k nearest training pictures for their label.

The weighted vote is that of Wu et al. 2018 (arXiv:1805.01978, section 3.4): a neighbour with cosine s counts exp(s/T).
Nothing is trained, so the score can be taken every few seconds.
"""

import torch
import torch.nn.functional as F
from torch import Tensor


@torch.no_grad()
def knn_predict(
    reference: Tensor,
    labels: Tensor,
    query: Tensor,
    *,
    classes: int,
    k: int = 20,
    temperature: float = 0.1,
) -> Tensor:
    """Predicted label of each query: M x d, (M), N x d -> int64, N. `k` may exceed M: then all M vote."""
    reference, query = F.normalize(reference.float()), F.normalize(query.float())
    one_hot = F.one_hot(labels.long(), classes).float()  # M x C
    predicted = []
    for some in torch.split(query, 1024):  # 1024 x M cosines at a time
        cosine, nearest = (some @ reference.T).topk(min(k, len(reference)))
        weight = ((cosine - 1) / temperature).exp()  # - 1 changes no vote, and cannot overflow
        predicted.append((weight[:, :, None] * one_hot[nearest]).sum(1).argmax(1))
    return torch.cat(predicted)


def knn_accuracy(
    reference: Tensor,
    labels: Tensor,
    query: Tensor,
    query_labels: Tensor,
    *,
    classes: int,
    k: int = 20,
    temperature: float = 0.1,
) -> float:
    """Share of queries whose label is predicted, 0 … 1; chance is in unbalanced.py."""
    predicted = knn_predict(reference, labels, query, classes=classes, k=k, temperature=temperature)
    return float((predicted == query_labels).float().mean())


@torch.no_grad()
def leave_one_out(h: Tensor, labels: Tensor, *, classes: int, k: int = 20, temperature: float = 0.1) -> Tensor:
    """Predicted label of each picture from its k nearest *other* pictures: M x d, (M) -> int64, M."""
    nearest, cosine = neighbours(h, k)
    weight = ((cosine - 1) / temperature).exp()
    return (weight[:, :, None] * F.one_hot(labels.long(), classes).float()[nearest]).sum(1).argmax(1)


@torch.no_grad()
def neighbours(h: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k nearest other pictures of each, nearest first, and their cosines: M x d -> int64 M x k, M x k."""
    z = F.normalize(h.float())
    cosine, nearest = (z @ z.T).fill_diagonal_(-torch.inf).topk(min(k, len(z) - 1))
    return nearest, cosine
