"""What the mask ratio does: our own runs over ratio and type of mask, and, apart, what the paper reports."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from sslviz.figures import style

HOW_TO_READ = (
    "Each dot is one of our own runs, all equally long: its mask ratio to the right, how much a linear probe reads off "
    "its h upwards; dashed: random weights."
)
HOW_TO_READ_PAPER = (
    "The paper's numbers, from its network and its pictures (lines only join what its text reports): compare the "
    "order, never the heights."
)
HOW_TO_READ_OWN = (
    "Each run under the mask it was trained with (test pictures); dotted: painting each hidden patch's own mean. "
    "Errors at different ratios are errors of **different tasks**: a dot that is higher need not have learnt less."
)
HOW_TO_READ_COMMON = (
    "All runs under one and the same kind of mask, 75 % random, so that they can be compared: lower is better, and "
    "whoever trained on that very mask is at home."
)
KINDS = {  # type of mask -> colour, dash, marker
    "random": (style.CLASSES[0], "solid", "circle"),
    "block": (style.CLASSES[1], "dash", "square"),
    "grid": (style.CLASSES[2], "dot", "triangle-up"),
}


def linear(runs: pd.DataFrame) -> go.Figure:
    """runs: a row per run with mask_type, mask_ratio (0 … 1), linear and linear_random_init (0 … 1), steps, seed."""
    chance = float(runs["linear_random_init"].mean())
    figure = _figure(
        [*_lines(runs, "linear", "%{y:.1%}")],
        title="Linear probe over the mask ratio (ours)",
        subtitle=_about(runs),
        y={"title": {"text": "linear probe, 10 shapes"}, "tickformat": ".0%"},
    )
    figure.add_hline(chance, line={"color": style.FAINT, "width": 1.5, "dash": "dash"})
    figure.add_annotation(
        text=f"random weights {chance:.0%}", x=0, xref="x domain", xanchor="left", y=chance, yanchor="bottom"
    ).update_annotations(showarrow=False, font={"size": 13, "color": style.FAINT})
    return figure


def error(runs: pd.DataFrame) -> go.Figure:
    """runs: as above, with masked_error and patch_mean_error under each run's own mask."""
    trivial = _lines(runs, "patch_mean_error", "%{y:.4f}", faint=True)
    return _figure(
        [*_lines(runs, "masked_error", "%{y:.4f}"), *trivial],
        title="Error under its own mask (ours)",
        subtitle=_about(runs),
        y={"title": {"text": "mean squared error, hidden patches"}, "rangemode": "tozero"},
    )


def common(runs: pd.DataFrame) -> go.Figure:
    """runs: as above, with common_error and common_patch_mean_error, under one mask for all."""
    figure = _figure(
        [*_lines(runs, "common_error", "%{y:.4f}")],
        title="Error under one mask for all: 75 % random (ours)",
        subtitle=_about(runs),
        y={"title": {"text": "mean squared error, hidden patches"}, "rangemode": "tozero"},
    )
    trivial = float(runs["common_patch_mean_error"].mean())
    figure.add_hline(trivial, line={"color": style.FAINT, "width": 1.5, "dash": "dot"})
    figure.add_annotation(text="each patch's own mean", x=0, xref="x domain", xanchor="left", y=trivial)
    return figure.update_annotations(yanchor="bottom", showarrow=False, font={"size": 13, "color": style.FAINT})


def paper(numbers: pd.DataFrame) -> go.Figure:
    """numbers: mask_type, mask_ratio, linear (0 … 1), of a paper."""
    known = numbers.dropna(subset=["linear"])
    return _figure(
        [*_lines(known, "linear", "%{y:.1%}")],
        title="Linear probe over the mask ratio (the paper's)",
        subtitle="He et al. 2021: ViT-L, ImageNet, 1000 classes",
        y={"title": {"text": "linear probe, ImageNet top-1"}, "tickformat": ".0%"},
    )


def _lines(runs: pd.DataFrame, column: str, hover: str, *, faint: bool = False) -> list[go.Scatter]:
    """A line through the means of each type of mask, and a dot per run; `faint`: a dotted line without dots."""
    found = []
    for kind, (color, dash, symbol) in KINDS.items():
        mine = runs[runs["mask_type"] == kind].sort_values("mask_ratio")
        if not len(mine):
            continue
        mean = mine.groupby("mask_ratio", as_index=False)[column].mean()
        common = {
            "name": kind,
            "legendgroup": kind,
            "hovertemplate": f"{kind}, %{{x}} % hidden: {hover}<extra></extra>",
        }
        line = {"color": color, "width": 1.5 if faint else 2.5, "dash": "dot" if faint else dash}
        found.append(
            go.Scatter(
                x=(100 * mean["mask_ratio"]).astype(np.float32),
                y=mean[column].astype(np.float32),
                mode="lines",
                line=line,
                showlegend=False,
                opacity=0.7 if faint else 1,
                **common,
            )
        )
        if not faint:
            marker = {"color": color, "size": 10, "symbol": symbol, "line": {"width": 1.5, "color": style.PAPER}}
            x, y = (100 * mine["mask_ratio"]).astype(np.float32), mine[column].astype(np.float32)
            found.append(go.Scatter(x=x, y=y, mode="markers", marker=marker, **common))
    return found


def _figure(traces: list[go.Scatter], *, title: str, subtitle: str, y: dict[str, object]) -> go.Figure:
    return style.figure(
        *traces,
        title=title,
        subtitle=subtitle,
        height=380,
        hovermode="closest",
        showlegend=True,
        legend=style.BELOW,
        margin={"l": 8, "r": 12, "t": 76, "b": 8},
        xaxis={"title": {"text": "mask ratio (% of the patches hidden)"}, "range": [0, 100]},
        yaxis=y,
    )


def _about(runs: pd.DataFrame) -> str:
    seeds = runs["seed"].nunique()
    return f"MAE on shapes, {runs['steps'].iloc[0]:,} steps, {seeds} seed{'s' * (seeds > 1)}"
