"""What a sweep has found: one knob as a curve with a band, two knobs as a heat map that fills while it runs."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from sslviz.exhibits.sweep.cells import Cell, Side
from sslviz.figures import style

HOW_TO_READ_MAP = (
    "One cell per pair of settings; yellow is more. A number is the mean over the seeds, ± their standard deviation; "
    "empty cells have not been trained, an outlined one is being trained now. Click a cell to compare its runs."
)
HOW_TO_READ_MIRRORED = (
    "A cell is trained with the two augmentations of its row and its column and no other; on the diagonal one stands "
    "alone. Each pair stands twice, so that a row can be read from end to end. Yellow is more; click a cell to compare "
    "its runs."
)
HOW_TO_READ_CURVE = (
    "Each dot is one run, the line is the mean over the seeds, the band ± one standard deviation; dashed: the same "
    "network with random weights."
)
FAR_APART = 8  # times larger than the smallest: from there on a knob's axis is logarithmic


def heat(  # noqa: PLR0913 - the words around the cells, by keyword
    cells: Sequence[Cell],
    x: Side,
    y: Side,
    *,
    metric: str,
    title: str,
    subtitle: str = "",
    percent: bool = True,
    mirrored: bool = False,
    height: int = 0,
) -> go.Figure:
    """Cells on a grid, the first row on top. mirrored: what stands at (i, j) stands at (j, i) too."""
    z = np.full((len(y.labels), len(x.labels)), np.nan, dtype=np.float32)
    text, hover = np.full(z.shape, "", dtype=object), np.full(z.shape, "", dtype=object)
    narrow = len(x.labels) > 4  # mean and spread then stand one above the other
    going: list[tuple[int, int, str]] = []
    for cell in cells:
        for row, column in {(cell.row, cell.column), *([(cell.column, cell.row)] if mirrored else [])}:
            z[row, column], text[row, column] = cell.mean, cell.written(percent, "<br>" if narrow else " ")
            hover[row, column] = cell.told(metric, percent)
            if cell.going:
                going.append((row, column, "" if cell.values else cell.going.removesuffix(" trained")))
    known = z[np.isfinite(z)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    heatmap = go.Heatmap(
        z=z,
        zmin=low - (0.01 if low == high else 0),
        zmax=high + (0.01 if low == high else 0),
        text=text.tolist(),
        texttemplate="%{text}",
        textfont={"size": 13 if narrow else 15},
        hovertext=hover.tolist(),
        hoverinfo="text",
        hoverongaps=True,
        colorscale=style.SEQUENTIAL,
        colorbar={"tickformat": ".0%" if percent else "", **style.COLORBAR},
        xgap=2,
        ygap=2,
    )
    frame = {"type": "rect", "line": {"color": style.POSITIVE, "width": 3}}
    empty = {"type": "rect", "line": {"color": style.GRID, "width": 1}, "layer": "below"}
    framed = [(empty, int(r), int(c)) for r, c in np.argwhere(~np.isfinite(z))] + [(frame, r, c) for r, c, _ in going]
    rows, columns = z.shape
    return style.figure(
        heatmap,
        title=title,
        subtitle=subtitle,
        height=height or 150 + max(2, rows) * (52 if rows < 8 else 42),
        meta={"cells": []},  # a click outlines no row
        margin={"l": 8, "r": 12, "t": 76 if subtitle else 52, "b": 8},
        shapes=[{**look, "x0": c - 0.48, "x1": c + 0.48, "y0": r - 0.48, "y1": r + 0.48} for look, r, c in framed],
        annotations=[
            {"x": c, "y": r, "text": note, "showarrow": False, "font": {"size": 14, "color": style.INK}}
            for r, c, note in going
            if note
        ],
        xaxis={"title": {"text": x.title}, "tickvals": list(range(columns)), "ticktext": list(x.labels)}
        | {"range": [-0.5, columns - 0.5], "ticks": "", "showgrid": False},
        yaxis={"title": {"text": y.title}, "tickvals": list(range(rows)), "ticktext": list(y.labels)}
        | {"range": [rows - 0.5, -0.5], "ticks": "", "showgrid": False},
    )


def curve(
    cells: Sequence[Cell],
    x: Side,
    *,
    metric: str,
    title: str,
    subtitle: str = "",
    percent: bool = True,
    reference: float | None = None,
    height: int = 400,
) -> go.Figure:
    """One knob: mean, band and single runs over its values; numbers keep their distances, words stand in a row."""
    place, log = places(x.labels)
    done = sorted((cell for cell in cells if cell.values), key=lambda cell: place[cell.column])
    at = np.array([place[cell.column] for cell in done], dtype=np.float32)
    mean = np.array([cell.mean for cell in done], dtype=np.float32)
    std = np.nan_to_num(np.array([cell.std for cell in done], dtype=np.float32))
    color, traces = style.CLASSES[0], []
    if len(done) > 1 and std.any():
        edge = np.concatenate([mean + std, (mean - std)[::-1]])
        band = {"fill": "toself", "fillcolor": color, "opacity": 0.2, "line": {"width": 0}, "mode": "lines"}
        traces.append(go.Scatter(x=np.concatenate([at, at[::-1]]), y=edge, hoverinfo="skip", name="± std", **band))
    told = [cell.told(metric, percent) for cell in done]
    mode, info = "lines+markers", "text"
    traces.append(style.line(at, mean, color, name="mean", mode=mode, hovertext=told, hoverinfo=info))
    singles = [(place[c.column], value, c.column, c.told(metric, percent)) for c in done for value in c.values]
    traces.append(
        go.Scatter(
            x=np.array([each[0] for each in singles], dtype=np.float32),
            y=np.array([each[1] for each in singles], dtype=np.float32),
            customdata=np.array([each[2] for each in singles], dtype=np.int32),
            name="one run",
            mode="markers",
            marker={"size": 10, "color": color, "opacity": 0.55},
            hovertext=[each[3] for each in singles],
            hoverinfo="text",
        )
    )
    traces[-2 if len(traces) > 1 else 0].customdata = np.array([cell.column for cell in done], dtype=np.int32)
    ends = np.array(_ends(place, log), dtype=np.float32)
    if reference is not None:
        name = f"random weights {reference:.0%}" if percent else f"random weights {reference:.3g}"
        level = np.full(2, reference, dtype=np.float32)
        traces.append(style.line(ends, level, style.FAINT, width=1.5, dash="dash", name=name))
    notes = [
        {"x": float(np.log10(place[c.column])) if log else place[c.column], "yref": "y domain", "y": 0.02}
        | {"text": c.going, "showarrow": False, "yanchor": "bottom", "font": {"size": 13, "color": style.POSITIVE}}
        for c in cells
        if c.going
    ]
    return style.figure(
        *traces,
        title=title,
        subtitle=subtitle,
        height=height,
        hovermode="closest",
        showlegend=True,
        legend=style.BELOW,
        margin={"l": 8, "r": 12, "t": 76 if subtitle else 52, "b": 8},
        annotations=notes,
        xaxis={"title": {"text": f"{x.title} (logarithmic)" if log else x.title}, "type": "log" if log else "linear"}
        | {"range": (np.log10(ends) if log else ends).tolist()}
        | {"tickvals": place, "ticktext": list(x.labels)},
        yaxis={"title": {"text": metric}, "tickformat": ".0%" if percent else ""},
    )


def places(labels: Sequence[str]) -> tuple[list[float], bool]:
    """Where the values of a knob stand, and whether their axis is logarithmic."""
    try:
        numbers = [float(label) for label in labels]
    except ValueError:
        return [float(i) for i in range(len(labels))], False
    return numbers, min(numbers) > 0 and max(numbers) >= FAR_APART * min(numbers)


def _ends(place: Sequence[float], log: bool) -> tuple[float, float]:
    low, high = min(place), max(place)
    if log:
        return low / 1.3, high * 1.3
    room = 0.06 * (high - low) or 0.5
    return low - room, high + room
