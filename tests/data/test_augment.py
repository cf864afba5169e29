import inspect

import pytest
import torch
from torchvision.transforms.v2 import functional as tv

from sslviz.data import augment, operations
from sslviz.data.augment import Augment, AugmentKnobs
from sslviz.data.operations import crop_matrix, gaussian_blur, recolour, resample

OFF = {"crop_scale": 1, "flip": 0, "jitter": 0, "gray": 0, "blur": 0, "solarize": 0}
MEAN = torch.tensor([0.5, 0.4, 0.3])


@pytest.fixture
def pictures():
    """Smooth, colourful uint8 pictures."""
    small = torch.rand(8, 3, 6, 6, generator=torch.Generator().manual_seed(1))
    smooth = torch.nn.functional.interpolate(small, size=32, mode="bicubic").clamp(0, 1)
    return (smooth * 255).round().byte()


@pytest.fixture
def x(pictures):
    return pictures / 255


def views(pictures, seed=0, step=0, **knobs):
    augment = Augment(AugmentKnobs(**{**OFF, **knobs}), MEAN)
    augment.seed(seed, step)
    return augment(pictures)


def colours(x, brightness=1.0, contrast=1.0, saturation=1.0, turn=0.0):
    return recolour(x, *(torch.full((len(x),), v) for v in (brightness, contrast, saturation, turn)))


def test_all_knobs_off_is_exactly_the_plain_picture(pictures):
    plain = Augment(AugmentKnobs(), MEAN).plain(pictures)
    assert torch.equal(views(pictures), plain)
    assert torch.allclose(plain, pictures / 255 - MEAN.view(3, 1, 1))


def test_neutral_parameters_change_nothing(x):
    n = len(x)
    whole = crop_matrix(torch.ones(n), torch.rand(n), torch.rand(n), torch.rand(n), torch.zeros(n, dtype=torch.bool))
    assert torch.allclose(resample(x, whole, 32), x, atol=1e-5)
    assert torch.allclose(colours(x), x, atol=1e-6)
    assert torch.allclose(gaussian_blur(x, torch.zeros(n)), x, atol=1e-7)


def test_jitter_of_strength_zero_changes_nothing(pictures):
    same = views(pictures, jitter=1, brightness=0, contrast=0, saturation=0, hue=0)
    assert torch.allclose(same, views(pictures), atol=1e-6)


def test_display_undoes_plain(pictures):
    augment = Augment(AugmentKnobs(), MEAN)
    assert torch.equal(augment.display(augment.plain(pictures)), pictures)


# -- each operation against torchvision, one picture at a time ---------------------------------------------------------


def one_by_one(x, operation):
    return torch.stack([operation(picture) for picture in x])


def test_brightness(x):
    for factor in (0.6, 1.4):
        expected = one_by_one(x, lambda p, f=factor: tv.adjust_brightness(p, f))
        assert torch.allclose(colours(x, brightness=factor), expected, atol=1e-5)


def test_contrast(x):
    for factor in (0.6, 1.4):
        expected = one_by_one(x, lambda p, f=factor: tv.adjust_contrast(p, f))
        assert torch.allclose(colours(x, contrast=factor), expected, atol=1e-3)  # torchvision's luma weights: 0.2989 …


def test_saturation(x):
    for factor in (0.0, 0.6, 1.4):
        expected = one_by_one(x, lambda p, f=factor: tv.adjust_saturation(p, f))
        assert torch.allclose(colours(x, saturation=factor), expected, atol=1e-3)


def test_brightness_then_contrast_then_saturation(x):
    x = 0.3 + 0.4 * x  # nothing is clamped on the way
    expected = one_by_one(x, lambda p: tv.adjust_saturation(tv.adjust_contrast(tv.adjust_brightness(p, 1.1), 0.7), 0.5))
    assert torch.allclose(colours(x, 1.1, 0.7, 0.5), expected, atol=1e-3)


def test_hue_turns_as_hsv_does_and_keeps_the_luma(x):
    x = 0.4 + 0.2 * x  # nothing is clamped
    luma = torch.tensor(operations.YIQ[0])
    for turn in (-0.3, -0.1, 0.1, 0.3):
        ours = colours(x, turn=turn)
        expected = one_by_one(x, lambda p, t=turn: tv.adjust_hue(p, t))
        wrong = colours(x, turn=-turn)
        assert (ours - expected).abs().mean() < 0.5 * (wrong - expected).abs().mean()  # the direction is right
        assert (ours - expected).abs().mean() < 0.04
        assert torch.allclose(torch.einsum("bchw,c->bhw", ours - x, luma), torch.tensor(0.0), atol=1e-5)
    assert torch.allclose(colours(colours(x, turn=0.2), turn=0.8), x, atol=1e-4)  # a full circle


def test_gray(pictures, x):
    expected = one_by_one(x, lambda p: tv.rgb_to_grayscale(p, 3))
    assert torch.allclose(views(pictures, gray=1) + MEAN.view(3, 1, 1), expected, atol=1e-3)


def test_solarize(pictures, x):
    expected = one_by_one(x, lambda p: tv.solarize(p, 0.5))
    assert torch.allclose(views(pictures, solarize=1) + MEAN.view(3, 1, 1), expected, atol=1e-6)


def test_blur(x):
    for sigma in (0.5, 1.0, 2.0):
        expected = one_by_one(x, lambda p, s=sigma: tv.gaussian_blur(p, [17, 17], [s, s]))
        inner = (..., slice(9, -9), slice(9, -9))  # the border is treated differently, on purpose
        assert torch.allclose(gaussian_blur(x, torch.full((len(x),), sigma))[inner], expected[inner], atol=2e-3)


def test_blur_keeps_an_even_picture_even():
    assert torch.allclose(gaussian_blur(torch.full((2, 3, 32, 32), 0.7), torch.tensor([0.5, 3.0])), torch.tensor(0.7))


def test_flip(pictures, x):
    expected = one_by_one(x, tv.hflip)
    assert torch.allclose(views(pictures, flip=1) + MEAN.view(3, 1, 1), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("box", "size"), [((4, 6, 16, 16), 32), ((0, 0, 32, 32), 32), ((8, 2, 18, 24), 32), ((0, 8, 24, 24), 24)]
)
def test_crop_and_resize(x, box, size):
    top, left, height, width = box
    matrix = torch.tensor([[width / 32, 0, (2 * left + width) / 32 - 1], [0, height / 32, (2 * top + height) / 32 - 1]])
    ours = resample(x, matrix.expand(len(x), 2, 3), size)
    expected = one_by_one(x, lambda p: tv.resized_crop(p, top, left, height, width, [size, size], antialias=False))
    inner = (
        ...,
        slice(2, -2),
        slice(2, -2),
    )  # at the edge of the crop we see the neighbouring pixel, torchvision does not
    assert torch.allclose(ours[inner], expected[inner], atol=1e-4)


def test_halving_the_resolution_averages_areas(x):
    small = resample(x, torch.tensor([[1.0, 0, 0], [0, 1, 0]]).expand(len(x), 2, 3), 16)
    assert torch.allclose(small, torch.nn.functional.avg_pool2d(x, 2), atol=1e-5)


# -- what is drawn -----------------------------------------------------------------------------------------------------


def test_crops_keep_the_share_fit_inside_and_stay_within_the_aspect_ratio():
    u = torch.rand(4, 5000, generator=torch.Generator().manual_seed(0))
    share = 0.2 + 0.8 * u[0]
    matrix = crop_matrix(share, 2 * u[1] - 1, u[2], u[3], torch.arange(5000) % 2 == 0)
    w, h = matrix[:, 0, 0].abs(), matrix[:, 1, 1]
    assert torch.allclose(w * h, share, atol=1e-5)
    assert (w / h).max() <= 4 / 3 + 1e-4
    assert (w / h).min() >= 3 / 4 - 1e-4
    assert (w + matrix[:, 0, 2].abs()).max() <= 1 + 1e-5
    assert (h + matrix[:, 1, 2].abs()).max() <= 1 + 1e-5
    assert (w / h)[share < 0.5].max() > 1.3  # and the range is used
    assert ((matrix[:, 0, 0] < 0) == (torch.arange(5000) % 2 == 0)).all()


def test_every_picture_of_a_batch_is_changed_in_its_own_way(pictures):
    one = pictures[:1].expand(64, -1, -1, -1)
    for knobs in ({"crop_scale": 0.2}, {"jitter": 1}, {"blur": 1, "blur_sigma": 3}):
        assert len(torch.unique(views(one, **knobs).flatten(1), dim=0)) > 55  # a very small sigma does nothing
    for knobs in ({"flip": 0.5}, {"gray": 0.5}, {"solarize": 0.5}):
        different = (views(one, **knobs) - views(one)).flatten(1).abs().amax(1) > 1e-3
        assert 16 < different.sum() < 48


def test_views_follow_from_seed_and_step_alone(pictures):
    augment = Augment(AugmentKnobs(), MEAN)
    augment.seed(3, 7)
    first, second = augment(pictures), augment(pictures)
    assert not torch.equal(first, second)
    augment(pictures[:3])
    augment.seed(3, 7)
    assert torch.equal(augment(pictures), first)
    assert torch.equal(augment(pictures), second)
    seen = [first]
    for seed, step in ((3, 8), (4, 7), (7, 3), (3 + 2**32, 7), (3, 7 + 2**32)):
        augment.seed(seed, step)
        seen.append(augment(pictures))
        assert not any(torch.equal(seen[-1], other) for other in seen[:-1])


def test_torch_global_state_plays_no_part(pictures):
    torch.manual_seed(1)
    one = views(pictures, crop_scale=0.2, jitter=1)
    torch.manual_seed(2)
    state = torch.get_rng_state()
    assert torch.equal(views(pictures, crop_scale=0.2, jitter=1), one)
    assert torch.equal(torch.get_rng_state(), state)


def test_turning_one_knob_leaves_the_other_operations_as_they_were(pictures):
    """With the hue jitter off, the same crops; the luma of a crop is what it was."""
    one = views(pictures, crop_scale=0.2, flip=0.5)
    two = views(pictures, crop_scale=0.2, flip=0.5, jitter=1, brightness=0, contrast=0, saturation=1, hue=0)
    luma = torch.tensor(operations.YIQ[0])
    inside = ((two + MEAN.view(3, 1, 1) > 0.01) & (two + MEAN.view(3, 1, 1) < 0.99)).all(1)
    difference = torch.einsum("bchw,c->bhw", one - two, luma).abs()[inside]
    assert difference.numel() > 1000
    assert difference.max() < 1e-5


def test_what_was_drawn_can_be_read_and_done_again(pictures):
    knobs = AugmentKnobs(blur=0.5, solarize=0.5)
    augment = Augment(knobs, MEAN)
    augment.seed(3, 1)
    view = augment(pictures)
    augment.seed(3, 1)
    drawn = augment.draw(pictures, 32, (knobs.crop_scale, 1.0))
    assert torch.equal(augment.apply(pictures, drawn, 32), view)
    share, _, _, _, flip = drawn.crop
    assert share.min() >= knobs.crop_scale
    assert share.max() <= 1
    assert flip.dtype == torch.bool
    assert (drawn.sigma > 0).any()
    assert drawn.inverted.any()
    augment.knobs = AugmentKnobs(**OFF)
    assert augment.draw(pictures, 32, (1.0, 1.0)) == (None, None, None, None)


def test_knobs_may_be_replaced_at_any_time(pictures):
    augment = Augment(AugmentKnobs(**OFF), MEAN)
    augment.knobs = AugmentKnobs(**{**OFF, "gray": 1})
    shown = augment(pictures) + MEAN.view(3, 1, 1)
    assert torch.allclose(shown[:, 0], shown[:, 2], atol=1e-6)


def test_size_and_scale_make_small_crops(pictures):
    augment = Augment(AugmentKnobs(), MEAN)
    assert augment(pictures, size=16, scale=(0.05, 0.2)).shape == (8, 3, 16, 16)
    assert augment(pictures).dtype == torch.float32


def test_one_picture_gray_pictures_and_extreme_knobs_stay_finite():
    extreme = AugmentKnobs(
        crop_scale=0.05, flip=1, jitter=1, brightness=1, contrast=1, saturation=1, blur=1, blur_sigma=3, solarize=1
    )
    for value in (0, 255):
        shown = Augment(extreme, MEAN)(torch.full((1, 3, 32, 32), value, dtype=torch.uint8)) + MEAN.view(3, 1, 1)
        assert torch.isfinite(shown).all()
        assert shown.min() >= -1e-5
        assert shown.max() <= 1 + 1e-5


def test_a_student_can_read_it():
    assert len(inspect.getsource(augment).splitlines()) <= 150
