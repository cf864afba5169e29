"""The pictures that are always asked, and the k-NN scores on them."""

import pytest
import torch

from sslviz.data.dataset import Dataset, Split
from sslviz.measures.knn import knn_accuracy
from sslviz.runs.settings import RunSettings
from sslviz.training import probes
from sslviz.training.observer import Observer
from sslviz.training.trainer import Trainer

CPU = torch.device("cpu")


@pytest.fixture
def trainer(tiny: Dataset, quick: RunSettings) -> Trainer:
    return Trainer(quick, tiny, CPU)


def test_they_are_the_same_in_every_run_and_never_twice(tiny: Dataset) -> None:
    queries, references = probes.fixed_pictures(tiny)
    torch.manual_seed(5)
    again = probes.fixed_pictures(tiny)
    assert torch.equal(queries, again[0])
    assert torch.equal(references, again[1])
    assert len(queries.unique()) == min(len(tiny.test), probes.QUERIES)
    assert len(references.unique()) == min(len(tiny.train), probes.REFERENCES)


def test_the_score_is_the_one_that_is_recorded(trainer: Trainer, tiny: Dataset) -> None:
    observer = Observer(tiny, CPU)
    recorded = observer.knn(observer.embedding(trainer.method))["knn"]
    assert probes.knn_score(trainer.method, tiny) == recorded


def test_as_an_earlier_version_took_it(trainer: Trainer, tiny: Dataset) -> None:
    queries, references = probes.fixed_pictures(tiny)
    trainer.method.eval()
    with torch.no_grad():
        h, reference = (
            trainer.method.embed(trainer.method.augment.plain(images))
            for images in (tiny.test.images[queries], tiny.train.images[references])
        )
    trainer.method.train()
    assert tiny.train.labels is not None
    assert tiny.test.labels is not None
    known, wanted = tiny.train.labels[references], tiny.test.labels[queries]
    by_hand = knn_accuracy(reference, known, h, wanted, classes=int(known.max()) + 1, k=20)
    assert probes.knn_score(trainer.method, tiny, live=False) == pytest.approx(by_hand, abs=0.01)


def test_without_labels_there_is_no_score(trainer: Trainer, tiny: Dataset) -> None:
    bare = Dataset("bare", Split(tiny.train.images), Split(tiny.test.images), ())
    assert probes.knn_score(trainer.method, bare) is None
    half = Dataset("half", Split(tiny.train.images), tiny.test, tiny.classes)
    assert probes.knn_score(trainer.method, half) is not None
    assert probes.knn_score(trainer.method, half, live=False) is None
