"""A run as one .zip, to be sent to another machine and opened there. Nothing in it is ever executed or unpickled.

The zip holds the run's folder as it is. What comes back in must look like one: plain files of the kinds that a run has,
in the places where a run has them, and settings that can be read.
"""

import re
import shutil
import zipfile
import zlib
from pathlib import Path

from sslviz.data.dataset import DataError
from sslviz.runs.files import written_beside
from sslviz.runs.folder import MEMBER, SETTINGS, RunFolder
from sslviz.runs.records import State
from sslviz.runs.versions import UnreadableRun

MOST_BYTES = 2_000_000_000  # unpacked
LARGE, MOST_TIMES = 50_000_000, 50  # bytes from which on it may be a bomb; and how much smaller a packed run can be
LONGEST = 150  # letters of a name
ENDED: State = "interrupted"
SPOILT = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)  # or packed in a strange way


def pack(run: RunFolder, to: Path) -> Path:
    """Writes the run into the file `to`, whole or not at all. Already small things (JPEG, compressed npz) are stored as
    they are. Raises OSError.
    """
    with written_beside(to) as beside, zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(run.path.rglob("*")):
            name = path.relative_to(run.path).as_posix()
            if path.is_file() and MEMBER.fullmatch(name):
                archive.write(path, f"{run.id}/{name}")
    return to


def unpack(source: Path, runs: Path) -> RunFolder:
    """A new run in the folder `runs`, under its old name, or that name with a number. A run that was at work when it
    was packed has ended here. Raises DataError, in a sentence, for what is no run, and OSError where nothing can be
    written; then nothing is left behind.
    """
    try:
        archive = zipfile.ZipFile(source)
    except (OSError, *SPOILT) as error:
        raise DataError(f"{source.name} cannot be read as a .zip: {error}") from None
    with archive:
        members, name = _members(source, archive)
        runs.mkdir(parents=True, exist_ok=True)
        place = _free(runs / name)
        try:
            with written_beside(place) as path:  # half a run is never listed
                _extract(archive, members, path)
                run = RunFolder(path)
                run.settings()
                status = run.status()
                if status.at_work:
                    run.write_status(status.model_copy(update={"state": ENDED, "reason": "", "pid": None}))
        except UnreadableRun as error:
            raise DataError(f"{source.name} holds a run that this version cannot read: {error}") from None
        except SPOILT as error:
            raise DataError(f"{source.name} cannot be read as a .zip: {error}") from None
    return RunFolder(place)


def _members(source: Path, archive: zipfile.ZipFile) -> tuple[dict[str, zipfile.ZipInfo], str]:
    """What is in it, by its place in the run's folder, and the name of the run. Raises DataError."""
    members = {_place(info.filename): info for info in archive.infolist() if not info.is_dir()}
    if any(info.header_offset < 0 for info in members.values()):
        raise DataError(f"{source.name} cannot be read as a .zip: its beginning is missing.")
    whole, packed = sum(info.file_size for info in members.values()), source.stat().st_size
    if whole > MOST_BYTES:
        raise DataError(f"{source.name} would unpack to more than {MOST_BYTES / 1e9:.0f} GB.")
    if whole > LARGE and whole > MOST_TIMES * packed:
        raise DataError(f"{source.name} would unpack to {whole / packed:.0f} times its size, as no run does.")
    tops = {Path(info.filename).parts[0] for info in members.values()}
    if len(tops) != 1 or SETTINGS not in members:
        raise DataError(f"{source.name} holds no run, or more than one.")
    name = re.sub(r"[^\w.-]", "-", tops.pop())
    if name.startswith("."):  # the bin, the sweeps: places of our own
        raise DataError(f"{source.name} holds a run whose name begins with a dot: {name[:40]}")
    if len(name) > LONGEST:
        raise DataError(f"{source.name} holds a run whose name is too long: {name[:40]}…")
    return members, name


def _extract(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], path: Path) -> None:
    path.mkdir()
    for place, info in members.items():
        (path / place).parent.mkdir(exist_ok=True)
        with archive.open(info) as packed, (path / place).open("wb") as file:
            shutil.copyfileobj(packed, file)


def _place(name: str) -> str:
    """Where a member belongs in the run's folder. Raises DataError for what no run holds: `..`, other kinds of file."""
    _, _, place = name.partition("/")
    if not MEMBER.fullmatch(place) or ".." in name:
        raise DataError(f"There is something in this .zip that belongs to no run: {name[:80]}")
    return place


def _free(path: Path) -> Path:
    """The path, or the first of path-2, path-3 … that is not taken."""
    numbered = (path.with_name(f"{path.name}-{i}") for i in range(2, 10_000))
    return path if not path.exists() else next(p for p in numbered if not p.exists())
