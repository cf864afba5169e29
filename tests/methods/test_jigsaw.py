import itertools
import math
from functools import partial

import pytest
import torch
from torch import nn

from sslviz.methods.jigsaw import CELL, GAP, Jigsaw, unlike
from sslviz.nets import ENCODERS
from tests.methods.given import build

jigsaw = partial(build, Jigsaw)


class Flat(nn.Module):
    """An "encoder" that sees the mean colour of a tile, times a weight of 1."""

    dim = 3

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(()))

    def forward(self, x):
        return self.weight * x.mean((2, 3))


def distances(chosen):
    return [int((a != b).sum()) for a, b in itertools.combinations(chosen, 2)]


@pytest.mark.parametrize(("tiles", "count"), [(9, 64), (9, 256), (4, 24), (4, 5)])
def test_the_set_holds_so_many_different_permutations(tiles, count):
    chosen = unlike(tiles, count)
    assert chosen.shape == (count, tiles)
    assert chosen.dtype == torch.uint8
    assert torch.equal(chosen.sort(1).values, torch.arange(tiles, dtype=torch.uint8).expand(count, -1))
    assert len({tuple(row) for row in chosen.tolist()}) == count


def test_the_set_is_spread_wider_than_one_drawn_by_lot():
    chosen = unlike(9, 64)
    drawn = torch.rand(64, 9, generator=torch.Generator().manual_seed(1)).argsort(1)
    assert min(distances(chosen)) >= 6 > min(distances(drawn))
    assert sum(distances(chosen)) > sum(distances(drawn))
    assert min(distances(unlike(9, 4))) == 9  # no tile is twice in one place
    assert min(distances(unlike(4, 4))) == 4


def test_the_set_is_the_same_in_every_run_and_for_all_lengths():
    assert torch.equal(jigsaw(permutations=32).permutations, unlike(9, 64)[:32])
    kept = unlike(9, 64).clone()
    unlike.cache_clear()
    assert torch.equal(unlike(9, 64), kept)


def test_there_are_24_ways_to_shuffle_four_tiles():
    method = jigsaw(tiles_per_side=2, permutations=64)
    assert len(method.permutations) == 24
    values = {"permutations": 64, "tiles_per_side": 2}
    assert Jigsaw.ignorance(values) == ("ln P, P = 24", math.log(24))
    assert Jigsaw.ignorance({**values, "tiles_per_side": 3}) == ("ln P, P = 64", math.log(64))


def test_knowing_nothing_costs_log_p(pictures):
    method = jigsaw()
    nn.init.zeros_(method.head[-1].weight)
    assert float(method.step(*method.views(pictures)).loss.detach()) == pytest.approx(math.log(64), rel=1e-6)


@pytest.mark.parametrize("side", [2, 3])
def test_each_tile_is_cut_from_its_own_cell_where_chance_says(pictures, side):
    method = jigsaw(tiles_per_side=side)
    x, corner, _ = method.views(pictures)
    assert x.shape == (8, 3, side * CELL, side * CELL)
    tiles = method.cut(x, corner)
    for n, t in itertools.product(range(8), range(side * side)):
        top, left = CELL * (t // side) + int(corner[n, t, 0]), CELL * (t % side) + int(corner[n, t, 1])
        assert torch.equal(tiles[n, t], x[n, :, top : top + CELL - GAP, left : left + CELL - GAP])


def test_the_cut_is_anywhere_in_the_cell(pictures):
    _, corner, y = jigsaw().views(pictures.repeat(32, 1, 1, 1))
    assert corner.unique().tolist() == list(range(GAP + 1))
    assert not torch.equal(corner[..., 0], corner[..., 1])
    assert len(y.unique()) > 55
    assert y.max() < 64


def test_without_gaps_the_tiles_are_the_picture(pictures):
    method = jigsaw(gaps=False)
    x, corner, _ = method.views(pictures)
    rows = method.cut(x, corner).unflatten(1, (3, 3))  # N x 3 x 3 x colour x 16 x 16
    together = torch.cat([torch.cat(list(row.unbind(1)), -1) for row in rows.unbind(1)], -2)
    assert torch.equal(together, x)


def test_normalised_tiles_have_no_brightness_and_no_contrast(pictures):
    method, x = jigsaw(), jigsaw().augment.plain(pictures)
    y = method.normalise(x)
    assert y.mean((2, 3)).abs().max() < 1e-6
    torch.testing.assert_close(method.normalise(x + 0.3), y, atol=1e-5, rtol=0)
    torch.testing.assert_close(method.normalise(2 * x).std((2, 3)), y.std((2, 3)), rtol=0.1, atol=0)
    method.knobs = Jigsaw.Knobs(normalise_tiles=False)
    assert torch.equal(method.normalise(x), x)


@pytest.mark.parametrize(("side", "normalise"), [(3, False), (2, False), (3, True)])
def test_loss_is_the_mean_on_the_blackboard(pictures, side, normalise):
    method = jigsaw(Flat(), tiles_per_side=side, normalise_tiles=normalise).eval()
    x, corner, y = method.views(pictures)
    step = method.step(x, corner, y)
    total, right = 0.0, 0
    for n in range(8):
        h = []
        for t in method.permutations[y[n]].tolist():  # the tile that was put here
            top, left = CELL * (t // side) + int(corner[n, t, 0]), CELL * (t % side) + int(corner[n, t, 1])
            tile = x[n, :, top : top + CELL - GAP, left : left + CELL - GAP]
            h.append(method.encoder(method.normalise(tile[None]))[0])
        logits = method.head(torch.cat(h)[None])[0].double().detach()
        total += -float(logits[y[n]] - logits.exp().sum().log())
        right += int(logits.argmax()) == int(y[n])
    assert float(step.loss.detach()) == pytest.approx(total / 8, rel=1e-5)
    assert float(step.metrics["accuracy"]) == right / 8


@pytest.mark.parametrize("side", [2, 3])
def test_exhibits_show_the_puzzle(pictures, side):
    method = jigsaw(tiles_per_side=side).eval()
    x, corner, y = method.views(pictures)
    shown = method.step(x, corner, y).exhibits
    assert shown["shuffled"].shape == x.shape
    assert shown["shuffled"].dtype == torch.uint8
    assert shown["permutation_logits"].shape == (8, len(method.permutations))
    assert torch.equal(shown["permutation"], y)
    assert torch.equal(shown["permutations"], method.permutations)
    tiles, half = method.augment.display(method.cut(x, corner)), GAP // 2
    for n, place in itertools.product(range(8), range(side * side)):
        top, left = CELL * (place // side), CELL * (place % side)
        cell = shown["shuffled"][n, :, top : top + CELL, left : left + CELL]
        assert torch.equal(cell[:, half:-half, half:-half], tiles[n, method.permutations[y[n], place].long()])
        assert (cell[:, :half] == 255).all()


@pytest.mark.parametrize("encoder", Jigsaw.encoders)
@pytest.mark.parametrize("gaps", [True, False])
def test_it_takes_each_of_its_encoders_with_and_without_gaps(pictures, encoder, gaps):
    method = jigsaw(ENCODERS[encoder](16), gaps=gaps)
    step = method.step(*method.views(pictures))
    assert step.loss.isfinite()
    x = method.augment.plain(pictures)
    torch.testing.assert_close(method.eval().embed(x), method.encoder(method.normalise(x)))
