"""Sweeps worth doing, as data, and the pairs of augmentations (SimCLR, Fig. 5, arXiv:2002.05709)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sslviz.knobs import Knob
from sslviz.methods import METHODS
from sslviz.runs.settings import RunSettings, all_knobs
from sslviz.sweeps.sweep import Axis, Length, Sweep, build, written

RECORDED_TEMPERATURES = "temperature_sweep.csv"  # in the gallery; benchmarks/temperature.py writes it
# One augmentation switched on, in the strength in which each is tried; all others are off.
OFF: dict[str, Any] = {"crop_scale": 1.0, "flip": 0.0, "jitter": 0.0, "gray": 0.0, "blur": 0.0, "solarize": 0.0}
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


PRESETS = {
    "temperature": Preset(
        "Temperature × batch size",
        "simclr",
        "Does a larger batch help, and does it want another temperature?",
        {"temperature": "0.05, 0.1, 0.2, 0.5", "batch_size": "64, 128, 256"},
    ),
    "pairs": Preset(
        "Augmentation pairs",
        "simclr",
        "Which two augmentations together close the shortcuts that each alone leaves open?",
    ),
    "hue": Preset(
        "Hue jitter",
        "simclr",
        "The augmentation becomes the invariance: what happens to the class, what to the hue?",
        {"hue": "0, 0.05, 0.1, 0.25, 0.5"},
    ),
    "masking": Preset(
        "Mask ratio × mask type",
        "mae",
        "How much must be hidden, and in which form, before painting it back teaches anything?",
        {"mask_ratio": "0.25, 0.5, 0.75, 0.9", "mask_type": "random, block, grid"},
    ),
    "momentum": Preset(
        "EMA momentum",
        "byol",
        "How slowly should the target follow? 0: not at all behind, 1: it never learns.",
        {"momentum": "0, 0.9, 0.97, 0.99, 1"},
    ),
    "switches": Preset(
        "Predictor × target",
        "byol",
        "Which of its two asymmetries keeps BYOL from collapsing?",
        {"predictor": "on, off", "target": "on, off"},
    ),
    "own": Preset("Your own", "simclr", "Any one or two knobs.", {"temperature": "0.05, 0.1, 0.2, 0.5"}),
}


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
