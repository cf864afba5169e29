"""A finished run, made small enough to ship: fewer moments, maps instead of embeddings, weights without the optimiser.

What is left is an ordinary run folder, which the app opens like any other.
"""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from sslviz.measures import projection
from sslviz.runs.files import Array
from sslviz.runs.folder import RunFolder
from sslviz.runs.steps import thinned

MOST_BYTES = 5_000_000
MOMENTS = (48, 32, 24, 16, 12, 8)  # as many as fit


def ship(run: RunFolder, to: Path, *, weights: Sequence[int] = (), most_bytes: int = MOST_BYTES) -> RunFolder:
    """Writes the small copy of `run` as the folder `to`, in place of what is there. Raises ValueError if it cannot be
    made small enough. weights: steps of which the weights are kept, besides the last.
    """
    for most in MOMENTS:
        shutil.rmtree(to, ignore_errors=True)
        small = copy(run, to, most, weights)
        if small.size() <= most_bytes:
            return small
    raise ValueError(f"{run.id} does not fit into {most_bytes:,} bytes, even with {MOMENTS[-1]} moments")


def copy(run: RunFolder, to: Path, most: int, weights: Sequence[int] = ()) -> RunFolder:
    """`most` moments, dense early, where the lesson is; the last one with its embedding and its weights."""
    small = RunFolder.create(to.parent, run.settings(), name=to.name)
    small.write_status(run.status())
    for row in run.metrics().to_dict("records"):
        small.append_metrics({str(name): value for name, value in row.items() if value == value})  # NaN: not recorded
    for event in run.events():
        small.append_event(**{**event, "step": event["step"]})
    probe = run.probe()
    if probe is not None:
        small.write_probe(probe)
    steps = thinned(run.snapshot_steps(), most)
    layouts: dict[str, Array | None] = {"pca": None, "umap": None}
    for step in steps:
        snapshot = run.snapshot(step)
        if snapshot is None:
            continue
        if snapshot.embedding is not None:
            for kind, before in layouts.items():
                lay_out = projection.pca if kind == "pca" else projection.umap_layout
                layout = lay_out(snapshot.embedding.astype(np.float32), before)
                small.write_projection(step, kind, layout)
                layouts[kind] = layout
        small.write_snapshot(snapshot if step == steps[-1] else replace(snapshot, embedding=None))
    for step in sorted({*weights, run.weights_steps()[-1]}):
        kept = run.weights(step)
        if kept is not None:
            tensors, about = kept
            half = {
                name: value.half() if value.is_floating_point() else value
                for name, value in tensors.items()
                if name.startswith("method.")
            }
            small.write_weights(step, half, about)
    return small
