"""Which picture files a folder or a zip holds, without opening one of them; and refusing what would cost too much."""

import hashlib
import os
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sslviz.data.dataset import DataError
from sslviz.data.sources import heic
from sslviz.data.sources.picture import MAX_PIXELS, SUFFIXES, looks_like_one
from sslviz.data.sources.zipped import true_name

Place = Path | zipfile.ZipInfo
Files = Iterator[tuple[str, Place, int, int]]  # name, place, bytes, when changed


@dataclass(frozen=True)
class Limits:
    """What a stranger's upload may cost."""

    pictures: int = 200_000  # 600 MB when decoded
    unpacked: int = 8 * 2**30  # bytes of all picture files of a zip together
    file: int = 2**29  # bytes of one picture file
    pixels: int = MAX_PIXELS  # of one picture


@dataclass(frozen=True)
class Member:
    """One picture file: its name inside the folder or zip ("train/cats/1.jpg"), where it is, when it changed."""

    name: str
    place: Place
    bytes: int
    changed: int  # ns, 0 in a zip


@dataclass(frozen=True)
class Listing:
    """The picture files, by name; how many other files there are of each suffix; names that point out of the zip;
    sub-folders that cannot be opened, with the reason.
    """

    members: list[Member]
    others: Counter[str]
    outside: list[str]
    closed: list[str]


def list_zip(archive: zipfile.ZipFile, source: str, limits: Limits) -> Listing:
    """The picture files of an open zip. Raises DataError where they are too many or unpack to too much."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    files = ((true_name(info).replace("\\", "/"), info, info.file_size, 0) for info in infos)
    listing = _listed(files, source, limits, lambda place: first_bytes(place, archive))
    unpacked = sum(member.bytes for member in listing.members)
    if unpacked > limits.unpacked:
        most = f"{limits.unpacked / 1e6:,.1f} MB"
        raise DataError(f"{source} unpacks to {unpacked / 1e6:,.1f} MB, more than the {most} that are taken.")
    return listing


def list_folder(path: Path, limits: Limits) -> Listing:
    """The picture files below a folder. Raises DataError where they are too many or the folder cannot be read; a
    sub-folder that cannot is skipped.
    """
    closed: list[str] = []
    try:
        listing = _listed(_walk(path, "", set(), closed), path.name, limits, first_bytes)
    except OSError as error:
        raise DataError(f"The folder {path} cannot be read ({error.strerror}).") from None
    listing.closed.extend(closed)
    return listing


def identity(path: Path, limits: Limits | None = None) -> str:
    """Changes when the pictures do: size and time of a zip; names, sizes and times of a folder's. Raises DataError."""
    if path.is_file():
        return f"{path.stat().st_size} {path.stat().st_mtime_ns}"
    if not path.is_dir():
        raise DataError(f"There is no folder or .zip file at {path}.")
    listing = list_folder(path, limits or Limits())
    digest = hashlib.blake2b(repr(sorted(listing.others.items())).encode(), digest_size=16)
    for member in listing.members:
        digest.update(f"{member.name}\n{member.bytes} {member.changed}\n".encode())
    return digest.hexdigest()


def _walk(folder: Path, prefix: str, seen: set[str], closed: list[str]) -> Files:
    """All files below; links are followed, but no folder is entered twice."""
    seen.add(os.path.realpath(folder))
    try:
        entries = os.scandir(folder)
    except OSError as error:
        if not prefix:
            raise
        closed.append(f"{prefix.rstrip('/')} ({error.strerror})")
        return
    with entries:
        for entry in entries:
            if entry.is_file():  # not a pipe or a device: these would wait for ever
                stat = entry.stat()
                yield prefix + entry.name, Path(entry.path), stat.st_size, stat.st_mtime_ns
            elif entry.is_dir() and not entry.name.startswith(".") and os.path.realpath(entry.path) not in seen:
                yield from _walk(Path(entry.path), f"{prefix}{entry.name}/", seen, closed)


def _listed(files: Files, source: str, limits: Limits, start: Callable[[Place], bytes]) -> Listing:
    """start: the first bytes of a file."""
    listing = Listing([], Counter(), [], [])
    for raw, place, size, changed in files:
        name = raw.encode("utf-8", "replace").decode()  # a name in a strange encoding must not break the page
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or re.match("[A-Za-z]:", name):
            listing.outside.append(name)
        elif any(part.startswith(".") or part == "__MACOSX" for part in path.parts):
            continue  # what systems leave behind
        elif not _is_picture(path.suffix.lower(), place, start):
            listing.others[path.suffix.lower() or "no suffix"] += 1
        elif len(listing.members) == limits.pictures:
            raise DataError(f"{source} holds more than {limits.pictures:,} pictures, the most that are taken.")
        else:
            listing.members.append(Member(str(path), place, size, changed))
    listing.members.sort(key=lambda member: member.name)
    return listing


def _is_picture(suffix: str, place: Place, start: Callable[[Place], bytes]) -> bool:
    """By the suffix; without one, or with one like .jpg_large, by the first bytes."""
    if suffix in SUFFIXES:
        return True
    if suffix in heic.SUFFIXES:
        return heic.available()
    return (not suffix or suffix.startswith(tuple(SUFFIXES))) and looks_like_one(start(place))


def first_bytes(place: Place, archive: zipfile.ZipFile | None = None) -> bytes:
    """16 of them, or none if the file cannot be read. archive: where it is packed."""
    try:
        if isinstance(place, Path):
            with place.open("rb") as file:
                return file.read(16)
        if archive is not None:
            with archive.open(place) as packed:
                return packed.read(16)
    except Exception:  # a spoilt zip can raise nearly anything
        pass
    return b""
