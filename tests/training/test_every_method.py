"""What the loop promises, kept with every method of the catalogue: copies, queues and averages included."""

import pytest
import torch

from sslviz.data.dataset import Dataset
from sslviz.methods import METHODS
from sslviz.nets.encoder import Encoder
from sslviz.nets.precision import Precision
from sslviz.runs.settings import RunSettings
from sslviz.training.observer import Observer
from sslviz.training.trainer import Trainer

pytestmark = pytest.mark.slow

CPU = torch.device("cpu")


def start(method: str, quick: RunSettings, data: Dataset) -> Trainer:
    settings = RunSettings(method=method, seed=quick.seed, training=quick.training)
    trainer = Trainer(settings, data, CPU)
    trainer.choose_precision()
    return trainer


@pytest.mark.parametrize("method", METHODS)
def test_copies_of_the_encoder_begin_as_it_does_and_compute_as_it_does(
    method: str, tiny: Dataset, quick: RunSettings
) -> None:
    trainer = start(method, quick, tiny)
    trainer.compute_in(Precision(torch.bfloat16, torch.channels_last))
    nets = [net for net in trainer.method.modules() if isinstance(net, Encoder)]
    assert trainer.encoder is nets[0]
    for net in nets:
        for mine, its in zip(net.parameters(), trainer.encoder.parameters(), strict=True):
            assert torch.equal(mine, its)
            assert mine.ndim != 4 or mine.is_contiguous(memory_format=torch.channels_last)
        assert net.precision == torch.bfloat16
    started, random = trainer.encoder.state_dict(), trainer.untrained.encoder.state_dict()
    differ = {name for name, value in started.items() if not torch.equal(value, random[name])}
    assert differ == ({"net.0.weight"} if trainer.settings.encoder == "conv" else set())  # the stem is whitened


@pytest.mark.parametrize("method", METHODS)
def test_going_on_from_kept_state_is_as_if_nothing_had_happened(method: str, tiny: Dataset, quick: RunSettings) -> None:
    whole, half, rest = (start(method, quick, tiny) for _ in range(3))
    losses = [whole.train_step()["loss"] for _ in range(4)]
    for _ in range(2):
        half.train_step()
    rest.restore(half.tensors(), half.about())
    assert [rest.train_step()["loss"] for _ in range(2)] == losses[2:]
    for name, tensor in whole.tensors().items():
        assert torch.equal(tensor, rest.tensors()[name]), name


@pytest.mark.parametrize("method", METHODS)
def test_looking_changes_nothing_and_shows_both_views(method: str, tiny: Dataset, quick: RunSettings) -> None:
    trainer, observer = start(method, quick, tiny), Observer(tiny, CPU)
    trainer.train_step()
    before = {name: value.clone() for name, value in trainer.method.state_dict().items()}
    shown = observer.exhibits(trainer.method, 1)
    scores, spread = observer.health(observer.embedding(trainer.method), trainer.method)
    assert all(torch.equal(value, before[name]) for name, value in trainer.method.state_dict().items())
    assert shown.exhibits
    assert sum(array.nbytes for array in shown.exhibits.values()) < 400_000  # it is recorded 200 times
    if "similarity" in shown.exhibits:
        assert shown.exhibits["similarity"].shape == (64, 64)
        assert abs(shown.exhibits["similarity"].diagonal() - 1).max() < 1e-2
    assert {"std", "rank"} <= scores.keys()
    assert 0 < spread["spectrum"].max() <= 1
    assert spread["channel_std"].max() <= 1
