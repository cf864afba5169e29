"""Files that survive whatever happens to their writer: replaced whole or not at all, read as far as they make sense."""

import contextlib
import io
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def replace(path: Path, data: bytes) -> None:
    """Writes all or nothing: a reader sees the old file or the new one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def append(path: Path, row: dict[str, Any]) -> None:
    with path.open("ab") as file:
        file.write(json.dumps(row).encode() + b"\n")


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
