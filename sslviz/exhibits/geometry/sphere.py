"""Puts the circle and the sphere on the page: sphere.js moves the points, without asking the server.

The losses and their gradients stand twice, here in exhibits/geometry/maths.py for the export and in losses.js for the
hand; tests/browser/test_geometry.py holds one against the other.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from sslviz.figures import style
from sslviz.measures.infonce_views import name
from sslviz.views.plot.component import component

_HERE = Path(__file__).parent
_COLORS = {"partner": style.POSITIVE, "others": style.NEGATIVE, "total": style.INK}
_COLORS |= {f"class-{i}": color for i, color in enumerate(style.CLASSES)}
_component = component("geometry", _HERE / "sphere.js", _HERE / "sphere.css", colors=_COLORS)


def draw(z: np.ndarray, loss: str, knob: float, eta: float, *, key: str, moved: Callable[[], None]) -> None:
    """z: 2N x d. The callback finds in st.session_state[key]["points"] where the points are left: `d`, and `degrees`,
    one list of d − 1 angles per row of z, or none for the start.
    """
    names = [name(row, len(z) // 2) for row in range(len(z))]
    data = {"names": names, "points": z.round(9).tolist(), "loss": loss, "knob": knob, "eta": eta}
    _component(key=key, data=data, on_points_change=moved)
