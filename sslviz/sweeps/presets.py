"""Sweeps worth doing, as data, and the pairs of augmentations (SimCLR, Fig. 5, arXiv:2002.05709)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sslviz.data.augment import OFF
from sslviz.knobs import Knob
from sslviz.lessons import card_of
from sslviz.methods import FIRST, METHODS
from sslviz.runs.settings import RunSettings, all_knobs
from sslviz.sweeps.sweep import Axis, Length, Sweep, build, written

RECORDED_TEMPERATURES = "temperature_sweep.csv"  # in the gallery; benchmarks/temperature.py writes it
LECTURE = ("temperature", "pairs", "hue", "masking")  # presets in its order; others follow as their methods do
# One augmentation switched on, in the strength in which each is tried; all others are off.
ON: dict[str, dict[str, Any]] = {
    "crop": {"crop_scale": 0.2},
    "flip": {"flip": 0.5},
    "colour": {"jitter": 0.8},
    "gray": {"gray": 0.5},
    "blur": {"blur": 0.5},
    "solarize": {"solarize": 0.5},
}


@dataclass(frozen=True)
class Preset:
    """What a sweep asks, and with which knobs. No knobs: pairs of augmentations."""

    title: str
    method: str
    asks: str
    vary: dict[str, str] = field(default_factory=dict)  # knob -> values


def _presets() -> dict[str, Preset]:
    """Those of all methods' cards, the lecture's first, and one to fill in."""
    asked = {
        name: Preset(each.title, method, each.asks, each.vary)
        for method in METHODS
        for name, each in card_of(method).sweeps.items()
    }
    own = Preset("Your own", FIRST, "Any one or two knobs.", {"temperature": "0.05, 0.1, 0.2, 0.5"})
    return {name: asked[name] for name in LECTURE} | asked | {"own": own}


PRESETS = _presets()


def augmentation_pairs(
    base: RunSettings, singles: Sequence[str] = tuple(ON), seeds: int = 1, *, length: Length | None = None
) -> Sweep:
    """A run for each pair, with those two augmentations on and all others off; on the diagonal one stands alone.

    Raises ValueError, in a sentence.
    """
    singles = [name for name in ON if name in singles]
    if len(singles) < 2:
        raise ValueError("Pairs need at least two augmentations.")
    cells = [
        (column, row, OFF | ON[a] | ON[b])
        for row, a in enumerate(singles)
        for column, b in enumerate(singles[: row + 1])
    ]
    axes = [Axis(title=title, labels=tuple(singles)) for title in ("one augmentation", "the other")]
    return build(base, axes, cells, seeds, length, preset="pairs", mirrored=True)


def suggested(knob: Knob) -> str:
    """Values that span the range of a knob, for whoever has not thought of any yet."""
    for preset in PRESETS.values():
        if knob.name in preset.vary and (knob.kind != "float" or _within(preset.vary[knob.name], knob)):
            return preset.vary[knob.name]
    if knob.kind == "bool":
        return "on, off"
    if knob.kind == "choice":
        return ", ".join(map(str, knob.choices))
    low, high = float(knob.low or 0), float(knob.high or 1)
    if knob.log or high > 100 * max(low, 1):  # what counts is how many times larger
        middle = float(knob.default) or high / 100
        values = [middle * factor for factor in (0.25, 0.5, 1, 2, 4)]
    else:
        values = [low + (high - low) * share for share in (0, 0.25, 0.5, 0.75, 1)]
    kept = [min(max(value, low), high) for value in values]
    return ", ".join(dict.fromkeys(written(round(v) if knob.kind == "int" else float(f"{v:.3g}")) for v in kept))


def _within(text: str, knob: Knob) -> bool:
    return all(float(knob.low or 0) <= float(value) <= float(knob.high or 1) for value in text.split(","))


def sweepable(method: str) -> dict[str, Knob]:
    """What can stand on an axis: every knob that leaves a choice, but those that only say how it is computed."""
    fixed = {"threads", "precision"} | ({"encoder"} if len(METHODS[method].encoders) < 2 else set())
    return {name: knob for name, knob in all_knobs(method).items() if name not in fixed}
