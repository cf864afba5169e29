"""Parallel coordinates: every run a line from axis to axis, settings on the left, what came of them on the right.

Drawn as ordinary lines, each in the colour, dash and symbol that its run has everywhere: no WebGL is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import style
from sslviz.figures.compare import DASHES
from sslviz.foreign import in_legend, in_plotly

HOW_TO_READ = (
    "One line per run; every axis has its own scale, from the smallest value at the bottom to the largest on top. "
    "Where lines keep their order from a setting to a score, the setting may matter; where they cross, other things do."
)
WIDE = 10  # axes whose values differ by more than this factor are logarithmic


@dataclass(frozen=True)
class Axis:
    """What the runs have of one thing: numbers, or words; None: it has none. score: drawn as a share."""

    name: str
    values: Sequence[float | str | None]
    score: bool = False

    @property
    def is_numeric(self) -> bool:
        return all(value is None or isinstance(value, int | float) for value in self.values)


def parallel(axes: Sequence[Axis], runs: Sequence[str], *, height: int = 420) -> go.Figure:
    """axes: at least one, each with a value per run."""
    placed = [place(axis) for axis in axes]
    across = np.arange(len(axes), dtype=np.float32)
    traces = []
    for i, run in enumerate(runs):
        color = style.CLASSES[i % len(style.CLASSES)]
        traces.append(
            go.Scatter(
                x=across,
                y=np.array([heights[i] for heights in placed], dtype=np.float32),
                name=in_plotly(run),
                mode="lines+markers",
                connectgaps=False,
                line={"color": color, "width": 2.5, "dash": DASHES[i % len(DASHES)]},
                marker={"size": 10, "color": color, "symbol": style.SYMBOLS[i % len(style.SYMBOLS)]},
                hovertext=[
                    f"{in_plotly(run)}<br>{in_plotly(axis.name)}: {in_plotly(written(axis, axis.values[i]))}"
                    for axis in axes
                ],
                hoverinfo="text",
                cliponaxis=False,
            )
        )
    return style.figure(
        *traces,
        title="Settings that differ, and scores",
        height=height,
        hovermode="closest",
        showlegend=len(runs) > 1,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        margin={"l": 24, "r": 60, "t": 66 + 22 * -(-len(runs) // 2), "b": 8},
        xaxis={
            "title": {"text": "setting or score (each on its own scale)"},
            "tickvals": across.tolist(),
            "ticktext": [in_plotly(axis.name.replace("_", " ")).replace(", ", "<br>") for axis in axes],
            "range": [-0.3, len(axes) - 0.5],
            "gridcolor": style.FAINT,
        },
        yaxis={"visible": False, "range": [-0.06, 1.06]},
        annotations=[
            note for x, (axis, heights) in enumerate(zip(axes, placed, strict=True)) for note in _ends(x, axis, heights)
        ],
    )


def place(axis: Axis) -> list[float]:
    """The height of each run on this axis, 0 to 1; NaN where it has no value; all the same: the middle."""
    if axis.is_numeric:
        values = np.array([np.nan if value is None else float(value) for value in axis.values])
        known = values[np.isfinite(values)]
        if len(known) and known.min() > 0 and known.max() > WIDE * known.min():
            values = np.log(values)
    else:
        words = sorted({str(value) for value in axis.values if value is not None})
        values = np.array([np.nan if value is None else words.index(str(value)) for value in axis.values], dtype=float)
    low, high = (np.nanmin(values), np.nanmax(values)) if np.isfinite(values).any() else (0.0, 0.0)
    heights = (values - low) / (high - low) if high > low else np.where(np.isfinite(values), 0.5, np.nan)
    return [float(height) for height in heights]


def written(axis: Axis, value: float | str | None) -> str:
    if value is None:
        return "none"
    if isinstance(value, str | bool):
        return str(value)
    return f"{value:.1%}" if axis.score else f"{value:g}"


def _ends(x: int, axis: Axis, heights: Sequence[float]) -> list[dict[str, Any]]:
    """The values beside an axis: all words, of numbers the smallest and the largest."""
    known = {
        round(height, 6): in_legend(written(axis, value))
        for height, value in zip(heights, axis.values, strict=True)
        if np.isfinite(height)
    }
    shown = {h: text for h, text in known.items() if not axis.is_numeric or h in (min(known), max(known))}
    common = {"x": x, "xref": "x", "yref": "y", "xanchor": "left", "xshift": 9, "yanchor": "middle", "showarrow": False}
    common |= {"bgcolor": style.PAPER, "opacity": 0.85}
    return [{**common, "y": h, "text": text, "font": {"size": 13, "color": style.FAINT}} for h, text in shown.items()]
