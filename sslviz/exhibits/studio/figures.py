"""The colours of three crops as histograms, and how often colour alone tells which two belong together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import style

HOW_TO_READ = (
    "Each panel: how many pixels are how bright in one colour. Where the lines of crops A and B coincide and "
    "the third does not, the pair is found without a look at shapes."
)
HOW_TO_READ_FOUND = (
    "Read up from N: how often the crop with the most similar histogram is the right one. A line at the top is a "
    "shortcut; on the dashed line colour tells nothing."
)
CHANNELS = ("red", "green", "blue")
CROPS = (  # name, colour, dash, width
    ("crop A", style.CLASSES[0], "solid", 3),
    ("crop B, same picture", style.POSITIVE, "dash", 3),
    ("another picture", style.FAINT, "dot", 2.5),
)


PANEL, ROOM = 0.31, 0.11  # of the figure: the width of a panel, the room for text above or below it


@dataclass(frozen=True)
class Crops:
    """shares: 3 crops x 3 colours x bins. common: what A and B, and A and the other picture, share, from 0 to 1."""

    name: str
    shares: np.ndarray
    common: tuple[float, float]


@dataclass(frozen=True)
class Found:
    """Share that is matched rightly among 1, 2 … candidates."""

    name: str
    share: np.ndarray
    color: str


def histograms(rows: Sequence[Crops], *, height: int = 560) -> go.Figure:
    """One line of three panels, red, green and blue, for each row of crops."""
    traces: list[go.Scatter] = []
    axes: dict[str, Any] = {}
    notes = []
    for line, row in enumerate(rows):
        bottom = (len(rows) - 1 - line) / len(rows)
        domain = [bottom + (ROOM if line == len(rows) - 1 else ROOM / 2), bottom + 1 / len(rows) - ROOM]
        both, other = row.common
        text = f"<b>{row.name}</b>: A and B have {both:.0%} in common, A and the other picture {other:.0%}"
        notes.append(
            {"text": text, "showarrow": False, "x": 0, "xref": "paper", "xanchor": "left", "font": {"size": 15}}
            | {"y": domain[1], "yref": "paper", "yanchor": "bottom", "yshift": 6}
        )
        for channel, name in enumerate(CHANNELS):
            number = len(CHANNELS) * line + channel + 1
            left = channel * (1 - PANEL) / 2
            axes[f"xaxis{number}"] = {"domain": [left, left + PANEL], "anchor": f"y{number}", "range": [0, 256]} | {
                "title": {"text": f"{name} (0 … 255)"} if line == len(rows) - 1 else {},
                "tickvals": [0, 100, 200],
            }
            axes[f"yaxis{number}"] = {"anchor": f"x{number}", "domain": domain, "rangemode": "tozero", "nticks": 4} | (
                {"title": {"text": "pixels (%)"}}
                if channel == 0
                else {"matches": f"y{number - channel}", "showticklabels": False}
            )
            traces += _panel(row.shares[:, channel], name, number)
    return style.figure(
        *traces,
        title="Colours of the three crops",
        height=height,
        hovermode="closest",
        legend=style.BELOW,
        annotations=notes,
        **axes,
    )


def _panel(shares: np.ndarray, channel: str, number: int) -> list[go.Scatter]:
    """Three steps, one for each crop: 3 x bins."""
    edges = (np.arange(shares.shape[1] + 1) * 256 / shares.shape[1]).astype(np.float32)
    return [
        go.Scatter(
            x=edges,
            y=100 * np.append(share, share[-1]).astype(np.float32),
            name=name,
            legendgroup=name,
            showlegend=number == 1,
            mode="lines",
            line={"color": color, "dash": dash, "width": width, "shape": "hv"},
            xaxis=f"x{number}",
            yaxis=f"y{number}",
            hovertemplate=f"{name}: %{{y:.1f}} % of the pixels<br>{channel} from %{{x:.0f}}<extra></extra>",
        )
        for share, (name, color, dash, width) in zip(shares, CROPS, strict=True)
    ]


def found(curves: Sequence[Found], *, height: int = 360) -> go.Figure:
    """The share over the number of candidates N = 2 …, on a logarithmic axis, and chance 1/N."""
    n = np.arange(2, max(len(curve.share) for curve in curves) + 1)
    lines = [(curve.name, curve.share[1:], curve.color, "solid", 3) for curve in curves]
    traces = [
        go.Scatter(
            x=n.astype(np.int32),
            y=(100 * share).astype(np.float32),
            name=name,
            mode="lines",
            line={"color": color, "dash": dash, "width": width},
            hovertemplate=f"{name}: %{{y:.1f}} % among %{{x}}<extra></extra>",
        )
        for name, share, color, dash, width in [*lines, ("chance, 1/N", 1 / n, style.FAINT, "dash", 2)]
    ]
    ticks = [2**k for k in range(1, int(np.log2(n[-1])) + 1)]
    return style.figure(
        *traces,
        title="Matched by colour alone",
        height=height,
        hovermode="closest",
        showlegend=True,
        legend=style.BELOW,
        xaxis={"title": {"text": "candidates N (logarithmic)"}, "type": "log"}
        | {"tickvals": ticks, "ticktext": [str(tick) for tick in ticks]},
        yaxis={"title": {"text": "pictures matched correctly (%)"}, "range": [0, 104]},
    )
