"""All runs of a folder, and the bin beside them."""

import contextlib
from pathlib import Path

from sslviz.runs.folder import BIN, SETTINGS, RunFolder


def list_runs(runs: Path) -> list[RunFolder]:
    """All runs in a folder that this version can read, newest first. Everybody who goes through runs asks here."""
    return [run for run in _folders(runs) if not run.unreadable()]


def unreadable_runs(runs: Path) -> dict[str, str]:
    """The others: name -> why this version cannot read it."""
    return {run.id: reason for run in _folders(runs) if (reason := run.unreadable())}


def _folders(runs: Path) -> list[RunFolder]:
    """Whatever looks like a run, newest first. A name with a leading dot is none: the bin, the sweeps."""
    found = {}
    for path in runs.glob(f"[!.]*/{SETTINGS}"):
        with contextlib.suppress(OSError):  # thrown away this very moment
            found[path] = path.stat().st_mtime_ns
    return [RunFolder(path.parent) for path in sorted(found, key=found.__getitem__, reverse=True)]


def take_back(runs: Path, run_id: str) -> RunFolder:
    """A run out of the bin. Raises LookupError for a name that is not in it."""
    thrown = RunFolder(runs / BIN / Path(run_id).name)
    if not run_id or thrown.id != run_id or not thrown.exists:
        raise LookupError(f"There is no run called {run_id!r} in the bin.")
    thrown.path.rename(runs / run_id)
    return RunFolder(runs / run_id)
