"""Chance and balanced accuracy where classes are not equally frequent, or not all of them can be answered."""

import math

import pytest
import torch

from sslviz.measures.knn import knn_predict
from sslviz.measures.unbalanced import balanced_accuracy, majority, right

CATS_AND_DOGS = torch.tensor([0] * 190 + [1] * 10)


def test_always_a_cat() -> None:
    always = torch.zeros(200, dtype=torch.long)
    found = right(always, CATS_AND_DOGS, CATS_AND_DOGS)
    assert found == pytest.approx({"score": 0.95, "balanced": 0.5, "chance": 0.95})


def test_equal_classes_have_equal_chances() -> None:
    assert majority(torch.arange(100) % 10) == pytest.approx(0.1)


def test_only_what_has_been_trained_can_be_answered() -> None:
    known, wanted = torch.tensor([0, 0, 2, 2]), torch.tensor([0] * 6 + [1] * 14)
    assert majority(wanted, known) == pytest.approx(0.3)  # class 1 is the most frequent, and unknown
    assert balanced_accuracy(torch.zeros(20, dtype=torch.long), wanted, known) == 1.0
    assert majority(torch.tensor([1, 1]), known) == 0.0
    assert math.isnan(balanced_accuracy(torch.tensor([0]), torch.tensor([1]), known))
    assert majority(torch.tensor([0, 1]), torch.tensor([9])) == 0.0


@pytest.mark.parametrize("counts", [[50, 30, 20], [80, 15, 5], [34, 33, 33]])
def test_equal_features_score_no_more_than_chance(counts: list[int]) -> None:
    y = torch.repeat_interleave(torch.arange(3), torch.tensor(counts))
    answers = knn_predict(torch.ones(100, 8), y, torch.ones(100, 8), classes=3)
    found = right(answers, y, y)
    assert found["score"] <= found["chance"] + 1e-6
    assert found["balanced"] == pytest.approx(1 / 3)
