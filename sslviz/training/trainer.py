"""A method, its optimiser and where they are: one step at a time, kept and restored bit for bit.

Batch and views of step t follow from (seed, t) alone. So two runs with one seed see the same pictures in the same
way, a fork repeats its parent until it is changed, and a resumed run goes on exactly as if nothing had happened (on
the CPU: bit for bit).
"""

import math
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sslviz.data.augment import Augment
from sslviz.data.dataset import DataError, Dataset
from sslviz.methods import METHODS
from sslviz.methods.method import Method
from sslviz.nets import ENCODERS
from sslviz.nets.encoder import Encoder
from sslviz.nets.precision import Precision, probe, settle_threads
from sslviz.runs.settings import RunSettings
from sslviz.runs.training_knobs import TrainingKnobs

FLOOR = 0.05  # the learning rate ends at this share of its peak
STAIRS = 100  # in which the share of the seconds that is over grows


class Diverged(ArithmeticError):
    """The loss is no longer a number."""


class Trainer:
    """A method, its optimiser, and where they are: what has to be kept to go on later."""

    def __init__(self, settings: RunSettings, data: Dataset, device: torch.device) -> None:
        self.settings, self.device = settings, device
        method = METHODS[settings.method]
        if method.labelled and data.train.labels is None:
            raise DataError(f"{method.title} needs labels, and these pictures have none.")
        if min(len(data.train), len(data.test)) < method.fewest:
            n = f"at least {method.fewest} pictures to train on and {method.fewest} to test on"
            raise DataError(f"{method.title} needs {n}; here are {len(data.train)} and {len(data.test)}.")
        self.classes = len(data.classes) if method.labelled else 0
        augment = Augment(settings.augment, data.mean.to(device))
        self.untrained = self.build(augment)  # random weights, for the line that every score is compared with
        self.method = self.build(augment, whiten=augment.plain(data.train.images[:2000].to(device)))
        self.encoder = self.method.encoder
        self.optimizer = torch.optim.AdamW(self.method.parameters(), fused=device.type != "mps")
        self.images = data.train.images.to(device)
        self.labels = None if data.train.labels is None else data.train.labels.to(device)
        self.layout: torch.memory_format | None = None  # until a precision is chosen
        self.chance: dict[str, float] = {}  # scores of `untrained`, once they are known
        self.step, self.images_seen, self.seconds = 0, 0, 0.0

    def build(self, augment: Augment, whiten: Tensor | None = None) -> Method:
        """The method with the seed's random weights. The encoder is whitened first: a method may make copies of it."""
        torch.manual_seed(self.settings.seed)
        encoder = ENCODERS[self.settings.encoder](self.settings.training.width).to(self.device)
        if whiten is not None:
            encoder.whiten(whiten)
        method, more = METHODS[self.settings.method], {"classes": self.classes} if self.classes else {}
        return method(encoder, self.settings.method_knobs(), augment, **more).to(self.device)

    @property
    def elapsed(self) -> float:
        """The share of this run's seconds that is over; 0 where it is to end at a step.

        Schedules end where the run ends, so one that stops after some seconds follows the clock, which no seed repeats.
        What was used is recorded with every step, and whoever trains the run again passes it to `train_step`. It grows
        in STAIRS, each of which takes less than a sixtieth of the peak from the rate, so that there is little to pass.
        """
        end = self.settings.seconds
        return 0.0 if end is None else min(math.floor(STAIRS * self.seconds / end) / STAIRS, 1.0)

    def rate(self, elapsed: float, knobs: TrainingKnobs | None = None) -> float:
        """The learning rate of the next step; with other knobs, if they are given."""
        s = knobs or self.settings.training
        return learning_rate(self.step, s.learning_rate, s.warmup_steps, s.steps, elapsed)

    def progress(self, elapsed: float) -> float:
        """The share of the run that is over, 0 … 1: by steps or by seconds, whichever will end it sooner."""
        return max(min(self.step / self.settings.training.steps, 1.0), elapsed)

    def train_step(self, elapsed: float | None = None) -> dict[str, float]:
        """One step of the optimiser; returns the metrics of the batch. elapsed: as it was when this step was recorded,
        if it is taken again.
        """
        elapsed = self.elapsed if elapsed is None else elapsed
        s, t, rate = self.settings.training, self.step, self.rate(elapsed)
        self.method.progress = self.progress(elapsed)
        for group in self.optimizer.param_groups:
            group["lr"], group["weight_decay"] = rate, s.weight_decay

        chance = np.random.default_rng((self.settings.seed, t))
        batch = chance.choice(len(self.images), min(s.batch_size, len(self.images)), replace=False, shuffle=False)
        self.method.augment.seed(self.settings.seed, t + 1)  # moment 0 draws the exhibits
        chosen = torch.from_numpy(batch).to(self.device)
        views = self.method.views(self.images[chosen], None if self.labels is None else self.labels[chosen])
        out = self.method.step(*views)
        self.optimizer.zero_grad()
        out.loss.backward()
        self.optimizer.step()
        self.method.after_step(out)

        self.step += 1
        self.images_seen += len(batch)
        loss = out.loss.item()
        if not math.isfinite(loss):
            raise Diverged(f"The loss became {loss} at step {self.step}.")
        used = {} if self.settings.seconds is None else {"elapsed": elapsed}
        own = {name: value.item() for name, value in out.metrics.items()}
        return {"loss": loss, "learning_rate": rate, **used, **own}

    def change(self, **values: Any) -> None:
        """Turns live knobs; the next step obeys. Raises ValueError, in a sentence, and then nothing has changed."""
        self.settings = self.settings.turn(**values)
        self.method.knobs, self.method.augment.knobs = self.settings.method_knobs(), self.settings.augment

    def choose_precision(self) -> None:
        """Sets the arithmetic: as asked for, or whichever trains a copy of the encoder faster; then the threads, where
        nobody has said how many.
        """
        s, trial = self.settings.training, deepcopy(self.encoder)
        x = self.method.augment.plain(self.images[: 2 * s.batch_size])

        def train(dtype: torch.dtype, memory_format: torch.memory_format) -> tuple[Tensor, Tensor]:
            trial.precision = dtype
            trial.to(memory_format=memory_format)
            trial.zero_grad()
            loss = trial(x.contiguous(memory_format=memory_format)).square().mean()
            loss.backward()
            return loss.detach(), torch.cat([p.grad.flatten() for p in trial.parameters() if p.grad is not None])

        asked = None if s.precision == "auto" else Precision(getattr(torch, s.precision), torch.channels_last)
        self.compute_in(asked or probe(train, self.device))
        if self.device.type == "cpu" and not s.threads:
            settle_threads(lambda: train(self.how.dtype, self.how.memory_format))

    @property
    def how(self) -> Precision:
        return Precision(self.encoder.precision, self.layout or torch.contiguous_format)

    def same_work(self, other: "Trainer") -> bool:
        """True if what is fastest for the other is fastest for this one."""
        mine, its = self.settings, other.settings
        same = (mine.method, mine.encoder, mine.training.width) == (its.method, its.encoder, its.training.width)
        return same and mine.training.precision == "auto"

    def same_start(self, other: "Trainer") -> bool:
        """True if the random weights are the other's, and their arithmetic."""
        return self.how == other.how and same(self.untrained, other.untrained)

    @property
    def starts_at_random(self) -> bool:
        """True as long as the network is the untrained one: before the first step, if nothing was whitened."""
        return same(self.method, self.untrained)

    def compute_in(self, precision: Precision) -> None:
        self.layout = precision.memory_format
        for net in (*self.method.modules(), *self.untrained.modules()):  # the encoder, and copies that a method keeps
            if isinstance(net, Encoder):
                net.precision = precision.dtype
                net.to(memory_format=self.layout)

    @property
    def over(self) -> bool:
        s = self.settings
        return self.step >= s.training.steps or (s.seconds is not None and self.seconds >= s.seconds)

    @property
    def precision(self) -> str:
        return str(self.encoder.precision).removeprefix("torch.")

    @property
    def finite(self) -> bool:
        """False if the weights are ruined."""
        return all(bool(value.isfinite().all()) for value in self.method.state_dict().values())

    # -- keeping and going on -----------------------------------------------------------------------------------------

    def tensors(self) -> dict[str, Tensor]:
        """All state as named tensors: method.<name> and optimizer.<parameter number>.<name>."""
        kept = {f"method.{name}": value for name, value in self.method.state_dict().items()}
        for number, state in self.optimizer.state_dict()["state"].items():
            kept |= {f"optimizer.{number}.{name}": torch.as_tensor(value) for name, value in state.items()}
        return {name: value.detach().cpu().contiguous() for name, value in kept.items()}

    def about(self) -> dict[str, Any]:
        how = {"precision": self.precision, "channels_last": self.layout == torch.channels_last}
        how["threads"] = torch.get_num_threads()
        where = {"step": self.step, "images": self.images_seen, "seconds": self.seconds}
        return {**where, **how, "values": self.settings.values()}

    def restore(self, tensors: dict[str, Tensor], about: dict[str, Any]) -> None:
        """Back to a kept moment, its knobs included."""
        self.restore_method(tensors, about)
        parameters = [p for group in self.optimizer.param_groups for p in group["params"]]
        state: dict[int, dict[str, Tensor]] = {}
        for key, value in tensors.items():
            if key.startswith("optimizer."):
                _, number, name = key.split(".")
                if value.ndim:  # the fused optimiser wants moments laid out in memory like their weights
                    value = torch.empty_like(parameters[int(number)]).copy_(value)
                state.setdefault(int(number), {})[name] = value
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": state})

    def restore_method(self, tensors: dict[str, Tensor], about: dict[str, Any]) -> None:
        """The network of a kept moment and its knobs, to look at: no optimiser."""
        self.settings = self.settings.change(**about["values"])
        self.method.knobs, self.method.augment.knobs = self.settings.method_knobs(), self.settings.augment
        self.method.load_state_dict(
            {k.removeprefix("method."): v for k, v in tensors.items() if k.startswith("method.")}
        )
        self.step, self.images_seen, self.seconds = about["step"], about["images"], about["seconds"]
        self.method.progress = self.progress(self.elapsed)
        layout = torch.channels_last if about["channels_last"] else torch.contiguous_format
        self.compute_in(Precision(getattr(torch, about["precision"]), layout))


def same(one: Method, other: Method) -> bool:
    """True if all numbers of the two networks are equal."""
    mine, its = one.state_dict(), other.state_dict()
    return mine.keys() == its.keys() and all(torch.equal(mine[name], its[name]) for name in mine)


def learning_rate(step: int, peak: float, warmup: int, steps: int, elapsed: float = 0.0) -> float:
    """Rises linearly over the warm-up, then falls along half a cosine to FLOOR of its peak: by steps, or by the share
    of the run's seconds that is over, if that is sooner.
    """
    top = peak * (step + 1) / warmup if step < warmup else peak
    done = max(min((step - warmup) / max(steps - warmup, 1), 1.0), elapsed)
    return top * (FLOOR + (1 - FLOOR) * 0.5 * (1 + math.cos(math.pi * done)))


def choose_device() -> torch.device:
    """CUDA if there is one, then Apple's MPS, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
