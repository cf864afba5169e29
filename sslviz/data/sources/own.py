"""Your own pictures: a folder or a .zip becomes a data set.

How its folders are understood is in layout.py, how one picture is read in picture.py. A zip is never unpacked to disk:
each picture is read into memory, made 32 x 32 and forgotten. What cannot be read is skipped and reported; what cannot
work is said in one sentence (DataError). One thread, because PIL holds the interpreter while it decodes (two threads
kept 1.03 cores busy) and forked processes do not go with CUDA: 60,000 JPEGs of 32 x 32 pixels cost 9 s of one core.
"""

import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from sslviz.data.dataset import DataError, Dataset, Split
from sslviz.data.sources.layout import Layout, arrange
from sslviz.data.sources.listing import Limits, Listing, Member, list_folder, list_zip
from sslviz.data.sources.picture import Unreadable, decode
from sslviz.data.sources.zipped import locked, open_zip, refuse_shut

TASTED = 20  # pictures that a first look opens at most, until one can be read


def make(
    path: Path,
    *,
    size: int = 32,
    limits: Limits | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Dataset:
    """All pictures of a folder or zip file as a Dataset of size x size pictures. Raises DataError."""
    limits = limits or Limits()
    with opened(path, limits) as (listing, read):
        images, readable, broken = _decode(listing.members, read, size, limits, progress)
    if not readable:
        raise DataError(f"None of the {_count(broken, 'picture file')} in {path.name} can be read: {_some(broken)}.")
    layout = sorted_out(readable, path.name)
    return Dataset(
        path.name,
        _split(images, layout.train, layout.train_labels),
        _split(images, layout.test, layout.test_labels),
        layout.classes,
        remarks(layout, listing, broken),
    )


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[tuple[Listing, Callable[..., bytes]]]:
    """What is in a folder or zip, and how one picture file of it is read. Raises DataError if there is no picture."""
    with ExitStack() as stack:
        read: Callable[..., bytes]
        if path.is_dir():
            listing, read = list_folder(path, limits), Path.read_bytes
        else:
            archive = stack.enter_context(open_zip(path))
            listing, read = list_zip(archive, path.name, limits), archive.read
        if not listing.members:
            found = f"only other files ({_most(listing.others)})" if listing.others else "nothing"
            raise DataError(f"{path.name} holds no pictures, {found}; .jpg, .png, .gif, .bmp, .webp and .tif are read.")
        refuse_shut([member.place for member in listing.members], path.name)
        yield listing, read


def sorted_out(names: list[str], source: str) -> Layout:
    """Raises DataError where there are too few pictures."""
    layout = arrange(names)
    if len(layout.train) < 2 or not layout.test:
        n = f"only {_count(layout.train + layout.test, 'readable picture')}, {len(layout.train)} of them to train on"
        raise DataError(f"{source} holds {n}: at least two are needed to compare and one more to test.")
    return layout


def remarks(layout: Layout, listing: Listing, broken: list[str]) -> tuple[str, ...]:
    """What a person should know of how the folders were understood, and of what was left out."""
    notes = [*layout.notes]
    if broken:
        notes.append(f"Skipped {_count(broken, 'unreadable file')}: {_some(broken)}.")
    if listing.outside:
        notes.append(f"Skipped {_count(listing.outside, 'name')} pointing out of the zip: {_some(listing.outside)}.")
    if listing.others:
        notes.append(f"Left alone files of other kinds: {_most(listing.others)}.")
    return tuple(notes)


def first_look(path: Path, limits: Limits | None = None) -> tuple[Layout, tuple[str, ...]]:
    """How the names in a folder or zip are understood, and the remarks on it: only a picture or two are opened, so that
    somebody can wait for the answer (60,000 names: a second). Raises DataError for what `make` would refuse for the
    same reasons.
    """
    limits = limits or Limits()
    with opened(path, limits) as (listing, read):
        some = listing.members[:TASTED]
        _, readable, broken = _decode(some, read, 32, limits, None, enough=1)
    if not readable and len(some) == len(listing.members):
        raise DataError(f"None of the {_count(broken, 'picture file')} in {path.name} can be read: {_some(broken)}.")
    layout = sorted_out([member.name for member in listing.members], path.name)
    return layout, remarks(layout, listing, [])


def _decode(
    members: list[Member],
    read: Callable[..., bytes],
    size: int,
    limits: Limits,
    progress: Callable[[str, float], None] | None,
    enough: int = 2**31,
) -> tuple[NDArray[np.uint8], list[str], list[str]]:
    """Pictures n x 3 x size x size, the names of these n, and "name (reason)" of those that cannot be read. Stops when
    `enough` can.
    """
    images = np.empty((len(members), 3, size, size), np.uint8)
    readable: list[str] = []
    broken: list[str] = []
    told = -np.inf
    for k, member in enumerate(members):
        if len(readable) == enough:
            break
        if progress is not None and time.monotonic() - told > 0.1:
            told = time.monotonic()
            progress("Reading pictures", k / len(members))
        try:
            if member.bytes > limits.file:
                raise Unreadable("the file is too large")
            images[len(readable)] = decode(_bytes(read, member), size, limits.pixels)
            readable.append(member.name)
        except Unreadable as reason:
            broken.append(f"{member.name} ({reason})")
    return images[: len(readable)], readable, broken


def _bytes(read: Callable[..., bytes], member: Member) -> bytes:
    if isinstance(member.place, zipfile.ZipInfo) and locked(member.place):
        raise Unreadable("locked with a password")
    try:
        return read(member.place)
    except Exception as error:  # a spoilt zip can raise nearly anything
        raise Unreadable(str(error).split("\n")[0][:80]) from None


def _split(images: NDArray[np.uint8], rows: list[int], labels: list[int] | None) -> Split:
    return Split(torch.from_numpy(images[rows]), None if labels is None else torch.tensor(labels))


def _count(things: list[str] | list[int], name: str) -> str:
    return f"{len(things):,} {name}" + ("" if len(things) == 1 else "s")


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")


def _most(others: Counter[str]) -> str:
    return ", ".join(f"{n:,} {suffix}" for suffix, n in others.most_common(3)) + (", …" if len(others) > 3 else "")
