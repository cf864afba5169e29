"""Who is ahead, by each evaluation: a line for each run from rank to rank."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import style
from sslviz.figures.compare import DASHES, names_above
from sslviz.foreign import in_plotly

HOW_TO_READ = (
    "Each column is one evaluation, the best run on top. Where two lines cross, the two evaluations disagree about "
    "these two runs."
)


def ranks(
    scores: np.ndarray,
    runs: Sequence[str],
    evaluations: Sequence[str],
    *,
    title: str = "Which run is best? It depends on the evaluation",
    height: int = 0,
) -> go.Figure:
    """Bump chart. scores: runs x evaluations, larger is better, NaN: not measured. Rank 1 is on top."""
    place = ranked(scores)
    across = np.arange(len(evaluations))
    traces = []
    for i, run in enumerate(runs):
        color = style.CLASSES[i % len(style.CLASSES)]
        known = np.isfinite(scores[i])
        traces.append(
            go.Scatter(
                x=across[known].astype(np.float32),
                y=place[i][known].astype(np.float32),
                name=in_plotly(run),
                mode="lines+markers+text",
                line={"color": color, "width": 3, "dash": DASHES[i % len(DASHES)]},
                marker={"size": 13, "color": color, "symbol": style.SYMBOLS[i % len(style.SYMBOLS)]},
                text=[f"{score:.1%}" for score in scores[i][known]],
                textposition="top center",
                hovertext=[
                    f"{in_plotly(run)}<br>{in_plotly(evaluations[j])}: {scores[i, j]:.1%}, rank {place[i, j]:g}"
                    for j in across[known]
                ],
                hoverinfo="text",
                cliponaxis=False,
            )
        )
    rows = max(1, len(runs))
    return style.figure(
        *traces,
        title=title,
        height=height or 190 + 62 * rows,
        hovermode="closest",
        **names_above(len(runs)),
        xaxis={
            "title": {"text": "evaluation"},
            "tickvals": across.tolist(),
            "ticktext": [in_plotly(name).replace(", ", "<br>") for name in evaluations],
        }
        | {"range": [-0.4, len(evaluations) - 0.6], "showgrid": False},
        yaxis={"title": {"text": "rank (1 = best)"}, "tickvals": list(range(1, rows + 1)), "showgrid": False}
        | {"range": [rows + 0.5, 0.35]},
    )


def ranked(scores: np.ndarray) -> np.ndarray:
    """1 for the best of each column; equals share the mean of their ranks; NaN stays NaN. runs x evaluations."""
    place = np.full(scores.shape, np.nan)
    for j in range(scores.shape[1]):
        known = np.flatnonzero(np.isfinite(scores[:, j]))
        mine = scores[known, j]
        better = (mine[None, :] > mine[:, None]).sum(1)
        equal = (mine[None, :] == mine[:, None]).sum(1)
        place[known, j] = better + (equal + 1) / 2
    return place
