"""Has the representation collapsed? To one point (std → 0, all cosines → 1), or onto a few directions (low rank).

    z    N representations, one per row              N x d
    σ    singular values of z, largest first         min(N, d)

std: SimSiam, section 4.1 (arXiv:2011.10566). Effective rank: RankMe (arXiv:2210.02885), equation 1. Spectrum: Jing
et al. 2021 (arXiv:2110.09348), Fig. 2, here of the l2-normalised representations minus their mean.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor


@torch.no_grad()
def std(z: Tensor) -> float:
    """Mean standard deviation of the coordinates of the l2-normalised z: 1/sqrt(d) if spread evenly, 0 if collapsed.
    NaN for a single point, which has no spread.
    """
    if len(z) < 2:
        return math.nan
    return float(F.normalize(z.float()).std(0, correction=0).mean())


@torch.no_grad()
def mean_cosine(z: Tensor) -> float:
    """Mean cosine of two different pictures: near 0 if spread evenly, 1 if collapsed. NaN if there is only one."""
    if len(z) < 2:
        return math.nan
    z = F.normalize(z.double())
    n = len(z)
    return float((z.sum(0).square().sum() - z.square().sum()) / (n * (n - 1)))  # |Σ z|² = Σ_ij s_ij


@torch.no_grad()
def effective_rank(z: Tensor) -> float:
    """RankMe: exp(-Σ p ln p), p = σ/Σσ. How many directions are really used: 1 … min(N, d). 0 if z is all zero."""
    sigma = torch.linalg.svdvals(z.float())
    if sigma.sum() == 0:
        return 0.0
    p = sigma / sigma.sum() + 1e-7  # RankMe's ε
    return math.exp(float(-(p * p.log()).sum()))


@torch.no_grad()
def spectrum(z: Tensor) -> Tensor:
    """Spread of the l2-normalised z along each of its principal axes (singular values over sqrt(N)), largest first."""
    z = F.normalize(z.float())
    sigma: Tensor = torch.linalg.svdvals(z - z.mean(0))
    return sigma / math.sqrt(len(z))
