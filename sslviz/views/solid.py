"""Puts a map in space on the page: solid.js draws and turns it, without asking the server."""

import json
from pathlib import Path
from typing import Any

import streamlit as st

from sslviz.figures import style

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "sslviz_solid",
    css="\n".join((_HERE / name).read_text() for name in ("plot.css", "solid.css")),
    js="\n".join(
        [
            f"const SETTINGS = {json.dumps({'dark': style.DARK})};",
            *((_HERE / name).read_text() for name in ("svg.js", "picked.js", "solid.js")),
        ]
    ),
    isolate_styles=False,
)


def draw(about: dict[str, Any], *, key: str, alt: str) -> None:
    """about: from figures/map3d.py, with `link`, the group in which points are picked."""
    _component(key=key, data=json.dumps({**about, "alt": f"{alt}. Arrow keys turn it."}).encode())
