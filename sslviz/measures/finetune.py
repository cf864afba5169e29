"""Fine-tune: let labels move the encoder, too. Started from pre-trained weights and a small step, or from random ones.

A copy of the network gets a fresh linear layer on top of h and is trained on labelled pictures: cross-entropy, AdamW,
one learning rate for the encoder (small: keep what was learnt) and one for the new layer. With random weights and a
large rate for both, this is plain supervised learning from scratch, on the same labels and for the same steps.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LOW, HIGH = 3e-4, 2e-3  # learning rate of a pre-trained encoder; of what begins with random weights


class Network(Protocol):
    """What is fine-tuned: a method."""

    @property
    def encoder(self) -> nn.Module: ...
    def embed(self, images: Tensor) -> Tensor: ...
    def train(self, mode: bool = True) -> Any: ...


def fine_tuned(  # noqa: PLR0913 - two sets of pictures, and the recipe by keyword
    network: Network,
    view: Callable[[Tensor], Tensor],
    plain: Callable[[Tensor], Tensor],
    images: Tensor,
    labels: Tensor,
    test_images: Tensor,
    test_labels: Tensor,
    *,
    classes: int,
    rate: float = LOW,
    steps: int = 150,
    batch: int = 128,
    seed: int = 0,
) -> float:
    """Share of the test pictures that the fine-tuned copy of `network` classifies correctly; it stays as it is itself.

    view: makes random views of uint8 pictures, to train on; plain: the pictures as they are, to test on. images,
    test_images: uint8 B x 3 x H x W on the network's device; labels: int64, B. Fewer pictures than `batch` are shown
    several times in a batch, in other views.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = deepcopy(network)
        net.train()
        head = nn.Linear(net.embed(plain(images[:2])).shape[1], classes).to(images.device)
    groups = [{"params": net.encoder.parameters(), "lr": rate}, {"params": head.parameters(), "lr": HIGH}]
    optimizer = torch.optim.AdamW(groups, weight_decay=1e-4)
    peaks = [rate, HIGH]
    chance = torch.Generator().manual_seed(seed)
    for step in range(steps):
        for group, peak in zip(optimizer.param_groups, peaks, strict=True):
            group["lr"] = peak * min((step + 1) / 10, 1 - step / steps)  # warm-up, then down to nothing
        chosen = torch.randint(len(images), (batch,), generator=chance).to(images.device)
        loss = F.cross_entropy(head(net.embed(view(images[chosen]))), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.train(False)
    with torch.no_grad():
        parts = [head(net.embed(plain(part))).argmax(1) for part in test_images.split(250)]
    return float((torch.cat(parts) == test_labels).float().mean())
