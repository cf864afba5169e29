"""A recorded run once more, on one page: no files, no processes, no screen.

Batch and views of step t follow from (seed, t) alone, and every knob that was turned while the run trained is turned
again at the same step. So the losses are those that were recorded: bit for bit on one machine's CPU with one number of
threads, and closely elsewhere.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from sslviz.data.augment import Augment, AugmentKnobs
from sslviz.data.dataset import Dataset
from sslviz.knobs import Knobs
from sslviz.measures.knn import knn_accuracy, leave_one_out
from sslviz.methods.method import Method
from sslviz.nets.encoder import Encoder
from sslviz.runs.training_knobs import TrainingKnobs
from sslviz.training.probes import LIVE, NEIGHBOURS, PORTION, QUERIES, REFERENCES
from sslviz.training.trainer import learning_rate


@dataclass(frozen=True)
class Plan:
    """All that decides what happens, but for the pictures."""

    method: type[Method]
    encoder: type[Any]
    knobs: Knobs  # as they were when the run began: the method's own, of the views, of the training
    views: AugmentKnobs
    training: TrainingKnobs
    seed: int
    steps: int  # that were recorded: a run may have ended before its schedule did
    turned: dict[int, dict[str, Any]] = field(default_factory=dict)  # step -> knobs turned just before it, new values
    precision: torch.dtype = torch.float32  # of the encoder's arithmetic
    channels_last: bool = False  # how pictures lie in memory: pixel by pixel


def prepare(plan: Plan, data: Dataset, device: torch.device) -> Method:
    """The method with the seed's random weights; the encoder's first layer fitted to the pictures (`whiten`)."""
    some = data.train.images[:2000]
    augment = Augment(plan.views, (some.float().mean((0, 2, 3)) / 255).to(device))
    torch.manual_seed(plan.seed)
    encoder = plan.encoder(plan.training.width).to(device)
    encoder.whiten(augment.plain(some.to(device)))
    more = {"classes": len(data.classes)} if plan.method.labelled else {}
    model = plan.method(encoder, plan.knobs, augment, **more).to(device)
    for net in model.modules():  # the encoder, and copies that a method keeps
        if isinstance(net, Encoder):
            net.precision = plan.precision
            net.to(memory_format=torch.channels_last if plan.channels_last else torch.contiguous_format)
    return model


def adamw(model: Method) -> torch.optim.Optimizer:
    return torch.optim.AdamW(model.parameters(), fused=next(model.parameters()).device.type != "mps")


def replay(
    plan: Plan, model: Method, optimizer: torch.optim.Optimizer, data: Dataset, steps: int, done: int = 0
) -> Iterator[tuple[int, float]]:
    """Trains from step `done` to `steps`; yields each step and its loss."""
    device = next(model.parameters()).device
    images, labels = data.train.images.to(device), data.train.labels
    labels = None if labels is None else labels.to(device)
    k = plan.training
    for t in range(done, steps):
        for name, value in plan.turned.get(t + 1, {}).items():
            model.knobs, model.augment.knobs = turn(model.knobs, name, value), turn(model.augment.knobs, name, value)
            k = turn(k, name, value)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(t, k.learning_rate, k.warmup_steps, k.steps)
            group["weight_decay"] = k.weight_decay

        chance = np.random.default_rng((plan.seed, t))
        batch = chance.choice(len(images), min(k.batch_size, len(images)), replace=False, shuffle=False)
        model.augment.seed(plan.seed, t + 1)
        chosen = torch.from_numpy(batch).to(device)
        views = model.views(images[chosen], None if labels is None else labels[chosen])
        out = model.step(*views)
        optimizer.zero_grad()
        out.loss.backward()
        optimizer.step()
        model.after_step(out)
        loss = out.loss.item()
        yield t + 1, loss
        if not math.isfinite(loss):
            return


def turn(knobs: Any, name: str, value: Any) -> Any:
    """The same table with one other value, if it has a knob of this name."""
    return type(knobs)(**(vars(knobs) | {name: value})) if hasattr(knobs, name) else knobs


@torch.no_grad()
def knn_score(model: Method, data: Dataset, live: bool = True) -> float | None:
    """The live k-NN, 0 … 1: each of some test pictures asks its nearest among the others; None without labels. The same
    pictures are asked in every run. live=False: they ask training pictures, as an earlier version did.
    """
    known, wanted = data.train.labels, data.test.labels
    if known is None or wanted is None:
        return None
    pick = torch.Generator().manual_seed(0)
    queries = torch.randperm(len(data.test), generator=pick)[:QUERIES]
    references = torch.randperm(len(data.train), generator=pick)[:REFERENCES]
    device = next(model.parameters()).device

    def embed(images: torch.Tensor) -> torch.Tensor:
        parts = images.to(device).split(PORTION)
        return torch.cat([model.embed(model.augment.plain(part)) for part in parts]).float().cpu()

    model.eval()
    if live:
        wanted = wanted[queries]
        h, classes = embed(data.test.images[queries[:LIVE]]), int(wanted.max()) + 1
        answers = leave_one_out(h, wanted[:LIVE], k=NEIGHBOURS, classes=classes)
        score = float((answers == wanted[:LIVE]).float().mean())
    else:
        h, reference, known = embed(data.test.images[queries]), embed(data.train.images[references]), known[references]
        score = knn_accuracy(reference, known, h, wanted[queries], k=NEIGHBOURS, classes=int(known.max()) + 1)
    model.train()
    return score
