"""What the colours of a map say: the class, a factor, or how true its neighbourhoods are."""

from typing import Any

import numpy as np
import torch

from sslviz.measures.overlap import nearest_in_h, nearest_on_map, overlap
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import ProbeSet
from sslviz.views.method.layouts import h_of
from sslviz.views.method.map import CYCLIC

TRUE = "true neighbours"


def colours(run: RunFolder, step: int, color: str | None, probe: ProbeSet, layout: np.ndarray) -> dict[str, Any]:
    """What `maps.scatter` is told about colours."""
    n = len(layout)
    if color == TRUE:
        share = true_share(run, step, layout)
        return {} if share is None else {"factor": share, "factor_name": TRUE}
    if color == "class" and probe.labels is not None:
        return {"labels": probe.labels[:n], "classes": probe.classes}
    if color in probe.factors:
        values = probe.factors[color][:n]
        return {"factor": values, "factor_name": color.replace("_", " "), "cyclic": color in CYCLIC}
    return {}


def true_share(run: RunFolder, step: int, layout: np.ndarray) -> np.ndarray | None:
    """Of each point's K nearest on the map, the part that is among its K nearest in h; None if h was not kept."""
    h = h_of(run, step)
    if h is None or len(h) != len(layout):
        return None
    found: np.ndarray = overlap(nearest_in_h(torch.from_numpy(h)), nearest_on_map(torch.from_numpy(layout))).numpy()
    return found
