"""The studio shows what training does, says which numbers did it, and survives any address and any file."""

import io
from functools import partial

import numpy as np
import pytest
import torch
from PIL import Image

from sslviz.data.augment import Augment, AugmentKnobs
from sslviz.exhibits.studio import page, shortcut
from sslviz.knobs import describe
from sslviz.views.controls import by_hand
from tests import pages

ALL_ON = AugmentKnobs(**page.STUDIO)


opened = partial(pages.opened, "studio")


@pytest.fixture(scope="module")
def pictures() -> torch.Tensor:
    smooth = torch.nn.functional.interpolate(
        torch.rand(1, 3, 5, 5, generator=torch.Generator().manual_seed(0)), size=32, mode="bicubic"
    )
    return (smooth.clamp(0, 1) * 255).byte().expand(8, -1, -1, -1)


def test_the_views_are_those_of_training(pictures: torch.Tensor) -> None:
    shown, _ = shortcut.augmented(pictures, ALL_ON, 7, 3)
    augment = Augment(ALL_ON, torch.tensor([0.5, 0.4, 0.3]))
    augment.seed(7, 3)
    trained = augment.display(augment(pictures)).permute(0, 2, 3, 1).numpy()
    assert np.abs(shown.astype(int) - trained).max() <= 1  # the mean is taken away and added again


@pytest.mark.parametrize("operation", page.ALONE)
def test_an_operation_alone_has_the_numbers_that_it_has_in_company(operation: str, pictures: torch.Tensor) -> None:
    changed, alone = shortcut.augmented(pictures, page.alone(operation, ALL_ON), 15)
    _, together = shortcut.augmented(pictures, ALL_ON, 15)
    one, all_of_them = page.captions(alone), page.captions(together)
    if operation == "saturation":  # taking all colour away is a saturation of 0
        pairs = [(a, b) for a, b in zip(one[operation], all_of_them[operation], strict=True) if b != "× 0.00"]
        assert len(pairs) == 7
        assert all(a == b for a, b in pairs)
    else:
        assert one[operation] == all_of_them[operation]
    own = {operation, "saturation"} if operation == "gray" else {operation}
    assert all(set(texts) == {"–"} for name, texts in one.items() if name not in own)
    plain = pictures[0].permute(1, 2, 0).numpy().astype(int)
    different = np.abs(changed - plain).reshape(8, -1).max(1) > 1
    touched = np.array([text != "–" for text in one[operation]])
    assert touched.any()
    assert (different <= touched).all()  # what the dice left alone is the picture itself
    if operation in ("brightness", "gray", "flip", "solarize"):
        assert (different == touched).all()


def test_the_parameters_say_where_the_crop_was(pictures: torch.Tensor) -> None:
    _, drawn = shortcut.augmented(pictures, ALL_ON, 1)
    table = page.parameters(drawn)
    np.testing.assert_allclose(
        table["width of crop"] * table["height of crop"], table["crop (share of area)"], atol=2e-4
    )
    assert (table["left edge"] >= -1e-4).all()
    assert (table["left edge"] + table["width of crop"] <= 1 + 2e-4).all()
    assert (table["top edge"] + table["height of crop"] <= 1 + 2e-4).all()


def test_it_opens_with_everything_on_and_measures_the_shortcut() -> None:
    app = opened()
    assert not app.exception
    assert not app.warning
    assert "Switched off" not in "".join(caption.value for caption in app.caption)
    without, jittered = (
        shortcut.matched("shapes", ALL_ON.model_copy(update=off).model_dump_json())[-1]
        for off in (shortcut.COLOUR | shortcut.SHARP, shortcut.SHARP)
    )
    assert without > 0.8
    assert jittered < 0.2
    assert f"**{without:.0%}**" in "".join(part.value for part in app.markdown)


def test_every_knob_of_the_table_is_there_and_in_the_address() -> None:
    names = list(describe(AugmentKnobs))
    app = opened(**dict.fromkeys(names, "0.3"), draw="3", set="digits", picture="9", other="200")
    assert not app.warning
    assert [app.slider(key=name).value for name in names] == [0.3] * len(names)
    assert app.slider(key="other").value == 200


def test_switched_off_operations_have_no_row() -> None:
    app = opened()
    app.button[[b.label for b in app.button].index("Crop and flip only")].click().run()
    assert not app.exception
    assert app.slider(key="jitter").value == 0
    off = "Switched off: brightness, contrast, saturation, hue, gray, blur, solarize."
    assert any(off in caption.value for caption in app.caption)


def png(size: tuple[int, int], mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 1).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (png((8000, 6250), "1"), "huge.png"),
        (b"no picture", "text.png"),
        (png((40, 40))[:60], "`cut`.png"),
        (b"", "0.png"),
    ],
    ids=["50 megapixels", "text", "cut off", "empty"],
)
def test_a_file_that_cannot_be_used_gets_a_sentence(data: bytes, name: str) -> None:
    app = opened()
    app.file_uploader(key="own_picture_0").upload(name, data, "image/png").run()
    assert not app.exception
    assert len(app.warning) == 1
    assert "cannot be used" in app.warning[0].value


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1", "I;16", "CMYK"])
def test_any_mode_and_size_is_a_picture(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (70, 31)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    found, trouble = by_hand.read(out.getvalue())
    assert not trouble
    assert found is not None
    assert found.shape == (3, 32, 32)


WRONG = ["nan", "inf", "1e308", "-5", "x" * 5000, "<b>pink</b>", "", "0.1,nan", "[1]"]
KEYS = [*describe(AugmentKnobs), "draw", "set", "picture", "other"]


@pytest.mark.parametrize("wrong", WRONG)
def test_addresses_that_make_no_sense_never_raise(wrong: str) -> None:
    app = opened(**dict.fromkeys([*KEYS, "unknown"], wrong))
    assert not app.exception
    assert len(app.warning) == len(KEYS)
    assert all(len(warning.value) < 200 for warning in app.warning)
    assert app.slider(key="crop_scale").value == ALL_ON.crop_scale


def test_a_knob_that_would_change_nothing_cannot_be_moved_and_says_why() -> None:
    app = opened()
    assert not [slider.key for slider in app.slider if slider.disabled]
    app = opened(jitter="0", blur="0")
    idle = {"brightness", "contrast", "saturation", "hue", "blur_sigma"}
    assert {slider.key for slider in app.slider if slider.disabled} == idle
    assert len([text.value for text in app.caption if "Changes nothing while jitter is 0" in text.value]) == 4
    app = opened(brightness="0", contrast="0", saturation="0", hue="0")
    assert any("while brightness, contrast, saturation, hue are all 0" in text.value for text in app.caption)
    off = dict.fromkeys(("flip", "jitter", "gray", "blur", "solarize"), "0")
    assert opened(crop_scale="1", **off).slider(key="draw").disabled
