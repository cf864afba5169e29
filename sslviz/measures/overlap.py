"""How many neighbours two pictures of the same points share: of each point's k nearest in one, the part that is among
its k nearest in the other.

    overlap_i = |A_i ∩ B_i| / k        A_i, B_i: the k nearest other points of i, by cosine (h) or by distance (a map)

1: the same neighbours; by chance k / (N − 1). Nothing but the order of the distances counts, so a map in the plane can
be held against h in 128 dimensions, and two networks against each other.
"""

import torch
from torch import Tensor

from sslviz.measures.knn import neighbours

K = 15


@torch.no_grad()
def nearest_on_map(layout: Tensor, k: int = K) -> Tensor:
    """The k nearest other points of each by Euclidean distance: N x 2 (or 3) -> int64 N x k."""
    distance = torch.cdist(layout.float(), layout.float(), compute_mode="donot_use_mm_for_euclid_dist")
    index: Tensor = distance.fill_diagonal_(torch.inf).topk(min(k, len(layout) - 1), largest=False).indices
    return index


def nearest_in_h(h: Tensor, k: int = K) -> Tensor:
    """The k nearest other points of each by cosine: N x d -> int64 N x k."""
    return neighbours(h, k)[0]


def overlap(one: Tensor, other: Tensor) -> Tensor:
    """The share of each point's neighbours in both tables: two N x k tables of distinct numbers -> N values, 0 … 1."""
    if one.shape != other.shape:
        raise ValueError(f"Tables of {tuple(one.shape)} and {tuple(other.shape)} neighbours cannot be compared.")
    if one.numel() == 0:
        return torch.zeros(len(one))
    a, b = one.sort(1).values, other.sort(1).values
    place = torch.searchsorted(a, b).clamp(max=a.shape[1] - 1)
    return (a.gather(1, place) == b).float().mean(1)


def by_chance(points: int, k: int = K) -> float:
    """What two random orders would share."""
    return min(k / (points - 1), 1.0) if points > 1 else 1.0
