"""Curves over the training: a loss or a score, what to compare it with, and a pin wherever something was changed."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import style
from sslviz.foreign import in_plotly

HOW_TO_READ = (
    "Time runs to the right, in training steps; dashed lines are what the curve must be compared with; "
    "a ▼ marks the step at which a knob was turned (hover it to read which)."
)
MOST_WRITTEN = 6  # pins that are written out; more are numbered
MOST_NUMBERED = 20  # pins that are numbered; of more only the marker is left
MOST_POSTS = 60  # pins with a line down through the curve: more would be a curtain, and take seconds to be drawn
# Pixels of a plot, of a letter, of a line of text: guesses that keep labels apart. The plot is one of two beside each
# other in a window 1280 pixels wide.
_WIDTH, _CHARACTER, _LINE, _LEFT, _RIGHT = 240, 7.5, 17, 45, 132  # left and right of the plot: its ticks, its names


@dataclass(frozen=True)
class Series:
    """One curve: `step` and `value`, equally long. `color` counts through the classes' colours. note: how it was
    measured, for the hover.
    """

    name: str
    step: np.ndarray
    value: np.ndarray
    color: int = 0
    note: str = ""


@dataclass(frozen=True)
class Pin:
    """Something happened at `step`: "τ 0.5 → 0.07"."""

    step: int
    text: str


def curves(  # noqa: PLR0913 - the words and lines around them, by keyword
    series: Sequence[Series],
    *,
    title: str,
    y_title: str,
    references: dict[str, float] | None = None,
    pins: Sequence[Pin] = (),
    y_range: tuple[float, float] | None = None,
    percent: bool = False,
    subtitle: str = "",
    height: int = 340,
) -> go.Figure:
    """Lines over steps. references: name -> value of a dashed horizontal line, e.g. {"random initialisation": 0.17}.

    y_range fixes the axis; else it holds all curves and references. percent: values are shares, shown as percentages.
    Curves (if there is more than one) and references are named in the right margin, at their height.
    """
    references = references or {}
    low, high = y_range or _range(series, references)
    labels = [
        (value, f"{name} {value:{'.0%' if percent else '.3g'}}", style.FAINT) for name, value in references.items()
    ]
    labels += [(_last(one), one.name, _color(one)) for one in series if len(series) > 1]
    labels = [label for label in labels if np.isfinite(label[0])]
    pins = sorted((Pin(pin.step, in_plotly(pin.text)) for pin in pins), key=lambda pin: pin.step)
    last = max([int(one.step[-1]) for one in series if len(one.step)] + [pin.step for pin in pins], default=1)
    right = _RIGHT if labels else 16
    texts = _pin_texts(pins, last, right)
    rows = _pin_rows(pins, texts, last)
    top = max((row + len(lines) for row, (lines, _) in zip(rows, texts, strict=True) if row >= 0), default=0)
    return style.figure(
        *(_line(one, ".1%" if percent else ".4~g") for one in series),
        *([_pins(pins, texts, rows)] if pins else []),
        title=title,
        subtitle=subtitle,
        height=height,
        showlegend=False,
        hovermode="closest",
        margin={"l": 8, "r": right, "t": (72 if subtitle else 48) + _LINE * top, "b": 8},
        xaxis={"title": {"text": "training step"}, "rangemode": "tozero"},
        # a range that is written anew with every step would undo a zoom made by hand
        yaxis={"title": {"text": y_title}, "tickformat": ".0%" if percent else ".3~g"}
        | ({"range": y_range} if y_range else {}),
        yaxis2={"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True},
        shapes=[style.level(value) for value in references.values()] + _posts(pins),
        annotations=_apart(labels, low, high, height - 120) if high > low else [],
    )


def _line(one: Series, form: str) -> go.Scatter:
    x, y = np.asarray(one.step, dtype=np.int32), np.asarray(one.value, dtype=np.float32)
    hover = f"{one.name}: %{{y:{form}}}<br>step %{{x}}{one.note and f'<br>{one.note}'}"
    return style.line(x, y, _color(one), hover, name=one.name, mode="lines" if len(x) > 1 else "markers")


def _color(one: Series) -> str:
    return style.CLASSES[one.color % len(style.CLASSES)]


def _range(series: Sequence[Series], references: dict[str, float]) -> tuple[float, float]:
    values = np.concatenate([np.asarray(one.value, float) for one in series] + [np.array(list(references.values()))])
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    margin = 0.06 * (high - low) or 0.1 * abs(high) or 1.0
    return low - margin, high + margin


def _last(one: Series) -> float:
    known = np.flatnonzero(np.isfinite(np.asarray(one.value, float)))
    return float(one.value[known[-1]]) if len(known) else float("nan")


def _post(step: int) -> dict[str, Any]:
    line = {"color": style.FAINT, "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "x", "x0": step, "x1": step, "yref": "y domain", "y0": 0, "y1": 1, "line": line}


def _apart(labels: list[tuple[float, str, str]], low: float, high: float, pixels: int) -> list[dict[str, Any]]:
    """Names in the right margin, each near its value but not upon its neighbour (moved by `yshift` pixels), and none
    above the plot, where the subtitle stands.
    """
    labels = sorted(labels)
    lines = [textwrap.wrap(text, 18, break_long_words=False) for _, text, _ in labels]
    half = [len(each) * _LINE / 2 for each in lines]
    wanted = [(value - low) / (high - low) * pixels for value, _, _ in labels]
    middles, free = [], -np.inf
    for want, room in zip(wanted, half, strict=True):  # upwards: above the one below
        middles.append(max(want, free + room))
        free = middles[-1] + room
    free = float(pixels)
    for i in reversed(range(len(labels))):  # and back: below the one above
        middles[i] = min(middles[i], free - half[i])
        free = middles[i] - half[i]
    return [
        {"text": "<br>".join(lines[i]), "x": 1, "xref": "x domain", "xanchor": "left", "xshift": 6, "align": "left"}
        | {"y": value, "yref": "y", "yanchor": "middle", "yshift": middles[i] - wanted[i], "showarrow": False}
        | {"font": {"size": 13, "color": color}, "name": "reference" if color == style.FAINT else "curve"}
        for i, (value, _, color) in enumerate(labels)
    ]


def _pin_texts(pins: Sequence[Pin], last: int, right: int) -> list[tuple[list[str], bool]]:
    """What stands at each pin, in lines that fit beside it, and whether it runs to the left, where there is more room:
    `right` pixels are to the right of the plot.
    """
    texts = []
    for i, pin in enumerate(pins):
        share = pin.step / max(last, 1)
        room = share * _WIDTH + _LEFT, (1 - share) * _WIDTH + right
        text = pin.text if len(pins) <= MOST_WRITTEN else str(i + 1)
        texts.append((textwrap.wrap(text, int(max(room) / _CHARACTER) - 1) or [""], room[0] > room[1]))
    return texts


def _pin_rows(pins: Sequence[Pin], texts: Sequence[tuple[list[str], bool]], last: int) -> list[int]:
    """The row above the plot from which each pin is written upwards so that neighbours stay apart; -1: not written.

    A few pins are written out, many are numbered in one row, very many are markers only.
    """
    if len(pins) > MOST_NUMBERED:
        return [-1] * len(pins)
    rows: list[int] = []
    taken: list[tuple[int, float, float]] = []  # row, first and last pixel of what is written there
    for pin, (lines, leftwards) in zip(pins, texts, strict=True):
        at, width = pin.step / max(last, 1) * _WIDTH, _CHARACTER * (max(map(len, lines)) + 2)
        start, end = (at - width, at) if leftwards else (at, at + width)
        blocked = {row for row, first, past in taken if first < end and start < past}
        row = next(row for row in count() if not blocked & set(range(row, row + len(lines))))
        row = -1 if row and len(pins) > MOST_WRITTEN else row
        taken += [(row + line, start, end) for line in range(len(lines))]
        rows.append(row)
    return rows


def _posts(pins: Sequence[Pin]) -> list[dict[str, Any]]:
    steps = sorted({pin.step for pin in pins})
    return [_post(step) for step in steps] if len(steps) <= MOST_POSTS else []


def _pins(pins: Sequence[Pin], texts: Sequence[tuple[list[str], bool]], rows: Sequence[int]) -> go.Scatter:
    """Markers at the top edge. Line breaks below a pin's text lift it into its row."""
    numbered, placed = len(pins) > MOST_WRITTEN, zip(texts, rows, strict=True)
    written = ["<br>".join(lines) + "<br>\u00a0" * row if row >= 0 else "" for (lines, _), row in placed]
    return go.Scatter(
        x=np.array([pin.step for pin in pins], dtype=np.int32),
        y=np.ones(len(pins), dtype=np.float32),
        yaxis="y2",
        mode="markers+text",
        marker={"symbol": "triangle-down", "size": 11, "color": style.INK},
        text=written,
        textposition=["top center" if numbered else "top left" if leftwards else "top right" for _, leftwards in texts],
        textfont={"size": 13, "color": style.INK},
        hovertext=[f"change {i + 1}, step {pin.step}: {pin.text}" for i, pin in enumerate(pins)],
        hoverinfo="text",
        cliponaxis=False,
        name="changes",
    )
