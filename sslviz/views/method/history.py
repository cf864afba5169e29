"""What a picture showed at every recorded moment, sent once, so that scrubbing and playing happen in the browser.

The address of a history names run, view and how much was recorded, so a browser may keep the answer.
"""

import json
from collections.abc import Callable, Sequence

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from sslviz.figures import matrix, spectrum
from sslviz.runs.folder import RunFolder
from sslviz.training.observer import EXHIBITS
from sslviz.training.probes import QUERIES
from sslviz.views.method import doctor, layouts, panel, panels, similarity
from sslviz.views.method.moment import moment
from sslviz.views.plot import frames, recorded
from sslviz.views.plot.recorded import BY_PATH, several, stamp

PER_CLASS, MOST_PICTURES = 4, 40  # pictures in the matrix of likeness
MOST_FIGURES = 60  # moments of a picture that is sent whole
MOST_BYTES = 8_000_000
SLIM = 340  # height of a picture beside others, pixels


@st.cache_data(max_entries=48, show_spinner=False, hash_funcs=BY_PATH)
def built(run: RunFolder, asked: tuple[tuple[str, str], ...]) -> bytes:
    """Raises LookupError where nothing of the kind was recorded, ValueError for a choice that makes no sense."""
    choice = dict(asked)
    until = int(choice.get("until", 0))
    found = VIEWS[choice["view"]](run, [step for step in run.snapshot_steps() if step <= until], choice)
    if len(found) > MOST_BYTES:
        raise ValueError(f"{len(found):,} bytes are too many")
    return found


def _matrix(run: RunFolder, steps: list[int], choice: dict[str, str]) -> bytes:
    known, similarities = several(steps, lambda step: run.exhibit(step, "similarity"))
    images, order = int(choice.get("images", EXHIBITS)), choice.get("order", "by view")
    total = len(similarities[0]) // 2
    if order not in ("by view", "by image") or images < 1:
        raise ValueError(f"{images} pictures, {order}")
    rows = matrix.row_order(min(images, total), total, order)  # type: ignore[arg-type]
    shown = [s[np.ix_(rows, rows)].astype(np.float32) for s in similarities if len(s) == 2 * total]
    for one in shown:
        np.fill_diagonal(one, np.nan)
    return frames.cells(run, known, shown, choice.get("title", "Similarity of the views"))


def _likeness(run: RunFolder, steps: list[int], choice: dict[str, str]) -> bytes:
    known, found = several(steps, lambda step: cosines(run, step))
    return frames.cells(run, known, [each for each, _ in found], "Likeness, step {step}")


def cosines(run: RunFolder, step: int) -> tuple[np.ndarray, list[str]] | None:
    """N x N cosines of h of a few pictures of every class, in the order of the classes; and their classes' names."""
    embedding, probe = run.embedding(step), recorded.probe(run)
    if embedding is None:
        return None
    labels = probe.labels if probe is not None else None
    if labels is None or probe is None:
        rows, names = np.arange(min(MOST_PICTURES, len(embedding))), []
    else:
        labels = labels[: len(embedding)]
        rows = np.concatenate([np.flatnonzero(labels == c)[:PER_CLASS] for c in np.unique(labels)])[:MOST_PICTURES]
        names = [probe.classes[label] if label < len(probe.classes) else f"class {label}" for label in labels[rows]]
    h = embedding[rows].astype(np.float32)
    h /= np.maximum(np.linalg.norm(h, axis=1, keepdims=True), 1e-12)
    return h @ h.T, names


def _map(run: RunFolder, steps: list[int], choice: dict[str, str]) -> bytes:
    kind, points = choice.get("kind", ""), int(choice.get("points", QUERIES))
    if kind not in layouts.LAYOUTS or not 0 < points <= QUERIES or not steps:
        raise ValueError(f"{points} points of {kind}")
    known, found = layouts.positions(layouts.places(run, kind, steps[-1]), kind)
    return frames.places(run, known, found[:, :points], choice.get("title", "step {step}"))


def _spectrum(run: RunFolder, steps: list[int], choice: dict[str, str]) -> bytes:
    known, found = several(steps, lambda step: run.exhibit(step, "spectrum"))
    values = np.stack([np.maximum(np.asarray(one, np.float32), spectrum.FLOOR) for one in found])
    return frames.heights(run, known, values, "Spectrum of z, step {step}", [spectrum.used(one) for one in found])


def _softmax(run: RunFolder, steps: list[int], choice: dict[str, str]) -> bytes:
    anchor, temperature = int(choice.get("anchor", 0)), float(choice.get("temperature", "nan"))
    slim = compact if choice.get("slim") else lambda figure: figure
    if not 0.001 <= temperature <= 1000 or anchor < 0:
        raise ValueError(f"anchor {anchor}, temperature {temperature}")
    known, found = several(thinned(steps), lambda step: run.exhibit(step, "similarity"))
    if anchor >= len(found[0]):
        raise ValueError(f"anchor {anchor}")
    drawn = [slim(similarity.softmax_figure(run, s, anchor, temperature)) for s in found]
    return frames.figures(run, known, [stamp(f, run, s) for f, s in zip(drawn, known, strict=True)])


def compact(figure: go.Figure) -> go.Figure:
    """With less around it: for pictures that stand side by side."""
    figure.update_layout(showlegend=False, height=SLIM, margin={"l": 4, "r": 4, "t": 64, "b": 4}, title_font_size=15)
    return figure.update_layout(title_subtitle_font_size=12)


def _panel(run: RunFolder, steps: list[int], choice: dict[str, str]) -> bytes:
    one = next((each for each in panels.OWN + panels.HEALTH if each.name == choice.get("name")), None)
    if one is None:
        raise ValueError("there is no such picture")
    known, drawn = [], []
    for step in thinned(steps):
        found = moment(run, step)
        if found is not None and panel.available(found, [one]):
            known.append(step)
            figure = one.draw(found)
            drawn.append(stamp(figure.update_layout(title_text=f"{figure.layout.title.text}, step {step}"), run, step))
    if not known:
        raise LookupError("nothing of it was recorded")
    return frames.figures(run, known, drawn)


def thinned(steps: Sequence[int], most: int = MOST_FIGURES) -> list[int]:
    """At most so many, evenly chosen, the first and the last among them."""
    if len(steps) <= most:
        return list(steps)
    return [steps[i] for i in np.unique(np.linspace(0, len(steps) - 1, most).round().astype(int))]


def _tiles(run: RunFolder, steps: list[int], choice: dict[str, str]) -> bytes:
    """The random views of one moment as a JPEG: what the cells of its matrix stand for."""
    step = int(choice.get("step", -1))
    found = recorded.load(run, step)
    if found is None or found.views is None:
        raise LookupError("no views of this moment")
    return similarity.view_tiles(run, step)


def _probe(run: RunFolder, steps: list[int], choice: dict[str, str]) -> bytes:
    """All test pictures as one JPEG."""
    probe = recorded.probe(run)
    if probe is None:
        raise LookupError("no test pictures")
    return probe.sheet


def _doctor(run: RunFolder, steps: list[int], choice: dict[str, str]) -> bytes:
    """What the doctor says at each of these moments, by what was known then: "" where nothing is wrong."""
    changes = len(run.events())
    found = {step: doctor.diagnosed(run, step, changes) for step in thinned(steps)}
    verdicts = [{"name": v.name, "sentence": v.sentence} if v is not None else None for v in found.values()]
    return json.dumps({"step": list(found), "verdict": verdicts}).encode()


SHEETS = ("tiles", "probe")
VIEWS: dict[str, Callable[[RunFolder, list[int], dict[str, str]], bytes]] = {
    "matrix": _matrix,
    "likeness": _likeness,
    "map": _map,
    "spectrum": _spectrum,
    "softmax": _softmax,
    "panel": _panel,
    "doctor": _doctor,
    "tiles": _tiles,
    "probe": _probe,
}
