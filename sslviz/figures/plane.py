"""Alignment and uniformity: are partners close together, and is everything spread out? Both are needed.

alignment  = mean |z − z'|² of the two views of a picture, 0 … 4
uniformity = log of the mean of exp(−2 |x − y|²) over all pairs, −4 (spread out) … 0 (one point)
Wang & Isola 2020 (arXiv:2005.10242), section 4.1.1
"""

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import style

HOW_TO_READ = (
    "Each point is a moment of the training, the big one the newest: further left the views of a picture are closer "
    "together, further down the pictures are more spread out, so good runs go towards the lower left corner and a "
    "collapse ends in the upper left one (alignment: of the pictures shown above; uniformity: of up to 1,000)."
)
# what the corners mean: (alignment, uniformity, name, where the name stands)
CORNERS = (
    (0.0, 0.0, "collapsed: 0 / 0", "top right"),
    (0.0, -4.0, "ideal: 0 / −4", "top right"),
    (2.0, -4.0, "random: 2 / −4", "bottom left"),
)


def plane(step: np.ndarray, alignment: np.ndarray, uniformity: np.ndarray, *, height: int = 400) -> go.Figure:
    """The path of a training: three arrays of equal length, oldest first; moments with a missing value are left out."""
    x, y = np.asarray(alignment, dtype=np.float32), np.asarray(uniformity, dtype=np.float32)
    known = np.isfinite(x) & np.isfinite(y)
    x, y, steps = x[known], y[known], np.asarray(step, dtype=np.int32)[known]
    last = f"step {steps[-1]}: alignment {x[-1]:.2f} · uniformity {y[-1]:.2f}".replace("-", "−") if len(steps) else ""
    size = np.full(len(x), 8, dtype=np.float32)
    size[-1:] = 20
    path = go.Scatter(
        x=x,
        y=y,
        customdata=steps,
        mode="lines+markers",
        line={"color": style.FAINT, "width": 1.5},
        marker={
            "size": size,
            "opacity": 1,
            "color": steps.astype(np.float32),
            "colorscale": style.SEQUENTIAL,
            "cmin": 0,
            "cmax": float(max(steps[-1:], default=1)) or 1.0,
            "colorbar": {"title": {"text": "step", "side": "right"}, **style.COLORBAR},
            "line": {"color": style.INK, "width": 0.7},
        },
        hovertemplate="step %{customdata}<br>alignment %{x:.3f}, uniformity %{y:.3f}<extra></extra>",
    )
    corners = go.Scatter(
        x=np.array([corner[0] for corner in CORNERS], dtype=np.float32),
        y=np.array([corner[1] for corner in CORNERS], dtype=np.float32),
        mode="markers+text",
        marker={"symbol": "x-thin", "size": 11, "line": {"color": style.INK, "width": 2.5}},
        text=[f" {name} " for _, _, name, _ in CORNERS],
        textposition=[place for *_, place in CORNERS],
        textfont={"size": 14, "color": style.INK},
        hoverinfo="skip",
    )
    return style.figure(
        corners,
        path,
        title="Alignment and uniformity",
        subtitle=last,
        height=height,
        showlegend=False,
        hovermode="closest",
        margin={"l": 8, "r": 12, "t": 76, "b": 8},
        xaxis={"title": {"text": "alignment: distance² of partners (lower = better)"}, "range": [-0.12, 2.2]},
        yaxis={"title": {"text": "uniformity (lower = better)"}, "range": [-4.8, 0.5]},
    )
