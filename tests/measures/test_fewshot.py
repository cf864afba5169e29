import pytest
import torch

from sslviz.measures.fewshot import DRAWS, draw, few_shot, sweep
from sslviz.measures.linear import linear_accuracy


def clouds(n=60, classes=3, seed=0):
    """Three clouds of points, a little mixed."""
    chance = torch.Generator().manual_seed(seed)
    labels = torch.arange(n) % classes
    return torch.eye(8)[labels] * 2 + 0.8 * torch.randn(n, 8, generator=chance), labels


@pytest.mark.parametrize("shots", [1, 2, 5])
def test_a_draw_holds_so_many_of_each_class_and_another_draw_holds_others(shots):
    labels = clouds()[1]
    chosen = draw(labels, shots, 0)
    assert labels[chosen].bincount().tolist() == [shots] * 3
    assert len(set(chosen.tolist())) == 3 * shots
    assert chosen.tolist() == draw(labels, shots, 0).tolist()
    assert sorted(chosen.tolist()) != sorted(draw(labels, shots, 1).tolist())


@pytest.mark.slow
def test_scores_are_those_of_a_linear_probe_on_the_drawn_pictures():
    h, labels = clouds()
    test_h, test_labels = clouds(300, seed=1)
    scores = {(s, n): v for s, n, v in few_shot(h, labels, test_h, test_labels, classes=3)}
    assert {shots for shots, _ in scores} == {1, 2, 5, 10, 20}  # 50 of each class there are not
    assert all((5, n) in scores for n in range(DRAWS))
    chosen = draw(labels, 5, 3)
    alone = linear_accuracy(h[chosen], labels[chosen], test_h, test_labels, classes=3, l2=1e-2)
    assert scores[5, 3] == alone
    mean = {shots: sum(scores[shots, n] for n in range(DRAWS)) / DRAWS for shots in (1, 20)}
    assert mean[20] > mean[1] + 0.03


def test_the_rarest_class_decides_how_many_there_can_be():
    labels = torch.tensor([0] * 50 + [1] * 4)
    assert {shots for shots, _, _ in sweep(labels, lambda chosen: float(len(chosen)))} == {1, 2}
