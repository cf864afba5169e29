"""A network that is loaded to be played with: the kept weights, in float32, and it cannot be changed by playing."""

from pathlib import Path

import pytest
import torch

from sslviz.data.dataset import Dataset
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.training.loaded import load_network
from sslviz.training.trainer import Trainer
from sslviz.training.worker import Wishes, run

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("method", METHODS)
def test_the_weights_are_those_of_the_kept_moment(
    method: str, tmp_path: Path, tiny: Dataset, quick: RunSettings
) -> None:
    folder = RunFolder.create(tmp_path, quick.model_copy(update={"method": method, "data": "tiny"}))
    assert run(folder, tmp_path, Wishes(folder), loaded=tiny).state == "done"
    step = folder.weights_steps()[-1]
    loaded = load_network(folder, step, tiny)
    kept = folder.weights(step)
    assert kept is not None
    for name, value in loaded.method.state_dict().items():
        assert torch.equal(value, kept[0][f"method.{name}"])
    start = Trainer(folder.settings(), tiny, torch.device("cpu")).untrained.state_dict()
    for name, value in loaded.untrained.state_dict().items():
        assert torch.equal(value, start[name])
    assert not any(p.requires_grad for p in (*loaded.method.parameters(), *loaded.untrained.parameters()))
    assert not loaded.method.training
    h = loaded.method.embed(loaded.method.augment.plain(tiny.test.images[:4]))
    assert h.dtype == torch.float32
    assert len(h) == 4


def test_a_moment_without_weights_is_said_to_have_none(tmp_path: Path, tiny: Dataset, quick: RunSettings) -> None:
    folder = RunFolder.create(tmp_path, quick.model_copy(update={"data": "tiny"}))
    with pytest.raises(LookupError, match=r"No weights of .* were kept at step 7"):
        load_network(folder, 7, tiny)
