"""A knob: one number of a method, an augmentation or the training that a viewer may turn.

Knobs are data. Name, default, range, symbol and help stand once, in a `Knobs` class; sliders, the command line, the
URL and validation are all made from there. A knob with `live=True` acts on the next optimisation step of a running
training; the others act when the run is started again.
"""

from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field


class Knobs(BaseModel):
    """A table of knobs, validated on construction and on every change (unknown names, NaN and out-of-range raise)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def knob(  # noqa: PLR0913 - one for each thing that a knob is
    default: Any,
    low: float | None = None,
    high: float | None = None,
    *,
    symbol: str = "",
    help: str = "",
    live: bool = True,
    log: bool = False,
    step: float | None = None,
    label: str = "",
) -> Any:
    """A field of a `Knobs` class: `temperature: float = knob(0.2, 0.02, 1.0, symbol=r"\\tau", help="…")`.

    `low`/`high` bound a number (inclusive). Choices are written as the type: `projector: Literal["mlp", "none"]`.
    `symbol` is the paper's letter in LaTeX; `log`: what counts is how many times larger; `step`: the slider's, where
    0.01 is too coarse; `label` replaces the name in words.
    """
    extra: dict[str, Any] = {"symbol": symbol, "live": live, "log": log, "step": step, "label": label}
    return Field(default, ge=low, le=high, description=help, json_schema_extra=extra)


@dataclass(frozen=True)
class Knob:
    """What a control needs to know about one knob."""

    name: str
    label: str
    kind: Literal["float", "int", "bool", "choice"]
    default: Any
    low: float | None
    high: float | None
    choices: tuple[Any, ...]
    symbol: str
    help: str
    live: bool
    log: bool
    step: float | None


def describe(table: type[Knobs]) -> dict[str, Knob]:
    """All knobs of a table, in the order in which they are written."""
    return {name: _describe(name, field) for name, field in table.model_fields.items()}


def _describe(name: str, field: Any) -> Knob:
    bounds = {type(m).__name__: m for m in field.metadata}
    low = bounds["Ge"].ge if "Ge" in bounds else None
    high = bounds["Le"].le if "Le" in bounds else None
    is_choice = get_origin(field.annotation) is Literal
    kind: Any = "choice" if is_choice else field.annotation.__name__
    extra = field.json_schema_extra
    return Knob(
        name=name,
        label=extra["label"] or name.replace("_", " "),
        kind=kind,
        default=field.default,
        low=low,
        high=high,
        choices=get_args(field.annotation) if is_choice else (),
        symbol=extra["symbol"],
        help=field.description or "",
        live=extra["live"],
        log=extra["log"],
        step=extra["step"],
    )


def written(value: Any) -> str:
    """0.07, on, mlp"""
    return (
        ("on" if value else "off")
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )
