"""The pictures on which a kept network is judged, and what it and its plainest references make of them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from sslviz.data import default_cache
from sslviz.data.dataset import Dataset
from sslviz.data.questions import questions
from sslviz.methods.method import Method
from sslviz.runs.folder import RunFolder
from sslviz.runs.same_pictures import require_same
from sslviz.training.probes import embedded, fixed_pictures, projected
from sslviz.training.trainer import Trainer, choose_device

Features = dict[str, tuple[Tensor, Tensor]]  # h, z -> of the labelled pictures, of the test pictures
COMPONENTS = 128  # of the raw pixels


def silent(doing: str) -> None:
    """The progress of loading is not reported."""


@dataclass(frozen=True)
class Bench:
    """The pictures on which everything is measured, and the network of one moment: always the same pictures.

    `cache`: where what is downloaded is kept; `tell` hears what is being done, where that takes long.
    """

    run: RunFolder
    pictures: Dataset
    cache: Path
    tell: Callable[[str], None]
    trainer: Trainer
    images: Tensor  # uint8 M x 3 x H x W, labelled
    tests: Tensor
    asked: dict[str, tuple[Tensor, Tensor, int]]
    masks: Tensor | None

    @cached_property
    def trained(self) -> Features:
        return self.features(self.trainer.method)

    @cached_property
    def random(self) -> Features:
        return self.features(self.trainer.untrained)

    def features(self, method: Method) -> Features:
        """h, and z where there is a projector: (of the labelled pictures, of the test pictures)."""
        found = {"h": (embedded(method, self.images), embedded(method, self.tests))}
        z, tests = (projected(method, h) for h in found["h"])
        return found if z is None or tests is None else {**found, "z": (z, tests)}


def set_up(
    folder: RunFolder,
    step: int,
    pictures: Dataset,
    *,
    cache: Path | None = None,
    tell: Callable[[str], None] = silent,
) -> Bench:
    """The network as it was at `step`, and the pictures that the live scores use, too. Raises LookupError, and
    PicturesChanged if these are not the pictures of the run.
    """
    require_same(folder, pictures)
    kept = folder.weights(step)
    if kept is None:
        raise LookupError(f"No weights were kept at step {step}; there are: {folder.weights_steps()}")
    tensors, about = kept
    trainer = Trainer(folder.settings(), pictures, choose_device())
    trainer.restore_method(tensors, about)
    queries, chosen = fixed_pictures(pictures)
    masks = None if pictures.test.masks is None else pictures.test.masks[queries]
    device = trainer.device
    images, tests = pictures.train.images[chosen].to(device), pictures.test.images[queries].to(device)
    asked = questions(pictures.train, chosen, pictures.test, queries)
    return Bench(folder, pictures, cache or default_cache(), tell, trainer, images, tests, asked, masks)


def principal(images: Tensor, tests: Tensor) -> tuple[Tensor, Tensor]:
    """The first principal components of the raw pixels: what can be had without any network."""
    x, y = (part.flatten(1).float().cpu() / 255 for part in (images, tests))
    mean = x.mean(0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)  # the decomposition draws at random
        _, _, axes = torch.pca_lowrank(x - mean, min(COMPONENTS, *x.shape), center=False)
    return (x - mean) @ axes, (y - mean) @ axes
