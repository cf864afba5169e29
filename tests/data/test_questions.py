import numpy as np
import torch

from sslviz.data.dataset import Split
from sslviz.data.questions import BINS, questions
from sslviz.data.sources import shapes


def test_shapes_are_asked_for_the_class_and_every_factor_in_equal_bins():
    data = shapes.make(400, 100, size=16)
    chosen, queries = torch.arange(0, 400, 2), torch.arange(50)
    found = questions(data.train, chosen, data.test, queries)
    assert list(found) == ["class", "hue", "background_hue", "size", "x", "y", "angle"]
    known, wanted, classes = found["class"]
    assert classes == 10
    assert torch.equal(known, data.train.labels[chosen])
    assert torch.equal(wanted, data.test.labels[queries])
    for name, (known, wanted, bins) in found.items():
        if name != "class":
            assert bins == BINS
            assert known.dtype == wanted.dtype == torch.int64
            assert known.bincount(minlength=BINS).min() > 5  # uniform factors: no bin is empty
            assert 0 <= wanted.min() <= wanted.max() < BINS
            values = data.test.factors[name][:50]
            order = np.argsort(values)
            assert (np.diff(wanted.numpy()[order]) >= 0).all()  # a larger value never gets a smaller bin


def test_without_labels_and_factors_there_is_nothing_to_ask():
    split = Split(torch.zeros(4, 3, 8, 8, dtype=torch.uint8))
    assert questions(split, torch.arange(4), split, torch.arange(4)) == {}
