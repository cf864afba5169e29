"""A kept MAE under a mask: its errors against the method's own step, and what one more hidden patch changes."""

import math

import numpy as np
import pytest
import torch

from sslviz.data.dataset import Dataset
from sslviz.exhibits.mae_room.paint import left, paint
from sslviz.methods.mae import MAE
from tests.methods.given import build, state

PLAIN = {"crop_scale": 1.0, "flip": 0.0, "jitter": 0.0, "gray": 0.0}


@pytest.fixture(params=[False, True], ids=["pixels", "normalised"])
def mae(request) -> MAE:
    return build(MAE, augment=PLAIN, normalised_pixels=request.param).eval().requires_grad_(False)


@pytest.fixture
def picture(tiny: Dataset) -> torch.Tensor:
    return tiny.test.images[:1]


def mask(*hidden: int) -> torch.Tensor:
    found = torch.zeros(64, dtype=torch.bool)
    found[list(hidden)] = True
    return found


def test_what_is_said_is_what_the_training_step_says(mae: MAE, picture: torch.Tensor) -> None:
    hidden = mask(*range(0, 64, 3))
    before = state(mae)
    found = paint(mae, picture, left(hidden))
    out = mae.step(mae.augment.plain(picture), left(hidden))
    assert torch.equal(found.prediction, out.exhibits["prediction"])
    assert torch.equal(found.hidden[0], hidden)
    assert found.means["masked_error"] == pytest.approx(float(out.metrics["masked_error"]))
    assert found.means["masked_error"] == pytest.approx(float(found.error[0][hidden].mean()), rel=1e-5)
    loss = found.normalised if mae.knobs.normalised_pixels else found.error
    assert float(loss[0][hidden].mean()) == pytest.approx(float(out.loss), rel=1e-4)
    assert found.means["patch_mean_error"] == pytest.approx(float(found.variance[0][hidden].mean()), rel=1e-4)
    assert all(torch.equal(value, before[name]) for name, value in state(mae).items())


def test_a_picture_does_not_see_its_neighbours(mae: MAE, tiny: Dataset) -> None:
    hidden = mask(*range(40))
    many = paint(mae, tiny.test.images[:3], left(hidden).expand(3, -1))
    alone = paint(mae, tiny.test.images[1:2], left(hidden))
    torch.testing.assert_close(many.error[1], alone.error[0])


def test_one_more_hidden_patch_changes_what_is_painted_in_all_the_others(mae: MAE, picture: torch.Tensor) -> None:
    fewer, more = (paint(mae, picture, left(mask(*hidden))) for hidden in (range(8, 16), range(8, 17)))
    changed = (fewer.error - more.error).abs()[0] > 1e-9
    assert changed[8:16].all()  # the encoder has seen less, and every guess rests on all that it has seen


def test_what_is_hidden_cannot_matter(mae: MAE, picture: torch.Tensor) -> None:
    if mae.knobs.normalised_pixels:
        pytest.skip("mean and deviation are borrowed from the hidden patch")
    other = picture.clone()
    other[:, :, :4, :4] = 255 - other[:, :, :4, :4]  # patch 0
    seen = left(mask(0, 9))
    assert torch.equal(paint(mae, picture, seen).prediction, paint(mae, other, seen).prediction)


def test_everything_or_nothing_may_be_hidden(mae: MAE, picture: torch.Tensor) -> None:
    blind = paint(mae, picture, left(mask(*range(64))))
    assert np.isfinite(blind.error.numpy()).all()
    assert math.isnan(blind.means["one_colour_error"])
    assert math.isfinite(blind.means["masked_error"])
    assert math.isnan(paint(mae, picture, left(mask())).means["masked_error"])
