"""Where do the representations lie on the sphere? Partners close together (alignment), all spread out (uniformity).

Wang & Isola 2020, "Understanding Contrastive Representation Learning through Alignment and Uniformity on the
Hypersphere" (arXiv:2005.10242), section 4.1.1, with their α = 2 and t = 2. Both are better the smaller they are.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor


@torch.no_grad()
def alignment(z1: Tensor, z2: Tensor) -> float:
    """Mean squared distance of two views of one picture, N x d each: 0 (identical) … 4 (opposite)."""
    return float((F.normalize(z1.float()) - F.normalize(z2.float())).square().sum(1).mean())


@torch.no_grad()
def uniformity(z: Tensor, t: float = 2.0) -> float:
    """log of the mean of exp(-t |x - y|²) over all pairs, N x d: 0 if all are one point, about -2t if well spread.
    NaN for a single point: it has no pair.
    """
    if len(z) < 2:
        return math.nan
    z = F.normalize(z.float())
    squared = torch.pdist(z).square()  # N(N-1)/2
    return float(torch.logsumexp(-t * squared, 0) - math.log(len(squared)))
