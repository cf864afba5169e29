import itertools
import os
import struct
import sys
import time
import zipfile
import zlib

import numpy as np
import pytest
import torch
from PIL import Image

from sslviz.data import absolute, load, look, title
from sslviz.data.dataset import DataError
from sslviz.data.sources import own, reading
from sslviz.data.sources.contents import Contents, first_look
from sslviz.data.sources.listing import Limits, identity
from sslviz.data.sources.picture import Unreadable, decode
from sslviz.data.sources.picture import read as picture_of
from tests.data.sources.given import BLUE, GREEN, RED, WHITE, colours, encoded, folder, heap, notes, picture, zipped

# --- how folders are understood -------------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [zipped, folder])
@pytest.mark.parametrize("around", ["", "pets/", "a/b/"])
def test_classes_and_splits(tmp_path, pack, around):
    files = heap(4, f"{around}train/cats/", RED) | heap(6, f"{around}train/dogs/", GREEN)
    files |= heap(2, f"{around}test/cats/", BLUE) | heap(1, f"{around}test/dogs/", WHITE)
    data = own.make(pack(tmp_path / "pets.zip", files))
    assert data.classes == ("cats", "dogs")
    assert data.notes == ()
    assert data.train.labels is not None
    assert data.test.labels is not None
    assert data.train.labels.tolist() == [0] * 4 + [1] * 6
    assert data.test.labels.tolist() == [0] * 2 + [1]
    assert colours(data.train) == [[*RED]] * 4 + [[*GREEN]] * 6
    assert colours(data.test) == [[*BLUE]] * 2 + [[*WHITE]]
    assert data.train.images.dtype == torch.uint8
    assert data.size == 32


def test_without_a_test_split_a_fixed_part_of_every_class_is_held_out(tmp_path):
    path = folder(tmp_path / "pets", heap(40, "cats/") | heap(60, "dogs/"))
    data, again = own.make(path), own.make(path)
    assert (len(data.train), len(data.test)) == (80, 20)
    assert data.train.labels is not None
    assert data.test.labels is not None
    assert data.train.labels.bincount().tolist() == [32, 48]
    assert data.test.labels.bincount().tolist() == [8, 12]
    assert torch.equal(data.test.images, again.test.images)
    held_out = colours(data.test)[:8]  # the forty cats are all of different colours
    assert not any(colour in held_out for colour in colours(data.train))
    assert "20 of 100 pictures are held out" in notes(data)


def test_val_serves_as_test_and_is_left_out_beside_one(tmp_path):
    train = heap(6, "Train/a/") | heap(6, "Train/b/")
    data = own.make(folder(tmp_path / "1", train | heap(2, "val/a/") | heap(2, "val/b/")))
    assert (len(data.train), len(data.test)) == (12, 4)
    both = train | heap(1, "test/a/") | heap(1, "test/b/") | heap(3, "val/a/")
    data = own.make(folder(tmp_path / "2", both))
    assert (len(data.train), len(data.test)) == (12, 2)
    assert "3 pictures outside the Train and test folders left out" in notes(data)


def test_train_may_be_a_class(tmp_path):
    data = own.make(folder(tmp_path, heap(5, "train/") | heap(5, "car/") | heap(5, "bus/")))
    assert data.classes == ("bus", "car", "train")
    assert len(data.train) + len(data.test) == 15


def test_no_labels(tmp_path):
    data = own.make(zipped(tmp_path / "heap.zip", heap(10)))
    assert (len(data.train), len(data.test)) == (8, 2)
    assert data.train.labels is None
    assert data.test.labels is None
    assert data.classes == ()
    assert "no labels" in notes(data)


def test_one_class_is_no_label(tmp_path):
    data = own.make(zipped(tmp_path / "cats.zip", heap(10, "cats/")))
    assert data.train.labels is None
    assert data.classes == ()
    assert "one class (cats)" in notes(data)


def test_a_test_split_without_classes(tmp_path):
    files = heap(5, "train/a/") | heap(5, "train/b/") | heap(4, "test/")
    data = own.make(zipped(tmp_path / "x.zip", files))
    assert data.train.labels is not None
    assert data.test.labels is None
    assert "no k-NN score" in notes(data)


def test_strays_beside_class_folders(tmp_path):
    data = own.make(folder(tmp_path / "1", heap(2) | heap(10, "a/") | heap(10, "b/")))
    assert len(data.train) + len(data.test) == 20
    assert "2 pictures outside the class folders left out" in notes(data)
    data = own.make(folder(tmp_path / "2", heap(30) | heap(4, "a/") | heap(4, "b/")))
    assert len(data.train) + len(data.test) == 38  # a heap with a few folders in it: all of it is used
    assert data.train.labels is None


# --- what is skipped ------------------------------------------------------------------------------------------------


def test_broken_files_are_skipped_and_counted(tmp_path):
    good = picture()
    jpeg = encoded(Image.fromarray(np.random.default_rng(0).integers(0, 255, (90, 90, 3), np.uint8)), "JPEG")
    files = heap(6) | {
        "text.png": b"hello",
        "empty.jpg": b"",
        "half.png": good[: len(good) // 2],
        "half.jpg": jpeg[:900],
    }
    data = own.make(zipped(tmp_path / "x.zip", files))
    assert len(data.train) + len(data.test) == 6
    assert "4 unreadable files: empty.jpg (empty), half.jpg (" in notes(data)
    assert "and 1 more" in notes(data)


def test_damage_inside_a_zip_costs_one_picture(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:  # stored: the bytes are easy to find
        for name, data in heap(6).items():
            archive.writestr(name, data)
        place = archive.getinfo("003.png").header_offset + 60
    spoilt = bytearray(path.read_bytes())
    spoilt[place] ^= 255
    path.write_bytes(spoilt)
    data = own.make(path)
    assert len(data.train) + len(data.test) == 5
    assert "1 unreadable file: 003.png (Bad CRC" in notes(data)


def test_names_that_point_outside_are_skipped_and_nothing_is_written(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    evil = {"../evil.png": picture(), "/abs.png": picture(), "a/../../b.png": picture(), "..\\c.png": picture()}
    data = own.make(zipped(inside / "x.zip", heap(6) | evil | {"C:\\d.png": picture()}))
    assert len(data.train) + len(data.test) == 6
    assert "Skipped 5 names pointing out of the zip: ../evil.png" in notes(data)
    assert [p.name for p in tmp_path.rglob("*")] == ["inside", "x.zip"]


def test_what_systems_leave_behind_is_ignored(tmp_path):
    junk = {
        "__MACOSX/a/._1.png": b"x",
        "a/.DS_Store": b"x",
        ".git/1.png": b"x",
        "a/._2.png": b"x",
        "read me.txt": b"hi",
    }
    data = own.make(folder(tmp_path, heap(5, "a/") | heap(5, "b/") | junk))
    assert data.classes == ("a", "b")
    assert len(data.train) + len(data.test) == 10
    assert "unreadable" not in notes(data)
    assert "1 .txt" in notes(data)


def test_links_in_a_circle_and_pipes_do_not_hang(tmp_path):
    folder(tmp_path, heap(5, "a/") | heap(5, "b/"))
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "a" / "pipe.png")
    data = own.make(tmp_path)
    assert len(data.train) + len(data.test) == 10


# --- what cannot work: one clear sentence ---------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [zipped, folder])
@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "no pictures, nothing"),
        ({"a.txt": b"x", "b.csv": b"x", "c.txt": b"x"}, r"no pictures, only other files \(2 .txt, 1 .csv\)"),
        ({"1.png": picture()}, "1 readable picture,"),
        ({"a/1.png": picture(), "b/2.png": picture()}, "2 readable pictures,"),
        ({"1.png": b"x", "2.png": b"y"}, r"None of the 2 picture files .* 1.png \(not a picture\)"),
        ({"train/1.png": picture()} | heap(3, "test/"), "1 of them to train on"),
    ],
)
def test_too_little(tmp_path, pack, files, says):
    path = tmp_path / "mine"
    path.mkdir()
    with pytest.raises(DataError, match=says) as error:
        own.make(pack(path / "x.zip", files) if pack is zipped else pack(path, files))
    assert str(error.value).endswith(".")


def test_three_pictures_are_enough(tmp_path):
    data = own.make(folder(tmp_path, heap(3)))
    assert (len(data.train), len(data.test)) == (2, 1)


@pytest.mark.parametrize("content", [b"", b"not a zip", picture(), b"PK\x03\x04" + bytes(100)])
def test_not_a_zip(tmp_path, content):
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(DataError, match=r"x\.zip is neither a folder nor a readable \.zip"):
        own.make(tmp_path / "x.zip")


def test_missing_path(tmp_path):
    with pytest.raises(DataError, match=r"no folder or \.zip file"):
        identity(tmp_path / "nowhere")


def test_encrypted_zip(tmp_path):
    path = zipped(tmp_path / "x.zip", heap(3))
    locked = path.read_bytes().replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01")
    path.write_bytes(locked.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"))
    with pytest.raises(DataError, match="locked with a password"):
        own.make(path)


def flagged(path, *, flag=None, method=None):
    """The same zip whose pictures claim to be locked, or packed by another method."""
    whole = bytearray(path.read_bytes())
    for signature, flags, kind in ((b"PK\x03\x04", 6, 8), (b"PK\x01\x02", 8, 10)):
        at = whole.find(signature)
        while at >= 0:
            if flag is not None:
                whole[at + flags : at + flags + 2] = struct.pack("<H", flag)
            if method is not None:
                whole[at + kind : at + kind + 2] = struct.pack("<H", method)
            at = whole.find(signature, at + 4)
    path.write_bytes(whole)
    return path


def cut(path):
    path.write_bytes(path.read_bytes()[:-100])
    return path


REFUSED = [
    (lambda path: path.write_bytes(b""), r"x\.zip is neither .* it is empty\."),
    (lambda path: path.write_bytes(b"Rar!\x1a\x07" + bytes(99)), r"a \.rar file: unpack it and give the folder\."),
    (lambda path: path.write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(99)), r"a \.7z file: unpack"),
    (lambda path: path.write_bytes(picture()), r"x\.zip is neither a folder nor a readable \.zip file\."),
    (lambda path: cut(zipped(path, heap(9))), r"x\.zip is neither .* cut off, so download or copy it again\."),
    (lambda path: flagged(zipped(path, heap(9)), flag=1), r"x\.zip is locked with a password: unzip"),
    (lambda path: flagged(zipped(path, heap(9)), method=9), r"packed with Deflate64.* unzip it and give the folder\."),
    (lambda path: zipped(path, {"a.txt": b"x"}), r"x\.zip holds no pictures, only other files \(1 \.txt\)"),
    (lambda path: zipped(path, {"a.png": b"x", "b.png": b"y"}), r"None of the 2 picture files in x\.zip can be read"),
    (lambda path: zipped(path, heap(2)), r"x\.zip holds only 2 readable pictures"),
]


@pytest.mark.parametrize(("make", "says"), REFUSED)
@pytest.mark.parametrize("read", [own.make, own.first_look])
def test_a_zip_that_cannot_be_used_is_refused_at_first_sight(tmp_path, read, make, says):
    make(tmp_path / "x.zip")
    with pytest.raises(DataError, match=says) as error:
        read(tmp_path / "x.zip")
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)


def test_one_locked_picture_costs_only_itself(tmp_path):
    path = zipped(tmp_path / "x.zip", heap(6))
    whole = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        whole[whole.find(signature) + flags] |= 1
    path.write_bytes(whole)
    data = own.make(path)
    assert len(data.train) + len(data.test) == 5
    assert "000.png (locked with a password)" in notes(data)


@pytest.mark.parametrize("pack", [zipped, folder])
def test_a_first_look_agrees_with_the_whole(tmp_path, pack):
    (tmp_path / "in").mkdir()
    files = heap(20, "pets/cats/") | heap(10, "pets/dogs/") | {"pets/read me.txt": b"hi"}
    path = pack(tmp_path / "in" / "mine.zip", files)
    whole = Contents.of(own.make(path))
    assert first_look(path) == whole.model_copy(update={"mean": (), "fingerprint": ""})
    assert first_look(path).summary == "24 pictures to train on, 6 to test on; 2 classes: cats, dogs."
    assert any("1 .txt" in note for note in first_look(path).notes)


def test_a_first_look_opens_no_more_than_it_must(tmp_path, monkeypatch):
    opened = []

    def counted(data, *more):
        opened.append(data)
        return picture_of(data, *more)

    monkeypatch.setattr(reading, "read", counted)
    first_look(zipped(tmp_path / "x.zip", {"000.png": b"no picture"} | heap(50, "a")))
    assert len(opened) == 2


def test_look_knows_what_decoding_has_found_and_what_not(tmp_path):
    path, cache = zipped(tmp_path / "x.zip", heap(10) | {"z.png": b"no picture"}), tmp_path / "cache"
    before = look(str(path), cache=cache)
    assert before.train + before.test == 11
    load(str(path), cache=cache)
    after = look(str(path), cache=cache)
    assert after.train + after.test == 10
    assert any("z.png (not a picture)" in note for note in after.notes)
    with pytest.raises(DataError, match=r"no folder or \.zip"):
        look(str(tmp_path / "nowhere"), cache=cache)


def test_a_path_leads_there_from_everywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    zipped(tmp_path / "mine.zip", heap(3))
    assert absolute("mine.zip") == str(tmp_path / "mine.zip")
    assert absolute("shapes") == "shapes"
    assert absolute("nowhere.zip") == "nowhere.zip"
    assert (title("shapes"), title(str(tmp_path / "mine.zip"))) == ("shapes", "mine.zip")


def test_many_classes_and_long_names_are_told_shortly():
    classes = ("a" * 200, *(f"class {k}" for k in range(99)))
    told = Contents(name="x", train=200, test=100, classes=classes).summary
    assert told.startswith("200 pictures to train on, 100 to test on; 100 classes: aaaaaaaaaaaaaaaaaaaaaaaa…, class 0")
    assert told.endswith("class 4 and 94 more.")
    assert Contents(name="x", train=2, test=1).summary == "2 pictures to train on, 1 to test on; no labels."


# --- limits ---------------------------------------------------------------------------------------------------------


def test_a_zip_that_unpacks_to_too_much_is_refused_before_it_is_read(tmp_path):
    path = zipped(tmp_path / "bomb.zip", heap(5) | {"big.bmp": bytes(20_000_000)})
    assert path.stat().st_size < 100_000
    with pytest.raises(DataError, match=r"bomb.zip unpacks to 20.0 MB, more than the 10.0 MB"):
        own.make(path, limits=Limits(unpacked=10_000_000))
    data = own.make(path, limits=Limits(file=10_000_000))
    assert "big.bmp (the file is too large)" in notes(data)


def test_too_many_pictures(tmp_path):
    with pytest.raises(DataError, match="more than 9 pictures"):
        own.make(folder(tmp_path, heap(10)), limits=Limits(pictures=9))


def test_a_picture_bomb_is_skipped_at_once(tmp_path):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(10**6)))
        + chunk(b"IEND", b"")
    )
    began = time.process_time()  # of this process: another one's work is no matter
    data = own.make(
        folder(tmp_path, heap(5) | {"bomb.png": bomb, "wide.png": picture(size=(12_000, 9_000), mode="1", colour=1)})
    )
    assert time.process_time() - began < 2
    assert "2 unreadable files: bomb.png (" in notes(data)
    assert "wide.png (12000 x 9000 pixels are too many)" in notes(data)


# --- any mode, any size ---------------------------------------------------------------------------------------------


def middle(data, size=32):
    image = decode(data, size)
    assert image.shape == (3, size, size)
    assert image.dtype == np.uint8
    return tuple(int(v) for v in image[:, size // 2, size // 2])


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (32, 32), (31, 33), (6000, 4000), (1, 5000)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_any_size(size, kind):
    r, g, b = middle(picture(RED, size, kind=kind))
    assert r > 250
    assert max(g, b) < 5


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (picture(200, mode="L"), (200, 200, 200)),
        (picture(1, mode="1"), (255, 255, 255)),
        (picture((10, 20, 30, 255), mode="RGBA"), (10, 20, 30)),
        (picture((10, 20, 30, 0), mode="RGBA"), (255, 255, 255)),  # transparent: white paper
        (picture((90, 255), mode="LA"), (90, 90, 90)),
        (picture((90, 0), mode="LA"), (255, 255, 255)),
        (encoded(Image.new("RGB", (40, 40), GREEN).quantize(4)), GREEN),
        (encoded(Image.new("RGB", (40, 40), GREEN).quantize(4), transparency=0), WHITE),
        (encoded(Image.new("RGB", (40, 40), GREEN), transparency=GREEN), WHITE),
        (encoded(Image.new("RGB", (40, 40), GREEN), "GIF"), GREEN),
        (encoded(Image.new("RGB", (40, 40), GREEN), "BMP"), GREEN),
        (encoded(Image.new("CMYK", (40, 40), (255, 255, 0, 0)), "TIFF"), BLUE),
        (encoded(Image.fromarray(np.full((40, 40), 65535, np.uint16))), WHITE),
        (encoded(Image.fromarray(np.full((40, 40), 4095, np.uint16))), WHITE),  # a camera's 12 bits
        (encoded(Image.fromarray(np.zeros((40, 40), np.uint16))), (0, 0, 0)),
        (encoded(Image.fromarray(np.full((40, 40), 100, np.uint16))), (100, 100, 100)),
        (encoded(Image.fromarray(np.full((40, 40), 0.5, np.float32)), "TIFF"), (128, 128, 128)),
        (encoded(Image.fromarray(np.full((40, 40), 70_000, np.int32)), "TIFF"), (136, 136, 136)),
    ],
)
def test_any_mode(data, expected):
    assert middle(data) == expected


def test_sixteen_bits_keep_their_order():
    ramp = np.linspace(0, 65535, 64).astype(np.uint16)
    image = decode(encoded(Image.fromarray(np.tile(ramp, (64, 1)))))
    row = image[0, 16].astype(int)
    assert row[0] < 10
    assert row[-1] > 245
    assert (np.diff(row) > 0).all()


def test_the_crop_is_central_and_nothing_is_squeezed():
    wide = Image.new("RGB", (300, 100), GREEN)
    wide.paste(RED, (100, 0, 200, 100))
    image = decode(encoded(wide)).astype(int)
    assert np.abs(image - np.array(RED)[:, None, None]).max() < 30  # smooth resizing looks a little over the edge


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_exif_rotation(orientation, kind):
    upright = Image.new("RGB", (60, 60), WHITE)
    upright.paste(RED, (0, 0, 30, 30))  # top left
    upright.paste(BLUE, (30, 0, 60, 30))  # top right
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # what the camera did: the inverse of what EXIF asks for
    stored = upright if orientation == 1 else upright.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = decode(encoded(stored, kind, exif=exif)).astype(int)
    assert np.abs(image[:, 8, 8] - RED).max() < 30
    assert np.abs(image[:, 8, 24] - BLUE).max() < 30
    assert np.abs(image[:, 24, 16] - WHITE).max() < 30


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_tiff_that_is_not_square(orientation):
    wide = Image.new("RGB", (64, 40), WHITE)
    wide.paste(RED, (12, 0, 32, 20))  # top left of the square in the middle
    exif = Image.Exif()
    exif[0x0112] = orientation
    as_png, as_tiff = (decode(encoded(wide, kind, exif=exif)).astype(int) for kind in ("PNG", "TIFF"))
    assert np.abs(as_png - as_tiff).max() < 2


def test_other_formats_are_not_opened():
    with pytest.raises(Unreadable, match="not a picture"):
        decode(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n")


# --- many pictures ----------------------------------------------------------------------------------------------------


def test_a_large_zip_tells_its_progress(tmp_path, monkeypatch):
    monkeypatch.setattr(reading.time, "monotonic", itertools.count(step=0.05).__next__)  # 50 ms for each picture
    noise = np.random.default_rng(0).integers(0, 255, (50, 32, 32, 3), np.uint8)
    jpegs = [encoded(Image.fromarray(image), "JPEG") for image in noise]
    counts = {"train": 100, "test": 20}
    files = {f"{s}/{c}/{k:04}.jpg": jpegs[k % 50] for s, n in counts.items() for c in "abcdefghij" for k in range(n)}
    path = zipped(tmp_path / "standin.zip", files)
    told = []
    data = own.make(path, progress=lambda what, share: told.append(share))
    assert len(data.train) == 5 * len(data.test)
    assert len(data.classes) == 10
    assert data.train.labels is not None
    assert len(set(data.train.labels.bincount().tolist())) == 1
    assert told == sorted(told)
    assert len(told) > 100
    assert all("also in the training split" in note for note in data.notes)  # the stand-in repeats its pictures
