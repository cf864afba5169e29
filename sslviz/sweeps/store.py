"""The sweeps that were saved, beside the runs: one small file each, which is never changed. Only this file knows where.

The bin holds them as it holds runs, so that what was thrown away by mistake can be taken back.
"""

import json
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from sslviz.runs.files import replace
from sslviz.runs.folder import BIN, Busy, RunFolder
from sslviz.runs.owner import me
from sslviz.runs.records import Notes
from sslviz.runs.settings import sentence
from sslviz.runs.versions import UnreadableRun, read_settings
from sslviz.sweeps.sweep import NAME, Sweep, sweep_of

SHELF = ".sweeps"  # in the folder of runs


def write_sweep(runs: Path, sweep: Sweep) -> None:
    path = runs / SHELF / f"{sweep.id}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    replace(path, sweep.model_dump_json(indent=1).encode())


def read_sweep(runs: Path, sweep_id: str) -> Sweep | None:
    """None for a name that is no sweep here (and never leaves the folder), or if this version cannot read it."""
    if NAME.fullmatch(sweep_id) is None:
        return None
    try:
        return _parsed((runs / SHELF / f"{sweep_id}.json").read_bytes())
    except (OSError, UnreadableRun):
        return None


def list_sweeps(runs: Path) -> list[Sweep]:
    """All that can be read, newest first."""
    found = [read_sweep(runs, path.stem) for path in (runs / SHELF).glob("sweep-*.json")]
    return sorted((sweep for sweep in found if sweep is not None), key=lambda sweep: sweep.created, reverse=True)


def unreadable_sweeps(runs: Path) -> dict[str, str]:
    """The others: name -> why this version cannot read it."""
    found = {}
    for path in sorted((runs / SHELF).glob("sweep-*.json")):
        try:
            _parsed(path.read_bytes())
        except UnreadableRun as error:
            found[path.stem] = str(error)
        except OSError as error:
            found[path.stem] = error.strerror or "it cannot be read"
    return found


@lru_cache(maxsize=256)  # a sweep never changes
def _parsed(data: bytes) -> Sweep:
    """Raises UnreadableRun. The settings that all its runs share are read as those of a run are."""
    try:
        raw = json.loads(data)
        sweep = Sweep.model_validate({**raw, "base": read_settings(json.dumps(raw["base"]).encode()).settings})
        for name in [*sweep.runs][: len(sweep.cells)]:
            sweep.settings(name)
    except ValidationError as error:
        raise UnreadableRun(sentence(error)[:200]) from None
    except UnreadableRun:
        raise
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnreadableRun(str(error)[:200]) from None
    return sweep


def throw_away(runs: Path, sweep: Sweep) -> None:
    """The sweep and its runs, into the bin. Raises ValueError while one of them is at work."""
    folders = [folder for name in sweep.runs if (folder := RunFolder(runs / name)).exists]
    if any(folder.status().at_work for folder in folders):
        raise ValueError("This sweep is at work. Cancel it first.")
    for folder in folders:
        folder.throw_away()
    write_sweep(runs / BIN, sweep)
    (runs / SHELF / f"{sweep.id}.json").unlink(missing_ok=True)


def take_back(runs: Path, sweep: Sweep) -> None:
    """Out of the bin, and all of its runs that lie there."""
    write_sweep(runs, sweep)
    (runs / BIN / SHELF / f"{sweep.id}.json").unlink(missing_ok=True)
    for name in sweep.runs:
        thrown, place = RunFolder(runs / BIN / name), runs / name
        if thrown.exists and not place.exists():
            thrown.path.rename(place)


def ready(runs: Path, name: str) -> RunFolder | None:
    """The folder of a planned run, ready to be trained: made if it is not there, waiting again if it was cut off.

    None if there is nothing to do: it is done, or at work, or no sweep here has such a run.
    """
    folder, sweep = RunFolder(runs / name), read_sweep(runs, sweep_of(name) or "")
    if sweep is None or name not in sweep.runs:
        return None
    if not folder.exists:
        cell, seed = sweep.runs[name]
        folder = RunFolder.create(runs, sweep.settings(name), name=name)
        folder.write_notes(Notes(name=f"{sweep.called(cell)}, seed {seed}", tags=(sweep.id,)))
        return folder
    status = folder.status()
    if status.state == "done" or (status.state == "queued" and status.owner == me()):
        return None
    try:
        folder.wait_again()
    except Busy:
        return None
    return folder
