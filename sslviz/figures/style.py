"""The one place for colours and for the look that all figures share.

Figures are written in the colours of the light page. `DARK` says what each of them becomes on the dark page;
views/plot/js/theme.js puts it in place; font and text colour are the page's own. Backgrounds stay transparent.
"""

from typing import Any, NewType

import plotly.graph_objects as go
from plotly.colors import get_colorscale

SheetAddress = NewType("SheetAddress", str)  # where pictures are served: made by history_address.py alone
INK = "#1b2330"  # outlines and marks that must be seen at once
FAINT = "#667085"  # reference lines, pins: there when looked for
PAPER = "#ffffff"  # the page behind the figure
# A legend below the axis, from the edge of the figure. Measured from the plot, its rows would push the plot up as they
# wrap, and could end on the title of the axis.
BELOW = {"orientation": "h", "x": 0, "xref": "paper", "y": 0, "yref": "container", "yanchor": "bottom"}
# In a place less than `below` pixels high, letters and margins shrink to `scale`, letters not under `least` pixels.
TILE = {"scale": 0.72, "least": 11, "below": 430}
GRID = "rgba(127, 137, 155, 0.22)"  # works on both pages

# Ten classes, after Okabe–Ito and Tol, moved apart until they also differ for red-green blind eyes and reach a contrast
# of 3:1 on their page. Ten colours are too many for anybody: SYMBOLS say the same a second time.
CLASSES = ("#2257e7", "#c9781f", "#075f41", "#6d1a57", "#0084c2", "#8a7206", "#b8141c", "#6b43b0", "#05a0a0", "#6c6b78")
_CLASSES_DARK = (
    "#77a4ff",
    "#ffb95e",
    "#21936a",
    "#f06bc0",
    "#1f9fd8",
    "#c2b010",
    "#f2483f",
    "#9568ff",
    "#a9efec",
    "#b9b3b8",
)
SYMBOLS = (
    *("circle", "square", "triangle-up", "star", "diamond"),
    *("cross", "x", "triangle-down", "pentagon", "hexagram"),
)

POSITIVE = "#d1420a"  # the other view of the same picture
NEGATIVE = "#7d93b8"  # every other picture
FALSE_NEGATIVE = "#8b3ab8"  # another picture of the same class: pushed away although it should not be

# light page -> dark page
DARK: dict[str, str] = {
    INK: "#f2f4f8",
    FAINT: "#a3aec2",
    PAPER: "#0f141c",
    POSITIVE: "#ff8a4d",
    NEGATIVE: "#7388ad",
    FALSE_NEGATIVE: "#d49bf5",
    **dict(zip(CLASSES, _CLASSES_DARK, strict=True)),
}

SEQUENTIAL = get_colorscale("Cividis")  # dark blue = low, grey = middle, yellow = high; the same to colour-blind eyes
DIVERGING = [[0.0, "#8c510a"], [0.5, "#eceae4"], [1.0, "#01665e"]]  # for [-a, a] where zero matters
# once round the colour wheel: a point has the colour of the thing it stands for
CYCLIC = [[i / 12, f"hsl({30 * i % 360}, 72%, 50%)"] for i in range(13)]

# beside the top of a square figure, which a narrow window makes shorter
COLORBAR = {"thickness": 14, "outlinewidth": 0, "len": 0.6, "y": 1, "yanchor": "top"}

_AXIS = {
    "gridcolor": GRID,
    "zeroline": False,
    "linecolor": GRID,
    "ticks": "outside",
    "tickcolor": GRID,
    "automargin": True,
    "title": {"standoff": 8, "font": {"size": 15}},
    "tickfont": {"size": 14},
}

TEMPLATE = go.layout.Template(
    layout={
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 15, "color": INK},
        "title": {"x": 0, "xref": "paper", "xanchor": "left", "yref": "container", "y": 0.98, "yanchor": "top"}
        | {"font": {"size": 18}, "subtitle": {"font": {"size": 14}}},
        "colorway": list(CLASSES),
        "margin": {"l": 8, "r": 12, "t": 52, "b": 8},
        "xaxis": _AXIS,
        "yaxis": _AXIS,
        "hoverlabel": {"font": {"size": 14}, "align": "left"},
        "legend": {"font": {"size": 14}, "itemsizing": "constant"},
    }
)


def figure(*traces: Any, title: str, subtitle: str = "", height: int = 380, **layout: Any) -> go.Figure:
    """An empty stage in the common look. `uirevision` is constant: a zoom made by hand survives new data."""
    heading = {"text": title, "subtitle": {"text": subtitle}} if subtitle else {"text": title}
    layout = {"template": TEMPLATE, "title": heading, "height": height, "uirevision": "keep", **layout}
    # plotly's checks take longer than all the rest: tests/conftest.py puts every figure through them
    return go.Figure(list(traces), layout, _validate=False)


def line(x: Any, y: Any, color: str, hover: str = "", *, width: float = 2.5, dash: str = "", **more: Any) -> go.Scatter:
    """A curve. hover: what is said of its points; nothing by default."""
    look = {"color": color, "width": width} | ({"dash": dash} if dash else {})
    return go.Scatter(x=x, y=y, line=look, **{"mode": "lines", **_told(hover), **more})


def bars(x: Any, y: Any, color: str | list[str], hover: str = "", **more: Any) -> go.Bar:
    """Bars without an edge. hover: what is said of them; nothing by default."""
    return go.Bar(x=x, y=y, marker={"color": color, "line": {"width": 0}}, **{**_told(hover), **more})


def _told(hover: str) -> dict[str, str]:
    return {"hovertemplate": f"{hover}<extra></extra>"} if hover else {"hoverinfo": "skip"}


def level(value: float) -> dict[str, Any]:
    """A shape: a dashed line across the plot, at this height."""
    dash = {"color": FAINT, "width": 1.5, "dash": "dash"}
    return {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "yref": "y", "y0": value, "y1": value, "line": dash}


def sprite(
    url: SheetAddress, count: int, *, columns: int, kind: str, tile: int = 32, value: str = "value"
) -> dict[str, Any]:
    """`layout.meta` of a figure whose points (kind "point") or cells ("cell") show their pictures when hovered.

    url: where the sheet is served; count: how many pictures it holds; value: the name of the number in a cell.
    """
    rows = -(-count // columns)
    return {"sprite": {"url": url, "tile": tile, "columns": columns, "rows": rows, "kind": kind, "value": value}}
