"""The layouts of a run's maps: where they lie, of which moments one can be made, and how a missing one is asked for."""

import time
from dataclasses import dataclass

import numpy as np
import streamlit as st

from sslviz.runs.folder import RunFolder
from sslviz.views.controls import server
from sslviz.views.method.moment import last_embedding
from sslviz.views.plot.recorded import folder, load, metrics, several

LAYOUTS = {"umap": "UMAP", "pca": "PCA", "tsne": "t-SNE"}
# how long a first map takes on two cores that are not busy; one that starts from a map before is much quicker
SECONDS = {"umap": "a few seconds", "tsne": "half a minute (3-D: two)", "pca": "a second"}
AWAITED = "_awaited_maps"  # in the session: the ids of the runs whose maps are being made
Places = tuple[tuple[str, int], ...]  # the folder and the step of each layout, oldest first


def layouts(run: RunFolder, kind: str) -> dict[int, RunFolder]:
    """Step -> the folder that holds the layout; ascending. Those of recorded examples may lie in the cache."""
    places = [run] if server.is_ours(run) else [server.launcher().spare_maps(run), run]
    found = {step: place for place in places for step in place.projection_steps(kind)}
    return dict(sorted(found.items()))


def places(run: RunFolder, kind: str, until: int) -> Places:
    """The layouts up to a step."""
    return tuple((str(place.path), step) for step, place in layouts(run, kind).items() if step <= until)


def moments(run: RunFolder, kind: str) -> list[int]:
    """The steps of which there is a layout of this kind, or of which one can be made."""
    found = set(layouts(run, kind))
    if server.is_ours(run):
        history = metrics(run)
        looks = set(history["step"][history["std"].notna()]) if "std" in history else set()
        found |= {int(step) for step in looks} & set(run.snapshot_steps())
    elif (steps := run.snapshot_steps()) and (last := last_embedding(run, steps[-1])) is not None:
        found.add(last)
    return sorted(found)


def h_of(run: RunFolder, step: int) -> np.ndarray | None:
    """N x d of the test pictures at `step`; None if it was not kept or holds NaN."""
    snapshot = load(run, step)
    if snapshot is None or snapshot.embedding is None or not np.isfinite(snapshot.embedding).all():
        return None
    return snapshot.embedding.astype(np.float32)


@st.cache_resource(max_entries=24, show_spinner=False)
def positions(there: Places, kind: str) -> tuple[list[int], np.ndarray]:
    """The steps of these layouts, and T x N x 2. Raises LookupError if none can be read."""
    where = {step: place for place, step in there}
    known, found = several(list(where), lambda step: folder(where[step]).projection(step, kind))
    n = min(len(layout) for layout in found)
    return known, np.stack([np.nan_to_num(layout[:n].astype(np.float32)) for layout in found])


def ask(run: RunFolder, kind: str, step: int) -> float:
    """Asks the projector for one layout; asking again costs nothing. Returns the seconds since this viewer first
    did.
    """
    server.launcher().project(run, kind, step)
    asked = st.session_state.setdefault("_maps_asked", {})
    return time.time() - float(asked.setdefault((str(run.path), step, kind), time.time()))


@dataclass(frozen=True)
class Nearest:
    """The layout to show. step: None if there is none yet; note: what is to be said about it; awaited: a better one is
    being made.
    """

    kind: str
    step: int | None
    note: str = ""
    awaited: bool = False


def nearest(run: RunFolder, kind: str, step: int, rests: int | None = None) -> Nearest:
    """The layout of this kind nearest before `step`, PCA as long as there is none. What is missing is asked for: of
    UMAP and PCA, which every run gets while it trains, the first; of t-SNE that of the moment `rests` (usual: `step`).
    """
    found = _nearest(run, kind, step, step if rests is None else rests)
    waits = st.session_state.setdefault(AWAITED, set())
    (waits.add if found.awaited else waits.discard)(run.id)
    return found


def awaited(run: RunFolder) -> bool:
    """True while this viewer waits for a map of this run: what shows it must refresh."""
    return run.id in st.session_state.get(AWAITED, set())


def _nearest(run: RunFolder, kind: str, step: int, rests: int) -> Nearest:
    at = max((s for s in layouts(run, kind) if s <= step), default=None)
    wanted = last_embedding(run, rests)
    missing = at is None if kind != "tsne" else wanted not in layouts(run, kind) or at is None
    if not missing:
        return Nearest(kind, at)
    note, awaited = "", wanted is not None and h_of(run, wanted) is not None
    if awaited and wanted is not None:
        since = ask(run, kind, wanted)
        note = (
            f"{LAYOUTS[kind]} of step {wanted:,} is being computed: {SECONDS[kind]}, longer while something trains. "
            f"Asked {since:.0f} s ago."
        )
    else:
        note = f"There is no {LAYOUTS[kind]} of step {rests:,}, and none can be made: h was not kept, or had diverged."
    if at is None and kind != "pca":
        usual = _nearest(run, "pca", step, rests)
        shown = "" if usual.step is None else f" {'Until then' if awaited else 'Instead'}: PCA, step {usual.step:,}."
        return Nearest("pca", usual.step, note + shown, awaited)
    return Nearest(kind, at, note if at is None else f"{note} Shown is the one that the title names.", awaited)
