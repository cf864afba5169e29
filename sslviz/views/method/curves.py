"""The curves of a run: the loss, and the score that it must be compared with."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from sslviz.figures import clock, curves
from sslviz.figures.curves import Pin, Series
from sslviz.figures.stacked import stacked
from sslviz.lessons.supervised import REFERENCE
from sslviz.measures.interval import doubt
from sslviz.measures.scores import LIVE
from sslviz.measures.unbalanced import majority
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.training.observer import definition
from sslviz.training.probes import NEIGHBOURS
from sslviz.views.controls import server
from sslviz.views.plot.recorded import BY_PATH, metrics, probe, stamped

UNEVEN = 3.0  # standard deviations: a class that is so much more frequent than others is so not by accident
MOST_POINTS = 1500  # of a curve; more are thinned
WHOLE, HALF = 340, 220  # pixels of height: of a chart, and of one of two that stand one above the other


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=BY_PATH)
def loss_curve(run: RunFolder, step: int, changes: int, clocked: bool = False) -> bytes:
    """`step` and `changes` say how much has been recorded: when they grow, the curve is drawn anew. clocked: with a
    line for the clock of the page, which now stands at `step`.
    """
    figure = loss(run)
    return stamped(timed(figure, step) if clocked else figure, run, step)


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=BY_PATH)
def score_curve(run: RunFolder, step: int, heartbeat: float, clocked: bool = False) -> bytes:
    figure = score(run)
    return stamped(timed(figure, step) if clocked else figure, run, step)


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=BY_PATH)
def both_curves(run: RunFolder, step: int, heartbeat: float, changes: int, clocked: bool = False) -> bytes:
    """The loss above the score."""
    figure = stacked(loss(run, HALF), score(run, HALF), title=f"Loss and {LIVE.name}")
    return stamped(timed(figure, step) if clocked else figure, run, step)


def loss(run: RunFolder, height: int = WHOLE) -> go.Figure:
    rows = recorded(run, "loss")
    values, method = run.effective_values(), run.settings().method
    known = METHODS[method].ignorance(values)
    lines = {} if known is None else {f"{known[0]}: knows nothing": known[1]}
    unit = "nats" if known is not None and known[0].startswith("ln") else "no unit"
    one = Series("loss", rows["step"].to_numpy(), rows["loss"].to_numpy(dtype=float))
    more: dict[str, Any] = {"references": lines, "pins": pins(run), "height": height}
    return curves.curves([one], title="Loss", y_title=f"loss ({unit})", **more)


def score(run: RunFolder, height: int = WHOLE) -> go.Figure:
    """The live k-NN, beside all that it must be compared with."""
    status = run.status()
    series, ways = live_scores(run)
    line: dict[str, float] = {}
    if status.knn_random_init is not None:
        line["random weights"] = status.knn_random_init
    reference = server.recorded(REFERENCE, run.settings().data)
    best = reference.status() if reference is not None else None
    if best is not None and best.knn is not None and best.live_pictures == status.live_pictures:
        line[REFERENCE] = best.knn
    pictures = probe(run)
    line |= chance(run)
    bare = pictures is not None and pictures.labels is None
    title = "No labels, no k-NN score" if bare else f"{LIVE.title}: {NEIGHBOURS}-NN accuracy of h"
    few = doubt(run.tested(live=True), *(float(one.value[-1]) for one in series))
    return curves.curves(
        series,
        title=title,
        subtitle=" · ".join(filter(None, ("; then ".join(ways), few))),
        y_title="accuracy",
        references=line,
        pins=pins(run),
        y_range=(0, 1),
        percent=True,
        height=height,
    )


def live_scores(run: RunFolder) -> tuple[list[Series], list[str]]:
    """The live k-NN for class and hue, a curve of its own for each way in which it was measured: a run that goes on
    under a newer version of the app has two. And these ways, in words.
    """
    series, ways = [], []
    for color, (column, name) in enumerate({"knn": "class", "knn_hue": "hue"}.items()):
        rows = recorded(run, column, "live_pictures")
        for _, part in rows.groupby("live_pictures", dropna=False, sort=False):
            way = definition(part["live_pictures"].iloc[0])
            ways += [way] if way not in ways else []
            series.append(Series(name, part["step"].to_numpy(), part[column].to_numpy(dtype=float), color, way))
    return series, ways


def chance(run: RunFolder) -> dict[str, float]:
    """The line of the live k-NN for whoever knows nothing; none without labels. Where all classes are equally frequent,
    as far as a sample can tell, one in so many is right; else as many as the most frequent class has.
    """
    pictures = probe(run)
    if pictures is None or pictures.labels is None or len(pictures.classes) < 2:
        return {}
    asked = pictures.labels[: run.tested(live=True)]
    share, equal = majority(asked), 1 / len(pictures.classes)
    if share - equal < UNEVEN * (equal * (1 - equal) / len(asked)) ** 0.5:
        return {"chance": equal}
    return {"chance (most frequent class)": share}


def timed(figure: go.Figure, step: int) -> go.Figure:
    return figure.update_layout(shapes=[*figure.layout.shapes, *clock.now(step)])


def recorded(run: RunFolder, column: str, *beside: str) -> pd.DataFrame:
    """The rows in which a value was recorded, thinned to what a plot can show; `beside`: other columns, NaN where there
    is nothing.
    """
    table = metrics(run)
    if column not in table:
        return pd.DataFrame({"step": [], column: []} | {name: [] for name in beside})
    rows = table.dropna(subset=[column]).reindex(columns=["step", column, *beside])
    return rows.iloc[:: max(1, len(rows) // MOST_POINTS)]


def pins(run: RunFolder) -> list[Pin]:
    return [Pin(event["step"], event["text"]) for event in run.events() if event["kind"] in ("set", "resume")]
