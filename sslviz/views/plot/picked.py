"""What is picked on one map is picked on all: the name of the group, and the grid of the pictures themselves.

Nothing of this asks the server: picked.js tells the other charts and the grid. What is picked is not in the address; it
stays until Escape, a double click or a reload.
"""

import io
import json
import zlib
from collections.abc import Sequence
from typing import Any

from PIL import Image

from sslviz.figures import style
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import ProbeSet
from sslviz.views.plot import recorded
from sslviz.views.plot.component import JS, component
from sslviz.views.plot.history_address import probe_sheet

_component = component("picked", JS / "picked_grid.js", JS.parent / "picked.css", colors=style.CLASSES)
HINT = "Draw a loop around points of a map, or click one. Hold Shift to add more."
ELSEWHERE = (
    "Nothing is picked yet: click a point, or choose the lasso in the bar above a map and draw a loop. Hold Shift to "
    "add more."
)


def group(probe: ProbeSet) -> str:
    """The same for maps of the same pictures, of whatever run."""
    return f"{zlib.crc32(probe.sheet):08x}"


def grids(runs: Sequence[RunFolder], most: int, hint: str = ELSEWHERE) -> None:
    """A grid for each set of pictures. most: how many pictures a map shows, if there are as many."""
    shown = set()
    for number, run in enumerate(runs):
        probe = recorded.probe(run)
        if probe is not None and group(probe) not in shown:
            shown.add(group(probe))
            _component(key=f"picked_{number}", data=about(run, probe, min(most, count(probe)), hint))


def sprite(run: RunFolder, probe: ProbeSet, number: int) -> dict[str, Any]:
    """For the figures and the grid: where the test pictures of a run are found. number: how many there are."""
    return style.sprite(probe_sheet(run), number, columns=probe.columns, kind="point", tile=probe.tile)


def count(probe: ProbeSet) -> int:
    """How many pictures there are; the last row of a sheet may be filled up."""
    known = [probe.labels, *probe.factors.values()]
    return next((len(values) for values in known if values is not None), sheet_size(probe))


def sheet_size(probe: ProbeSet) -> int:
    width, height = Image.open(io.BytesIO(probe.sheet)).size
    return (width // probe.tile) * (height // probe.tile)


def about(run: RunFolder, probe: ProbeSet, total: int, hint: str) -> bytes:
    """What the grid needs to know of the pictures, as one line of JSON."""
    labels = None if probe.labels is None else probe.labels[:total].tolist()
    classes = list(probe.classes)
    classes += [f"class {i}" for i in range(len(classes), max(labels or [-1]) + 1)]
    written = sprite(run, probe, count(probe)) | {
        "group": group(probe),
        "total": total,
        "labels": labels,
        "classes": classes,
        "hint": hint,
    }
    return json.dumps(written).encode()
