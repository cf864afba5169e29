"""All pictures of a folder or zip, one after the other: decoded, told apart from their copies, and counted.

One thread, because PIL holds the interpreter while it decodes (two threads kept 1.03 cores busy) and forked processes
do not go with CUDA: 60,000 JPEGs of 32 x 32 pixels cost 9 s of one core.
"""

import hashlib
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sslviz.data.sources import depth
from sslviz.data.sources.layout import Layout
from sslviz.data.sources.listing import Limits, Member, Place
from sslviz.data.sources.picture import Unreadable, read
from sslviz.data.sources.zipped import locked, packing

Progress = Callable[[str, float], None]
Read = Callable[..., bytes]


@dataclass(frozen=True)
class Pictures:
    """What could be read: images uint8 n x 3 x size x size, the names of these n, a digest of the bytes of each file;
    "name (reason)" of what could not be read; notes.
    """

    images: NDArray[np.uint8]
    names: list[str] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def copies(self) -> dict[int, int]:
        """row -> the first row with the same picture; only the rows that have one before them."""
        first: dict[bytes, int] = {}
        found = {row: first.setdefault(_digest(image.tobytes()), row) for row, image in enumerate(self.images)}
        return {row: other for row, other in found.items() if other != row}

    def fingerprint(self, layout: Layout) -> str:
        """The same as long as the same files stand in the same order, on the same side, in the same class.

        Of the files' bytes: names and sizes stay when a picture is painted over, and change when a folder is zipped or
        its parent renamed; decoded pixels may differ by one between two versions of a JPEG library.
        """
        whole = hashlib.blake2b(repr(layout.classes).encode(), digest_size=16)
        for rows, labels in ((layout.train, layout.train_labels), (layout.test, layout.test_labels)):
            whole.update(f"{len(rows)} {labels}".encode())
            for row in rows:
                whole.update(self.digests[row])
        return whole.hexdigest()


def read_all(
    members: Sequence[Member],
    read_file: Read,
    size: int,
    limits: Limits,
    progress: Progress | None = None,
    enough: int = 2**31,
) -> Pictures:
    """Every picture that can be read, size x size. Stops when `enough` can."""
    images = np.empty((len(members), 3, size, size), np.uint8)
    found, deep = Pictures(images), dict[int, depth.Deep]()
    told = -np.inf
    for k, member in enumerate(members):
        row = len(found.names)
        if row == enough:
            break
        if progress is not None and time.monotonic() - told > 0.1:
            told = time.monotonic()
            progress("Reading pictures", k / len(members))
        try:
            if member.bytes > limits.file:
                raise Unreadable("the file is too large")
            data = file_bytes(read_file, member.place)
            picture = read(data, size, limits.pixels)
        except Unreadable as reason:
            found.broken.append(f"{member.name} ({reason})")
            continue
        if isinstance(picture, depth.Deep):
            deep[row] = picture
        else:
            images[row] = picture
        found.names.append(member.name)
        found.digests.append(_digest(data))
    for row, picture in depth.to_bytes(deep):
        images[row] = picture
    found.notes.extend(depth.remarks(list(deep.values())))
    return Pictures(images[: len(found.names)], found.names, found.digests, found.broken, found.notes)


def file_bytes(read_file: Read, place: Place) -> bytes:
    """Raises Unreadable, with the reason in a few words."""
    if isinstance(place, zipfile.ZipInfo) and locked(place):
        raise Unreadable("locked with a password")
    if isinstance(place, zipfile.ZipInfo) and packing(place):
        raise Unreadable(f"packed with {packing(place)}")
    try:
        return read_file(place)
    except Exception as error:  # a spoilt zip can raise nearly anything
        raise Unreadable(str(error).split("\n")[0][:80]) from None


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()
