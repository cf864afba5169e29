"""Attention against the true mask over many pictures: networks side by side, and one network through its training."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from sslviz.figures import style
from sslviz.figures.curves import Series, curves

HOW_TO_READ = (
    "Overlap with the true figure, mean over the test pictures, with a mark for the mean over the seeds and a bar from "
    "the worst to the best of them; the two masks on the right look at no picture, so what does not beat them has not "
    "found the figure."
)
HOW_TO_READ_EMERGENCE = (
    "How well the attention of the class token covers the figure, mean over pictures that no run trains on, at every "
    "moment of which the weights were kept; step 0 is the network with its random weights."
)
DINO, SUPERVISED, RANDOM, WHOLE, DISC = "dino", "supervised", "random", "whole", "disc"
NETWORKS = {  # as the record calls them -> as the page does
    DINO: "DINO",
    SUPERVISED: "supervised",
    RANDOM: "random weights",
    WHOLE: "whole picture",
    DISC: "middle disc",
}
MEASURES = {  # column -> its name, colour number, symbol
    "best": ("best head", 0, "circle"),
    "mean": ("mean over the heads", 1, "diamond"),
    "map": ("mean of the maps", 2, "square"),
}
TRIVIAL = (WHOLE, DISC)


def measured(rows: pd.DataFrame, *, height: int = 380) -> go.Figure:
    """rows: network, seed, best, mean, map: Jaccard, one row per network and seed; a trivial mask has one number."""
    there = [name for name in NETWORKS if (rows["network"] == name).any()]
    traces = []
    for number, (column, (name, color, symbol)) in enumerate(MEASURES.items()):
        x, y, low, high = [], [], [], []
        for place, network in enumerate(there):
            scores = rows.loc[rows["network"] == network, column]
            if network in TRIVIAL and number:
                continue
            x.append(place + (0 if network in TRIVIAL else (number - 1) * 0.2))
            y.append(scores.mean())
            low.append(scores.mean() - scores.min())
            high.append(scores.max() - scores.mean())
        traces.append(
            go.Scatter(
                x=np.array(x, np.float32),
                y=np.array(y, np.float32),
                mode="markers",
                name=name,
                marker={"symbol": symbol, "size": 12, "color": style.CLASSES[color]},
                error_y={"type": "data", "symmetric": False, "array": high, "arrayminus": low, "width": 5},
                hovertemplate=f"{name}: %{{y:.3f}}<extra></extra>",
            )
        )
    names = [NETWORKS[network].replace(" ", "<br>", 1) for network in there]
    return style.figure(
        *traces,
        title="Attention against the true mask",
        subtitle=f"{rows['seed'].nunique()} seeds",
        height=height,
        margin={"l": 8, "r": 12, "t": 76, "b": 8},
        showlegend=True,
        legend=style.BELOW,
        xaxis={
            "tickvals": list(range(len(there))),
            "ticktext": names,
            "showgrid": False,
            "ticks": "",
            "tickangle": 0,
            "tickfont": {"size": 12},
        }
        | {"title": {"text": "network, or a mask that looks at nothing"}, "range": [-0.5, len(there) - 0.5]},
        yaxis={"title": {"text": "Jaccard"}, "rangemode": "tozero"},
    )


def emergence(
    steps: np.ndarray, best: np.ndarray, mean_map: np.ndarray, lines: dict[str, float], pictures: int
) -> go.Figure:
    """Jaccard over training steps. best: of the best head; mean_map: of the mean of the maps; lines: what to beat."""
    top = max(float(best.max()), float(mean_map.max()), *lines.values())
    return curves(
        [Series("best head", steps, best, 0), Series("mean of the maps", steps, mean_map, 2)],
        title="How it came about",
        subtitle=f"class token, mean over {pictures} test pictures",
        y_title="Jaccard",
        references=lines,
        y_range=(0.0, 1.1 * top),
        height=340,
    )
