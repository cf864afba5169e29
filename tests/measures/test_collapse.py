import math

import pytest
import torch

from sslviz.measures.collapse import effective_rank, mean_cosine, spectrum, std


def points(n=300, d=16, seed=0):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def test_spread_evenly():
    z = points(2000)
    assert std(z) == pytest.approx(1 / math.sqrt(16), rel=0.02)
    assert mean_cosine(z) == pytest.approx(0, abs=0.01)
    assert effective_rank(z) == pytest.approx(16, rel=0.02)


def test_collapsed_to_a_point():
    z = torch.ones(100, 16) + 1e-6 * points(100)
    assert std(z) < 1e-4
    assert mean_cosine(z) == pytest.approx(1, abs=1e-5)
    assert effective_rank(z) < 1.01
    assert effective_rank(torch.zeros(10, 4)) == 0


def test_collapsed_onto_a_plane_is_seen_by_the_rank_but_not_by_the_std():
    z = points(1000, 2) @ points(2, 16, seed=1)
    assert std(z) > 0.5 / math.sqrt(16)
    assert effective_rank(z) < 2.01
    assert (spectrum(z)[2:] < 1e-5).all()


def test_mean_cosine_against_a_slow_loop():
    z = points(30) + 0.5
    cosines = [float(a @ b / (a.norm() * b.norm())) for i, a in enumerate(z) for j, b in enumerate(z) if i != j]
    assert mean_cosine(z) == pytest.approx(sum(cosines) / len(cosines), abs=1e-6)


def test_rankme_against_a_slow_loop():
    z = points(50, 8) * torch.arange(1, 9)
    sigma = [math.sqrt(max(float(v), 0)) for v in torch.linalg.eigvalsh(z.double().T @ z.double())]
    entropy = -sum(s / sum(sigma) * math.log(s / sum(sigma)) for s in sigma)
    assert effective_rank(z) == pytest.approx(math.exp(entropy), rel=1e-4)


def test_std_and_spectrum_against_slow_loops():
    z = points(40, 5) + 1
    unit = [row / row.norm() for row in z]
    by_hand = []
    for j in range(5):
        column = [float(u[j]) for u in unit]
        m = sum(column) / 40
        by_hand.append(math.sqrt(sum((c - m) ** 2 for c in column) / 40))
    assert std(z) == pytest.approx(sum(by_hand) / 5, rel=1e-5)
    assert float(spectrum(z).square().sum()) == pytest.approx(sum(v**2 for v in by_hand), rel=1e-4)
    assert (spectrum(z).diff() <= 0).all()


def test_a_single_point_has_neither_spread_nor_pair():
    one = torch.randn(1, 8, generator=torch.Generator().manual_seed(0))
    assert math.isnan(std(one))
    assert math.isnan(mean_cosine(one))
    assert effective_rank(one) == pytest.approx(1, abs=1e-4)
