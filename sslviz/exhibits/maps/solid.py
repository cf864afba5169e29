"""Puts a map in space on the page: solid.js draws and turns it, without asking the server."""

import json
from pathlib import Path
from typing import Any

from sslviz.views.plot.component import JS, component

_HERE = Path(__file__).parent
_component = component("solid", _HERE / "solid.js", JS.parent / "plot.css", _HERE / "solid.css")


def draw(about: dict[str, Any], *, key: str, alt: str) -> None:
    """about: from exhibits/maps/figures_3d.py, with `link`, the group in which points are picked."""
    _component(key=key, data=json.dumps({**about, "alt": f"{alt}. Arrow keys turn it."}).encode())
