"""Puts a plotly figure on the page so that it changes in place: no flicker, zoom kept, heat-map cells answer.

`st.plotly_chart` builds the whole chart anew whenever its data changes. This small component hands the new data to
`Plotly.react` in chart.js, which moves only what has changed. Hovering and picking are answered in the browser; Python
hears of a click only if it asks for it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import plotly.graph_objects as go
import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

from sslviz.figures import style
from sslviz.views import address
from sslviz.views.plot.component import JS, component

# plotly's own bundle of what our figures are made of: a page is drawn a sixth sooner than with all of plotly
PLOTLY_JS = JS.parent / "vendor" / "plotly-cartesian-4.1.1.min.js"
LETTERS = 16  # least size of letters, in pixels, where a page is shown to a room
TRACES = {"scatter", "heatmap", "bar", "image"}  # what a figure may hold
_component = component(
    "plot", JS / "chart.js", JS.parent / "plot.css", plotly=f"sslviz/{PLOTLY_JS.name}", tile=style.TILE
)


@dataclass(frozen=True)
class Click:
    """A clicked cell of a heat map; of a curve, row 0 and the number (customdata, if any) of the clicked point."""

    row: int
    column: int


def encode(figure: go.Figure) -> bytes:
    """The figure as bytes. Pure, so that a caller encodes once per (run, step) for all viewers.

    numpy arrays travel as base64 typed arrays: give float32 or uint8; float16 and lists are written out digit by digit.
    """
    return bytes(figure.to_json(), "utf-8")


def plot(
    figure: go.Figure | bytes,
    *,
    key: str,
    height: int | Literal["fill"] | None = None,
    alt: str = "",
    on_click: Callable[[Click], object] | None = None,
    history: str = "",
    of: str = "",
    first: bool = False,
) -> None:
    """Shows a figure (or what `encode` made of it); the same `key` is the same chart, whatever the data.

    A chart changes in place. Zoom and legend, as the viewer has left them, stay while it shows the same picture,
    whatever its moment; another picture (picture.js says which) begins anew. `of` names what the figure does not: its
    run, if it is not stamped with one, or whatever else makes two pictures with the same title and axes different ones.

    `height` in pixels overrides the figure's own; "fill": as large as the tile of a stage that it stands in. `alt` is
    read out in place of the picture. `on_click` is called when a cell or a point was clicked, before the surrounding
    fragment runs again. `history`: where all moments of the picture are found (history.address); the figure then is the
    last one, and follows the clock. `first`: it is what the viewer asks for, and is drawn anew before the charts above.
    """
    blob = figure if isinstance(figure, bytes) else encode(figure)
    header = {
        "height": height,
        "alt": alt,
        "clicks": on_click is not None,
        "history": history,
        "of": of,
        "first": first,
        "letters": LETTERS if address.is_presented() else 0,
    }
    callbacks: dict[str, Any] = {}
    if on_click is not None:
        # like the callback of a button: whatever it sets, the controls above the figure find already set
        callbacks["on_click_change"] = lambda: tell(key, on_click)
    _component(
        key=key,
        data=json.dumps(header).encode() + b"\n" + blob,  # one blob: bytes inside a dict do not arrive
        **callbacks,
    )


def tell(key: str, on_click: Callable[[Click], object]) -> None:
    """Each click that the chart `key` has sent and that was not heard before: it sends the last few with every one."""
    for click in st.session_state[key]["click"]:
        if click["at"] > st.session_state.get(f"_heard_{key}", 0.0):
            st.session_state[f"_heard_{key}"] = click["at"]
            on_click(Click(click["row"], click["column"]))


def plotly_route() -> Route:
    """The route of `st.App` that serves plotly.js."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return Route(f"/{base}/sslviz/{PLOTLY_JS.name}".replace("//", "/"), _plotly_js)


async def _plotly_js(request: Request) -> FileResponse:
    # its name holds the version, so a browser may keep it for good
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(PLOTLY_JS, media_type="text/javascript", headers=headers)
