"""How exactly should the encoder compute? Whatever this machine does fastest, found by trying, not by rule.

bfloat16 keeps 8 of float32's 24 significant bits. On a GPU and on recent CPUs it is up to twice as fast; on others it
is slower, or missing. The layout of pictures in memory (channel by channel, or pixel by pixel) matters as much.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch


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


def probe(
    train_step: Callable[[torch.dtype, torch.memory_format], None],
    device: torch.device,
    *,
    seconds: float = 0.8,
    clock: Callable[[], float] = time.perf_counter,
) -> Precision:
    """The fastest of four candidates, trying each in turn, round after round, for about `seconds`.

    `train_step(dtype, memory_format)` does one step of training and throws it away. A candidate's time is its best one:
    noise on a shared machine, and the first call's preparations, only ever add. One that raises is out. Plain float32
    stays unless something is 5 % faster. On a machine too busy for two rounds in time, fewer are made.
    """
    best = dict.fromkeys(CANDIDATES, float("inf"))
    end = clock() + seconds
    while best and clock() < end:
        for candidate in list(best):
            if clock() >= end:
                break
            try:
                start = clock()
                train_step(candidate.dtype, candidate.memory_format)
                synchronize(device)
                best[candidate] = min(best[candidate], clock() - start)
            except (RuntimeError, NotImplementedError, TypeError):
                del best[candidate]
    fastest = min(best, key=lambda candidate: best[candidate], default=Precision())
    return fastest if best.get(fastest, 0.0) < 0.95 * best.get(Precision(), float("inf")) else Precision()


def synchronize(device: torch.device) -> None:
    """Wait until the device has done what it was told, so that the clock measures work and not orders."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
