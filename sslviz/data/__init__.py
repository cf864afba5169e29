"""Pictures by name or by path: `load("shapes", …)`, `load("cifar10", …)`, `load("my_photos.zip", …)`.

Whatever the source, the result is a Dataset of 32 x 32 pictures, decoded once and kept in a cache (sources/decoded.py).
"""

import hashlib
import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sslviz.data.dataset import DataError, Dataset, Split
from sslviz.data.sources import contents, decoded, heic
from sslviz.data.sources.contents import Contents
from sslviz.data.sources.listing import identity
from sslviz.place import default_cache, expand

__all__ = ["SOURCES", "Contents", "DataError", "Dataset", "Source", "Split"]
__all__ += ["absolute", "default_cache", "load", "look", "title"]

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Source:
    """A data set that has a name, as the page offers it. `module`: the file in sources/ whose `make` gives its
    pictures; the others are downloaded with torchvision.
    """

    title: str
    description: str
    needs_network: bool  # the first time
    drawn: bool = False  # no photographs: their colours are not to be jittered as strongly
    module: str = "catalogue"


SOURCES: dict[str, Source] = {
    "shapes": Source(
        "Shapes", "22,000 drawn pictures of ten shapes; colour, place, size and angle are known", False, True, "shapes"
    ),
    "digits": Source("Digits", "1,797 real handwritten digits, enlarged from 8 × 8 pixels", False, True, "digits"),
    "cifar10": Source("CIFAR-10", "60,000 photos of ten kinds of animals and vehicles (170 MB to download)", True),
    "stl10": Source("STL-10", "13,000 photos of ten kinds, shrunk from 96 × 96 pixels (2.6 GB to download)", True),
    "stl10-unlabeled": Source("STL-10, unlabelled", "100,000 photos without labels; STL-10's own test photos", True),
    "svhn": Source("SVHN", "99,289 house-number digits from street photos (250 MB to download)", True),
    "fashionmnist": Source(
        "Fashion-MNIST", "70,000 grey pictures of ten kinds of clothes (30 MB to download)", True, True
    ),
}
OWN = (  # the files that decide how pictures of one's own come out
    *("own", "reading", "listing", "zipped", "picture", "depth", "heic"),
    *("layout", "folders", "splits", "spelling", "holdout"),
)


def load(source: str, *, cache: Path, progress: Progress | None = None) -> Dataset:
    """The data set with this name (see SOURCES), or the pictures in the folder or .zip at this path; all 32 x 32.

    `progress` is told what is going on and how much of it is done, 0..1. Raises DataError: one sentence for the user.
    """
    path = None if source in SOURCES else _path(source)
    entry, older = _entry(source, path, cache)
    kept = decoded.read(entry)
    if kept is not None:
        return kept
    dataset = _decode(source, path, cache, progress)
    try:
        decoded.write(entry, dataset, replaces=older)
    except OSError as error:  # a full or read-only disk costs time at the next start, nothing else
        note = f"Decoded pictures cannot be kept in {cache} ({error.strerror or error}); the next start decodes again."
        return replace(dataset, notes=(*dataset.notes, note))
    return decoded.read(entry) or dataset


def look(source: str, *, cache: Path) -> Contents:
    """What the folder or .zip at this path holds, without decoding it: as it was found when it was decoded, else as its
    names say. Raises DataError: one sentence for the user.
    """
    path = _path(source)
    return contents.kept(_entry(source, path, cache)[0]) or contents.first_look(path)


def absolute(source: str) -> str:
    """A name stays as it is; so does a path that leads nowhere. Any other path becomes one that leads there from
    everywhere.
    """
    found = expand(source) if source.strip() and source not in SOURCES and "\0" not in source else None
    return str(found.absolute()) if found is not None and found.exists() else source


def title(source: str) -> str:
    """How pictures are called where there is little room: a name as it is, a path by its last part."""
    return source if source in SOURCES else Path(source).name or source


def _entry(source: str, path: Path | None, cache: Path) -> tuple[Path, str]:
    """Where the decoded pictures are kept, and how the names of those begin that they replace."""
    # the reading code is part of the key: pictures decoded by an older version are not taken for those of this one
    files = OWN if path else (SOURCES[source].module,)
    code = b"".join((Path(__file__).parent / "sources" / f"{name}.py").read_bytes() for name in files)
    what = _digest(f"{decoded.FORMAT} {path or source}".encode() + code)
    # pillow-heif may be installed between two starts, and then more pictures of the same zip can be read
    fingerprint = _digest(f"{heic.available()} {identity(path)}".encode()) if path else "0"
    slug = re.sub(r"[^\w.]+", "_", path.name if path else source)[:40]
    return cache / "decoded" / f"{slug}-{what}-{fingerprint}", f"{slug}-{what}-"


def _decode(source: str, path: Path | None, cache: Path, progress: Progress | None) -> Dataset:
    """Loads the one file that makes them: others may want packages that are not there."""
    name = "own" if path else SOURCES[source].module
    make: Callable[..., Dataset] = importlib.import_module(f"sslviz.data.sources.{name}").make
    if path:
        return make(path, progress=progress)
    return make(source, cache / "downloads", progress=progress) if name == "catalogue" else make(progress=progress)


def _path(source: str) -> Path:
    path = expand(source)
    if not source.strip() or "\0" in source or not path.exists():
        raise DataError(f"There is no folder or .zip file at {source!r}; the names are {', '.join(SOURCES)}.")
    return path.resolve()


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()
