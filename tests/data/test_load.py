import io
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import sslviz.data
from sslviz.data import SOURCES, DataError, default_cache, load
from sslviz.data.sources import decoded


def png(colour):
    file = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(file, "PNG")
    return file.getvalue()


def pets(path, n=6):
    with zipfile.ZipFile(path, "w") as archive:
        for split, start in (("train", 0), ("test", 100)):
            for c, name in enumerate(("cats", "dogs")):
                for k in range(n):
                    archive.writestr(f"{split}/{name}/{k}.png", png((start + k, c, 0)))
        archive.writestr("broken.txt", b"")
    return path


def same(one, other):
    assert torch.equal(one.train.images, other.train.images)
    assert torch.equal(one.test.images, other.test.images)
    assert (one.train.labels is None) == (other.train.labels is None)
    assert one.train.labels is None or torch.equal(one.train.labels, other.train.labels)
    assert (one.name, one.classes, one.notes) == (other.name, other.classes, other.notes)
    return True


def entries(cache):
    return sorted(path.name for path in (cache / "decoded").iterdir())


class Told(list):
    """A progress callback that remembers: empty after a load from the cache."""

    def __call__(self, what, share):
        self.append((what, share))


@pytest.mark.slow
def test_shapes_come_from_the_cache_the_second_time(tmp_path):
    first, second = Told(), Told()
    one = load("shapes", cache=tmp_path, progress=first)
    assert (len(one.train), len(one.test), one.name) == (20_000, 2_000, "shapes")
    assert first[-1] == ("Drawing shapes", 1.0)
    began = time.perf_counter()
    two = load("shapes", cache=tmp_path, progress=second)
    assert time.perf_counter() - began < 1
    assert second == []
    assert same(one, two)
    assert torch.equal(one.train.masks, two.train.masks)
    assert list(one.train.factors) == list(two.train.factors)
    assert all(np.array_equal(one.train.factors[f], two.train.factors[f]) for f in one.train.factors)


def test_digits(tmp_path):
    assert same(load("digits", cache=tmp_path), load("digits", cache=tmp_path))


def test_own_pictures_are_kept_until_they_change(tmp_path):
    path, cache = pets(tmp_path / "pets.zip"), tmp_path / "cache"
    one, told = load(str(path), cache=cache), Told()
    assert one.name == "pets.zip"
    assert same(one, load(str(path), cache=cache, progress=told))
    assert told == []
    pets(path, n=9)
    changed = load(str(path), cache=cache, progress=told)
    assert told
    assert len(changed.train) == 18
    assert len(entries(cache)) == 1  # the old pictures have gone


def test_a_folder_that_changes_in_any_way(tmp_path):
    cache, path = tmp_path / "cache", tmp_path / "mine"
    (path / "a").mkdir(parents=True)
    for k in range(6):
        (path / "a" / f"{k}.png").write_bytes(png((k, 0, 0)))
    load(str(path), cache=cache)
    changes = [
        lambda: (path / "a" / "6.png").write_bytes(png((6, 0, 0))),  # another one
        lambda: (path / "a" / "6.png").rename(path / "a" / "7.png"),  # another name
        lambda: os.utime(path / "a" / "7.png", ns=(0, 12345)),  # touched
        lambda: (path / "a" / "7.png").unlink(),
    ]
    for change in changes:
        change()
        told = Told()
        load(str(path), cache=cache, progress=told)
        assert told
        assert len(entries(cache)) == 1


def test_pictures_may_be_changed_in_memory_without_touching_the_cache(tmp_path):
    path, cache = pets(tmp_path / "pets.zip"), tmp_path / "cache"
    load(str(path), cache=cache).train.images.zero_()
    assert load(str(path), cache=cache).train.images.any()


def _truncate(entry):
    file = entry / "train_images.npy"
    file.write_bytes(file.read_bytes()[:1000])


def _flip_one_bit(entry):
    file = entry / "test_images.npy"
    data = bytearray(file.read_bytes())
    data[-5] ^= 1
    file.write_bytes(data)


def _empty_info(entry):
    (entry / "info.json").write_text("")


def _strange_info(entry):
    (entry / "info.json").write_text("[1, 2]")


def _no_file(entry):
    (entry / "train_images.npy").unlink()


def _no_folder(entry):
    for file in entry.iterdir():
        file.unlink()
    entry.rmdir()
    entry.write_text("a file where the folder was")


@pytest.mark.parametrize("damage", [_truncate, _flip_one_bit, _empty_info, _strange_info, _no_file, _no_folder])
def test_a_damaged_cache_is_made_again(tmp_path, damage):
    path, cache, told = pets(tmp_path / "pets.zip"), tmp_path / "cache", Told()
    one = load(str(path), cache=cache)
    expected = one.train.images.clone(), one.test.images.clone()
    damage(cache / "decoded" / entries(cache)[0])
    two = load(str(path), cache=cache)
    assert torch.equal(two.train.images, expected[0])
    assert torch.equal(two.test.images, expected[1])
    load(str(path), cache=cache, progress=told)
    assert told == []
    assert len(entries(cache)) == 1


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path):
    path, cache = pets(tmp_path / "pets.zip"), tmp_path / "cache"
    cache.write_text("a file where the folder should be")
    data = load(str(path), cache=cache)
    assert len(data.train) == 12
    assert "cannot be kept" in data.notes[-1]


def test_a_stopped_load_leaves_nothing_and_the_next_one_works(tmp_path):
    path, cache = pets(tmp_path / "pets.zip"), tmp_path / "cache"

    def stop(what, share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(str(path), cache=cache, progress=stop)
    assert not cache.exists() or entries(cache) == []
    assert len(load(str(path), cache=cache).train) == 12


def test_leftovers_of_killed_processes_are_swept_away(tmp_path):
    path, cache = pets(tmp_path / "pets.zip"), tmp_path / "cache"
    old, fresh = (cache / "decoded" / f"{decoded.UNFINISHED}{name}" for name in ("old", "fresh"))
    old.mkdir(parents=True)
    fresh.mkdir()
    os.utime(old, (0, 0))
    load(str(path), cache=cache)
    assert not old.exists()
    assert fresh.exists()  # another process may be at it


@pytest.mark.slow
def test_several_processes_at_once(tmp_path):
    """Three start together, and the cache vanishes under them: all get the same pictures, nothing is left over."""
    path, cache = pets(tmp_path / "pets.zip"), tmp_path / "cache"
    expected = int(load(str(path), cache=cache).train.images.sum())
    program = f"""
import shutil, sys
from pathlib import Path
from sslviz.data import load
for k in range(15):
    assert int(load({str(path)!r}, cache=Path({str(cache)!r})).train.images.sum()) == {expected}
    if k % 3 == 0:
        shutil.rmtree({str(cache / "decoded")!r}, ignore_errors=True)
load({str(path)!r}, cache=Path({str(cache)!r}))
"""
    at = {"env": {**os.environ, "OMP_NUM_THREADS": "1"}, "cwd": Path(sslviz.data.__file__).parents[2]}
    running = [subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, **at) for _ in range(3)]
    for process in running:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()
    assert len([name for name in entries(cache) if not name.startswith(decoded.UNFINISHED)]) == 1


@pytest.mark.parametrize("source", ["", "  ", "nowhere", "/nowhere/at/all.zip", "a\0b", "cifar"])
def test_what_is_not_there(tmp_path, source):
    with pytest.raises(DataError, match=r"no folder or \.zip file at .*shapes, digits, cifar10"):
        load(source, cache=tmp_path)


def test_bad_pictures_are_not_kept(tmp_path):
    (tmp_path / "x.zip").write_bytes(b"no zip")
    for _ in range(2):
        with pytest.raises(DataError, match=r"neither a folder nor a readable \.zip"):
            load(str(tmp_path / "x.zip"), cache=tmp_path / "cache")


def test_sources_and_the_place_of_the_cache(monkeypatch, tmp_path):
    assert next(iter(SOURCES)) == "shapes"
    assert [name for name, source in SOURCES.items() if not source.needs_network] == ["shapes", "digits"]
    monkeypatch.setenv("SSLVIZ_CACHE", str(tmp_path))
    assert default_cache() == tmp_path
    monkeypatch.delenv("SSLVIZ_CACHE")
    assert default_cache() == Path.home() / ".cache" / "sslviz"


def test_names_need_neither_torchvision_nor_sklearn():
    program = "import sys, sslviz.data; print([m for m in ('torchvision', 'sklearn', 'streamlit') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
