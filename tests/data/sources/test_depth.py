"""Pictures of more than 8 bits: one range for a whole set, which its brightest pixel does not decide."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from sslviz.data.dataset import Dataset
from sslviz.data.sources import own
from sslviz.data.sources.picture import Unreadable, decode
from tests.data.sources.given import encoded, heap, notes, zipped

RAMP = np.tile(np.linspace(0, 1, 64), (64, 1)).astype(np.float32)


def loaded(path: Path, arrays: list[np.ndarray], kind: str = "PNG", more: dict[str, bytes] | None = None) -> Dataset:
    files = {f"{k:02}.{kind.lower()}": encoded(Image.fromarray(values), kind) for k, values in enumerate(arrays)}
    return own.make(zipped(path / "deep.zip", files | (more or {})))


def means(data: Dataset) -> list[float]:
    return torch.cat([data.train.images, data.test.images]).float().mean((1, 2, 3)).tolist()


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
def test_hot_pixels_do_not_darken_a_picture(tmp_path: Path, kind: str) -> None:
    ramps = [(RAMP * 4095).astype(np.uint16) for _ in range(12)]
    for k, ramp in enumerate(ramps):
        ramp[k, k] = (4095, 4096, 65535)[k % 3]
    data = loaded(tmp_path, ramps, kind)
    assert means(data) == pytest.approx([127.5] * 12, abs=3)
    assert "12 pictures have more than 8 bits" in notes(data)
    assert "becomes black and 4," in notes(data)


def test_a_dark_picture_stays_darker_than_a_bright_one(tmp_path: Path) -> None:
    data = loaded(tmp_path, [(RAMP * most).astype(np.uint16) for most in (1000, 2000, 4000)] * 4)
    found = sorted(round(mean) for mean in means(data))
    assert found[0] * 2 == pytest.approx(found[4], abs=3)
    assert found[0] * 4 == pytest.approx(found[8], abs=5)


@pytest.mark.parametrize(("low", "high"), [(-1, 1), (0, 1.0001), (0, 3), (300, 301), (-1e6, 1e6)])
def test_floats_keep_their_contrast(tmp_path: Path, low: float, high: float) -> None:
    data = loaded(tmp_path, [RAMP * (high - low) + low] * 2 + [(1 - RAMP) * (high - low) + low] * 2, "TIFF")
    assert (int(data.train.images.min()), int(data.train.images.max())) == (0, 255)
    assert "4 pictures have floating-point values" in notes(data)


def test_whole_numbers_and_floats_have_a_range_each_and_bytes_have_none(tmp_path: Path) -> None:
    bytes_ = encoded(Image.fromarray((RAMP * 100).astype(np.uint8)))
    more = {f"f{k}.tif": encoded(Image.fromarray(RAMP), "TIFF") for k in range(3)} | {"x.png": bytes_, "y.png": bytes_}
    data = loaded(tmp_path, [(RAMP * 60_000).astype(np.uint16)] * 3, more=more)
    assert sorted(round(mean / 10) for mean in means(data)) == [5] * 2 + [13] * 6
    assert "3 pictures have more than 8 bits" in notes(data)
    assert re.search(r"3 pictures have floating-point values: 0\.00\d+ becomes black and 0\.99\d+ white", notes(data))


def test_what_is_no_number_spoils_nothing() -> None:
    spoilt = RAMP.copy()
    spoilt[:8, :8], spoilt[0, 60] = np.nan, np.inf
    image = decode(encoded(Image.fromarray(spoilt), "TIFF")).astype(int)
    assert image[0, 16, -1] > 245
    assert image[0, 1, 1] < 10
    with pytest.raises(Unreadable, match="no numbers"):
        decode(encoded(Image.fromarray(np.full((8, 8), np.nan, np.float32)), "TIFF"))


def test_an_ordinary_set_says_nothing_of_bits(tmp_path: Path) -> None:
    assert "bits" not in notes(own.make(zipped(tmp_path / "x.zip", heap(5))))
