"""Before and after the projection head: what a probe reads off h and off z, and what is left with each kind of head."""

import pandas as pd
import plotly.graph_objects as go

from sslviz.figures import evaluation

HOW_TO_READ = (
    "For each factor of the pictures, how often a probe reads it off h and off z; ticks: the same network with random "
    "weights, and chance: where z lies below h, the head has taken the blow."
)
HEADS = {"none": "none", "linear": "linear", "mlp": "MLP"}  # the knob -> on the page
PAPER = pd.DataFrame(  # SimCLR (Chen et al. 2020), Table 3
    {
        "asked of a picture": ["in colour or grey?", "which rotation?", "original or corrupted?", "original or Sobel?"],
        "h": [99.3, 67.6, 99.5, 96.6],
        "g(h) = z": [97.4, 25.6, 59.6, 56.3],
    }
)
PAPER_HEADS = "linear probe of h by head: non-linear ahead of linear by ≈ 3 %, and of none by more than 10 %"


def pairs(rows: pd.DataFrame, *, title: str, height: int = 400) -> go.Figure:
    """h against z for each factor. rows: encoder (trained, random), features (h, z), target, chance, score."""
    return evaluation.factors(rows, title=title, height=height)


def by_head(tables: dict[str, pd.DataFrame | None]) -> pd.DataFrame:
    """A row for each factor, two columns for each head: what is read off its h and its z, in percent.

    tables: head -> rows of one probe, as for `pairs`; None: no such run, or nothing measured. That column is empty.
    """
    found: dict[str, dict[str, float]] = {}
    for head, rows in tables.items():
        for features in ("h", "z"):
            scores = found.setdefault(f"{HEADS[head]}: {features}", {})
            some = rows[(rows["encoder"] == "trained") & (rows["features"] == features)] if rows is not None else None
            if some is not None:
                scores |= dict(zip(some["target"].str.replace("_", " "), 100 * some["score"], strict=True))
    factors = list(dict.fromkeys(factor for scores in found.values() for factor in scores))
    table = pd.DataFrame({name: [scores.get(f) for f in factors] for name, scores in found.items()}, dtype=float)
    table.insert(0, "asked for", factors)
    return table
