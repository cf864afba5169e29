"""The line "now" across a curve, and the veil over what comes after it. The clock in the browser moves both by name."""

from typing import Any

from sslviz.figures import style


def now(at: float) -> list[dict[str, Any]]:
    """Two shapes for a figure whose x axis is the clock's. `at` is where the curves end: nothing is veiled yet."""
    across = {"xref": "x", "x0": at, "yref": "paper", "y0": 0, "y1": 1}
    veil = {"name": "ahead", "type": "rect", "fillcolor": style.PAPER, "opacity": 0, "line": {"width": 0}}
    line = {"name": "now", "type": "line", "line": {"color": style.INK, "width": 2}}
    # a little longer than the curves, whose last marker is round
    return [{**veil, **across, "x1": 1.02 * at}, {**line, **across, "x1": at}]
