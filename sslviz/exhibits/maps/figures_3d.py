"""A map in space, as plain numbers that solid.js draws and turns. No WebGL: it is missing on some machines."""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
from plotly.colors import sample_colorscale

from sslviz.figures import style

HOW_TO_READ = "Drag to turn it, or use the arrow keys; what is near is drawn larger."
STOPS = 12  # of a colour scale in the legend


def solid(  # noqa: PLR0913 - as figures.map.scatter, and a cube to see it in
    layout: np.ndarray,
    *,
    labels: Sequence[int] | np.ndarray | None = None,
    classes: Sequence[str] = (),
    factor: np.ndarray | None = None,
    factor_name: str = "",
    cyclic: bool = False,
    sprite: dict[str, Any] | None = None,
    title: str = "Map of the representation",
    subtitle: str = "",
    axes: Sequence[str] = ("1", "2", "3"),
    middle: np.ndarray | None = None,
    half: float | None = None,
    ways: np.ndarray | None = None,
) -> dict[str, Any]:
    """N x 3 positions in the cube middle ± half, coloured as `map.scatter` does. ways: P x T x 3, lines to draw.

    Colours are those of the light page; the browser puts the dark ones in their place.
    """
    layout = np.asarray(layout, np.float32)
    if middle is None or half is None:
        low, high = (layout.min(0), layout.max(0)) if len(layout) else (np.zeros(3), np.ones(3))
        middle, half = (low + high) / 2, float((high - low).max()) / 2 or 1.0
    found: dict[str, Any] = {
        "title": title,
        "subtitle": subtitle,
        "axes": list(axes),
        "positions": floats((layout - middle) / half),
        "names": [],
        "colors": [style.CLASSES[0]],
        "symbols": [style.SYMBOLS[0]],
        "of": None,
        "scale": None,
        **(sprite or {}),
    }
    if factor is not None:
        values = np.nan_to_num(np.asarray(factor, np.float64))
        low, high = (0.0, 1.0) if cyclic else (float(values.min()), float(values.max()))
        share = np.clip((values - low) / ((high - low) or 1.0), 0, 1)
        stops = [hexadecimal(color) for color in sampled(np.linspace(0, 1, STOPS), cyclic)]
        found["colors"] = [hexadecimal(color) for color in sampled(np.linspace(0, 1, 64), cyclic)]
        found["of"] = np.round(share * 63).astype(int).tolist()
        found["scale"] = {"name": factor_name, "low": f"{low:.3g}", "high": f"{high:.3g}", "stops": stops}
    elif labels is not None:
        known = np.asarray(labels)
        count = int(known.max(initial=0)) + 1
        found["names"] = [classes[i] if i < len(classes) else f"class {i}" for i in range(count)]
        found["colors"] = [style.CLASSES[i % len(style.CLASSES)] for i in range(count)]
        found["symbols"] = [style.SYMBOLS[i % len(style.SYMBOLS)] for i in range(count)]
        found["of"] = known.astype(int).tolist()
    if ways is not None and ways.size:
        found["ways"] = {"moments": ways.shape[1], "positions": floats((ways - middle) / half)}
    return found


def floats(values: np.ndarray) -> str:
    """float32, row by row, as base64."""
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()


def sampled(shares: np.ndarray, cyclic: bool) -> list[str]:
    if cyclic:  # plotly cannot mix colours that are written as a hue
        return [f"hsl({360 * share:.0f}, 72%, 50%)" for share in shares]
    return list(sample_colorscale(style.SEQUENTIAL, shares.tolist()))


def hexadecimal(color: str) -> str:
    """rgb(…) as #rrggbb; others are left as they are."""
    if not color.startswith("rgb("):
        return color
    return "#" + "".join(f"{round(float(part)):02x}" for part in color[4:-1].split(","))
