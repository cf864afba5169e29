"""The settings that a run recorded, whichever version of this program wrote them.

A new run must name knobs that exist. A recorded one may be older or newer than this program: a knob that is unknown
here is left out, a knob that it does not have takes the value that stood for it then, and both are said. What cannot be
understood at all (no JSON, an unknown method, a value that no knob takes) is an UnreadableRun.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ValidationError

from sslviz.methods import METHODS
from sslviz.runs.settings import Parent, RunSettings, knob_tables, sentence

# What runs did before a knob existed, where today's default says otherwise: name of the knob -> value. Every run writes
# all its knobs down, so one that is missing had not been invented.
EARLIER: dict[str, Any] = {}
MOST_REASON = 200  # characters


class UnreadableRun(ValueError):
    """This version cannot read the run; says why, in a few words."""


@dataclass(frozen=True)
class Recorded:
    """Settings as this version understands them. remarks: sentences about what was left out or filled in."""

    settings: RunSettings
    remarks: tuple[str, ...] = ()


@lru_cache(maxsize=1024)  # they are asked for often, and never change
def read_settings(data: bytes) -> Recorded:
    """settings.json -> the settings. Raises UnreadableRun."""
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError):
        raise UnreadableRun("its settings are not JSON") from None
    if not isinstance(raw, dict):
        raise UnreadableRun("its settings are not a table")
    method = raw.get("method", RunSettings().method)
    if not isinstance(method, str) or method not in METHODS:
        raise UnreadableRun(f"unknown method {str(method)[:40]!r}")
    known, ignored = _known(raw, RunSettings)
    filled: dict[str, Any] = {}
    for group, table in knob_tables(method).items():
        given = raw.get(group, {})
        if not isinstance(given, dict):
            raise UnreadableRun(f"its {group} are not a table")
        known[group], unknown = _known(given, table)
        ignored += unknown
        missing = {
            name: EARLIER.get(name, field.default) for name, field in table.model_fields.items() if name not in given
        }
        known[group] |= {name: value for name, value in missing.items() if name in EARLIER}
        filled |= missing
    if isinstance(raw.get("parent"), dict):
        known["parent"], unknown = _known(raw["parent"], Parent)
        ignored += unknown
    try:
        settings = RunSettings.model_validate(known)
    except ValidationError as error:
        raise UnreadableRun(sentence(error)[:MOST_REASON]) from None
    return Recorded(settings, tuple(_remarks(ignored, filled)))


def _known(raw: dict[str, Any], table: type[BaseModel]) -> tuple[dict[str, Any], list[str]]:
    """What the table has a field for, and the names of the rest."""
    return {k: v for k, v in raw.items() if k in table.model_fields}, [k for k in raw if k not in table.model_fields]


def _remarks(ignored: list[str], filled: dict[str, Any]) -> list[str]:
    said = []
    if ignored:
        said.append(f"Recorded by another version: unknown here, and ignored: {_some(ignored)}.")
    if filled:
        values = [f"{name} = {value}" for name, value in filled.items()]
        said.append(f"Recorded by another version, which had not yet these knobs; taken to be: {_some(values)}.")
    return said


def _some(names: list[str], most: int = 6) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(name[:40] for name in names[:most]) + more
