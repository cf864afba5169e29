"""What many tests need: a small data set, a quiet machine, settings that train in a second."""

import numpy as np
import pytest
import torch

from sslviz.data.dataset import Dataset, Split
from sslviz.runs.settings import RunSettings

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny() -> Dataset:
    """320 + 80 pictures of four flat colours with noise: learnable, and made in no time."""
    chance = np.random.default_rng(0)

    def split(n: int) -> Split:
        labels = np.arange(n) % 4
        base = np.array([[220, 40, 40], [40, 220, 40], [40, 40, 220], [200, 200, 40]])[labels]
        pixels = base[:, :, None, None] + chance.normal(0, 25, (n, 3, 32, 32))
        images = torch.from_numpy(pixels.clip(0, 255).astype(np.uint8))
        return Split(images, torch.from_numpy(labels), {"hue": (labels / 4).astype(np.float32)})

    return Dataset("tiny", split(320), split(80), ("red", "green", "blue", "yellow"))


@pytest.fixture
def quick() -> RunSettings:
    """Six steps of 32 pictures, in float32, on one thread."""
    return RunSettings(seed=3).change(steps=6, batch_size=32, precision="float32", threads=1, width=16, warmup_steps=2)
