"""What the tests of the methods share: a method on random pictures, or on vectors that a test has chosen itself."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from sslviz.data.augment import Augment, AugmentKnobs
from sslviz.methods.method import Method, Step
from sslviz.nets import ENCODERS

GREY = torch.full((3,), 0.5)


class Given(nn.Module):
    """An "encoder" with one weight, 1: it hands on what it is given, so that h can be chosen by a test."""

    def __init__(self, dim: int = 16) -> None:
        super().__init__()
        self.dim = dim
        self.weight = nn.Parameter(torch.ones(()))

    def forward(self, x: Tensor) -> Tensor:
        return self.weight * x


def build(
    method: type[Method],
    encoder: nn.Module | None = None,
    *,
    seed: int = 0,
    augment: dict[str, Any] | None = None,
    mean: Tensor = GREY,
    **knobs: Any,
) -> Any:
    """A method with its usual encoder at width 16 (d = 64) or the given one. Labelled methods know five classes."""
    torch.manual_seed(seed)
    encoder = encoder or ENCODERS[method.encoders[0]](16)
    more = {"classes": 5} if method.labelled else {}
    return method(encoder, method.Knobs(**knobs), Augment(AugmentKnobs(**augment or {}), mean), **more)


def vectors(n: int = 8, *, views: int = 2, d: int = 16, seed: int = 0) -> tuple[Tensor, ...]:
    """Independent normal numbers for each view: views x (n x d)."""
    return torch.randn(views, n, d, generator=torch.Generator().manual_seed(seed)).unbind()


def touched(method: nn.Module) -> set[str]:
    """Names of the parameters that a gradient has reached."""
    return {name for name, p in method.named_parameters() if p.grad is not None and p.grad.abs().sum() > 0}


def state(method: nn.Module) -> dict[str, Tensor]:
    """A copy of all weights and buffers."""
    return {name: value.clone() for name, value in method.state_dict().items()}


def changed(method: nn.Module, before: dict[str, Tensor]) -> set[str]:
    """Names of the weights and buffers that are no longer what they were."""
    return {name for name, value in method.state_dict().items() if not torch.equal(value, before[name])}


def train(method: Method, steps: int, views: Callable[[], tuple[Tensor, ...]]) -> list[Step]:
    """Some optimisation steps, each on the views that are handed out next, without `after_step`."""
    optimizer = torch.optim.AdamW(method.parameters(), lr=2e-3)
    done = []
    for _ in range(steps):
        step = method.step(*views())
        optimizer.zero_grad()
        step.loss.backward()
        optimizer.step()
        done.append(step)
    return done
