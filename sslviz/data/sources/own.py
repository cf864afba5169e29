"""Your own pictures: a folder or a .zip becomes a data set.

How its folders are understood is in layout.py, how its pictures are read in reading.py. A zip is never unpacked to
disk: each picture is read into memory, made 32 x 32 and forgotten. What cannot be read is skipped and reported; what
cannot work is said in one sentence (DataError).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from sslviz.data.dataset import DataError, Dataset, Split
from sslviz.data.sources import heic
from sslviz.data.sources.layout import Layout, arrange
from sslviz.data.sources.listing import Limits, Listing, list_folder, list_zip
from sslviz.data.sources.reading import Pictures, Progress, Read, read_all
from sslviz.data.sources.zipped import open_zip, refuse_shut

TASTED = 20  # pictures that a first look opens at most, until one can be read
TAKEN = ".jpg, .png, .gif, .bmp, .webp, .avif and .tif are read"


def make(path: Path, *, size: int = 32, limits: Limits | None = None, progress: Progress | None = None) -> Dataset:
    """All pictures of a folder or zip file as a Dataset of size x size pictures. Raises DataError."""
    limits = limits or Limits()
    with opened(path, limits) as (listing, read):
        found = read_all(listing.members, read, size, limits, progress)
    refuse_unread(found, path.name)
    layout = sorted_out(found.names, path.name, found.copies())
    return Dataset(
        path.name,
        _split(found.images, layout.train, layout.train_labels),
        _split(found.images, layout.test, layout.test_labels),
        layout.classes,
        remarks(layout, listing, found),
        layout.split,
        found.fingerprint(layout),
    )


def first_look(path: Path, limits: Limits | None = None) -> tuple[Layout, tuple[str, ...]]:
    """How the names in a folder or zip are understood, and the remarks on it: only a picture or two are opened, so that
    somebody can wait for the answer (60,000 names: a second). Raises DataError for what `make` would refuse for the
    same reasons.
    """
    limits = limits or Limits()
    with opened(path, limits) as (listing, read):
        some = listing.members[:TASTED]
        found = read_all(some, read, 32, limits, enough=1)
    if len(some) == len(listing.members):
        refuse_unread(found, path.name)
    layout = sorted_out([member.name for member in listing.members], path.name)
    return layout, remarks(layout, listing, Pictures(found.images))


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[tuple[Listing, Read]]:
    """What is in a folder or zip, and how one picture file of it is read. Raises DataError if there is no picture."""
    with ExitStack() as stack:
        read: Callable[..., bytes]
        if path.is_dir():
            listing, read = list_folder(path, limits), Path.read_bytes
        else:
            archive = stack.enter_context(open_zip(path))
            listing, read = list_zip(archive, path.name, limits), archive.read
        if not listing.members:
            said = " ".join([f"{path.name} holds no pictures, {_found(listing)}; {TAKEN}.", *advice(listing)])
            raise DataError(said)
        refuse_shut([member.place for member in listing.members], path.name)
        yield listing, read


def refuse_unread(found: Pictures, source: str) -> None:
    """Raises DataError where not one picture could be read."""
    if not found.names:
        files = _count(found.broken, "picture file")
        raise DataError(f"None of the {files} in {source} can be read: {_some(found.broken)}.")


def sorted_out(names: list[str], source: str, copies: Mapping[int, int] | None = None) -> Layout:
    """Raises DataError where there are too few pictures."""
    layout = arrange(names, copies)
    if not layout.test and len(layout.train) > 2:
        raise DataError(f"{source} holds one picture {len(layout.train):,} times: there is none to test on.")
    if len(layout.train) < 2 or not layout.test:
        n = f"only {_count(layout.train + layout.test, 'readable picture')}, {len(layout.train)} of them to train on"
        raise DataError(f"{source} holds {n}: at least two are needed to compare and one more to test.")
    return layout


def remarks(layout: Layout, listing: Listing, found: Pictures) -> tuple[str, ...]:
    """What a person should know of how the folders were understood, and of what was left out."""
    notes = [*layout.notes, *found.notes]
    if found.broken:
        notes.append(f"Skipped {_count(found.broken, 'unreadable file')}: {_some(found.broken)}.")
    if listing.closed:
        notes.append(f"Skipped {_count(listing.closed, 'sub-folder')} that cannot be opened: {_some(listing.closed)}.")
    if listing.outside:
        notes.append(f"Skipped {_count(listing.outside, 'name')} pointing out of the zip: {_some(listing.outside)}.")
    if listing.others:
        notes.append(" ".join([f"Left alone files of other kinds: {_most(listing.others)}.", *advice(listing)]))
    return tuple(notes)


def advice(listing: Listing) -> list[str]:
    """What to do about files of other kinds that hold pictures after all."""
    said = [f"{heic.ADVICE}."] if heic.SUFFIXES & set(listing.others) else []
    return said + ["A .zip inside another is not opened: unpack it first."] * (".zip" in listing.others)


def _split(images: NDArray[np.uint8], rows: list[int], labels: list[int] | None) -> Split:
    return Split(torch.from_numpy(images[rows]), None if labels is None else torch.tensor(labels))


def _found(listing: Listing) -> str:
    if listing.closed:
        return f"and {_count(listing.closed, 'sub-folder')} that cannot be opened: {_some(listing.closed)}"
    return f"only other files ({_most(listing.others)})" if listing.others else "nothing"


def _count(things: list[str] | list[int], name: str) -> str:
    return f"{len(things):,} {name}" + ("" if len(things) == 1 else "s")


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")


def _most(others: Counter[str]) -> str:
    return ", ".join(f"{n:,} {suffix}" for suffix, n in others.most_common(3)) + (", …" if len(others) > 3 else "")
