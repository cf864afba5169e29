"""How far two pictures of the same points may be believed: the neighbours that they share, in a small table."""

import numpy as np
import streamlit as st
import torch

from sslviz.exhibits.maps import picture
from sslviz.exhibits.maps.side import Side
from sslviz.foreign import in_markdown
from sslviz.measures.overlap import K, by_chance, nearest_in_h, nearest_on_map, overlap
from sslviz.runs.folder import RunFolder
from sslviz.views.method.layouts import h_of
from sslviz.views.plot import picked, recorded
from sslviz.views.plot.recorded import BY_PATH

HOW_TO_READ = (
    f"Neighbour overlap: of each picture's {K} nearest on one side of ↔, the share that is among its {K} nearest on "
    "the other; mean over all pictures. Nearest in h: by cosine; on a map: by distance."
)
NAMES = {1: "left", 2: "right"}


def show(sides: list[Side], since: str) -> None:
    """A row for every pair that can be compared."""
    rows = table(sides, since)
    missing = [side.name for side in sides if h_of(side.run, side.step) is None]
    if missing:
        st.caption(
            f"h was not kept of {' and '.join(map(in_markdown, missing))}: there is nothing to compare its map with."
        )
    if not rows:
        return
    lines = [f"| {what} | {share} |" for what, share in rows]
    chance = by_chance(picture.points(sides[0].run))
    st.markdown("\n".join([f"| Neighbours | shared (by chance {chance:.1%}) |", "|:--|--:|", *lines]))
    st.caption(HOW_TO_READ)


def table(sides: list[Side], since: str) -> list[tuple[str, str]]:
    """What is compared, and the share as a percentage."""
    rows: list[tuple[str, float | None]] = []
    for side in sides:
        where = f"{NAMES[side.number]} map" if len(sides) > 1 else "map"
        if side.place is not None:
            rows.append((f"{where} ↔ its h", mean(on_map(side), in_h(side.run, side.step))))
    if len(sides) == 2 and same_pictures(sides):
        one, two = sides
        if one.place is not None and two.place is not None:
            rows.append(("left map ↔ right map", mean(on_map(one), on_map(two))))
        if (one.run.path, one.step) != (two.run.path, two.step):
            rows.append(("left h ↔ right h", mean(in_h(one.run, one.step), in_h(two.run, two.step))))
    for side in sides:
        if earlier := picture.before(side, since):
            then = earlier[0][0]
            shared = mean(in_h(side.run, then), in_h(side.run, side.step))
            rows.append((f"{NAMES[side.number]}: h at step {then:,} ↔ h at step {side.step:,}", shared))
    return [(what, f"{share:.1%}") for what, share in rows if share is not None]


def same_pictures(sides: list[Side]) -> bool:
    probes = [recorded.probe(side.run) for side in sides]
    return len({picked.group(probe) for probe in probes if probe is not None}) == 1 and None not in probes


def mean(one: torch.Tensor | None, other: torch.Tensor | None) -> float | None:
    """The mean overlap; None if one of them is not known, or other pictures were laid out."""
    if one is None or other is None or one.shape != other.shape:
        return None
    return float(overlap(one, other).mean())


def on_map(side: Side) -> torch.Tensor | None:
    place = side.place
    return None if place is None else _on_map(place, side.step, side.kind.name)


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=BY_PATH)
def _on_map(place: RunFolder, step: int, kind: str) -> torch.Tensor | None:
    layout = place.projection(step, kind)
    return None if layout is None else nearest_on_map(torch.from_numpy(np.asarray(layout)))


def in_h(run: RunFolder, step: int) -> torch.Tensor | None:
    return _in_h(run, step) if h_of(run, step) is not None else None


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=BY_PATH)
def _in_h(run: RunFolder, step: int) -> torch.Tensor:
    h = h_of(run, step)
    assert h is not None
    return nearest_in_h(torch.from_numpy(h))
