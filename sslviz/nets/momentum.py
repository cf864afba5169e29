"""A slowly following copy of a network: it takes no lessons itself, it drifts towards one that does.

    θ   weights of the network that learns
    ξ   weights of its copy          ξ ← m ξ + (1 − m) θ after every step
    m   momentum: 0 is the network itself, 1 never moves; the copy lags about 1 / (1 − m) steps behind

MoCo calls it key encoder (He et al. 2020, equation 2), BYOL target (Grill et al. 2020, equation 1), DINO teacher.
"""

from copy import deepcopy

import torch
from torch import Tensor, nn


class SlowCopy(nn.Module):
    """A copy of some modules, run one after the other. The gradient does not move its weights; `follow` does.

    Only weights are averaged. Buffers, such as the means and variances that a BatchNorm has seen, stay the copy's own:
    in training it normalises with the batch at hand and notes the statistics of its own activations, just as the
    original does with its own. Averaged weights need exactly these, and not those of other weights.
    """

    def __init__(self, *originals: nn.Module) -> None:
        super().__init__()
        self.copy = nn.Sequential(*deepcopy(originals))
        self.requires_grad_(False)

    @torch.no_grad()
    def follow(self, *originals: nn.Module, momentum: float) -> None:
        """ξ ← m ξ + (1 − m) θ, all weights in one go."""
        torch._foreach_lerp_(weights(self.copy), weights(*originals), 1 - momentum)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.copy(x)
        return y


def weights(*modules: nn.Module) -> list[Tensor]:
    """All parameters, in the order of the modules."""
    return [weight for module in modules for weight in module.parameters()]
