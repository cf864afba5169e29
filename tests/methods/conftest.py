"""Eight pictures of noise, and labels for them."""

import pytest
import torch
from torch import Tensor


@pytest.fixture
def pictures() -> Tensor:
    return torch.randint(0, 256, (8, 3, 32, 32), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def labels() -> Tensor:
    return torch.arange(8) % 5
