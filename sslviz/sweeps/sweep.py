"""A sweep: one or two knobs, several values of each, from several seeds. It is data: which runs there shall be.

Its runs are ordinary runs with predictable names, `<sweep>-000`, `<sweep>-001`, …: first every cell of the map from
the first seed, then all of them from the second. How far a sweep has come is asked of their folders and never written
down a second time (progress.py).
"""

import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from sslviz.runs.settings import RunSettings, all_knobs, parse

MOST_VALUES, MOST_SEEDS, MOST_RUNS = 12, 10, 400
LONGEST = 1e9
By = Literal["steps", "images", "seconds"]
NAME = re.compile(r"(sweep-\d{6}-\d{6}-[0-9a-f]{4})(?:-(\d{3}))?")


class Axis(BaseModel):
    """One side of the map: its name, and what is written at each place."""

    model_config = ConfigDict(frozen=True)
    title: str
    labels: tuple[str, ...]


class Cell(BaseModel):
    """One place of the map, and the knobs that are turned there."""

    model_config = ConfigDict(frozen=True)
    column: int
    row: int = 0
    knobs: dict[str, Any]


class Sweep(BaseModel):
    """What a sweep's file holds; immutable. `mirrored`: the cell (i, j) stands for (j, i) as well."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    created: float  # Unix time
    preset: str = ""
    base: RunSettings
    by: By = "steps"  # what all its runs have equally much of
    x: Axis
    y: Axis | None = None
    mirrored: bool = False
    cells: tuple[Cell, ...]
    seeds: tuple[int, ...]

    @property
    def runs(self) -> dict[str, tuple[Cell, int]]:
        """Name -> cell and seed, in the order in which they are trained."""
        pairs = [(cell, seed) for seed in self.seeds for cell in self.cells]
        return {f"{self.id}-{number:03d}": pair for number, pair in enumerate(pairs)}

    def settings(self, name: str) -> RunSettings:
        """Of one of its runs. Raises KeyError for another name."""
        cell, seed = self.runs[name]
        return self.base.change(**cell.knobs).model_copy(update={"seed": seed})

    def called(self, cell: Cell) -> str:
        """temperature 0.1, batch size 64"""
        sides = [(self.x, cell.column)] + ([(self.y, cell.row)] if self.y else [])
        if self.mirrored:
            return " + ".join(dict.fromkeys(axis.labels[place] for axis, place in reversed(sides)))
        return ", ".join(f"{axis.title} {axis.labels[place]}" for axis, place in sides)


@dataclass(frozen=True)
class Length:
    """How long each run lasts: so many steps, pictures or seconds. Raises ValueError for what is no length."""

    amount: float
    by: By = "steps"

    def __post_init__(self) -> None:
        if not 0 < self.amount < LONGEST:  # nor NaN
            raise ValueError(f"A run cannot last {self.amount:g} {self.by}.")

    def settings(self, base: RunSettings) -> RunSettings:
        if self.by == "seconds":
            return base.model_copy(update={"seconds": float(self.amount)})
        return base.change(steps=round(self.amount)) if self.by == "steps" else base

    def knobs(self, base: RunSettings, knobs: Mapping[str, Any]) -> dict[str, Any]:
        """The knobs of a cell, and the steps that make its number of pictures the same as in all the others."""
        if self.by != "images" or "steps" in knobs:
            return dict(knobs)
        return {**knobs, "steps": max(1, round(self.amount / knobs.get("batch_size", base.training.batch_size)))}


def over_knobs(
    base: RunSettings, vary: Mapping[str, str], seeds: int = 1, *, length: Length | None = None, preset: str = ""
) -> Sweep:
    """vary: one or two knobs, each with its values as text, "0.1, 0.2". Raises ValueError, in a sentence."""
    if not 1 <= len(vary) <= 2:
        raise ValueError("A sweep varies one knob or two.")
    values = {name: values_of(text, name, base) for name, text in vary.items()}
    names = all_knobs(base.method)
    axes = [Axis(title=names[name].label, labels=tuple(map(written, each))) for name, each in values.items()]
    (first, across), *others = values.items()
    down = others[0] if others else ("", (None,))
    cells = [
        (column, row, {first: a} | ({down[0]: b} if others else {}))
        for row, b in enumerate(down[1])
        for column, a in enumerate(across)
    ]
    return build(base, axes, cells, seeds, length, preset=preset)


def build(
    base: RunSettings,
    axes: Sequence[Axis],
    cells: Sequence[tuple[int, int, dict[str, Any]]],
    seeds: int,
    length: Length | None,
    **more: Any,
) -> Sweep:
    """Cells: column, row, knobs. Whatever one of its runs would refuse is refused here, before the first has begun."""
    length = length or Length(base.training.steps)
    if not 1 <= seeds <= MOST_SEEDS:
        raise ValueError(f"A sweep starts from 1 to {MOST_SEEDS} seeds, not from {seeds}.")
    if seeds * len(cells) > MOST_RUNS:
        raise ValueError(f"These would be {seeds * len(cells)} runs: {MOST_RUNS} is the most.")
    base = length.settings(base)
    made = [Cell(column=c, row=r, knobs=length.knobs(base, knobs)) for c, r, knobs in cells]
    for cell in made:
        base.change(**cell.knobs)
    return Sweep(
        id=f"sweep-{time.strftime('%y%m%d-%H%M%S')}-{secrets.token_hex(2)}",
        created=time.time(),
        base=base,
        by=length.by,
        x=axes[0],
        y=axes[1] if len(axes) > 1 else None,
        cells=tuple(made),
        seeds=tuple(range(base.seed, base.seed + seeds)),
        **more,
    )


def values_of(text: str, name: str, base: RunSettings) -> tuple[Any, ...]:
    """ "0.1, 0.2" -> (0.1, 0.2), each of them a value that this knob can have. Raises ValueError, in a sentence."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise ValueError(f"Which values of {name.replace('_', ' ')}? Write them with commas between: 0.1, 0.2")
    values = []
    for part in parts:
        try:
            values.append(base.change(**parse(f"{name}={part}", base.method)).values()[name])
        except ValueError as error:
            raise ValueError(f"{part[:40]!r} will not do. {str(error)[:300]}") from None
    values = list(dict.fromkeys(values))
    if len(values) > MOST_VALUES:
        raise ValueError(f"{len(values)} values of {name.replace('_', ' ')} are too many: {MOST_VALUES} is the most.")
    return tuple(values)


def written(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def sweep_of(run_id: str) -> str | None:
    """The sweep that a run belongs to, by its name."""
    found = NAME.fullmatch(run_id)
    return found[1] if found and found[2] else None
