"""One training step in slow motion: the trainer's own step on a few pictures, and everything that passed through it.

Nothing here computes a loss or moves a weight. A copy of a Trainer takes its `train_step`, while hooks write down what
each part of the method puts out and which gradient comes back to it; so what is shown is what happened.

    θ   weights of the network that learns (the student)
    ξ   weights of a slow copy of it (the teacher), where the method has one

The clock is held: the next slow step sees the same pictures in the same views, at the same learning rate. So two losses
in a row differ only by what the weights have learnt.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from sslviz.exhibits.slow_motion import numbers
from sslviz.exhibits.slow_motion.numbers import Passed, Weights
from sslviz.exhibits.slow_motion.start import copied, own_share
from sslviz.exhibits.slow_motion.watch import followers, is_picture, same_buffers, watched
from sslviz.methods.method import Method, Step
from sslviz.runs.files import Array
from sslviz.training.trainer import Trainer

Half = Literal["student", "teacher"]  # who moves: what learns, or the slow copy
SHARES = (1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64)  # of a step that was too long


@dataclass(frozen=True)
class Halfway:
    """A step between its halves: the optimiser has moved the student, `after_step` (EMA, queue, centre) has not run."""

    state: dict[str, Tensor]  # of the method, all of it
    update: dict[str, Tensor]  # what `after_step` will write
    inputs: tuple[Tensor, ...]  # the views
    pairs: dict[str, str]  # weight of a slow copy -> the weight that it follows


@dataclass(frozen=True)
class SlowStep:
    """Everything that one step was made of. B: views in the batch, those of the first kind first (1a 2a … 1b 2b …)."""

    images: Array  # uint8 N x H x W x 3
    views: tuple[Array, ...]  # uint8 N x H x W x 3 each
    pixels: tuple[Array, ...]  # length of the gradient at each pixel of the views: N x H x W each
    maps: dict[str, Array]  # mean activation at each place, after each stage of a conv net: B x h x w
    parts: dict[str, Passed]  # encoder, projector, …: in the order in which they were first called, B x …
    given: dict[str, Array]  # what each of the parts was given, as far as it is one tensor
    exhibits: dict[str, Passed]  # of the method's Step
    after: dict[str, Array]  # the same exhibits of the same views, when the step is taken
    loss: float
    loss_after: float
    rate: float  # learning rate
    layers: pd.DataFrame  # layer, kind, numbers, weight, gradient, update: lengths (Euclidean) of each layer's vectors
    teacher: pd.DataFrame  # layer, before, between, after: distance of θ and ξ before, after the student, after both
    halfway: Halfway
    share: float = 1.0  # of the step that AdamW would take if it remembered earlier gradients: below 1 if it does not
    shorter: float | None = None  # where the loss has risen: the share of the student's move that lowers it, or 0
    metrics: dict[str, float] = field(default_factory=dict)

    def distance(self, moment: str) -> float:
        """Length of θ − ξ, over all layers."""
        return float(np.sqrt((self.teacher[moment] ** 2).sum()))


def slow_step(before: Trainer, **knobs: Any) -> tuple[Trainer, SlowStep]:
    """One step of a copy of the trainer, with these live knobs: the copy after it, and what passed through.

    Raises ValueError for knobs out of range, Diverged if the loss is no number; both in a sentence.
    """
    trainer = copied(before)
    trainer.change(**knobs)
    method = trainer.method
    old = {name: weight.detach().clone() for name, weight in method.named_parameters()}
    with watched(method) as seen, own_share(trainer) as share:
        metrics = trainer.train_step()
    trainer.step -= 1  # the clock is held
    pairs = followers(method, seen.out)
    moved = dict(method.named_parameters())
    inputs = tuple(view.detach() for view in seen.inputs)
    again = step_again(method, inputs)
    loss, loss_after = metrics.pop("loss"), again.loss.item()
    pictures = [view for view in seen.inputs if is_picture(view)]
    shown = [method.augment.display(view.detach()).permute(0, 2, 3, 1).numpy() for view in pictures]
    step = SlowStep(
        images=trainer.images.permute(0, 2, 3, 1).numpy(),
        views=tuple(shown),
        pixels=tuple(numbers.length(torch.zeros_like(v) if v.grad is None else v.grad) for v in pictures),
        maps={name: numbers.array(torch.cat(numbers.alike(found)).mean(1)) for name, found in seen.maps.items()},
        parts={name: numbers.joined(found) for name, found in seen.parts.items()},
        given={name: numbers.array(torch.cat(numbers.alike(found))) for name, found in seen.given.items()},
        exhibits={name: numbers.passed(value) for name, value in seen.out.exhibits.items()},
        after={name: numbers.array(value) for name, value in again.exhibits.items()},
        loss=loss,
        loss_after=loss_after,
        rate=metrics.pop("learning_rate"),
        layers=numbers.layers(method, old, moved),
        teacher=numbers.distances(method, pairs, old, moved),
        halfway=Halfway(seen.between, seen.out.update, inputs, pairs),
        share=share,
        shorter=shorter(method, inputs, old, seen.between, loss) if loss_after > loss else None,
        metrics=metrics,
    )
    trainer.optimizer.zero_grad()
    return trainer, step


def half_step(before: Trainer, after: Trainer, step: SlowStep, who: Half, **knobs: Any) -> tuple[Trainer, float, float]:
    """One half of the step that led from `before` to `after` with these knobs: a copy after it, the loss of the same
    views, the length of θ − ξ. "student": without `after_step`. "teacher": `after_step` alone, the optimiser rests.
    """
    halfway = step.halfway
    if who == "student":
        trainer = copied(after)
        trainer.method.load_state_dict(halfway.state)
    else:
        trainer = copied(before)
        trainer.change(**knobs)
        trainer.method.load_state_dict(halfway.state | dict(before.method.named_parameters()))
        trainer.method.after_step(Step(torch.tensor(step.loss), update=halfway.update))
    now = dict(trainer.method.named_parameters())
    apart = sum((now[quick] - now[slow]).square().sum().item() for slow, quick in halfway.pairs.items())
    return trainer, step_again(trainer.method, halfway.inputs).loss.item(), apart**0.5


def shorter(method: Method, inputs: tuple[Tensor, ...], old: Weights, moved: Weights, loss: float) -> float:
    """The largest share of the student's move after which the loss of these views is lower than before it: 1 if the
    other half of the step (teacher, queue, centre) has raised it, 0 if none of SHARES is short enough.
    """
    now = {name: value.clone() for name, value in method.state_dict().items()}
    try:
        for share in (1.0, *SHARES):
            there = {name: value.lerp(moved[name], share) for name, value in old.items()}
            method.load_state_dict({**moved, **there})
            if step_again(method, inputs).loss.item() < loss:
                return share
        return 0.0
    finally:
        method.load_state_dict(now)


def step_again(method: Method, inputs: tuple[Tensor, ...]) -> Step:
    """Loss and exhibits of these views. Nothing learns from it: a BatchNorm would note what it sees."""
    with torch.no_grad(), same_buffers(method):
        return method.step(*inputs)
