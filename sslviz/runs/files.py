"""Files that survive whatever happens to their writer: replaced whole or not at all, read as far as they make sense."""

import contextlib
import errno
import io
import itertools
import json
import os
import shutil
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sslviz.runs.owner import mark, started

Array = np.ndarray[Any, Any]
RETRY = 2.0  # seconds for which a refused renaming is tried again
LEFT = 5.0  # seconds after which nobody holds a file that was to be held for milliseconds
COUNTER = itertools.count()


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


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return
    yield from parse_lines(data)


def parse_lines(data: bytes) -> Iterator[dict[str, Any]]:
    """Each whole json object; a half-written or strange line is passed over."""
    for line in data.splitlines():
        with contextlib.suppress(ValueError):
            row = json.loads(line)
            if isinstance(row, dict):
                yield row


def npz(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def read_npz(path: Path) -> dict[str, Array] | None:
    try:
        with np.load(path, allow_pickle=False) as file:
            return dict(file)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def read_array(path: Path, name: str) -> Array | None:
    """One array of an .npz; the others are not even unpacked."""
    try:
        with np.load(path, allow_pickle=False) as file:
            found: Array = file[name]
            return found
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None


def numbered(folder: Path, suffix: str) -> list[int]:
    """The step numbers of files like 000120.npz, ascending."""
    try:
        found = os.listdir(folder)  # noqa: PTH208 (five times as fast, and asked for often)
    except (FileNotFoundError, NotADirectoryError):
        return []
    names = (name.removesuffix(suffix) for name in found if name.endswith(suffix))
    return sorted(int(name) for name in names if name.isdigit())
