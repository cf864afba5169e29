"""One training step in slow motion: the trainer's own step on a few pictures, and everything that passed through it.

Nothing here computes a loss or moves a weight. A copy of a Trainer takes its `train_step`, while hooks write down what
each part of the method puts out and which gradient comes back to it; so what is shown is what happened.

    θ   weights of the network that learns (the student)
    ξ   weights of a slow copy of it (the teacher), where the method has one

The clock is held: the next slow step sees the same pictures in the same views, at the same learning rate. So two losses
in a row differ only by what the weights have learnt.

AdamW moves a weight by rate x m / √v, with running means m of its gradients and v of their squares. Where a run has
kept its weights but not these, m is taken to be zero, as if earlier gradients had cancelled out: what is shown is the
share of the step that this batch contributes, 1 − β₁ = a tenth (and more after each step that is taken by hand).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from sslviz.data.dataset import Dataset
from sslviz.methods.method import Method, Step
from sslviz.nets.convnet import ConvNet
from sslviz.nets.momentum import SlowCopy, weights
from sslviz.nets.precision import Precision
from sslviz.runs.files import Array
from sslviz.runs.settings import RunSettings
from sslviz.training.trainer import Trainer

Half = Literal["student", "teacher"]  # who moves: what learns, or the slow copy
Weights = Mapping[str, Tensor]
SQUARES = ("weight", "gradient", "update")
SHARES = (1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64)  # of a step that was too long
MOMENTS = ("before", "between", "after")
Kept = tuple[dict[str, Tensor], dict[str, Any]]  # what RunFolder.weights returns


@dataclass(frozen=True)
class Passed:
    """What a part of the method put out, float32; `gradient` of the loss with respect to it, None if none came back."""

    value: Array
    gradient: Array | None = None


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
    shorter: float | None = (
        None  # where the loss has risen: the share of the student's move that lowers it, 0 if none does
    )
    metrics: dict[str, float] = field(default_factory=dict)

    def distance(self, moment: str) -> float:
        """Length of θ − ξ, over all layers."""
        return float(np.sqrt((self.teacher[moment] ** 2).sum()))


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
        pixels=tuple(length(torch.zeros_like(v) if v.grad is None else v.grad) for v in pictures),
        maps={name: array(torch.cat(alike(found)).mean(1)) for name, found in seen.maps.items()},
        parts={name: joined(found) for name, found in seen.parts.items()},
        given={name: array(torch.cat(alike(found))) for name, found in seen.given.items()},
        exhibits={name: Passed(array(value), gradient(value)) for name, value in seen.out.exhibits.items()},
        after={name: array(value) for name, value in again.exhibits.items()},
        loss=loss,
        loss_after=loss_after,
        rate=metrics.pop("learning_rate"),
        layers=layers(method, old, moved),
        teacher=distances(method, pairs, old, moved),
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


# -- watching ---------------------------------------------------------------------------------------------------------


@dataclass
class Seen:
    """What the hooks have written down: live tensors, which keep their gradients."""

    inputs: tuple[Tensor, ...] = ()
    out: Step = field(default_factory=lambda: Step(torch.zeros(())))
    between: dict[str, Tensor] = field(default_factory=dict)  # the method's state, before its `after_step`
    parts: dict[str, list[Tensor]] = field(default_factory=dict)
    given: dict[str, list[Tensor]] = field(default_factory=dict)
    maps: dict[str, list[Tensor]] = field(default_factory=dict)
    inner: list[tuple[nn.Module, Tensor]] = field(default_factory=list)  # of the encoder's own layers


@contextmanager
def watched(method: Method) -> Iterator[Seen]:
    """While it lasts, `method.step` and every part of the method leave what they put out in the Seen."""
    seen, usual, usual_after = Seen(), method.step, method.after_step

    def step(*views: Tensor) -> Step:
        seen.inputs = tuple(view.requires_grad_() if is_picture(view) else view for view in views)
        seen.out = usual(*seen.inputs)
        for value in seen.out.exhibits.values():
            keep(value)
        if "encoder" not in seen.parts and seen.inner:  # asked for its tokens or its maps: its last layer's output
            last = seen.inner[-1][0]
            seen.parts = {"encoder": [value for layer, value in seen.inner if layer is last], **seen.parts}
        return seen.out

    def after_step(out: Step) -> None:
        seen.between = {name: value.clone() for name, value in method.state_dict().items()}
        usual_after(out)

    hooks = [part.register_forward_hook(noting(seen.parts, name)) for name, part in method.named_children()]
    hooks += [part.register_forward_pre_hook(noting_given(seen.given, name)) for name, part in method.named_children()]
    hooks += [
        layer.register_forward_hook(lambda layer, _, value: seen.inner.append((layer, keep(value))))
        for layer in method.encoder.modules()
        if layer is not method.encoder
    ]
    # the pixels ask for a gradient here, which they do not in training: it must not go through a copy that takes none
    hooks += [
        slow.register_forward_pre_hook(lambda _, given: tuple(x.detach() for x in given))
        for slow in method.modules()
        if isinstance(slow, SlowCopy) and not any(weight.requires_grad for weight in slow.parameters())
    ]
    if isinstance(method.encoder, ConvNet):
        net = method.encoder.net
        stages = {"stem": net[2], "block 1": net[3], "block 2": net[4]}
        hooks += [stage.register_forward_hook(noting(seen.maps, name)) for name, stage in stages.items()]
    with replaced(method, "step", step), replaced(method, "after_step", after_step):
        yield seen
    for hook in hooks:
        hook.remove()


def noting(book: dict[str, list[Tensor]], name: str) -> Callable[[nn.Module, Any, Tensor], None]:
    def note(part: nn.Module, _: Any, value: Tensor) -> None:
        book.setdefault(name, []).append(keep(value))

    return note


def noting_given(book: dict[str, list[Tensor]], name: str) -> Callable[[nn.Module, tuple[Any, ...]], None]:
    def note(part: nn.Module, given: tuple[Any, ...]) -> None:
        if isinstance(given[0], Tensor) and given[0].is_floating_point():
            book.setdefault(name, []).append(given[0].detach())

    return note


def keep(value: Tensor) -> Tensor:
    """Its gradient will be kept, if there is one."""
    if value.requires_grad:
        value.retain_grad()
    return value


def is_picture(view: Tensor) -> bool:
    return view.is_floating_point() and view.ndim == 4 and view.shape[1] == 3


@contextmanager
def replaced(owner: object, name: str, by: Callable[..., Any]) -> Iterator[None]:
    """The owner's own method of this name is another one for a while."""
    vars(owner)[name] = by
    try:
        yield
    finally:
        del vars(owner)[name]


# -- putting into numbers ---------------------------------------------------------------------------------------------


def followers(method: Method, out: Step) -> dict[str, str]:
    """Weight of a slow copy -> the weight that it follows: heard from an `after_step` in which no copy follows."""
    pairs: dict[str, str] = {}
    copies = [module for module in method.modules() if isinstance(module, SlowCopy)]
    if not copies:
        return pairs
    names = {id(weight): name for name, weight in method.named_parameters()}

    def noting_of(slow: SlowCopy) -> Callable[..., None]:
        def note(*originals: nn.Module, momentum: float) -> None:
            for mine, its in zip(weights(slow.copy), weights(*originals), strict=True):
                pairs[names[id(mine)]] = names[id(its)]

        return note

    with ExitStack() as stack:
        stack.enter_context(same_buffers(method))  # queue and centre are not written either
        for slow in copies:
            stack.enter_context(replaced(slow, "follow", noting_of(slow)))
        method.after_step(out)
    return pairs


@contextmanager
def same_buffers(method: Method) -> Iterator[None]:
    """Whatever happens to the method's buffers meanwhile, afterwards they are as before."""
    kept = [buffer.clone() for buffer in method.buffers()]
    try:
        yield
    finally:
        with torch.no_grad():
            for buffer, value in zip(method.buffers(), kept, strict=True):
                buffer.copy_(value)


def layers(method: Method, old: Weights, moved: Weights) -> pd.DataFrame:
    """Layer by layer, of everything that the optimiser could move: weight, bias and scale of a layer are one vector."""
    rows: dict[str, dict[str, float]] = {}
    kinds = {name: type(module).__name__ for name, module in method.named_modules()}
    for name, weight in method.named_parameters():
        if weight.grad is None:
            continue
        row = rows.setdefault(name.rpartition(".")[0] or name, dict.fromkeys(("numbers", *SQUARES), 0.0))
        row["numbers"] += weight.numel()
        for key, vector in zip(SQUARES, (old[name], weight.grad, moved[name] - old[name]), strict=True):
            row[key] += vector.detach().square().sum().item()
    lines = [
        {"layer": name, "kind": kinds.get(name, ""), "numbers": int(row["numbers"])}
        | {k: row[k] ** 0.5 for k in SQUARES}
        for name, row in rows.items()
    ]
    return pd.DataFrame(lines, columns=["layer", "kind", "numbers", *SQUARES])


def distances(method: Method, pairs: dict[str, str], old: Weights, moved: Weights) -> pd.DataFrame:
    """How far each layer of the teacher is from its student: before, after the student's move, after the teacher's."""
    now = dict(method.named_parameters())
    rows: dict[str, dict[str, float]] = {}
    for slow, quick in pairs.items():
        row = rows.setdefault(quick.rpartition(".")[0] or quick, dict.fromkeys(MOMENTS, 0.0))
        for moment, (theta, xi) in zip(
            MOMENTS, ((old[quick], old[slow]), (moved[quick], old[slow]), (now[quick], now[slow])), strict=True
        ):
            row[moment] += (theta - xi).detach().square().sum().item()
    return pd.DataFrame(
        [{"layer": name, **{m: row[m] ** 0.5 for m in MOMENTS}} for name, row in rows.items()],
        columns=["layer", *MOMENTS],
    )


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


def gradient(value: Tensor) -> Array | None:
    return array(value.grad) if value.requires_grad and value.grad is not None else None


def array(value: Tensor) -> Array:
    value = value.detach()
    return np.array((value.float() if value.is_floating_point() else value).numpy())


def length(grad: Tensor) -> Array:
    """Of the gradient's three colours at each pixel: N x 3 x H x W -> N x H x W."""
    return array(grad.nan_to_num().norm(dim=1))
