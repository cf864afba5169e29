"""How z fills its space: its spread along each principal axis, and along each of its own coordinates."""

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import style
from sslviz.figures.bars import level_label, level_line, sorted_bars

HOW_TO_READ = (
    "The spread of z of up to 1,000 test pictures along its principal axes, largest first, on a logarithmic scale: a "
    "curve near the dashed line uses all dimensions alike, one that falls off a cliff only those before the cliff "
    "(dimensional collapse), and all of it far below the line means that all pictures have become one point."
)
HOW_TO_READ_CHANNELS = (
    "Each bar is the standard deviation of one coordinate of z over up to 1,000 test pictures: near the dashed line "
    "when z is spread evenly over the sphere, 0 when the network gives every picture the same answer."
)
FLOOR = 1e-4  # smaller values are drawn here


def spectrum(
    sigma: np.ndarray, *, first: np.ndarray | None = None, moment: str = "untrained network", height: int = 340
) -> go.Figure:
    """Singular values over sqrt(N) of the l2-normalised z minus its mean (measures.collapse.spectrum), largest first.

    first: the same at another moment, drawn thin and dotted, and named `moment`.
    """
    now = np.asarray(sigma, dtype=np.float32)
    even = float(1 / np.sqrt(len(now)))
    traces = [_line(now, "now", "solid", 3)]
    if first is not None:
        traces.append(_line(np.asarray(first, dtype=np.float32), moment, "dot", 2))
    return style.figure(
        *traces,
        level_line(even, 0.5, len(now) + 0.5).update(showlegend=False),
        title="Singular spectrum of z",
        subtitle=used(now),
        height=height,
        showlegend=first is not None,
        hovermode="closest",
        margin={"l": 8, "r": 12, "t": 76, "b": 8},
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "top"},
        annotations=[level_label(np.log10(even), f"even spread 1/√d = {even:.3f}")],  # on a logarithmic axis: log10
        xaxis={"title": {"text": "principal axis"}, "range": [0.5, len(now) + 0.5]},
        yaxis={"title": {"text": "spread (no unit)"}, "type": "log", "range": [np.log10(FLOOR), 0.7], "dtick": 1}
        | {"exponentformat": "power"},
    )


def used(sigma: np.ndarray) -> str:
    """How many axes are used, in words."""
    even = 1 / np.sqrt(len(sigma))
    return f"axes with more than a tenth of the even spread: {int((sigma > even / 10).sum())} of {len(sigma)}"


def channels(std: np.ndarray, *, height: int = 320) -> go.Figure:
    """Standard deviation of each coordinate of the l2-normalised z, d numbers, sorted; all 1/√d if even."""
    std = np.asarray(std, dtype=np.float32)
    even = float(1 / np.sqrt(len(std)))
    return sorted_bars(
        std,
        even,
        f"even spread 1/√d = {even:.3f}",
        title="Standard deviation of each coordinate of z",
        subtitle=f"mean {std.mean():.3f} · below a tenth of 1/√d: {int((std < even / 10).sum())} of {len(std)}",
        x_title="coordinates of z, widest first",
        y_title="standard deviation (no unit)",
        height=height,
    )


def _line(sigma: np.ndarray, name: str, dash: str, width: float) -> go.Scatter:
    return go.Scatter(
        x=np.arange(1, len(sigma) + 1, dtype=np.int32),
        y=np.maximum(sigma, np.float32(FLOOR)),
        name=name,
        mode="lines+markers" if len(sigma) == 1 else "lines",
        line={"color": style.CLASSES[0] if dash == "solid" else style.FAINT, "width": width, "dash": dash},
        hovertemplate=f"{name}, axis %{{x}}: %{{y:.3~g}}<extra></extra>",
    )
