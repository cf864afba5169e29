import pytest
import torch

from sslviz.measures.attention import jaccard, kept, overlap


def test_the_fewest_places_that_hold_the_mass_are_kept():
    x = torch.tensor([[0.5, 0.2, 0.2, 0.1], [0.25, 0.25, 0.25, 0.25], [0.0, 0.0, 1.0, 0.0]])
    assert kept(x, 0.6).tolist() == [
        [True, True, False, False],
        [True, True, True, False],
        [False, False, True, False],
    ]
    assert kept(3 * x, 0.6).equal(kept(x, 0.6))  # only shares count


def test_jaccard_by_hand():
    a = torch.tensor([[1, 1], [0, 0]]).bool()
    assert float(jaccard(a, torch.tensor([[1, 0], [1, 0]]).bool())) == pytest.approx(1 / 3)
    assert float(jaccard(a, a)) == 1
    assert float(jaccard(a, ~a)) == 0
    assert float(jaccard(a & ~a, a & ~a)) == 1


def test_attention_on_the_figure_is_perfect_and_elsewhere_none():
    masks = torch.zeros(2, 8, 8, dtype=torch.bool)
    masks[0, :4, :4] = masks[1, 4:, 4:] = True  # one of four patches each
    on = torch.zeros(2, 1, 4)
    on[0, 0, 0] = on[1, 0, 3] = 1
    maps = torch.cat([on, on.flip(2), torch.full((2, 1, 4), 0.25)], 1)  # 3 heads: on it, opposite, everywhere
    scores = overlap(maps, masks)
    assert scores[0] == 1
    assert scores[1] == 0
    assert float(scores[2]) == pytest.approx((1 / 3 + 0) / 2)  # keeps 3 of 4 alike patches; the last one is left out
