"""What a vision transformer says about pictures while it is played with: who looks where, and what each patch knows."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from sslviz.methods.method import Method
from sslviz.nets.vit import ViT

Array = np.ndarray


@dataclass(frozen=True)
class Look:
    """attention: B x heads x (1 + L) x (1 + L), of the last block, the class token first. tokens: B x L x d, of the
    patches; class_tokens: B x d.
    """

    attention: Array
    tokens: Array
    class_tokens: Array

    def asked_by(self, token: int) -> Array:
        """Where a token looks, among the patches alone, so that it sums to 1: B x heads x L. 0 is the class token."""
        rows = self.attention[:, :, token, 1:]
        found: Array = rows / rows.sum(-1, keepdims=True)
        return found


def vit_of(method: Method) -> ViT | None:
    """The transformer whose features are kept: DINO's teacher, else the encoder; None if that is no transformer."""
    teacher = getattr(method, "teacher", None)
    kept = method.encoder if teacher is None else teacher.copy[0]
    return kept if isinstance(kept, ViT) else None


@torch.no_grad()
def look(method: Method, images: Tensor) -> Look:
    """images: uint8 B x 3 x H x W. The method must be in eval mode, and have a transformer."""
    vit = vit_of(method)
    assert vit is not None
    x = method.augment.plain(images)
    tokens = vit.tokens(x).cpu().numpy()
    return Look(vit.attention(x).cpu().numpy(), tokens[:, 1:], tokens[:, 0])
