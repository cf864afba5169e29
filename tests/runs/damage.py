"""Damaged but plausible files of a run folder: what a full disk, another version, a text editor or somebody who means
harm would leave there. Each damage is a file's name and what becomes of it.
"""

import io
import json
import os
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
HUGE = "7" * 400
DEEP = "[" * 100_000 + "]" * 100_000


@dataclass(frozen=True)
class Damage:
    """`file`: seen from the run's folder. `do`: changes what lies at a path."""

    file: str
    name: str
    do: Callable[[Path], object]

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"


def damages(run: Path) -> Iterator[Damage]:
    """All of them, for the files that this run has: one of each kind, the last of many."""
    for path in files(run):
        name = path.relative_to(run).as_posix()
        for how, do in OF_ANY.items():
            yield Damage(name, how, do)
        kind = {".json": json_, ".jsonl": lines, ".npz": arrays, ".safetensors": weights, ".csv": table}
        if path.suffix in kind:
            for how, do in kind[path.suffix](path):
                yield Damage(name, how, do)


def files(run: Path) -> list[Path]:
    """Of the numbered files the last of each kind; of the weights all, for any of them may be asked for."""
    every = {path: path.suffixes[-2:] for path in sorted(run.rglob("*")) if path.is_file() and path.name[0] != "."}
    last = {(path.parent, *suffixes) if path.parent != run else path: path for path, suffixes in every.items()}
    return sorted(last.values())


# -- any file ----------------------------------------------------------------------------------------------------------


def rewritten(how: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(how(path.read_bytes()))


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(255 - byte for byte in data[middle : middle + 64]) + data[middle + 64 :]


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def link(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


OF_ANY: dict[str, Callable[[Path], object]] = {
    "gone": Path.unlink,
    "empty": rewritten(lambda data: b""),
    "cut in half": rewritten(lambda data: data[: len(data) // 2]),
    "64 bytes flipped": rewritten(flipped),
    "zeros": rewritten(lambda data: bytes(len(data))),
    "twice": rewritten(lambda data: data + data),
    "a megabyte of A": rewritten(lambda data: b"A" * 2**20),
    "UTF-16": rewritten(lambda data: data.decode("latin-1").encode("utf-16")),
    "a folder": folder,
    "a pipe": pipe,
    "a link to nowhere": link,
}


# -- JSON --------------------------------------------------------------------------------------------------------------

STRANGE: dict[str, str] = {  # as it stands in the file
    "null": "null",
    "a text": '"seven"',
    "markup": '"<b onclick=1>**x** $y$ %{z}\\u202e"',
    "minus one": "-1",
    "400 digits": HUGE,
    "1e999": "1e999",
    "NaN": "NaN",
    "a list": "[1, 2]",
    "a table": '{"a": {"b": 1}}',
    "a megabyte": '"' + "x" * 2**20 + '"',
}


def strange(known: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The object as text, with each of its values in turn made strange: two kinds a value, other ones for the next."""
    kinds = list(STRANGE)
    for number, name in enumerate(known):
        yield f"without {name}", json.dumps({key: value for key, value in known.items() if key != name})
        for kind in (kinds[(2 * number) % len(kinds)], kinds[(2 * number + 1) % len(kinds)]):
            rest = {key: value for key, value in known.items() if key != name}
            yield f"{name} is {kind}", json.dumps({**rest, name: "@"}).replace('"@"', STRANGE[kind])


def json_(path: Path) -> Iterator[tuple[str, Callable[[Path], object]]]:
    whole = json.loads(path.read_bytes())
    texts = [("a list", "[1, 2]"), ("a number", "7"), ("deep", DEEP), *strange(whole)]
    for name, value in whole.items():
        if isinstance(value, dict):
            texts += [
                (f"{name}: {how}", json.dumps({**whole, name: "@"}).replace('"@"', text))
                for how, text in list(strange(value))[: 3 * 6]
            ]
    for how, text in texts:
        yield how, lambda path, text=text: path.write_text(text)


def lines(path: Path) -> Iterator[tuple[str, Callable[[Path], object]]]:
    """The last line made strange; and too many."""
    every = path.read_text().splitlines()
    before = "".join(f"{line}\n" for line in every[:-1])
    for how, text in strange(json.loads(every[-1])):
        yield how, lambda path, text=text: path.write_text(f"{before}{text}\n")
    yield "no line end", lambda path: path.write_text("".join(every))
    yield "deep", lambda path: path.write_text(f"{before}{DEEP}\n")
    yield "100,000 times", lambda path: path.write_text(f"{every[-1]}\n" * 100_000)
    yield "backwards", lambda path: path.write_text("".join(f"{line}\n" for line in reversed(every)))


# -- arrays ------------------------------------------------------------------------------------------------------------


def npy(shape: tuple[int, ...], descr: str, data: bytes) -> bytes:
    """A file that says what we like."""
    header = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape!r}, }}".encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def saved(array: Array) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def replaced(name: str, data: bytes | None) -> Callable[[Path], object]:
    """One member of the .npz; None: left out."""

    def do(path: Path) -> None:
        with zipfile.ZipFile(path) as file:
            members = {info.filename: file.read(info) for info in file.infolist()}
        members = {key: value for key, value in members.items() if key != f"{name}.npy"}
        if data is not None:
            members[f"{name}.npy"] = data
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for key, value in members.items():
                file.writestr(key, value)

    return do


def arrays(path: Path) -> Iterator[tuple[str, Callable[[Path], object]]]:
    with np.load(path) as file:
        known = dict(file)
    for name, array in known.items():
        yield f"without {name}", replaced(name, None)
        others = {
            "one axis more": array[None],
            "flat": array.ravel(),
            "no axis": array.ravel()[0],
            "empty": array[:0],
            "half": array[: len(array) // 2],
            "twice": np.concatenate([array, array]),
            "texts": array.astype(str),
            "complex": array.astype(complex),
        }
        if array.dtype.kind == "f":
            others |= {"NaN": np.full_like(array, np.nan), "infinity": np.full_like(array, np.inf)}
            others["huge"] = np.full(array.shape, 1e300)
        elif array.dtype.itemsize > 1:
            others |= {"minus one": np.full_like(array, -1), "huge": np.full_like(array, np.iinfo(array.dtype).max)}
        for how, other in others.items():
            yield f"{name} is {how}", replaced(name, saved(other))
        yield f"{name} promises terabytes", replaced(name, npy((10**6, 10**6), "<f8", b"1" * 64))
        yield f"{name} promises objects", replaced(name, npy((2,), "|O", b"cos\nsystem\n."))
        yield f"{name} is no .npy", replaced(name, b"hello")
        if name in ("scores", "about"):
            for how, text in list(strange(json.loads(array.tobytes())))[:12]:
                yield f"{name}: {how}", replaced(name, saved(np.frombuffer(text.encode(), np.uint8)))


# -- weights -----------------------------------------------------------------------------------------------------------


def weights(path: Path) -> Iterator[tuple[str, Callable[[Path], object]]]:
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header, rest = json.loads(data[8 : 8 + length]), data[8 + length :]

    def written(new: dict[str, Any]) -> Callable[[Path], object]:
        text = json.dumps(new).encode()
        text += b" " * (-len(text) % 8)
        return lambda path: path.write_bytes(struct.pack("<Q", len(text)) + text + rest)

    about = json.loads(header["__metadata__"]["about"])
    for how, text in [("deep", DEEP), ("a list", "[1]"), *strange(about)]:
        yield f"about: {how}", written({**header, "__metadata__": {"about": text}})
    yield "no about", written({key: value for key, value in header.items() if key != "__metadata__"})
    tensors = [key for key in header if key.startswith("method.") and len(header[key]["shape"]) > 1]
    for key in tensors[:2]:
        fact = header[key]
        yield f"{key} is turned", written({**header, key: {**fact, "shape": fact["shape"][::-1]}})
        yield f"{key} has another name", written({f"{k}x" if k == key else k: v for k, v in header.items()})
    yield "promises a terabyte", lambda path: path.write_bytes(struct.pack("<Q", 2**40) + data[8:])


# -- tables ------------------------------------------------------------------------------------------------------------


def table(path: Path) -> Iterator[tuple[str, Callable[[Path], object]]]:
    head, *rows = path.read_text().splitlines()
    names = head.split(",")

    def column(name: str, value: str) -> str:
        at = names.index(name)
        changed = [",".join([*cells[:at], value, *cells[at + 1 :]]) for cells in (row.split(",") for row in rows)]
        return "\n".join([head, *changed]) + "\n"

    texts = {
        "heading only": head,
        "no heading": "\n".join(rows),
        "score is a text": column("score", "high"),
        "score is infinite": column("score", "inf"),
        "score is 1e300": column("score", "1e300"),
        "encoder is a megabyte": column("encoder", "x" * 2**20)[: 2**22],
        "target is markup": column("target", "<b>**x**</b>"),
        "features are missing": column("features", ""),
        "k is a text": column("k", "many"),
        "balanced is a text": column("balanced", "fair"),
        "one column": "\n".join(row.split(",")[0] for row in [head, *rows]),
        "100,000 rows": "\n".join([head, *(rows * (1 + 100_000 // len(rows)))]),
    }
    for how, text in texts.items():
        yield how, lambda path, text=text: path.write_text(text)
