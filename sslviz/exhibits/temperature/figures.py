"""The same scores under several temperatures: their softmax side by side, and its entropy as a curve."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from sslviz.figures import style
from sslviz.measures.scores import FINAL

HOW_TO_READ = (
    "Each group of bars is one temperature, each bar the probability of one candidate (they add up to 1): a small τ "
    "gives everything to the largest score, a large τ makes all bars equal."
)
HOW_TO_READ_ENTROPY = (
    "Left: one candidate has everything (H = 0). Right, at the dashed line: all are equally likely (H = ln n). "
    "Dots are your temperatures; grey triangles are the best ones of two papers, on their own data."
)
HOW_TO_READ_SWEEP = (
    "Each dot is one of our own runs from one seed, the line is their mean: with too small or too large a τ they learn "
    "less. Dotted: how often a view finds its partner among all views of the batch. Grey triangles: the best τ of two "
    "papers."
)


def bars(
    probabilities: Sequence[np.ndarray], temperatures: Sequence[float], names: Sequence[str], *, height: int = 360
) -> go.Figure:
    """One group of bars per temperature. probabilities: one array of n per temperature, the positive first."""
    n = len(names)
    starts = np.arange(len(temperatures)) * (n + 1)
    x = starts[:, None] + np.arange(n)[None, :]  # temperatures x n
    p = np.stack(list(probabilities))
    groups = {"positive": (slice(0, 1), style.POSITIVE), "negatives": (slice(1, None), style.NEGATIVE)}
    few = p.size <= 12
    traces = [
        style.bars(
            x[:, part].ravel().astype(np.int32),
            p[:, part].ravel().astype(np.float32),
            color,
            name=name,
            width=0.85,
            text=[f"{value:.3f}" for value in p[:, part].ravel()] if few else None,
            textposition="outside",
            cliponaxis=False,
            hovertext=[
                f"{names[k]} at τ = {tau:g}: P = {p[row, k]:.5f}"
                for row, tau in enumerate(temperatures)
                for k in range(n)[part]
            ],
            hoverinfo="text",
        )
        for name, (part, color) in groups.items()
    ]
    middle = starts + (n - 1) / 2
    return style.figure(
        *traces,
        title="The same scores after the softmax",
        height=height,
        barmode="overlay",
        showlegend=True,
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"},
        margin={"l": 8, "r": 12, "t": 84, "b": 8},
        xaxis={"title": {"text": "candidates, by temperature"}, "showgrid": False, "ticks": ""}
        | {"tickvals": middle.tolist(), "ticktext": [f"τ = {tau:g}" for tau in temperatures]}
        | {"range": [-0.7, float(x.max()) + 0.7]},
        yaxis={"title": {"text": "probability P"}, "range": [0, 1.08], "tickvals": [0, 0.25, 0.5, 0.75, 1]},
    )


def entropy(
    grid: np.ndarray,
    curve: np.ndarray,
    temperatures: Sequence[float],
    chosen: Sequence[float],
    candidates: int,
    papers: dict[str, float],
    *,
    height: int = 360,
) -> go.Figure:
    """H over log τ. curve: H at `grid`; chosen: H at `temperatures`; papers: name -> temperature, marked at the top."""
    top = float(np.log(candidates))
    ends = np.array([grid[0], grid[-1]], dtype=np.float32)
    hover = "τ = %{x:.3~g}: H = %{y:.3f} nats"
    line = style.line(grid.astype(np.float32), curve.astype(np.float32), style.CLASSES[0], hover)
    level = style.line(ends, np.full(2, top, dtype=np.float32), style.FAINT, width=1.5, dash="dash")
    dots = go.Scatter(
        x=np.array(temperatures, dtype=np.float32),
        y=np.array(chosen, dtype=np.float32),
        mode="markers+text",
        marker={"size": 12, "color": style.POSITIVE, "line": {"width": 2, "color": style.INK}},
        text=[f" τ = {tau:g} " for tau in temperatures],
        textposition=[_beside(tau, h / top) for tau, h in zip(temperatures, chosen, strict=True)],
        cliponaxis=False,
        textfont={"size": 15, "color": style.INK},
        hovertemplate=f"{hover}<extra></extra>",
    )
    return style.figure(
        line,
        level,
        dots,
        _marks(papers, 1.12 * top),
        title="Entropy over the temperature",
        height=height,
        showlegend=False,
        hovermode="closest",
        annotations=[
            {"text": f"ln {candidates} = {top:.3f}: all equal", "showarrow": False, "xref": "x domain", "x": 0}
            | {"xanchor": "left", "y": top, "yref": "y", "yanchor": "top", "font": {"size": 14, "color": style.FAINT}}
        ],
        xaxis={"title": {"text": "temperature τ (logarithmic)"}, "type": "log"}
        | {"range": [float(np.log10(ends[0])) - 0.1, float(np.log10(ends[1])) + 0.1]}
        | {"tickvals": [0.001, 0.01, 0.1, 1, 10], "ticktext": ["0.001", "0.01", "0.1", "1", "10"]},
        yaxis={"title": {"text": "entropy H (nats)"}, "range": [-0.05 * top, 1.42 * top]},
    )


def sweep(runs: pd.DataFrame, papers: dict[str, float], *, height: int = 440) -> go.Figure:
    """Final k-NN over log τ. runs: a row per run with temperature, seed, steps, knn (the final one), knn_random_init,
    contrastive_accuracy; papers: name -> temperature, marked at the top.
    """
    mean = runs.groupby("temperature", as_index=False).mean(numeric_only=True)
    tau, random = mean["temperature"].to_numpy(dtype=np.float32), float(runs["knn_random_init"].mean())
    ends = np.array([tau.min() / 1.6, tau.max() * 1.6], dtype=np.float32)
    hover = "τ = %{x:g}: %{y:.1%}<extra></extra>"
    own, faint = style.CLASSES[0], style.FAINT
    lines = [
        go.Scatter(
            x=tau, y=mean["knn"].astype(np.float32), name=f"{FINAL.name}, mean", line={"color": own, "width": 2.5}
        ),
        go.Scatter(
            x=runs["temperature"].astype(np.float32),
            y=runs["knn"].astype(np.float32),
            mode="markers",
            name=f"{FINAL.name}, one run",
            marker={"size": 9, "color": own, "opacity": 0.6},
        ),
        go.Scatter(
            x=tau,
            y=mean["contrastive_accuracy"].astype(np.float32),
            name="partner found",
            line={"color": style.CLASSES[1], "width": 2, "dash": "dot"},
        ),
        go.Scatter(
            x=ends,
            y=np.full(2, random, dtype=np.float32),
            mode="lines",
            name=f"{FINAL.name}, random weights {random:.0%}",
            line={"color": faint, "width": 1.5, "dash": "dash"},
        ),
    ]
    for line in lines:
        line.hovertemplate = hover
    return style.figure(
        *lines,
        _marks(papers, 1.04),
        title="Our own runs at several temperatures",
        subtitle=f"SimCLR on shapes, {runs['steps'].iloc[0]:,} steps, {runs['seed'].nunique()} seeds",
        height=height,
        hovermode="closest",
        showlegend=True,
        legend=style.BELOW,
        margin={"l": 8, "r": 12, "t": 76, "b": 8},
        xaxis={"title": {"text": "temperature τ (logarithmic)"}, "type": "log", "range": np.log10(ends).tolist()}
        | {"tickvals": tau.tolist(), "ticktext": [f"{t:g}" for t in tau]},
        yaxis={"title": {"text": "accuracy"}, "range": [0, 1.45], "tickvals": [0, 0.25, 0.5, 0.75, 1]}
        | {"ticktext": ["0%", "25%", "50%", "75%", "100%"]},
    )


def _marks(papers: dict[str, float], y: float) -> go.Scatter:
    """Triangles at the height y, over the temperatures that papers found best."""
    return go.Scatter(
        x=np.array(list(papers.values()), dtype=np.float32),
        y=np.full(len(papers), y, dtype=np.float32),
        mode="markers+text",
        marker={"size": 11, "symbol": "triangle-down", "color": style.FAINT},
        text=[name.replace(", ", ",<br>") for name in papers],
        cliponaxis=False,
        textposition=["top left", *["top right"] * (len(papers) - 1)],
        textfont={"size": 13, "color": style.FAINT},
        hovertemplate="%{text}: τ = %{x:g}<extra></extra>",
        showlegend=False,
    )


def _beside(tau: float, height: float) -> str:
    """Where a dot's name is neither upon the rising curve nor outside the plot; height from 0 to 1."""
    if tau > 3:
        return "bottom left"
    if height > 0.5:
        return "bottom right"
    return "top right" if tau < 0.004 else "top left" if height > 0.02 else "top center"
