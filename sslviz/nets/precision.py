"""How exactly should the encoder compute, and on how many threads? Whatever this machine does fastest and still
rightly, found by trying, not by rule.

bfloat16 keeps 8 of float32's 24 significant bits. On a GPU and on recent CPUs it is up to twice as fast; on others it
is slower, or missing. The layout of pictures in memory (channel by channel, or pixel by pixel) matters as much.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Precision:
    """`dtype` of the encoder's arithmetic, `memory_format` of pictures and weights."""

    dtype: torch.dtype = torch.float32
    memory_format: torch.memory_format = torch.contiguous_format

    def __str__(self) -> str:
        layout = ", channels last" if self.memory_format == torch.channels_last else ""
        return str(self.dtype).removeprefix("torch.") + layout


CANDIDATES = tuple(
    Precision(dtype, layout)
    for dtype in (torch.float32, torch.bfloat16)
    for layout in (torch.contiguous_format, torch.channels_last)
)

# How far loss and gradient may be from those of plain float32, as a share of their length. Rounding alone moves the
# gradients of our networks at random weights by up to 0.0014 in float32 and 0.11 in bfloat16.
TOLERANCE = {torch.float32: 0.01, torch.bfloat16: 0.3}


def probe(
    train_step: Callable[[torch.dtype, torch.memory_format], Sequence[Tensor]],
    device: torch.device,
    *,
    seconds: float = 0.8,
    clock: Callable[[], float] = time.perf_counter,
) -> Precision:
    """The fastest of four candidates, trying each in turn, round after round, for about `seconds`.

    `train_step(dtype, memory_format)` does one step of training, throws it away, and returns its loss and gradients. A
    candidate's time is its best one: noise on a shared machine, and the first call's preparations, only ever add. One
    that raises is out, and so is one whose numbers are others than those of plain float32: some machines are fast and
    wrong. Plain float32 stays unless something is 5 % faster. On a machine too busy for two rounds in time, fewer are
    made.
    """
    best = dict.fromkeys(CANDIDATES, float("inf"))
    exact: Sequence[Tensor] | None = None
    end = clock() + seconds
    while best and clock() < end:
        for candidate in list(best):
            if clock() >= end:
                break
            try:
                start = clock()
                found = train_step(candidate.dtype, candidate.memory_format)
                synchronize(device)
                took, first = clock() - start, best[candidate] == float("inf")
                exact = found if exact is None else exact
                if first and not agrees(found, exact, TOLERANCE[candidate.dtype]):
                    del best[candidate]
                else:
                    best[candidate] = min(best[candidate], took)
            except (RuntimeError, NotImplementedError, TypeError):
                del best[candidate]
    fastest = min(best, key=lambda candidate: best[candidate], default=Precision())
    return fastest if best.get(fastest, 0.0) < 0.95 * best.get(Precision(), float("inf")) else Precision()


def agrees(found: Sequence[Tensor], exact: Sequence[Tensor], tolerance: float) -> bool:
    """True if each of these tensors is as near to the exact one as rounding would leave it. NaN is near to nothing."""
    return all(
        bool((mine.float() - its.float()).norm() <= tolerance * its.float().norm())
        for mine, its in zip(found, exact, strict=True)
    )


def settle_threads(
    work: Callable[[], object], *, seconds: float = 0.4, clock: Callable[[], float] = time.perf_counter
) -> None:
    """Torch goes on with one thread where several are no faster, because others use the cores as well: two that wait
    for each other on a busy core took three times as long as one alone.
    """
    several = torch.get_num_threads()
    best, end = {several: float("inf"), 1: float("inf")}, clock() + seconds
    while several > 1 and clock() < end:
        for number in best:
            torch.set_num_threads(number)
            start = clock()
            work()
            best[number] = min(best[number], clock() - start)
    torch.set_num_threads(1 if best[1] <= best[several] else several)


def synchronize(device: torch.device) -> None:
    """Wait until the device has done what it was told, so that the clock measures work and not orders."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
