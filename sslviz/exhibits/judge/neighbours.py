"""Who lies close to whom: each picture's nearest neighbours, what is taken for what, and the score of every class."""

import numpy as np
import streamlit as st
import torch

from sslviz.figures import confusion, tiles
from sslviz.measures.knn import leave_one_out, neighbours
from sslviz.measures.scores import FINAL, LIVE
from sslviz.runs.folder import RunFolder
from sslviz.training.probes import NEIGHBOURS, QUERIES
from sslviz.views import address
from sslviz.views.method.moment import last_embedding
from sslviz.views.plot.plot import plot
from sslviz.views.plot.recorded import BY_PATH, load, probe, stamped

STRIP = 7  # neighbours that are shown
ROWS = 6  # pictures whose neighbours are shown
LAST = QUERIES // ROWS * ROWS - ROWS  # the first picture of the last strip
HOW_TO_READ = (
    "Each row: a test picture, then the test pictures nearest to it in h, nearest first (✗: another class). "
    "Right: the class that its 20 nearest others vote for. Here the test pictures of the map ask each other, so the "
    f"share is neither the {LIVE.name} of the curves nor the {FINAL.name}."
)


def show(run: RunFolder, step: int) -> None:
    """Strips and confusion of the last embedding recorded at or before `step`; nothing without one."""
    at = last_embedding(run, step)
    if at is None or probe(run) is None:
        return
    left, right = st.columns(2, gap="medium")
    with left:
        first = int(address.number("First picture", "first", 0, 0, LAST, step=ROWS))
        plot(strips(run, at, first), key="strips", alt="Nearest neighbours of six pictures")
    with right:
        table = taken_for(run, at)
        if table is not None:
            plot(table, key="confusion", alt="Which class is taken for which")
    st.caption(HOW_TO_READ)


def known(run: RunFolder, step: int) -> tuple[torch.Tensor, np.ndarray | None, tuple[str, ...]]:
    """h (M x d), labels (M) and names of the classes of the probe pictures."""
    snapshot, pictures = load(run, step), probe(run)
    assert snapshot is not None
    assert snapshot.embedding is not None
    assert pictures is not None
    return torch.from_numpy(snapshot.embedding).float(), pictures.labels, pictures.classes


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=BY_PATH)
def strips(run: RunFolder, step: int, first: int) -> bytes:
    h, labels, _ = known(run, step)
    pictures = probe(run)
    assert pictures is not None
    images = pictures.pictures()
    first = min(first, len(h) - ROWS)
    nearest, cosine = neighbours(h, STRIP)
    chosen = np.arange(first, first + ROWS)
    rows = []
    for i in chosen:
        others = nearest[i].numpy()
        wrong = [labels is not None and labels[j] != labels[i] for j in others]
        captions = ["", *(f"{'✗ ' if bad else ''}{c:.2f}" for bad, c in zip(wrong, cosine[i].tolist(), strict=True))]
        rows.append(tiles.Row(str(i), images[np.append(i, others)], captions=captions))
    figure = tiles.figure(
        rows,
        title="Nearest neighbours",
        subtitle="below each: its cosine with the picture on the left",
        x_title="neighbour",
        y_title="test picture",
        columns=["itself", *map(str, range(1, STRIP + 1))],
        width=520,
    )
    return stamped(figure, run, step)


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=BY_PATH)
def taken_for(run: RunFolder, step: int) -> bytes | None:
    """The confusion matrix; None without labels."""
    h, labels, classes = known(run, step)
    if labels is None:
        return None
    truth = torch.from_numpy(labels).long()
    names = list(classes) or [str(c) for c in range(int(truth.max()) + 1)]
    answer = leave_one_out(h, truth, classes=len(names), k=NEIGHBOURS)
    return stamped(confusion.confusion(labels, answer.numpy(), names, height=470), run, step)
