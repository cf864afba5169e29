"""Pictures that have been decoded once are kept on disk, so that the next start takes less than a second.

    cache/decoded/cifar10.zip-<what and where>-<fingerprint>/info.json, train_images.npy, test_labels.npy, …

A data set is written into a folder of another name and then renamed: readers see all of it or nothing, and of two
processes that decode at once the first wins and the other throws its copy away. Arrays are mapped into memory and
checked by a CRC of their file; whatever is missing or damaged counts as not there.
"""

import contextlib
import glob
import json
import shutil
import tempfile
import time
import zlib
from pathlib import Path

import numpy as np
import torch

from sslviz.data.dataset import Dataset, Split

FORMAT = 2
KNOWN = ("name", "classes", "notes", "split", "fingerprint")  # of a data set, besides its arrays
UNFINISHED = ".unfinished-"  # folders that are being filled
DAY = 86_400.0


def read(entry: Path, *, check: bool = True) -> Dataset | None:
    """The data set kept in the folder `entry`; None if there is none or it is damaged. Without `check` damage to the
    pictures themselves is not noticed, and nothing of them is read yet.
    """
    try:
        info = json.loads((entry / "info.json").read_text("utf-8"))
        arrays = {name: _mapped(entry / f"{name}.npy", crc if check else None) for name, crc in info["arrays"].items()}
        return Dataset(
            name=info["name"],
            train=_split(arrays, "train"),
            test=_split(arrays, "test"),
            classes=tuple(info["classes"]),
            notes=tuple(info["notes"]),
            split=info["split"],
            fingerprint=info["fingerprint"],
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError):
        return None


def write(entry: Path, dataset: Dataset, *, replaces: str) -> None:
    """Keep `dataset` in the folder `entry` and remove neighbours whose names begin with `replaces`. Raises OSError."""
    entry.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=entry.parent, ignore_cleanup_errors=True) as scratch:
        fresh = Path(scratch) / "fresh"
        fresh.mkdir()
        crcs = {}
        for name, array in _arrays(dataset).items():
            np.save(fresh / f"{name}.npy", array)
            crcs[name] = _crc(fresh / f"{name}.npy")
        info = {name: getattr(dataset, name) for name in KNOWN} | {"arrays": crcs}
        (fresh / "info.json").write_text(json.dumps(info), "utf-8")
        if read(entry) is None:  # else another process was quicker
            with contextlib.suppress(FileNotFoundError):
                entry.rename(Path(scratch) / "damaged")
            with contextlib.suppress(OSError):  # another process was quicker after all
                fresh.rename(entry)
    for old in entry.parent.glob(f"{glob.escape(replaces)}*"):
        if old != entry:
            shutil.rmtree(old, ignore_errors=True)  # who has mapped its files keeps them
    sweep(entry.parent)


def sweep(folder: Path) -> None:
    """Remove what processes that were killed have left unfinished more than a day ago."""
    for old in folder.glob(f"{UNFINISHED}*"):
        with contextlib.suppress(FileNotFoundError):  # its owner has just removed it
            if time.time() - old.stat().st_mtime > DAY:
                shutil.rmtree(old, ignore_errors=True)


def _arrays(dataset: Dataset) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {}
    for side, split in (("train", dataset.train), ("test", dataset.test)):
        tensors = {"images": split.images, "labels": split.labels, "masks": split.masks}
        arrays |= {f"{side}_{what}": tensor.numpy() for what, tensor in tensors.items() if tensor is not None}
        arrays |= {f"{side}_factor_{name}": values for name, values in split.factors.items()}
    return arrays


def _split(arrays: dict[str, np.ndarray], side: str) -> Split:
    def tensor(what: str) -> torch.Tensor | None:
        array = arrays.get(f"{side}_{what}")
        return None if array is None else torch.from_numpy(array)

    prefix = f"{side}_factor_"
    factors = {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
    return Split(torch.from_numpy(arrays[f"{side}_images"]), tensor("labels"), factors, tensor("masks"))


def _mapped(path: Path, crc: int | None) -> np.ndarray:
    if crc is not None and _crc(path) != crc:
        raise ValueError(f"{path} is damaged")
    array: np.ndarray = np.load(path, mmap_mode="c")  # copy on write: the file stays as it is
    return array


def _crc(path: Path) -> int:
    crc = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            crc = zlib.crc32(block, crc)
    return crc
