"""What a recorded file must be like to be believed: its arrays, numbers and words, once they are unpacked.

A run may come from another version, another computer, a full disk or somebody who means harm. What does not hold
together counts as not recorded: whoever asks gets None, as if the file were missing.
"""

import json
import math
from typing import Annotated, Any, TypeGuard

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sslviz.runs.files import LONGEST_NUMBER, Array
from sslviz.runs.pictures import from_jpeg, pixels
from sslviz.runs.records import ProbeSet, Snapshot

MOST_EVENTS = 5000  # the newest; the knobs stand as they say, so no hand may ever make as many
MOST_AXES = 5  # of an exhibit
MOST_TABLE = 2**23  # bytes of an evaluation

Step = Annotated[int, Field(ge=0, lt=10**LONGEST_NUMBER, strict=True)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Name = Annotated[str, Field(max_length=1000)]


class Event(BaseModel):
    """A line of events.jsonl. name, value: of a knob that was set."""

    model_config = ConfigDict(extra="allow")

    step: Step
    kind: Name
    text: str
    time: Number = 0.0
    name: Name | None = None
    value: bool | int | Number | str | None = None


class About(BaseModel):
    """What stands beside kept weights: at which moment, with which knobs and which arithmetic. `run`: whose they are,
    which is the parent's in a fork.
    """

    model_config = ConfigDict(extra="allow")

    run: Name = ""
    step: Step
    images: Annotated[int, Field(ge=0)]
    seconds: Annotated[Number, Field(ge=0)]
    values: dict[str, bool | int | Number | str]
    precision: str = Field(pattern=r"^(float32|bfloat16|float16)$")
    channels_last: bool
    threads: Annotated[int, Field(ge=1)] | None = None  # of torch; None: an earlier version did not say


class Sheet(BaseModel):
    """How the probe pictures lie on their contact sheet."""

    columns: Annotated[int, Field(ge=1, le=1000)]
    tile: Annotated[int, Field(ge=1, le=1000)]
    classes: tuple[Name, ...]


class Evaluated(BaseModel):
    """A row of an evaluation (judging/evaluation.py), as far as all pages count on it. None: not measured."""

    encoder: Name
    score: Annotated[Number, Field(ge=-1, le=1)] | None = None
    balanced: Number | None = None
    chance: Number | None = None


def event(row: dict[str, Any]) -> dict[str, Any] | None:
    try:
        known = Event.model_validate(row)
    except ValidationError:
        return None
    named = known.name is not None and known.value is not None
    return row if named or known.kind != "set" else None


def about(text: str) -> dict[str, Any] | None:
    try:
        return About.model_validate_json(text).model_dump()
    except ValidationError:
        return None


def numbers(row: dict[str, Any]) -> dict[str, float]:
    """Those of a row of metrics, `step` left out."""
    plain = {name: value for name, value in row.items() if type(value) in (int, float) and name != "step"}
    return {name: float(value) for name, value in plain.items() if abs(value) < 1e300}  # no infinity, no NaN


def is_step(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 <= value < 10**LONGEST_NUMBER


def snapshot(step: int, arrays: dict[str, Array]) -> Snapshot | None:
    """From the arrays of its file."""
    exhibits = {name.removeprefix("exhibit."): value for name, value in arrays.items() if name.startswith("exhibit.")}
    embedding = arrays.get("embedding")
    try:
        scores = numbers(json.loads(arrays["scores"].tobytes()))
    except (KeyError, ValueError, RecursionError, AttributeError):
        return None
    if any(not 1 <= value.ndim <= MOST_AXES or not value.size for value in exhibits.values()):
        return None
    if embedding is not None and (embedding.ndim != 2 or not embedding.size or embedding.dtype.kind != "f"):
        return None
    try:
        views = from_jpeg(arrays["views"]) if "views" in arrays else None
    except ValueError:
        views = None
    return Snapshot(step, scores=scores, exhibits=exhibits, views=views, embedding=embedding)


def probe(arrays: dict[str, Array], sheet: bytes) -> ProbeSet | None:
    """As many labels and factors as one another, no more than pictures on the sheet, no label without a class."""
    factors = {name.removeprefix("factor."): value for name, value in arrays.items() if name.startswith("factor.")}
    labels = arrays.get("labels")
    try:
        lies = Sheet.model_validate_json(arrays["about"].tobytes())
        height, width, _ = pixels(sheet).shape
    except (KeyError, ValidationError, ValueError):
        return None
    places = lies.columns * (height // lies.tile)
    known = [*factors.values(), *([] if labels is None else [labels])]
    if width != lies.columns * lies.tile or any(each.ndim != 1 for each in known):
        return None
    if len({len(each) for each in known}) > 1 or any(not 0 < len(each) <= places for each in known):
        return None
    if labels is not None and (
        labels.dtype.kind not in "iu" or not 0 <= labels.min() <= labels.max() < len(lies.classes)
    ):
        return None
    return ProbeSet(sheet, lies.columns, lies.tile, labels, factors, lies.classes)


def layout(array: Array) -> Array | None:
    """Positions in the plane or in space."""
    flat = array.ndim == 2 and array.shape[1] in (2, 3) and array.dtype.kind == "f" and len(array) > 0
    return array if flat and math.isfinite(float(abs(array).max())) else None


def evaluation(table: pd.DataFrame) -> pd.DataFrame | None:
    """With a column `score` of floats, also where there was nothing to measure, which is an answer, too."""
    if "encoder" not in table:
        return None
    try:
        for row in table.astype(object).where(table.notna(), None).to_dict("records"):
            Evaluated.model_validate(row)
    except ValidationError:
        return None
    return table.assign(score=table["score"].astype(float) if "score" in table else math.nan)
