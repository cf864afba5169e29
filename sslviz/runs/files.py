"""Files that survive whatever happens to their writer: replaced whole or not at all, read as far as they make sense."""

import contextlib
import errno
import io
import itertools
import json
import math
import os
import shutil
import stat
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from sslviz.runs.owner import mark, started

Array = np.ndarray[Any, Any]
RETRY = 2.0  # seconds for which a refused renaming is tried again
LEFT = 5.0  # seconds after which nobody holds a file that was to be held for milliseconds
COUNTER = itertools.count()
# What is read may come from anywhere. Far more than the longest run records:
MOST = 512 * 2**20  # bytes of a file, and of what is packed in it
MOST_TEXT = 64 * 2**20  # bytes of a log
MOST_LINES = 1_000_000  # of a log
LONGEST_NUMBER = 12  # digits of a step


def beside(path: Path) -> Path:
    """A new name in the same folder for what will be `path` once it is whole: two writers never share one, and what a
    killed process has left behind can be told by its number.
    """
    return path.with_name(f".{path.name[:150]}.{mark()}.{os.getpid()}.{next(COUNTER)}")


def replace(path: Path, data: bytes) -> None:
    """Writes all or nothing: a reader sees the old file or the new one."""
    with written_beside(path) as temporary, temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def written_beside(path: Path) -> Iterator[Path]:
    """Gives the name under which to write. Afterwards it becomes `path`; after an error it is removed."""
    temporary = beside(path)
    try:
        yield temporary
        put(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            shutil.rmtree(temporary) if temporary.is_dir() else temporary.unlink(missing_ok=True)
        raise


def put(temporary: Path, path: Path) -> None:
    """Renames. On Windows that is refused as long as somebody, a scanner say, has the file open: then once more, for
    RETRY seconds.
    """
    deadline, pause = time.monotonic() + RETRY, 0.01
    while True:
        try:
            temporary.replace(path)
            return
        except PermissionError:
            if time.monotonic() + pause > deadline:
                raise
        time.sleep(pause)
        pause = min(2 * pause, 0.2)


def clear(folder: Path) -> None:
    """Removes from a folder what processes of this computer were writing when they were killed."""
    for path in folder.glob(f".*.{mark()}.*.*"):
        number = path.name.split(".")[-2]
        if number.isdigit() and started(int(number)) is None:
            with contextlib.suppress(OSError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """One process at a time holds the file `path`. What a killed one has left behind holds for LEFT seconds."""
    while True:
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL))
            break
        except FileExistsError:
            with contextlib.suppress(OSError):
                if abs(time.time() - path.stat().st_mtime) > LEFT:
                    path.unlink()
        time.sleep(0.02)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def append(path: Path, row: dict[str, Any]) -> None:
    """A whole line or none: half a line, where the disk is full, would spoil the next one as well."""
    line = json.dumps(row).encode() + b"\n"
    with path.open("ab", buffering=0) as file:
        before = os.fstat(file.fileno()).st_size
        try:
            if file.write(line) == len(line):
                return
        except OSError:
            file.truncate(before)
            raise
        file.truncate(before)
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


@contextlib.contextmanager
def opened(path: Path, most: int = MOST) -> Iterator[BinaryIO]:
    """For reading. Raises OSError for what is no plain file of at most `most` bytes: a folder, a pipe that would keep
    us waiting.
    """
    with open(path, "rb", opener=_without_waiting) as stream:
        facts = os.fstat(stream.fileno())
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > most:
            raise OSError(errno.EFBIG, "no plain file, or a strangely large one", str(path))
        yield stream


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_bytes(path: Path, most: int = MOST_TEXT) -> bytes:
    with opened(path, most) as file:
        return file.read(most)


def read_lines(path: Path, most: int = MOST_LINES) -> list[dict[str, Any]]:
    """The json objects of a log, at most its last `most` lines."""
    try:
        data = read_bytes(path)
    except OSError:
        return []
    return list(parse_lines(data, most))


def parse_lines(data: bytes, most: int = MOST_LINES) -> Iterator[dict[str, Any]]:
    """Each whole json object; a half-written or strange line is passed over."""
    for line in data.splitlines()[-most:]:
        with contextlib.suppress(ValueError, RecursionError):
            row = json.loads(line)
            if isinstance(row, dict):
                yield row


def npz(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def read_npz(path: Path, only: str = "") -> dict[str, Array] | None:
    """The arrays of an .npz, or the one called `only`; the others are not even unpacked then. None unless all of them
    are plain numbers and hold what they promise, in at most MOST bytes.
    """
    try:
        with opened(path) as file, zipfile.ZipFile(file) as packed:
            members = {info.filename.removesuffix(".npy"): info for info in packed.infolist()}
            asked = {only: members[only]} if only else members
            if sum(info.file_size for info in asked.values()) > MOST:
                return None
            return {name: _array(packed.read(info)) for name, info in asked.items()}
    except Exception:  # zipfile, zlib and numpy raise a dozen kinds, from SyntaxError to MemoryError
        return None


def _array(data: bytes) -> Array:
    """An .npy. Raises whatever it likes for anything else."""
    file = io.BytesIO(data)
    version = np.lib.format.read_magic(file)
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = header(file)
    if dtype.kind not in "biuf" or math.prod(shape) * dtype.itemsize != len(data) - file.tell():
        raise ValueError("no numbers, or not as many as it says")  # before memory is asked for
    file.seek(0)
    return np.lib.format.read_array(file, allow_pickle=False)


def read_array(path: Path, name: str) -> Array | None:
    """One array of an .npz."""
    found = read_npz(path, name)
    return None if found is None else found[name]


def numbered(folder: Path, suffix: str) -> list[int]:
    """The step numbers of files like 000120.npz, ascending."""
    try:
        found = os.listdir(folder)  # noqa: PTH208 (five times as fast, and asked for often)
    except (FileNotFoundError, NotADirectoryError):
        return []
    names = (name.removesuffix(suffix) for name in found if name.endswith(suffix))
    return sorted(int(name) for name in names if name.isdecimal() and len(name) <= LONGEST_NUMBER)
