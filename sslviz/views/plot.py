"""Puts a plotly figure on the page so that it changes in place: no flicker, zoom kept, heat-map cells answer.

`st.plotly_chart` builds the whole chart anew whenever its data changes. This small component hands the new data to
`Plotly.react` in plot.js, which moves only what has changed. Hovering is answered in the browser; Python hears of a
click or a selection only if it asks for them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import plotly
import plotly.graph_objects as go
import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route
from streamlit import runtime

from sslviz.figures import style

_HERE = Path(__file__).parent
_PLOTLY_JS = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
_SETTINGS = {"plotly": f"sslviz/plotly.min.js?v={plotly.__version__}", "dark": style.DARK}

_component = st.components.v2.component(
    "sslviz_plot",
    css=(_HERE / "plot.css").read_text(),
    js="\n".join(
        [f"const SETTINGS = {json.dumps(_SETTINGS)};"]
        + [(_HERE / name).read_text() for name in ("bus.js", "frames.js", "png.js", "plot.js", "picked.js")]
    ),
    isolate_styles=False,  # plotly puts its own style sheet into the document, a shadow root would not see it
)


@dataclass(frozen=True)
class PlotEvent:
    """What a viewer did. `indices` are picture numbers (customdata) where the figure has them, else positions.

    A clicked heat-map cell has `row` and `column`; a clicked point has `x`, in axis units, and one index.
    """

    kind: Literal["click", "select"]
    indices: tuple[int, ...] = ()
    row: int | None = None
    column: int | None = None
    x: float | None = None


def encode(figure: go.Figure) -> bytes:
    """The figure as bytes. Pure, so that a caller encodes once per (run, step) for all viewers.

    numpy arrays travel as base64 typed arrays: give float32 or uint8; float16 and lists are written out digit by digit.
    """
    return bytes(figure.to_json(), "utf-8")


def plot(
    figure: go.Figure | bytes,
    *,
    key: str,
    height: int | None = None,
    alt: str = "",
    events: Sequence[Literal["click", "select"]] = (),
    history: str = "",
) -> PlotEvent | None:
    """Shows a figure (or what `encode` made of it); the same `key` is the same chart, whatever the data.

    `height` in pixels overrides the figure's own. `alt` is read out in place of the picture. Each name in `events`
    reruns the surrounding fragment when it happens; that one run gets the event, all others None. `history`: where all
    moments of the picture are found (history.address); the figure then is the last one, and follows the clock.
    """
    blob = figure if isinstance(figure, bytes) else encode(figure)
    header = {"height": height, "alt": alt, "events": list(events), "history": history}
    callbacks: dict[str, Any] = {f"on_{event}_change": _nothing for event in events}
    result = _component(
        key=key,
        data=json.dumps(header).encode() + b"\n" + blob,  # one blob: bytes inside a dict do not arrive
        **callbacks,
    )
    for event in events:
        if value := result.get(event):
            return PlotEvent(event, tuple(value.pop("indices")), **value)
    return None


def image_url(image: bytes, *, key: str, mimetype: str = "image/jpeg") -> str:
    """The address at which Streamlit serves a contact sheet to this session, for the `sprite` of a figure.

    Call it in every run of the script that shows the figure, as one would st.image: what is not named again is dropped.
    """
    if not runtime.exists():
        return ""
    return str(runtime.get_instance().media_file_mgr.add(image, mimetype, coordinates=f"sslviz-{key}"))


def plotly_route() -> Route:
    """The route of `st.App` that serves the plotly.min.js of the installed plotly package."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return Route(f"/{base}/sslviz/plotly.min.js".replace("//", "/"), _plotly_js)


async def _plotly_js(request: Request) -> FileResponse:
    # the address holds the version, so a browser may keep it for good
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(_PLOTLY_JS, media_type="text/javascript", headers=headers)


def _nothing() -> None:
    """Streamlit gives a component's result a field for each event that has a callback."""
