"""How attention came about: one picture at every kept moment of a run, and the overlap with the masks of many."""

import numpy as np
import streamlit as st
import torch

from sslviz.data.dataset import DataError
from sslviz.exhibits.attention import figures, figures_measured, seen
from sslviz.exhibits.attention.seen import LABELLED, RANDOM, covers, with_mean
from sslviz.foreign import SENTENCE, in_markdown
from sslviz.judging.look import look
from sslviz.measures.attention import overlaps
from sslviz.runs.folder import RunFolder
from sslviz.views import address
from sslviz.views.controls import choose_run
from sslviz.views.plot.plot import encode, plot
from sslviz.views.plot.recorded import folder

PICTURES = 64  # over which the overlap is averaged


def show(run: RunFolder, picture: np.ndarray, mask: np.ndarray | None, share: float) -> None:
    """Closed, it costs nothing: the first look loads the network of every moment."""
    opened = address.folded("Through the training", "history", "time")
    if not opened.open:
        return
    with opened:
        steps = tuple(step for step in run.weights_steps() if step)  # 0 is shown in any case
        if not steps:
            st.caption("Of this run nothing but its random weights was kept.")
            return
        truth = None if mask is None else mask.tobytes()
        try:
            strip = through(str(run.path), steps, picture.tobytes(), picture.shape, truth, share)
            curve = emergence(str(run.path), steps, seen.supervised_vit(str(run.path)))
        except (LookupError, DataError) as error:
            st.warning(in_markdown(error, SENTENCE))
            return
        plot(strip, key="strip", alt="What the attention of the class token covers, moment by moment", of=run.id)
        if curve is None:
            st.caption("These pictures have no masks, so nothing can be measured against them.")
            return
        plot(curve, key="emergence", alt="Overlap of attention and mask over the training", of=run.id)
        st.caption(figures_measured.HOW_TO_READ_EMERGENCE)


@st.cache_data(max_entries=64, show_spinner="Looking at every moment …")
def through(
    path: str, steps: tuple[int, ...], picture: bytes, shape: tuple[int, ...], mask: bytes | None, share: float
) -> bytes:
    """The mean map of the class token, at step 0 (random weights) and at every kept moment."""
    moments = [(steps[-1], True), *((step, False) for step in steps)]
    maps = [with_mean(seen.look_at(path, *moment, picture, shape), 0)[0] for moment in moments]
    truth = None if mask is None else np.frombuffer(mask, bool).reshape(shape[1:])
    shown = np.frombuffer(picture, np.uint8).reshape(shape).transpose(1, 2, 0)
    return encode(figures.through_time(shown, truth, (0, *steps), covers(np.stack(maps), share)))


@st.cache_data(max_entries=32, show_spinner="Measuring every moment …")
def emergence(path: str, steps: tuple[int, ...], labelled: str | None) -> bytes | None:
    """None where the pictures have no masks."""
    begin = scores(path, steps[-1], True)
    if begin is None:
        return None
    found = np.array([begin, *(scores(path, step, False) for step in steps)])
    lines = {f"{RANDOM}, best head:": begin[0]}
    if labelled is not None:
        last = scores(labelled, folder(labelled).weights_steps()[-1], False)
        lines |= {} if last is None else {f"{LABELLED}, best head:": last[0]}
    return encode(figures_measured.emergence(np.array([0, *steps]), found[:, 0], found[:, 1], lines, PICTURES))


@st.cache_data(max_entries=128, show_spinner=False)
def scores(path: str, step: int, untrained: bool) -> tuple[float, float] | None:
    """Mean Jaccard of the best head, and of the mean of the maps, over the first test pictures."""
    run = folder(path)
    test = choose_run.pictures(run.settings().data).test
    if test.masks is None:
        return None
    loaded = choose_run.network(run, step)
    heads = torch.from_numpy(look(loaded.untrained if untrained else loaded.method, test.images[:PICTURES]).asked_by(0))
    maps = torch.cat([heads.mean(1, keepdim=True), heads], 1)
    by_map = overlaps(maps, test.masks[:PICTURES]).mean(0)
    return float(by_map[1:].max()), float(by_map[0])
