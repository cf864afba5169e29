"""Puts a map in space on the page: solid.js draws and turns it, without asking the server."""

import json
from pathlib import Path
from typing import Any

import streamlit as st

from sslviz.figures import style
from sslviz.place import PACKAGE

_HERE = Path(__file__).parent
PLOT = PACKAGE / "views" / "plot"
_component = st.components.v2.component(
    "sslviz_solid",
    css="\n".join(path.read_text() for path in (PLOT / "plot.css", _HERE / "solid.css")),
    js="\n".join(
        [
            f"const SETTINGS = {json.dumps({'dark': style.DARK})};",
            *(path.read_text() for path in (PLOT / "js" / "svg.js", PLOT / "js" / "picked.js", _HERE / "solid.js")),
        ]
    ),
    isolate_styles=False,
)


def draw(about: dict[str, Any], *, key: str, alt: str) -> None:
    """about: from exhibits/maps/figures_3d.py, with `link`, the group in which points are picked."""
    _component(key=key, data=json.dumps({**about, "alt": f"{alt}. Arrow keys turn it."}).encode())
