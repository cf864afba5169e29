"""Does attention cover the figure? The brightest part of each head's map against the true mask.

DINO's measure (Caron et al. 2021, arXiv:2104.14294, figure 4 and appendix): of each map, the places that together hold
60 % of the attention are kept; their overlap with the mask is intersection over union, "Jaccard".
"""

import torch
import torch.nn.functional as F
from torch import Tensor

MASS = 0.6


def kept(maps: Tensor, mass: float = MASS) -> Tensor:
    """The fewest places that hold the share `mass` of a map (the last one completes it). ... x L -> bool, ... x L."""
    order = maps.sort(dim=-1, descending=True, stable=True).indices
    sorted_maps = maps.gather(-1, order) / maps.sum(-1, keepdim=True)
    before = sorted_maps.cumsum(-1) - sorted_maps  # what the brighter places hold already
    return torch.zeros_like(maps, dtype=torch.bool).scatter(-1, order, before < mass)


def jaccard(found: Tensor, masks: Tensor) -> Tensor:
    """Intersection over union of bool ... x H x W; 1 where both are empty."""
    both, either = (found & masks).flatten(-2).sum(-1), (found | masks).flatten(-2).sum(-1)
    return torch.where(either > 0, both / either.clamp(min=1), 1.0)


def overlaps(maps: Tensor, masks: Tensor, mass: float = MASS) -> Tensor:
    """Jaccard of each head for each of M pictures: M x heads. maps: M x heads x L attention to L = side² patches;
    masks: bool, M x H x W. A patch that is kept counts with all its pixels.
    """
    side = int(maps.shape[-1] ** 0.5)
    patches = kept(maps, mass).unflatten(-1, (side, side)).float()  # M x heads x side x side
    found = F.interpolate(patches, size=masks.shape[-2:], mode="nearest") > 0.5
    return jaccard(found, masks[:, None].expand_as(found))


def overlap(maps: Tensor, masks: Tensor) -> Tensor:
    """The mean of `overlaps` over the pictures: one number per head."""
    return overlaps(maps, masks).mean(0)
