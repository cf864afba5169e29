"""The history of one picture as a few bytes: what of it changes, at every recorded moment.

One line of JSON, then the numbers of all moments, one after the other (history.js reads them). The line says at which
step, after how many seconds and images each moment was recorded, and what the picture is then called.
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sslviz.runs.folder import RunFolder
from sslviz.views.plot.plot import encode
from sslviz.views.plot.recorded import metrics

NOTHING = -(2**15)  # in place of NaN
FINE = 2**15 - 1  # a cosine of 1
MOST_BYTES = 6_000_000
AXES = ("seconds", "images")


def spent(run: RunFolder, steps: Sequence[int]) -> dict[str, list[float]]:
    """How many seconds and images each of these steps had taken; the steps themselves, if nobody wrote it down."""
    table = metrics(run)
    known = {"step", *AXES} <= set(table.columns)
    return {
        axis: np.interp(steps, table["step"], table[axis]).round(4).tolist() if known else [float(s) for s in steps]
        for axis in AXES
    }


def cells(run: RunFolder, steps: Sequence[int], cosines: Sequence[np.ndarray], title: str) -> bytes:
    """Heat maps of numbers in [-1, 1], one n x n array a moment, to 5 digits; NaN: an empty cell."""
    z = np.stack([np.clip(np.asarray(one, np.float32), -1, 1) for one in cosines])
    whole = np.where(np.isfinite(z), np.nan_to_num(z) * FINE, NOTHING).round().astype("<i2")
    return _written("cells", run, steps, title, whole, scale=1 / FINE, nothing=NOTHING)


def places(run: RunFolder, steps: Sequence[int], layouts: np.ndarray, title: str) -> bytes:
    """Points that wander. layouts: T x N x 2, kept to a 65,000th of the widest layout."""
    low, high = extent(layouts)
    whole = ((layouts - low) / (high - low) * (2**16 - 1)).round().astype("<u2")
    return _written("places", run, steps, title, whole, low=low.tolist(), high=high.tolist())


def heights(
    run: RunFolder, steps: Sequence[int], values: np.ndarray, title: str, subtitles: Sequence[str] = ()
) -> bytes:
    """A curve whose values change. values: T x d, of the first trace."""
    return _written("heights", run, steps, title, values.astype("<f4"), subtitles=list(subtitles))


def figures(run: RunFolder, steps: Sequence[int], pictures: Sequence[go.Figure]) -> bytes:
    """Whole figures, one line of JSON each: for pictures of which everything changes. Large ones: fewer moments."""
    lines, steps = [encode(figure) for figure in pictures], list(steps)
    while sum(map(len, lines)) > MOST_BYTES and len(lines) > 2:
        kept = sorted({*range(0, len(lines), 2), len(lines) - 1})
        lines, steps = [lines[i] for i in kept], [steps[i] for i in kept]
    return b"\n".join([_header("figures", run, steps, ""), *lines])


def extent(layouts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The corners of the box that holds all points of all moments, 2 numbers each; never an empty box."""
    low, high = layouts.reshape(-1, 2).min(0).astype(np.float64), layouts.reshape(-1, 2).max(0).astype(np.float64)
    return low, np.where(high - low > 0, high, low + 1)


def _written(kind: str, run: RunFolder, steps: Sequence[int], title: str, numbers: np.ndarray, **more: Any) -> bytes:
    return _header(kind, run, steps, title, shape=numbers.shape, **more) + b"\n" + numbers.tobytes()


def _header(kind: str, run: RunFolder, steps: Sequence[int], title: str, **more: Any) -> bytes:
    """title: with {step} in it."""
    known = {"kind": kind, "title": title, "step": list(steps), **spent(run, steps)}
    return json.dumps({**known, **more}).encode()
