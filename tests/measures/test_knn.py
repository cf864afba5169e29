import math

import pytest
import torch
import torch.nn.functional as F
from lightly.utils.benchmarking import knn_predict as lightly_knn
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from sslviz.measures.knn import knn_accuracy, knn_predict, leave_one_out, neighbours


@pytest.fixture(scope="module")
def digits():
    x, y = load_digits(return_X_y=True)
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))
    x, y = torch.tensor(x, dtype=torch.float32)[order], torch.tensor(y)[order]
    x = x + 6 * torch.randn(x.shape, generator=torch.Generator().manual_seed(1))  # makes it hard enough to differ
    return x[:1200], y[:1200], x[1200:], y[1200:]


def share(predicted, truth):
    return float((predicted == truth).float().mean())


@pytest.mark.parametrize(("k", "temperature"), [(1, 0.1), (20, 0.1), (200, 0.07)])
def test_within_half_a_point_of_lightly(digits, k, temperature):
    x, y, q, truth = digits
    theirs = lightly_knn(F.normalize(q), F.normalize(x).T, y, num_classes=10, knn_k=k, knn_t=temperature)[:, 0]
    ours = knn_accuracy(x, y, q, truth, classes=10, k=k, temperature=temperature)
    assert ours == pytest.approx(share(theirs, truth), abs=0.005)
    assert 0.3 < ours < 0.999


def test_within_half_a_point_of_sklearn(digits):
    x, y, q, truth = digits
    voter = KNeighborsClassifier(
        20,
        metric="cosine",
        algorithm="brute",
        weights=lambda distance: torch.exp(-torch.tensor(distance) / 0.1).numpy(),
    )
    theirs = share(torch.tensor(voter.fit(x.numpy(), y.numpy()).predict(q.numpy())), truth)
    assert knn_accuracy(x, y, q, truth, classes=10) == pytest.approx(theirs, abs=0.005)


def test_more_queries_than_a_chunk_and_fewer_references_than_k():
    x = torch.eye(4)
    q = x.repeat(700, 1)
    assert knn_accuracy(x, torch.arange(4), q, torch.arange(4).repeat(700), classes=4, k=20) == 1.0


def test_near_neighbours_outvote_many_far_ones_and_nothing_overflows():
    x = torch.tensor([[1.0, 0.0], [0.6, 0.8], [0.6, -0.8], [0.6, 0.8]])
    y = torch.tensor([1, 0, 0, 0])
    assert knn_predict(x, y, torch.tensor([[5.0, 0.0]]), classes=2, k=4, temperature=0.01).tolist() == [1]
    assert knn_predict(x, y, torch.tensor([[5.0, 0.0]]), classes=2, k=4, temperature=100.0).tolist() == [0]


def test_length_of_vectors_does_not_count(digits):
    x, y, q, _ = digits
    scale = torch.rand(len(x), 1) + 0.1
    assert torch.equal(knn_predict(x * scale, y, q, classes=10), knn_predict(x, y, q, classes=10))


def test_leaving_one_out_asks_all_others_and_never_oneself():
    """By hand: sort the cosines of each picture with the others, and let the nearest k vote."""
    chance = torch.Generator().manual_seed(0)
    labels = torch.arange(40) % 3
    h = torch.eye(6)[labels] + 0.7 * torch.randn(40, 6, generator=chance)
    nearest, cosine = neighbours(h, 5)
    answer = leave_one_out(h, labels, classes=3, k=5)
    for i in range(40):
        by_hand = sorted(
            ((float(F.cosine_similarity(h[i], h[j], dim=0)), j) for j in range(40) if j != i), reverse=True
        )
        assert nearest[i].tolist() == [j for _, j in by_hand[:5]]
        assert cosine[i].tolist() == pytest.approx([c for c, _ in by_hand[:5]], abs=1e-5)
        votes = [0.0] * 3
        for c, j in by_hand[:5]:
            votes[int(labels[j])] += math.exp(c / 0.1)
        assert int(answer[i]) == votes.index(max(votes))
