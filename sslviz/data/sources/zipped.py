"""Opens a zip of pictures, or says in one sentence what is wrong with it and what to do."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from sslviz.data.dataset import DataError

KINDS = {b"Rar!": ".rar", b"7z\xbc\xaf": ".7z", b"\x1f\x8b": ".gz"}  # how other archives begin
PACKED = {9: "Deflate64", 93: "Zstandard", 95: "XZ", 96: "JPEG", 97: "WavPack", 98: "PPMd"}  # what some tools take
READ = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
READ |= {getattr(zipfile, "ZIP_ZSTANDARD", zipfile.ZIP_STORED)}  # Python 3.14
UTF8 = 0x800  # flag: the name is UTF-8


def open_zip(path: Path) -> zipfile.ZipFile:
    """Raises DataError for what is no zip, or only the beginning of one."""
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
        raise DataError(f"{path.name} is neither a folder nor a readable .zip file{_why(path)}.") from None


def refuse_shut(infos: Sequence[object], name: str) -> None:
    """Raises DataError where no picture of a zip can be unpacked, for a reason that its list of contents tells."""
    packed = [info for info in infos if isinstance(info, zipfile.ZipInfo)]
    if packed and all(locked(info) for info in packed):
        raise DataError(f"{name} is locked with a password: unzip it and give the folder, or zip it without one.")
    if packed and all(packing(info) for info in packed):
        how = packing(packed[0])
        raise DataError(f"{name} is packed with {how}, which cannot be read here: unzip it and give the folder.")


def locked(info: zipfile.ZipInfo) -> bool:
    return bool(info.flag_bits & 1)


def packing(info: zipfile.ZipInfo) -> str:
    """The method of compression that Python cannot undo; "" if it can."""
    method = info.compress_type
    return "" if method in READ else PACKED.get(method, f"method {method}")


def true_name(info: zipfile.ZipInfo) -> str:
    """The name of a file in a zip. macOS and others write UTF-8 without saying so, which Python takes for the letters
    of DOS (cp437); a real name in these is hardly ever UTF-8 as well.
    """
    if info.flag_bits & UTF8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _why(path: Path) -> str:
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        return f" ({error.strerror})"
    if not start:
        return ": it is empty"
    if start == b"PK\x03\x04":
        return ": it is cut off, so download or copy it again"
    kind = next((kind for signature, kind in KINDS.items() if start.startswith(signature)), "")
    return f" but a {kind} file: unpack it and give the folder" if kind else ""
