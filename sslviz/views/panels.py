"""The pictures that explain a method: one row of the table for each, shown where a run has recorded what it needs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from sslviz.figures import (
    attention,
    confusion,
    jigsaw,
    matrix,
    plane,
    predictions,
    prototypes,
    queue,
    reconstruction,
    spectrum,
    teacher,
)
from sslviz.runs.folder import RunFolder, Snapshot
from sslviz.runs.observer import EXHIBITS
from sslviz.views.curves import pins
from sslviz.views.plot import plot
from sslviz.views.recorded import folder, load, metrics, probe, stamped


@dataclass(frozen=True)
class Moment:
    """What a picture may be made of."""

    run: RunFolder
    snapshot: Snapshot
    history: pd.DataFrame  # everything recorded up to this moment
    values: dict[str, Any]  # the knobs

    def __getitem__(self, name: str) -> np.ndarray:
        """A recorded array; float16 becomes float32."""
        array = self.snapshot.exhibits[name]
        return array.astype(np.float32) if array.dtype == np.float16 else array

    @property
    def views(self) -> np.ndarray:
        """The first view of each exhibit picture: uint8 N x H x W x 3."""
        assert self.snapshot.views is not None
        first: np.ndarray = self.snapshot.views[0]
        return first

    @property
    def classes(self) -> tuple[str, ...]:
        found = probe(str(self.run.path))
        return found.classes if found is not None else ()

    @property
    def labels(self) -> np.ndarray | None:
        found = probe(str(self.run.path))
        return found.labels[:EXHIBITS] if found is not None and found.labels is not None else None

    def curve(self, *names: str) -> tuple[np.ndarray, ...]:
        """step, and the named columns, where all of them were recorded."""
        rows = self.history[["step", *names]].dropna()
        return tuple(rows[name].to_numpy() for name in ("step", *names))


@dataclass(frozen=True)
class Panel:
    """`needs`: names of recorded arrays or columns. `wide`: a row of pictures, which needs the whole width."""

    name: str
    needs: tuple[str, ...]
    draw: Callable[[Moment], go.Figure]
    how_to_read: str
    wide: bool = False


def _spectrum(m: Moment) -> go.Figure:
    start = load(str(m.run.path), m.run.snapshot_steps()[0])
    first = start.exhibits.get("spectrum") if start is not None else None
    return spectrum.spectrum(m["spectrum"], first=None if first is None else first.astype(np.float32))


def _entropy(m: Moment) -> go.Figure:
    step, one, mean = m.curve("teacher_entropy", "mean_output_entropy")
    return teacher.entropy(step, one, m["center"].shape[-1], mean=mean, pins=pins(m.run))


def _outputs(m: Moment) -> go.Figure:
    center = m["center"] if m.values["centring"] else np.zeros_like(m["center"])
    tau = m.values["teacher_temperature" if m.values["sharpening"] else "student_temperature"]
    return teacher.outputs(m["teacher_logits"], center, tau)


def _rotation(m: Moment) -> go.Figure:
    assert m.snapshot.views is not None
    four = m.snapshot.views  # 4 x N x H x W x 3
    return predictions.rotation(four.reshape(-1, *four.shape[2:]), m["angle_logits"])


def _classes(m: Moment) -> go.Figure:
    return predictions.classes(m.views, m["class_logits"], m["labels"], m.classes)


OWN = [
    Panel(
        "reconstruction",
        ("mask", "prediction", "patch_error"),
        lambda m: reconstruction.reconstruction(m.views, m["mask"], m["prediction"], m["patch_error"]),
        reconstruction.HOW_TO_READ,
        wide=True,
    ),
    Panel(
        "rotation",
        ("angle_logits",),
        _rotation,
        predictions.HOW_TO_READ_ROTATION,
    ),
    Panel("angles", ("angle_logits",), lambda m: confusion.angles(m["angle_logits"]), confusion.HOW_TO_READ),
    Panel(
        "jigsaw",
        ("shuffled", "permutation_logits", "permutation", "permutations"),
        lambda m: jigsaw.jigsaw(m["shuffled"], m["permutation_logits"], m["permutation"], m["permutations"]),
        jigsaw.HOW_TO_READ,
        wide=True,
    ),
    Panel(
        "colorization",
        ("gray", "colored"),
        lambda m: predictions.colorization(
            m["gray"],
            m["colored"],
            m.views,
            confidence=m["confidence"] if "confidence" in m.snapshot.exhibits else None,
        ),
        predictions.HOW_TO_READ_COLORS,
        wide=True,
    ),
    Panel("classes", ("class_logits", "labels"), _classes, predictions.HOW_TO_READ_CLASSES, wide=True),
    Panel(
        "queue",
        ("queue_similarity", "queue_age"),
        lambda m: queue.queue(m["queue_similarity"], m["queue_age"], query=None, batch=m.values["batch_size"]),
        queue.HOW_TO_READ,
    ),
    Panel("usage", ("prototype_usage",), lambda m: prototypes.usage(m["prototype_usage"]), prototypes.HOW_TO_READ),
    Panel(
        "assignments",
        ("assignments",),
        lambda m: prototypes.assignments(m["assignments"], labels=m.labels),
        prototypes.HOW_TO_READ_ASSIGNMENTS,
    ),
    Panel("entropy", ("teacher_entropy", "mean_output_entropy", "center"), _entropy, teacher.HOW_TO_READ),
    Panel(
        "outputs",
        ("teacher_logits", "center"),
        _outputs,
        teacher.HOW_TO_READ_OUTPUTS,
    ),
    Panel(
        "attention",
        ("attention",),
        lambda m: attention.attention(m.views, m["attention"]),
        attention.HOW_TO_READ,
        wide=True,
    ),
    Panel(
        "correlation",
        ("cross_correlation",),
        lambda m: matrix.correlation(m["cross_correlation"]),
        matrix.HOW_TO_READ_CORRELATION,
    ),
]

HEALTH = [
    Panel("spectrum", ("spectrum",), _spectrum, spectrum.HOW_TO_READ),
    Panel("channels", ("channel_std",), lambda m: spectrum.channels(m["channel_std"]), spectrum.HOW_TO_READ_CHANNELS),
    Panel(
        "plane",
        ("alignment", "uniformity"),
        lambda m: plane.plane(*m.curve("alignment", "uniformity")),
        plane.HOW_TO_READ,
    ),
]
BY_NAME = {panel.name: panel for panel in OWN + HEALTH}


def available(run: RunFolder, step: int, panels: list[Panel]) -> tuple[Moment | None, list[Panel]]:
    """Those of the panels for which this moment has what they need."""
    found = moment(str(run.path), step)
    if found is None:
        return None, []
    there = found.snapshot.exhibits.keys() | {str(name) for name in found.history.columns}
    return found, [panel for panel in panels if there >= set(panel.needs)]


def in_pairs(found: Moment, panels: list[Panel]) -> None:
    """Two in a row."""
    for pair in (panels[i : i + 2] for i in range(0, len(panels), 2)):
        for column, panel in zip(st.columns(2, gap="medium"), pair, strict=False):
            with column:
                one(panel, found)


def one(panel: Panel, found: Moment) -> None:
    """The picture, and how to read it."""
    path = str(found.run.path)
    plot(
        picture(path, found.snapshot.step, panel.name, len(found.history)),
        key=f"panel_{panel.name}",
        alt=panel.name,
    )
    st.caption(panel.how_to_read)


def moment(path: str, step: int) -> Moment | None:
    """The newest moment at or before `step` that holds everything (some hold the exhibits only)."""
    snapshot = load(path, step)
    if snapshot is None:
        return None
    run = folder(path)
    history = metrics(run)
    if "spectrum" not in snapshot.exhibits:
        whole = next((s for s in reversed(run.snapshot_steps()) if s <= step and is_whole(path, s)), None)
        before = load(path, whole) if whole is not None else None
        if before is not None:
            spread = {name: before.exhibits[name] for name in ("spectrum", "channel_std")}
            snapshot = replace(snapshot, exhibits=snapshot.exhibits | spread)
    return Moment(run, snapshot, history[history["step"] <= step] if "step" in history else history, run.values())


def is_whole(path: str, step: int) -> bool:
    snapshot = load(path, step)
    return snapshot is not None and "spectrum" in snapshot.exhibits


@st.cache_data(max_entries=128, show_spinner=False)
def picture(path: str, step: int, name: str, rows: int) -> bytes:
    """`rows`: how much history there is."""
    found = moment(path, step)
    assert found is not None
    return stamped(BY_NAME[name].draw(found), path, step)
