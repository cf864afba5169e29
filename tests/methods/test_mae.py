"""MAE: what is hidden stays hidden, patches find their way back, and only hidden ones count."""

from functools import partial

import pytest
import torch

from sslviz.methods.mae import MAE, dither, turns
from sslviz.nets.vit import patchify, sincos, unpatchify
from tests.methods.given import build, changed, state, train

L, P = 64, 48  # patches in a picture of 32 x 32, numbers in a patch
PLAIN = {"crop_scale": 1.0, "flip": 0.0, "jitter": 0.0, "gray": 0.0}
mae = partial(build, MAE, augment=PLAIN, mean=torch.tensor([0.4, 0.5, 0.6]))


@pytest.fixture
def pictures(pictures):
    return pictures[:6]


def hidden(visible, n=L):
    return torch.ones(len(visible), n).scatter(1, visible, 0)


def pixels(mask):
    """The pixels of the hidden patches, N x 1 x H x W."""
    side = round(mask.shape[1] ** 0.5)
    return mask.view(-1, 1, side, side).repeat_interleave(4, 2).repeat_interleave(4, 3).bool()


def predicts(method, what):
    """Replaces the network by one that predicts what the test says."""
    method.predict = lambda x, visible: what
    return method


# -- patches ---------------------------------------------------------------------------------------------------------


def test_patchify_against_loops():
    x = torch.arange(2 * 3 * 8 * 8).float().view(2, 3, 8, 8)
    patches = patchify(x)
    assert patches.shape == (2, 4, P)
    for n in range(2):
        for patch in range(4):
            expected = [
                float(x[n, c, 4 * (patch // 2) + i, 4 * (patch % 2) + j])
                for i in range(4)
                for j in range(4)
                for c in range(3)
            ]
            assert patches[n, patch].tolist() == expected


@pytest.mark.parametrize("size", [4, 16, 32, 48])
def test_unpatchify_is_the_exact_way_back(size):
    x = torch.randn(2, 3, size, size)
    assert torch.equal(unpatchify(patchify(x)), x)


def test_patches_are_counted_as_the_encoder_counts_them():
    """The encoder cuts with a convolution: one that adds up a patch must give the sums of our patches, in order."""
    method, x = mae(), torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        method.encoder.embed_patches.weight.fill_(1)
        method.encoder.embed_patches.bias.fill_(0)
    sums = method.encoder.embed_patches(x).flatten(2)[:, 0]
    torch.testing.assert_close(sums, patchify(x).sum(2), atol=1e-4, rtol=1e-4)


# -- masks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["random", "block", "grid"])
@pytest.mark.parametrize(("ratio", "left"), [(0.1, 58), (0.5, 32), (0.75, 16), (0.9, 6), (0.95, 3)])
def test_as_many_are_visible_as_the_ratio_says(pictures, kind, ratio, left):
    _, visible = mae(mask_ratio=ratio, mask_type=kind).views(pictures)
    assert visible.shape == (6, left)
    assert (visible.diff(dim=1) > 0).all()  # in order, none twice
    assert visible.min() >= 0
    assert visible.max() < L


def test_small_pictures_keep_at_least_one_visible_and_one_hidden_patch():
    small = torch.zeros(2, 3, 8, 8, dtype=torch.uint8)
    assert mae(mask_ratio=0.95).views(small)[1].shape == (2, 1)
    assert mae(mask_ratio=0.1).views(small)[1].shape == (2, 3)


def test_random_masks_follow_from_the_seed_and_hide_every_patch_equally_often():
    method, pictures = mae(), torch.zeros(2000, 3, 32, 32, dtype=torch.uint8)
    method.augment.seed(1, 2)
    first = method.views(pictures)[1]
    method.augment.seed(1, 2)
    assert torch.equal(method.views(pictures)[1], first)
    method.augment.seed(1, 3)
    assert not torch.equal(method.views(pictures)[1], first)
    assert hidden(first).mean(0).sub(0.75).abs().max() < 0.05
    together = torch.corrcoef(hidden(first).T).fill_diagonal_(0)  # neighbours are drawn independently
    assert together.abs().max() < 0.15


def test_a_larger_ratio_hides_more_of_the_same(pictures):
    for kind in ("random", "block", "grid"):
        method = mae(mask_type=kind)
        masks = []
        for ratio in (0.3, 0.6, 0.9):
            method.knobs = MAE.Knobs(mask_type=kind, mask_ratio=ratio)
            method.augment.seed(0, 0)
            masks.append(hidden(method.views(pictures)[1]))
        assert (masks[0] <= masks[1]).all()
        assert (masks[1] <= masks[2]).all()


def test_a_block_is_one_solid_piece(pictures):
    _, visible = mae(mask_type="block", mask_ratio=0.4).views(pictures)
    for mask in hidden(visible).view(-1, 8, 8):
        rows, columns = mask.amax(1), mask.amax(0)
        assert rows.diff().abs().sum() <= 2  # no gap between its rows
        assert columns.diff().abs().sum() <= 2
        box = rows.sum() * columns.sum()
        assert mask.sum() == 26  # 40 % of 64
        assert box - mask.sum() < max(rows.sum(), columns.sum())  # its box is full but for less than one border
    assert len({tuple(mask.tolist()) for mask in hidden(visible)}) > 1


def test_blocks_are_as_often_high_as_wide_and_lie_anywhere():
    _, visible = mae(mask_type="block", mask_ratio=0.25).views(torch.zeros(500, 3, 32, 32, dtype=torch.uint8))
    mask = hidden(visible).view(-1, 8, 8)
    height, width = mask.amax(2).sum(1), mask.amax(1).sum(1)
    assert height.mean() == pytest.approx(float(width.mean()), rel=0.1)
    assert 3.5 < height.mean() < 5  # 16 patches: a square has 4
    assert mask.mean(0).min() > 0.05


def test_a_grid_leaves_one_patch_of_every_four(pictures):
    _, visible = mae(mask_type="grid").views(pictures)
    expected = [8 * row + column for row in (0, 2, 4, 6) for column in (0, 2, 4, 6)]
    assert all(v.tolist() == expected for v in visible)
    _, visible = mae(mask_type="grid", mask_ratio=0.5).views(pictures)
    assert visible[0].tolist() == [8 * r + c for r in range(8) for c in range(8) if (r + c) % 2 == 0]  # a chessboard


def test_dither_is_bayers_matrix():
    row, column = torch.arange(16) // 4, torch.arange(16) % 4
    order = dither(row, column).argsort().argsort().view(4, 4)
    assert order.tolist() == [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]


def test_turns_of_the_random_kind_are_the_noise_itself():
    noise = torch.rand(2, 16)
    assert torch.equal(turns("random", noise, 4), noise)


# -- what the network is shown -----------------------------------------------------------------------------------------


def test_the_network_never_sees_hidden_pixels(pictures):
    method = mae().eval()
    x, visible = method.views(pictures)
    blind = torch.where(pixels(hidden(visible)), 7.0, x)
    assert torch.equal(method.predict(blind, visible), method.predict(x, visible))
    assert not torch.equal(method.step(blind, visible).loss, method.step(x, visible).loss)  # the loss does see them
    seen = torch.where(pixels(hidden(visible)), x, x + 0.1)
    assert not torch.equal(method.predict(seen, visible), method.predict(x, visible))


def test_the_decoder_gets_every_token_at_its_own_place(pictures):
    """With no decoder blocks, a visible place shows its own token and all hidden places show the mask token."""
    method = mae()
    method.decoder, method.paint = torch.nn.Identity(), torch.nn.Identity()
    x, visible = method.views(pictures)
    given = method.predict(x, visible) - sincos(64, 8, x.device)
    seen = method.narrow(method.encoder.tokens(x, visible))[:, 1:]
    for n in range(len(x)):
        where = {int(place): i for i, place in enumerate(visible[n])}
        for place in range(L):
            expected = seen[n, where[place]] if place in where else method.mask_token
            torch.testing.assert_close(given[n, place], expected, atol=1e-5, rtol=1e-5)


# -- loss ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("on_all", [False, True])
@pytest.mark.parametrize("normalised", [False, True])
@pytest.mark.parametrize("kind", ["random", "block"])
def test_loss_equals_the_slow_loop(pictures, on_all, normalised, kind):
    method = mae(loss_on_all=on_all, normalised_pixels=normalised, mask_type=kind, mask_ratio=0.6)
    x, visible = method.views(pictures)
    predicted = torch.randn(6, L, P)
    total = count = plain = trivial = flat = n_hidden = 0
    for n in range(6):
        seen = [patchify(x)[n, i] for i in visible[n]]
        colour = torch.stack(seen).view(-1, 3).mean(0)  # red, green, blue of everything visible
        for i in range(L):
            goal, guess = patchify(x)[n, i].double(), predicted[n, i].double()
            own_mean = sum(goal) / P
            variance = sum((goal - own_mean) ** 2) / P
            std = (variance + 1e-6).sqrt() if normalised else 1
            shift = own_mean if normalised else 0
            error = sum((guess - (goal - shift) / std) ** 2) / P
            is_hidden = i not in visible[n]
            if is_hidden or on_all:
                total, count = total + error, count + 1
            if is_hidden:
                n_hidden += 1
                plain = plain + sum((guess * std + shift - goal) ** 2) / P
                trivial = trivial + variance
                flat = flat + sum((colour.repeat(16) - goal) ** 2) / P
    step = predicts(method, predicted).step(x, visible)
    assert float(step.loss) == pytest.approx(float(total / count), rel=1e-5)
    assert float(step.metrics["masked_error"]) == pytest.approx(float(plain / n_hidden), rel=1e-5)
    assert float(step.metrics["patch_mean_error"]) == pytest.approx(float(trivial / n_hidden), rel=1e-5)
    assert float(step.metrics["one_colour_error"]) == pytest.approx(float(flat / n_hidden), rel=1e-4)


def test_who_paints_the_truth_has_no_loss_and_who_paints_the_mean_has_one(pictures):
    method = mae(normalised_pixels=True)
    x, visible = method.views(pictures)
    truth = patchify(x)
    normal = (truth - truth.mean(2, keepdim=True)) / truth.var(2, correction=0, keepdim=True).add(1e-6).sqrt()
    step = predicts(method, normal).step(x, visible)
    assert float(step.loss) == pytest.approx(0, abs=1e-9)
    assert torch.equal(step.exhibits["prediction"], pictures)
    step = predicts(method, torch.zeros(6, L, P)).step(x, visible)
    name, level = MAE.ignorance({"normalised_pixels": True})
    assert float(step.loss) == pytest.approx(level, rel=1e-4)
    assert "mean" in name
    assert float(step.metrics["masked_error"]) == pytest.approx(float(step.metrics["patch_mean_error"]), rel=1e-4)
    assert MAE.ignorance({"normalised_pixels": False}) is None


def test_only_hidden_patches_teach(pictures):
    for on_all in (False, True):
        method = mae(loss_on_all=on_all)
        x, visible = method.views(pictures)
        predicted = torch.randn(6, L, P, requires_grad=True)
        predicts(method, predicted).step(x, visible).loss.backward()
        taught = predicted.grad.abs().sum(2) > 0
        assert torch.equal(taught, torch.ones_like(taught) if on_all else hidden(visible).bool())


# -- manners ---------------------------------------------------------------------------------------------------------


def test_after_step_writes_nothing(pictures):
    method = mae()
    step, before = method.step(*method.views(pictures)), state(method)
    method.after_step(step)
    assert changed(method, before) == set()


def test_exhibits(pictures):
    method = mae().eval()
    x, visible = method.views(pictures)
    step = method.step(x, visible)
    shown = step.exhibits
    assert torch.equal(shown["mask"].float(), hidden(visible))
    assert torch.equal(shown["prediction"], method.augment.display(unpatchify(method.predict(x, visible))))
    assert (shown["mask"].dtype, shown["prediction"].dtype) == (torch.uint8, torch.uint8)
    mean = (shown["patch_error"] * hidden(visible)).sum() / hidden(visible).sum()
    assert float(mean) == pytest.approx(float(step.loss.detach()), rel=1e-5)
    assert torch.equal(shown["attention"].flatten(2), method.encoder.attention(x)[:, :, 0, 1:])
    assert shown["attention"].shape == (6, 2, 8, 8)
    assert not any(value.requires_grad for value in shown.values())
    assert sum(v.numel() * (1 if v.dtype == torch.uint8 else 2) for v in shown.values()) / 6 * 32 < 4 * 130_000
    assert "attention" not in method.train().step(x, visible).exhibits  # costs a whole forward pass


def test_h_is_that_of_the_whole_picture(pictures):
    method = mae().eval()
    x = method.augment.plain(pictures)
    assert method.embed(x).shape == (6, 64)
    assert method.project(method.embed(x)) is None


@pytest.mark.slow
def test_it_learns_to_paint_in_a_flat_colour():
    """Pictures of one random colour each: 60 steps and what is hidden can be told from what is not."""
    method = mae()
    chance = torch.Generator().manual_seed(0)

    def views():
        colours = torch.randint(0, 256, (16, 3, 1, 1), dtype=torch.uint8, generator=chance).expand(-1, -1, 16, 16)
        return method.views(colours)

    errors = [float(step.loss.detach()) for step in train(method, 60, views)]
    assert sum(errors[-5:]) < 0.2 * sum(errors[:5])
