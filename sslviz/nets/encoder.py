"""What every encoder has in common: pictures in, h out, and an arithmetic that suits the machine."""

import torch
from torch import Tensor, nn


class Encoder(nn.Module):
    """B x 3 x H x W -> B x dim, float32.

    `precision` is the type that the encoder computes in (nets/precision.py chooses). Weights, h and all that follows
    stay float32: a cosine in bfloat16 has three digits, and a small temperature makes a small error large.
    """

    precision = torch.float32
    dim: int  # numbers in h

    def arithmetic(self, x: Tensor) -> torch.autocast:
        """`with self.arithmetic(x):` computes in `precision`."""
        return torch.autocast(x.device.type, torch.bfloat16, enabled=self.precision == torch.bfloat16)

    def whiten(self, images: Tensor) -> None:
        """Fits the first layer to the pictures (B x 3 x H x W), where that helps. Called once, before training."""
