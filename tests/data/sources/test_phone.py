"""What telephones, browsers and archivers make of pictures is read, or it is said what to do."""

import io
import os
import struct
import sys
import types
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sslviz import data
from sslviz.data.dataset import DataError
from sslviz.data.sources import heic, own
from sslviz.data.sources.picture import Unreadable, decode
from tests.data.sources.given import RED, encoded, folder, heap, notes, picture, zipped

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500)


def noise(size: int = 128) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 255, (size, size, 3), np.uint8))


@pytest.fixture
def no_heic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heic, "available", lambda: False)


def test_content_counts_and_not_the_suffix(tmp_path: Path) -> None:
    avif, webp, png = (encoded(noise(), kind) for kind in ("AVIF", "WEBP", "PNG"))
    files = {
        "a.avif": avif,
        "b.jpg": avif,
        "c.png": webp,
        "d.jpg_large": webp,
        "e": png,
        "f.gif": png,
        "LICENSE": b"MIT",
    }
    for pack in (zipped(tmp_path / "x.zip", files), folder(tmp_path / "x", files)):
        found = own.make(pack)
        assert len(found.train) + len(found.test) == 6
        assert "1 no suffix" in notes(found)


@pytest.mark.usefixtures("no_heic")
def test_heic_is_counted_with_the_advice_what_to_do(tmp_path: Path) -> None:
    data = own.make(zipped(tmp_path / "1.zip", heap(6) | {"IMG_1.HEIC": HEIC, "IMG_2.heif": HEIC}))
    assert "1 .heic, 1 .heif. HEIC is not read here: convert it to JPEG, or install pillow-heif." in notes(data)
    data = own.make(zipped(tmp_path / "2.zip", heap(6) | {"IMG_1.jpg": HEIC}))
    assert "IMG_1.jpg (HEIC is not read here: convert it to JPEG" in notes(data)
    with pytest.raises(DataError, match=r"no pictures, only other files \(2 \.heic\).*convert it to JPEG"):
        own.make(zipped(tmp_path / "3.zip", {"a.heic": HEIC, "b.heic": HEIC}))


def test_heic_is_read_as_soon_as_the_library_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, cache = zipped(tmp_path / "x.zip", heap(6) | {"IMG_1.HEIC": HEIC}), tmp_path / "cache"
    stand_in = types.SimpleNamespace(to_pillow=lambda: Image.new("RGB", (40, 40), RED))
    library = types.SimpleNamespace(open_heif=lambda file, **_: [stand_in])
    monkeypatch.setitem(sys.modules, "pillow_heif", library)
    counts = []
    for there in (False, True):  # what was decoded without it counts no more
        monkeypatch.setattr(heic, "available", lambda there=there: there)
        found = own.make(path)
        monkeypatch.setattr(data, "_decode", lambda *_, found=found: found)
        loaded = data.load(str(path), cache=cache)
        counts.append(len(loaded.train) + len(loaded.test))
    assert counts == [6, 7]


def test_a_panorama_of_two_hundred_megapixels_is_unpacked_at_an_eighth() -> None:
    image = decode(encoded(Image.new("RGB", (16_320, 12_240), RED), "JPEG", quality=30))
    assert abs(image[:, 16, 16].astype(int) - RED).max() < 5


def test_a_jpeg_bomb_is_refused_by_its_header() -> None:
    small = bytearray(encoded(noise(32), "JPEG"))
    place = small.index(b"\xff\xc0") + 5
    small[place : place + 4] = struct.pack(">HH", 60_000, 60_000)
    with pytest.raises(Unreadable, match="60000 x 60000 pixels are too many"):
        decode(bytes(small))


def test_the_first_picture_of_several_in_a_jpeg_is_read() -> None:
    both = encoded(Image.new("RGB", (64, 64), RED), "MPO", save_all=True, append_images=[noise(64)])
    assert abs(decode(both)[:, 16, 16].astype(int) - RED).max() < 5


@pytest.mark.parametrize(("missing", "read"), [(2, True), (4, True), (12, True), (9_000, False)])
def test_a_jpeg_without_its_last_bytes_is_read_and_half_of_one_is_not(missing: int, read: bool) -> None:
    whole = encoded(noise(256), "JPEG")
    assert len(whole) > 18_000
    if read:
        assert np.abs(decode(whole).astype(int) - decode(whole[:-missing])).mean() < 3
    else:
        with pytest.raises(Unreadable):
            decode(whole[:-missing])


# --- folders and zips -------------------------------------------------------------------------------------------------


def test_names_in_utf_8_that_do_not_say_so(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", heap(6, "caf__/") | heap(6, "tea/"))
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"caf__/", "café/".encode()))
    assert own.make(path).classes == ("café", "tea")
    path.write_bytes(zipped(path, heap(6, "caf_/") | heap(6, "tea/")).read_bytes().replace(b"caf_/", b"caf\x82/"))
    assert own.make(path).classes == ("café", "tea")  # DOS


@pytest.mark.parametrize(("method", "name"), [(9, "Deflate64"), (93, "Zstandard"), (98, "PPMd"), (77, "method 77")])
def test_a_packing_that_is_not_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: int, name: str
) -> None:
    monkeypatch.setattr("sslviz.data.sources.zipped.READ", {0, 8, 12, 14})  # as before Python 3.14
    path = zipped(tmp_path / "x.zip", heap(9))
    whole = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = whole.find(signature)
        while at >= 0:
            whole[at + offset : at + offset + 2] = struct.pack("<H", method)
            at = whole.find(signature, at + 4)
    path.write_bytes(whole)
    with pytest.raises(DataError, match=f"x.zip is packed with {name}, .* unzip it and give the folder"):
        own.make(path)


def test_a_zip_in_a_zip_is_told(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("1.png", picture())
    with pytest.raises(DataError, match="unpack it first"):
        own.make(zipped(tmp_path / "x.zip", {"train.zip": inner.getvalue()}))


def test_one_folder_that_cannot_be_opened_is_skipped_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder(tmp_path, heap(6, "a/") | heap(6, "b/") | heap(6, "c/secret/"))
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "secret":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    data = own.make(tmp_path)
    assert data.classes == ("a", "b")
    assert "Skipped 1 sub-folder that cannot be opened: c/secret (Permission denied)." in notes(data)


# --- the fingerprint --------------------------------------------------------------------------------------------------


def test_the_fingerprint_follows_the_pictures_and_not_where_they_lie(tmp_path: Path) -> None:
    files = heap(6, "a/") | heap(6, "b/")
    first = own.make(folder(tmp_path / "x", files)).fingerprint
    assert (
        first
        == own.make(zipped(tmp_path / "y.zip", {f"pets/{name}": data for name, data in files.items()})).fingerprint
    )
    changed = [
        files | {"a/000.png": picture((1, 2, 3))},  # painted over
        files | {"c/000.png": picture((1, 2, 3)), "c/001.png": picture((1, 2, 4))},
        {name: data for name, data in files.items() if name != "b/003.png"},
        {name.replace("b/", "c/"): data for name, data in files.items()},  # a class is renamed
        {(f"a/z{name[2:]}" if name == "a/000.png" else name): data for name, data in files.items()},  # another order
    ]
    others = {own.make(folder(tmp_path / str(k), its)).fingerprint for k, its in enumerate(changed)}
    assert len(others - {first}) == len(changed)
