"""Twins: two runs that differ in one thing, and the folder of each names the other.

They are twins as long as both folders lie side by side and name each other: a copy under another name is a run of its
own. How they train is told in lockstep.py.
"""

import shutil
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sslviz.runs.folder import RunFolder, fresh_name
from sslviz.runs.settings import RunSettings, all_knobs, parse, sentence

NOT_OF_ONE = ("threads",)  # knobs of the process, which both share
CAN_GO_ON = ("stopped", "interrupted")


def create(runs: Path, one: RunSettings, other: RunSettings) -> tuple[RunFolder, RunFolder]:
    """Two folders, queued. They end at a number of steps: the same seconds would not be the same steps."""
    names = fresh_name(one.method), fresh_name(other.method)
    first = RunFolder.create(runs, one.model_copy(update={"twin": names[1], "seconds": None}), name=names[0])
    try:
        second = RunFolder.create(runs, other.model_copy(update={"twin": names[0], "seconds": None}), name=names[1])
    except OSError:
        shutil.rmtree(first.path, ignore_errors=True)
        raise
    return first, second


def partner(run: RunFolder) -> RunFolder | None:
    """The other one, if it is there and names this one."""
    try:
        name = run.settings().twin
        other = RunFolder(run.path.parent / Path(name).name) if name else None
        return other if other is not None and other.exists and other.settings().twin == run.id else None
    except (OSError, ValueError):
        return None


def go_on_together(run: RunFolder) -> list[RunFolder]:
    """The run, and its twin if that has not come to its end and is not at work."""
    other = partner(run)
    return [run, other] if other is not None and other.status().state in CAN_GO_ON else [run]


def can_differ(method: str) -> list[str]:
    """In what twins can differ: a knob, the method, the seed."""
    return [*(name for name in all_knobs(method) if name not in NOT_OF_ONE), "method", "seed"]


def differ(settings: RunSettings, name: str, value: Any) -> RunSettings:
    """The settings with one difference. Another method has its own knobs as they usually stand, and everything else as
    it is here. Raises ValueError, in a sentence.
    """
    if name not in can_differ(settings.method):
        raise ValueError(f"twins cannot differ in {name!r}; they can in: {', '.join(can_differ(settings.method))}")
    if name not in ("method", "seed"):
        return settings.change(**{name: value})
    more = {"method": value, "knobs": {}} if name == "method" else {"seed": value}
    try:
        return RunSettings.model_validate({**settings.model_dump(), **more})
    except ValidationError as error:
        raise ValueError(sentence(error)) from None


def parse_difference(text: str, method: str) -> tuple[str, Any]:
    """`temperature=0.07` from a command line; also `method=byol`, `seed=1`."""
    name, separator, value = text.partition("=")
    if separator and name in ("method", "seed"):
        return name, value
    ((name, known),) = parse(text, method).items()
    return name, known
