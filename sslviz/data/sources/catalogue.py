"""The data sets that papers compare on, fetched once from their authors: CIFAR-10, STL-10, SVHN, Fashion-MNIST.

torchvision knows the addresses, the checksums and the formats; the download is ours (download.py). An archive that lies
in the downloads folder already, or torchvision's unpacked folder, is taken as it is.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import torch
from torch.nn import functional as F
from torchvision import datasets
from torchvision.datasets.utils import check_integrity

from sslviz.data.dataset import DataError, Dataset, Split
from sslviz.data.sources import decoded
from sslviz.data.sources.download import Archive, Patience, fetch, why

Progress = Callable[[str, float], None]
UNUSABLE = (RuntimeError, ValueError, OSError, EOFError)  # what torchvision raises where files are missing or damaged


@dataclass(frozen=True)
class Entry:
    """How torchvision's class `kind` is asked for the two splits, and the files that it wants."""

    title: str
    kind: Any
    train: dict[str, Any]
    test: dict[str, Any]
    archives: Callable[[Any], list[Archive]]
    notes: tuple[str, ...] = ()


def make(
    source: str,
    downloads: Path,
    *,
    size: int = 32,
    progress: Progress | None = None,
    kind: Any = None,
    patience: Patience | None = None,
) -> Dataset:
    """The data set with this name (see CATALOGUE), downloaded if need be, size x size. Raises DataError.

    `kind` replaces torchvision's class, to use another address or other checksums.
    """
    entry, report = CATALOGUE[source], _silent if progress is None else progress
    kind = kind or entry.kind
    try:
        try:
            train, test = _open(entry, kind, downloads)
        except UNUSABLE:
            _download(entry, kind, downloads, report, patience or Patience())
            train, test = _unpack(entry, kind, downloads, report)
    except ModuleNotFoundError as error:  # SVHN comes as a MATLAB file
        raise DataError(f"To read {entry.title}, install {error.name}: pip install {error.name}.") from None
    classes = getattr(train, "classes", None) or [str(k) for k in range(10)]
    return Dataset(
        source,
        _split(train, size, lambda share: report(f"Reading {entry.title}", share / 2)),
        _split(test, size, lambda share: report(f"Reading {entry.title}", 0.5 + share / 2)),
        tuple(classes),
        entry.notes,
    )


def _download(entry: Entry, kind: Any, downloads: Path, report: Progress, patience: Patience) -> None:
    archives = entry.archives(kind)
    for k, archive in enumerate(archives):
        to = downloads / archive.place
        if check_integrity(to, archive.md5):
            continue
        done, share = k / len(archives), 1 / len(archives)
        try:
            fetch(archive, to, patience, _scaled(report, f"Downloading {entry.title}", done, share))
        except (OSError, HTTPException) as error:
            host = urlsplit(archive.url).hostname
            files = ", ".join(Path(other.place).name for other in archives)
            raise DataError(
                f"{entry.title} cannot be downloaded from {host} ({why(error)}): "
                f"put {files} into {to.parent} yourself, or give the path of a folder or .zip of its pictures instead."
            ) from None


def _unpack(entry: Entry, kind: Any, downloads: Path, report: Progress) -> tuple[Any, Any]:
    """Read the archives by way of a folder of our own (another process may do the same), then removed."""
    report(f"Unpacking {entry.title}", 0.0)
    decoded.sweep(downloads)
    try:
        with tempfile.TemporaryDirectory(
            prefix=decoded.UNFINISHED, dir=downloads, ignore_cleanup_errors=True
        ) as scratch:
            for archive in entry.archives(kind):
                place = Path(scratch) / archive.place
                place.parent.mkdir(parents=True, exist_ok=True)
                with contextlib.suppress(OSError):
                    place.hardlink_to(downloads / archive.place)
                if not place.exists():  # a file system without links
                    shutil.copyfile(downloads / archive.place, place)
            return _open(entry, kind, Path(scratch), download=True)  # the archives are there: this only unpacks
    except UNUSABLE as error:
        raise DataError(f"{entry.title} cannot be unpacked in {downloads} ({error}).") from None


def _open(entry: Entry, kind: Any, root: Path, download: bool = False) -> tuple[Any, Any]:
    return kind(root, **entry.train, download=download), kind(root, **entry.test, download=download)


def _split(read: Any, size: int, progress: Callable[[float], None]) -> Split:
    """torchvision's arrays (N x H x W, N x H x W x 3 or N x 3 x H x W) -> N x 3 x size x size."""
    source = torch.as_tensor(read.data)
    if source.dim() == 3:
        source = source[:, None]
    elif source.shape[-1] == 3:
        source = source.permute(0, 3, 1, 2)
    images = torch.empty((len(source), 3, size, size), dtype=torch.uint8)
    for start in range(0, len(source), 1000):
        some = source[start : start + 1000]
        if some.shape[-2:] != (size, size):
            small = F.interpolate(some.float(), (size, size), mode="bicubic", antialias=True, align_corners=False)
            some = small.round().clamp(0, 255).byte()
        images[start : start + 1000] = some  # grey is written into all three channels
        progress(min(1.0, (start + 1000) / len(source)))
    labels = torch.as_tensor(read.labels if hasattr(read, "labels") else read.targets).long()
    return Split(images, None if (labels < 0).any() else labels)  # STL-10 writes -1 for "unlabelled"


def _scaled(report: Progress, what: str, done: float, share: float) -> Callable[[float], None]:
    return lambda part: report(what, done + share * part)


def _silent(what: str, share: float) -> None:
    pass


def _one_archive(kind: Any) -> list[Archive]:
    return [Archive(kind.url, kind.filename, kind.tgz_md5)]


def _svhn_archives(kind: Any) -> list[Archive]:
    return [Archive(url, name, md5) for url, name, md5 in (kind.split_list["train"], kind.split_list["test"])]


def _mnist_archives(kind: Any) -> list[Archive]:
    return [Archive(kind.mirrors[0] + name, f"{kind.__name__}/raw/{name}", md5) for name, md5 in kind.resources]


CATALOGUE: dict[str, Entry] = {
    "cifar10": Entry("CIFAR-10", datasets.CIFAR10, {"train": True}, {"train": False}, _one_archive),
    "stl10": Entry("STL-10", datasets.STL10, {"split": "train"}, {"split": "test"}, _one_archive),
    "stl10-unlabeled": Entry(
        "STL-10",
        datasets.STL10,
        {"split": "unlabeled"},
        {"split": "test"},
        _one_archive,
        ("The 100,000 training photos have no labels; the 8,000 test photos have.",),
    ),
    "svhn": Entry("SVHN", datasets.SVHN, {"split": "train"}, {"split": "test"}, _svhn_archives),
    "fashionmnist": Entry("Fashion-MNIST", datasets.FashionMNIST, {"train": True}, {"train": False}, _mnist_archives),
}
