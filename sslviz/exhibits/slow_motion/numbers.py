"""What the hooks have noted, as arrays and tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from sslviz.methods.method import Method
from sslviz.runs.files import Array

Weights = Mapping[str, Tensor]
SQUARES = ("weight", "gradient", "update")
MOMENTS = ("before", "between", "after")


@dataclass(frozen=True)
class Passed:
    """What a part of the method put out, float32; `gradient` of the loss with respect to it, None if none came back."""

    value: Array
    gradient: Array | None = None


def layers(method: Method, old: Weights, moved: Weights) -> pd.DataFrame:
    """Lengths, layer by layer, of everything that the optimiser could move."""
    kinds = {name: type(module).__name__ for name, module in method.named_modules()}
    grads = {name: weight.grad for name, weight in method.named_parameters() if weight.grad is not None}
    table = lengths(SQUARES, ((name, (old[name], grad, moved[name] - old[name])) for name, grad in grads.items()))
    numbers: dict[str, int] = {}
    for name, grad in grads.items():
        numbers[layer_of(name)] = numbers.get(layer_of(name), 0) + grad.numel()
    table.insert(1, "kind", [kinds.get(layer, "") for layer in table["layer"]])
    table.insert(2, "numbers", list(numbers.values()))
    return table


def distances(method: Method, pairs: dict[str, str], old: Weights, moved: Weights) -> pd.DataFrame:
    """How far each layer of the teacher is from its student: before, after the student's move, after the teacher's."""
    now = dict(method.named_parameters())
    behind = ((old[q] - old[s], moved[q] - old[s], now[q] - now[s]) for s, q in pairs.items())
    return lengths(MOMENTS, zip(pairs.values(), behind, strict=True))


def lengths(columns: Sequence[str], vectors: Iterable[tuple[str, Sequence[Tensor]]]) -> pd.DataFrame:
    """Euclidean, a row for each layer: its weight, bias and scale are one vector. vectors: the name of
    a weight, and a vector for each column.
    """
    rows: dict[str, list[float]] = {}
    for name, some in vectors:
        row = rows.setdefault(layer_of(name), [0.0] * len(columns))
        for i, vector in enumerate(some):
            row[i] += vector.detach().square().sum().item()
    return pd.DataFrame(
        [[layer, *(square**0.5 for square in row)] for layer, row in rows.items()], columns=["layer", *columns]
    )


def layer_of(weight: str) -> str:
    return weight.rpartition(".")[0] or weight


def joined(found: list[Tensor]) -> Passed:
    """A part that was called for each view in turn has put out all of them."""
    same = alike(found)
    grads = [value.grad for value in same]
    known = [torch.zeros_like(v) if g is None else g for v, g in zip(same, grads, strict=True)]
    back = None if all(g is None for g in grads) else array(torch.cat(known))
    return Passed(array(torch.cat(same)), back)


def alike(found: list[Tensor]) -> list[Tensor]:
    """Those of one size: small crops make smaller maps."""
    return [value for value in found if value.shape[1:] == found[0].shape[1:]]


def passed(value: Tensor) -> Passed:
    return Passed(array(value), array(value.grad) if value.requires_grad and value.grad is not None else None)


def array(value: Tensor) -> Array:
    value = value.detach()
    return np.array((value.float() if value.is_floating_point() else value).numpy())


def length(grad: Tensor) -> Array:
    """Of the gradient's three colours at each pixel: N x 3 x H x W -> N x H x W."""
    return array(grad.nan_to_num().norm(dim=1))
