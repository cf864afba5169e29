"""Where a slow step begins: a trainer at a kept moment or at its random weights, and a few pictures of its own.

AdamW moves a weight by rate x m / √v, with running means m of its gradients and v of their squares. Where a run has
kept its weights but not these, m is taken to be zero, as if earlier gradients had cancelled out: what is shown is the
share of the step that this batch contributes, 1 − β₁ = a tenth (and more after each step that is taken by hand).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sslviz.data.dataset import Dataset
from sslviz.exhibits.slow_motion.watch import replaced
from sslviz.nets.precision import Precision
from sslviz.runs.settings import RunSettings
from sslviz.training.trainer import Trainer

Kept = tuple[dict[str, Tensor], dict[str, Any]]  # what RunFolder.weights returns


def start(settings: RunSettings, data: Dataset, kept: Kept | None = None) -> Trainer:
    """A trainer at a kept moment, or at the seed's random weights, on the CPU and in float32."""
    trainer = Trainer(settings, data, torch.device("cpu"))
    if kept is None:
        trainer.compute_in(Precision(torch.float32, torch.contiguous_format))
    else:
        tensors, about = kept
        trainer.restore(tensors, {**about, "precision": "float32", "channels_last": False})
    for group in trainer.optimizer.param_groups:  # goes along with every copy
        group["forgotten"] = remembered(trainer) < trainer.step
    return trainer


def forgotten(trainer: Trainer) -> bool:
    """True if AdamW began anew after the steps of the run. (At the very start there were none to remember.)"""
    return bool(trainer.optimizer.param_groups[0]["forgotten"])


def remembered(trainer: Trainer) -> int:
    """The steps of which AdamW remembers the gradients."""
    return max((int(state["step"]) for state in trainer.optimizer.state.values()), default=0)


@contextmanager
def own_share(trainer: Trainer) -> Iterator[float]:
    """While it lasts, the optimiser moves weights only by what the gradients that it knows contribute: all, or, if
    earlier ones were forgotten, 1 − β₁^k after k steps. Weight decay needs no gradients and stays whole.
    """
    optimizer = trainer.optimizer
    share = 1 - optimizer.defaults["betas"][0] ** (remembered(trainer) + 1) if forgotten(trainer) else 1.0
    usual = optimizer.step

    def step() -> None:
        for group in optimizer.param_groups:
            group["lr"] *= share
            group["weight_decay"] /= share
        usual()

    with replaced(optimizer, "step", step):
        yield share


def with_batch(trainer: Trainer, number: int, seed: int) -> Trainer:
    """A copy whose only pictures are `number` of its own; the seed decides which, and the views."""
    chosen = np.random.default_rng(seed).choice(len(trainer.images), min(number, len(trainer.images)), replace=False)
    few = copied(trainer)
    few.images = trainer.images[chosen]
    few.labels = None if trainer.labels is None else trainer.labels[chosen]
    few.settings = trainer.settings.model_copy(update={"seed": seed})
    return few


def copied(trainer: Trainer) -> Trainer:
    """Method and optimiser are new, the pictures (which nobody changes) are shared."""
    shared = {id(part): part for part in (trainer.images, trainer.labels, trainer.untrained)}
    return deepcopy(trainer, shared)
