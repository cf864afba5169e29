"""The tensors of one training step as pictures: what passed through on the way forward, and what came back."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import mae, style, tiles

MOST_NAMES = 32  # rows up to which each one is named
MOST_COLUMNS = 256
LEGEND = {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.0, "yanchor": "bottom"}
HOW_TO_READ_SIGNED = "Green: the loss grows with this number; brown: it falls; pale: the loss hardly depends on it."
HOW_TO_READ_MASK = "Each column is one picture: its view, and below it what the encoder is given."
HOW_TO_READ_PAINTED = "Each column is one picture. Compare prediction and truth where the first row is grey."
HOW_TO_READ_ERRORS = (
    "Below each picture, the error of each patch: dark blue = right, yellow = far off, empty = does not count. The "
    "number is the picture's mean."
)
HOW_TO_READ_MAPS = (
    "Below each picture, how strongly the channels of a stage answer at each place, on average; yellow is the stage's "
    "strongest answer. Each further stage has half as many places each way, and more channels."
)
HOW_TO_READ_PIXELS = (
    "Yellow pixels are those that the loss depends on most. Pixels are not changed: the gradient that arrives here "
    "shows what in the picture mattered to this step."
)


def heat(  # noqa: PLR0913 - the words of two axes, by keyword
    values: np.ndarray,
    *,
    title: str,
    unit: str,
    subtitle: str = "",
    rows: Sequence[str] = (),
    x_title: str = "channel",
    y_title: str = "view",
    signed: bool = False,
    square: bool = False,
    top: float | None = None,
    columns: Sequence[str] = (),
) -> go.Figure:
    """B x d numbers; rows, columns: their names, shown where there is room.

    signed: colours that part at 0; else from 0 to the largest, unless the least is below 0.
    """
    values = np.nan_to_num(np.asarray(values, np.float32))[:, :MOST_COLUMNS]
    most = top or float(np.abs(values).max()) or 1.0
    signed = signed or float(values.min()) < 0
    named = len(rows) == len(values)
    few = named and len(rows) <= MOST_NAMES
    trace = go.Heatmap(
        z=values,
        zmin=-most if signed else 0,
        zmax=most,
        colorscale=style.DIVERGING if signed else style.SEQUENTIAL,
        colorbar={"title": {"text": unit, "side": "right"}, "tickformat": ".2~g", "exponentformat": "e"}
        | style.COLORBAR,
        xgap=1 if square else 0,
        ygap=1,
        customdata=np.array(rows)[:, None].repeat(values.shape[1], 1) if named else None,
        hovertemplate=f"{y_title} {'%{customdata}' if named else '%{y}'}, {x_title} %{{x}}: %{{z:.3~g}}<extra></extra>",
    )
    narrow = values.shape[1] <= MOST_NAMES
    across = {"tickvals": list(range(values.shape[1])), "ticktext": list(columns)} if columns and narrow else {}
    names = {"tickvals": list(range(len(rows))), "ticktext": list(rows)} if few else {}
    tall: dict[str, Any] = {
        "autorange": "reversed",
        "showgrid": False,
        "ticks": "",
        "title": {"text": y_title},
        **names,
    }
    wide: dict[str, Any] = {"showgrid": False, "title": {"text": x_title}, "ticks": "", **across}
    if square:
        tall |= {"scaleanchor": "x", "constraintoward": "top", "constrain": "domain"}
        wide |= {"constrain": "domain", **names}
    return style.figure(
        trace,
        title=title,
        subtitle=subtitle,
        height=max(420, 130 + 18 * len(rows)) if few else 420,
        yaxis=tall,
        xaxis=wide,
        margin={"l": 8, "r": 12, "t": 76 if subtitle else 52, "b": 8},
    )


def views(pictures: Sequence[np.ndarray], names: Sequence[str], *, title: str) -> go.Figure:
    """Rows of N pictures each, uint8 N x H x W x 3; small crops are enlarged to the size of the first."""
    size = pictures[0].shape[1]
    rows = [
        tiles.Row(name, each.repeat(k := max(1, size // each.shape[1]), 1).repeat(k, 2))
        for name, each in zip(names, pictures, strict=True)
    ]
    return tiles.figure(rows, title=title, x_title="picture", width=680)


def masked(truth: np.ndarray, mask: np.ndarray) -> go.Figure:
    """The views (uint8 N x H x W x 3), and what is left of them: the hidden patches (bool N x L) are grey."""
    return views([truth, _visible(truth, mask)], ["view", "visible"], title="What the encoder is given")


def painted(truth: np.ndarray, mask: np.ndarray, prediction: np.ndarray) -> go.Figure:
    """What was visible, the prediction in the place of what was hidden, the truth: uint8 N x H x W x 3 each."""
    pasted = np.stack([mae.pasted(p, t, m) for p, t, m in zip(prediction, truth, mask, strict=True)])
    rows = [_visible(truth, mask), pasted, truth]
    return views(rows, ["visible", "predicted", "truth"], title="What the network predicts under the mask")


def errors(truth: np.ndarray, counted: np.ndarray, error: np.ndarray) -> go.Figure:
    """The error of each patch that counts (bool N x L) below its picture, and the mean below both. error: N x L."""
    side = round(counted.shape[1] ** 0.5)
    shown = np.where(counted, error, np.float32(np.nan)).astype(np.float32).reshape(-1, side, side)
    return tiles.figure(
        [tiles.Row("truth", truth), tiles.Row("error", numbers=shown)],
        title="Error of each patch",
        x_title="picture, and its mean error",
        columns=[f"{i + 1}<br>{np.nanmean(one):.3g}" for i, one in enumerate(shown)],
        scale=(0, tiles.top_of(shown)),
        scale_title="mean squared error of a patch",
        hover="%{z:.3g}",
        width=680,
    )


def _visible(truth: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return np.stack([mae.visible(t, m) for t, m in zip(truth, mask, strict=True)])


def under(
    pictures: Sequence[np.ndarray],
    numbers: Sequence[np.ndarray],
    names: Sequence[tuple[str, str]],
    *,
    title: str,
    scale_title: str,
) -> go.Figure:
    """Below each row of pictures (uint8 N x H x W x 3) the numbers that belong to it: N x h x w, of any resolution, or
    several such rows. Scaled from 0 to the largest of its row of numbers.
    """
    rows = []
    for picture, number, (name, below) in zip(pictures, numbers, names, strict=True):
        shown = np.nan_to_num(np.asarray(number, np.float32))
        if len(picture):
            rows.append(tiles.Row(name, picture))
        rows.append(tiles.Row(below, numbers=shown / max(float(shown.max()), 1e-30)))
    return tiles.figure(rows, title=title, x_title="picture", scale_title=scale_title, width=680)


def terms(
    before: np.ndarray, rows: Sequence[str], *, title: str, row: str = "view", after: np.ndarray | None = None
) -> go.Figure:
    """The loss of each row (a view, say), and their mean; beside it, if there is, the loss after the step."""
    x = np.arange(len(before), dtype=np.int32)
    kinds = [("before", before, style.CLASSES[0])] + ([("after", after, style.CLASSES[1])] if after is not None else [])
    bars = [
        go.Bar(
            x=x,
            y=np.asarray(values, np.float32),
            name=f"{name}: mean {values.mean():.4g}",
            marker={"color": color, "line": {"width": 0}},
            hovertemplate=f"{name}, {row} %{{x}}: %{{y:.4~g}}<extra></extra>",
        )
        for name, values, color in kinds
    ]
    lines = [
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": float(values.mean()), "y1": float(values.mean())}
        | {"line": {"color": color, "width": 2, "dash": "dash"}}
        for _, values, color in kinds
    ]
    return style.figure(
        *bars,
        title=title,
        height=420,
        shapes=lines,
        showlegend=True,
        legend=LEGEND,
        margin={"l": 8, "r": 12, "t": 84, "b": 8},
        xaxis={"title": {"text": row}, "tickvals": x, "ticktext": list(rows), "showgrid": False},
        yaxis={"title": {"text": f"loss of this {row} (nats)" if "ln" in title else f"loss of this {row}"}},
    )
