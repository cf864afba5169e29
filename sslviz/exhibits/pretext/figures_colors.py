"""Colorization in the pretext room: how sure the network is at each place, and its bets on the colour of one."""

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import style, tiles

HOW_TO_READ_PLACE = (
    "All colours that it can choose from, at the lightness of this place; the larger, the more probable; the true one "
    "is ringed."
)
HOW_TO_READ_SURE = (
    "The probability of the likeliest colour: where it is small, bets are spread. Click a place to see them."
)


def sure(confidence: np.ndarray, at: tuple[int, int], *, height: int = 340) -> go.Figure:
    """Probability of the likeliest colour at each place, h x w; `at`: row and column of the framed one."""
    heat = go.Heatmap(
        z=np.asarray(confidence, np.float32),
        zmin=0,
        zmax=tiles.top_of(confidence),
        colorscale=style.SEQUENTIAL,
        colorbar={"title": {"text": "probability", "side": "right"}, "tickformat": ".0%"} | style.COLORBAR,
        hovertemplate="place %{y}, %{x}: %{z:.1%}<extra></extra>",
    )
    row, column = at
    box = {"type": "rect", "x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
    axis = {"showgrid": False, "ticks": "", "constrain": "domain"}
    return style.figure(
        heat,
        title="How sure it is",
        height=height,
        meta={"cells": []},
        shapes=[box | {"line": {"color": style.POSITIVE, "width": 4}}],
        xaxis={**axis, "title": {"text": "column"}},
        yaxis={**axis, "title": {"text": "row"}, "autorange": "reversed", "scaleanchor": "x", "constraintoward": "top"},
    )


def place(bins: np.ndarray, p: np.ndarray, colors: np.ndarray, true: int, *, height: int = 340) -> go.Figure:
    """Bets on the colour of one place. bins: Q x 2; p: Q; colors: uint8 Q x 3, what each bin looks like."""
    size = 6 + 44 * np.sqrt(p / p.max())
    dots = go.Scatter(
        x=bins[:, 0].astype(np.float32),
        y=bins[:, 1].astype(np.float32),
        mode="markers",
        marker={
            "size": size.astype(np.float32),
            "color": [f"rgb({r},{g},{b})" for r, g, b in colors.tolist()],
            "line": {"width": [4.0 if q == true else 0.5 for q in range(len(p))]}
            | {"color": [style.POSITIVE if q == true else style.FAINT for q in range(len(p))]},
        },
        customdata=p.astype(np.float32),
        hovertemplate="a %{x:.0f}, b %{y:.0f}: %{customdata:.1%}<extra></extra>",
    )
    return style.figure(
        dots,
        title="Its bets on this place",
        subtitle=f"likeliest {p.max():.0%} · the true colour {p[true]:.0%}",
        height=height,
        showlegend=False,
        margin={"l": 8, "r": 12, "t": 76, "b": 8},
        xaxis={"title": {"text": "a: green to red (Lab)"}, "range": [-115, 115]},
        yaxis={"title": {"text": "b: blue to yellow (Lab)"}, "range": [-125, 115]},
    )
