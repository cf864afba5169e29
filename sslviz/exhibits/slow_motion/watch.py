"""Hooks that write down what passes through the parts of a method while it takes its own step.

Nothing that they do changes the step: every replaced function and every hook is gone afterwards.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from sslviz.methods.method import Method, Step
from sslviz.nets.convnet import ConvNet
from sslviz.nets.momentum import SlowCopy, weights


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

    hooks = [part.register_forward_hook(noting(seen.parts, name, seen.given)) for name, part in method.named_children()]
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


def noting(
    out: dict[str, list[Tensor]], name: str, given: dict[str, list[Tensor]] | None = None
) -> Callable[[nn.Module, tuple[Any, ...], Tensor], None]:
    """A hook that notes what a part puts out and, if there is a book for it, what it was given."""

    def note(part: nn.Module, inputs: tuple[Any, ...], value: Tensor) -> None:
        if given is not None and isinstance(inputs[0], Tensor) and inputs[0].is_floating_point():
            given.setdefault(name, []).append(inputs[0].detach())
        out.setdefault(name, []).append(keep(value))

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
