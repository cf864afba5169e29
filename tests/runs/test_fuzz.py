"""Random and nearly right bytes, thrown at everything that reads what somebody else wrote. Nothing raises but what the
reader's docstring names, nothing is written outside the folder that it was given, and nothing takes long.

A longer run by hand: SSLVIZ_FUZZ=20 python -m pytest tests/runs/test_fuzz.py
"""

import contextlib
import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from PIL import Image

from sslviz.data.dataset import DataError, Dataset
from sslviz.data.sources import own
from sslviz.runs import archive
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings, parse, recommended
from sslviz.runs.turns import turned
from sslviz.runs.versions import UnreadableRun, read_settings
from tests.runs.whole import whole_run

pytestmark = pytest.mark.slow
TIMES = float(os.environ.get("SSLVIZ_FUZZ", "1"))
NAMES = ("step", "kind", "text", "set", "resume", "name", "value", "temperature", "loss", "method", "simclr", "knobs")
NAMES += ("training", "augment", "data", "seed", "state", "heartbeat", "classes", "columns", "tile", "train", "test")


def fuzzed(inputs: int) -> Callable[[Any], Any]:
    """The same inputs every time; nothing is kept between two runs of the tests."""
    return settings(
        max_examples=round(inputs * TIMES),
        derandomize=True,
        database=None,
        deadline=5000,  # milliseconds for one input
        suppress_health_check=list(HealthCheck),
    )


KEYS = some.sampled_from(NAMES) | some.text(max_size=6)
LEAVES = some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20) | KEYS
JSON = some.recursive(
    LEAVES, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(KEYS, inner, max_size=4), max_leaves=6
)
BYTES = some.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode())


@some.composite
def spoilt(draw: some.DrawFn, valid: bytes) -> bytes:
    """A valid file in which a few bytes are others, missing or added."""
    data = bytearray(valid)
    for _ in range(draw(some.integers(1, 4))):
        at = draw(some.integers(0, max(len(data) - 1, 0)))
        how = draw(some.sampled_from(("flip", "cut", "drop", "add")))
        if how == "flip" and data:
            data[at] ^= draw(some.integers(1, 255))
        elif how == "cut":
            del data[at:]
        elif how == "drop":
            del data[at : at + draw(some.integers(1, 9))]
        else:
            data[at:at] = draw(some.binary(min_size=1, max_size=9))
    return bytes(data)


@some.composite
def changed(draw: some.DrawFn, valid: bytes) -> bytes:
    """A valid object in which one value, at any depth, is another."""
    whole = json.loads(valid)
    part, key = whole, draw(some.sampled_from(sorted(whole)))
    while isinstance(part[key], dict) and part[key] and draw(some.booleans()):
        part, key = part[key], draw(some.sampled_from(sorted(part[key])))
    part[key] = draw(JSON)
    return json.dumps(whole).encode()


@pytest.fixture(scope="module")
def whole(tiny: Dataset, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return whole_run(tmp_path_factory.mktemp("whole"), tiny)


@pytest.fixture(scope="module")
def copy(whole: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    place = tmp_path_factory.mktemp("copy") / "runs" / whole.id
    shutil.copytree(whole.path, place)
    return RunFolder(place)


def throw(file: Path, bytes_: some.SearchStrategy[bytes], inputs: int, read: Callable[[], Any]) -> None:
    """Writes each input in the place of the file, reads, and puts the file back in the end."""
    before = file.read_bytes()

    @fuzzed(inputs)
    @given(bytes_)
    def reads(data: bytes) -> None:
        file.write_bytes(data)
        read()

    try:
        reads()
    finally:
        file.write_bytes(before)


@pytest.mark.parametrize("name", ["status.json", "notes.json", "contents.json", "evaluations/progress.json"])
def test_tables(copy: RunFolder, name: str) -> None:
    file = copy.path / name
    valid = file.read_bytes()
    readers = {"status.json": (copy.status, copy.is_taken), "notes.json": (copy.notes,)}
    readers |= {"contents.json": (copy.contents,), "evaluations/progress.json": (copy.is_measured,)}
    throw(file, BYTES | spoilt(valid) | changed(valid), 1000, lambda: [read() for read in readers[name]])


@pytest.mark.parametrize("name", ["events.jsonl", "metrics.jsonl", "control.jsonl"])
def test_logs(copy: RunFolder, name: str) -> None:
    file = copy.path / name
    valid = file.read_bytes()
    line = valid.splitlines()[-1]
    inputs = BYTES | spoilt(valid) | changed(line) | some.lists(changed(line), max_size=4).map(b"\n".join)
    readers = {"events.jsonl": (copy.values, lambda: turned(copy)), "metrics.jsonl": (copy.metrics,)}
    readers["control.jsonl"] = (copy.control,)
    throw(file, inputs, 1000, lambda: [read() for read in readers[name]])


@pytest.mark.parametrize("name", ["snapshots", "projections", "weights", "evaluations", "probe.npz", "probe.jpg"])
def test_arrays(copy: RunFolder, name: str) -> None:
    place = copy.path / name
    file = sorted(each for each in place.iterdir() if each.suffix != ".json")[-1] if place.is_dir() else place
    step, kind = int(file.name.split(".")[0]) if place.is_dir() else 0, file.suffixes[0].lstrip(".")
    read = {
        "snapshots": lambda: (copy.snapshot(step), copy.exhibit(step, "similarity"), copy.embedding(step)),
        "projections": lambda: copy.projection(step, kind),
        "weights": lambda: copy.weights(step),
        "evaluations": lambda: copy.evaluation(step, kind),
    }.get(name, lambda: (copy.probe(), copy.tested()))
    throw(file, some.binary(max_size=40) | spoilt(file.read_bytes()), 1200, read)


def test_settings(copy: RunFolder) -> None:
    valid = (copy.path / "settings.json").read_bytes()

    @fuzzed(2000)
    @given(BYTES | spoilt(valid) | changed(valid))
    def reads(data: bytes) -> None:
        with contextlib.suppress(UnreadableRun):
            read_settings(data).settings.values()

    reads()


def test_knobs_from_a_command_line() -> None:
    @fuzzed(1500)
    @given(some.text(max_size=12) | KEYS.flatmap(lambda key: LEAVES.map(lambda value: f"{key}={value}")))
    def reads(text: str) -> None:
        with contextlib.suppress(ValueError):
            recommended().change(**parse(text, "simclr"))

    reads()


def test_run_zips(whole: RunFolder, tmp_path: Path) -> None:
    light = RunFolder(tmp_path / "light" / whole.id)
    keep = shutil.ignore_patterns("*.npz", "*.safetensors", "*.jpg", "log.txt")
    shutil.copytree(whole.path, light.path, ignore=keep)
    valid = archive.pack(light, tmp_path / "valid.zip").read_bytes()
    runs = tmp_path / "deep" / "runs"
    runs.mkdir(parents=True)
    outside = {*tmp_path.iterdir()}

    @fuzzed(1200)
    @given(some.binary(max_size=60) | spoilt(valid) | packed(MEMBERS))
    def reads(data: bytes) -> None:
        (tmp_path / "valid.zip").write_bytes(data)
        with contextlib.suppress(DataError):
            run = archive.unpack(tmp_path / "valid.zip", runs)
            assert run.path.parent == runs
            assert isinstance(run.settings(), RunSettings)
        assert {*tmp_path.iterdir()} == outside
        assert {*(tmp_path / "deep").iterdir()} <= {runs}
        shutil.rmtree(runs)
        runs.mkdir()

    reads()


MEMBERS = some.sampled_from(
    ("settings.json", "status.json", "../x.json", "snapshots/1.npz", "weights/../../a.npz", "/x.json", "a/b/c.json")
)
FOLDERS = some.sampled_from(
    ("train/", "test/", "a/", "b/", "training_set/", "__MACOSX/", "../", "/", "a/../../", "ä/", "")
)


@some.composite
def packed(draw: some.DrawFn, names: some.SearchStrategy[str]) -> bytes:
    """A good zip of odd things."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packing:
        for name in draw(some.lists(names, max_size=5)):
            data = draw(BYTES | some.just(RunSettings().model_dump_json().encode()) | some.just(picture()))
            packing.writestr(draw(some.sampled_from(("run/", "", "run2/"))) + name, data)
    return file.getvalue()


def picture(color: int = 7) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.full((8, 8, 3), color, np.uint8)).save(file, "PNG")
    return file.getvalue()


def test_picture_zips(tmp_path: Path) -> None:
    path, outside = tmp_path / "pictures.zip", {tmp_path / "pictures.zip"}
    good = io.BytesIO()
    with zipfile.ZipFile(good, "w") as packing:
        for number in range(12):
            packing.writestr(f"{'train' if number % 3 else 'test'}/{'ab'[number % 2]}/{number}.png", picture(number))
    named = some.tuples(FOLDERS, FOLDERS, KEYS, some.sampled_from((".png", ".jpg", ".txt", "")))

    @fuzzed(1500)
    @given(some.binary(max_size=60) | spoilt(good.getvalue()) | packed(named.map("".join)))
    def reads(data: bytes) -> None:
        path.write_bytes(data)
        with contextlib.suppress(DataError):
            assert len(own.make(path, size=8).train)
        assert {*tmp_path.iterdir()} == outside

    reads()
