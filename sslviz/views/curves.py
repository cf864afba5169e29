"""The curves of a run: the loss, and the score that it must be compared with."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from sslviz.figures import clock, curves
from sslviz.figures.curves import Pin, Series
from sslviz.measures.scores import LIVE
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.runs.observer import NEIGHBOURS
from sslviz.views import server
from sslviz.views.recorded import folder, metrics, probe, stamped

MOST_POINTS = 1500  # of a curve; more are thinned


@st.cache_data(max_entries=32, show_spinner=False)
def loss_curve(path: str, step: int, changes: int, clocked: bool = False) -> bytes:
    """`step` and `changes` say how much has been recorded: when they grow, the curve is drawn anew. clocked: with a
    line for the clock of the page, which now stands at `step`.
    """
    run = folder(path)
    rows = recorded(run, "loss")
    values, method = run.values(), run.settings().method
    known = METHODS[method].ignorance(values)
    lines = {} if known is None else {f"{known[0]}: knows nothing": known[1]}
    unit = "nats" if known is not None and known[0].startswith("ln") else "no unit"
    one = Series("loss", rows["step"].to_numpy(), rows["loss"].to_numpy(dtype=float))
    figure = curves.curves([one], title="Loss", y_title=f"loss ({unit})", references=lines, pins=pins(run))
    return stamped(timed(figure, step) if clocked else figure, path, step)


@st.cache_data(max_entries=32, show_spinner=False)
def score_curve(path: str, step: int, heartbeat: float, clocked: bool = False) -> bytes:
    run = folder(path)
    series = []
    for color, (column, name) in enumerate({"knn": "class", "knn_hue": "hue"}.items()):
        rows = recorded(run, column)
        if len(rows):
            series.append(Series(name, rows["step"].to_numpy(), rows[column].to_numpy(dtype=float), color))
    status = run.status()
    line: dict[str, float] = {}
    if status.knn_random_init is not None:
        line["random initialisation"] = status.knn_random_init
    reference = server.recorded("supervised", run.settings().data)
    best = reference.status().knn if reference is not None else None
    if best is not None:
        line["supervised"] = best
    pictures = probe(path)
    classes = len(pictures.classes) if pictures is not None else 0
    if classes > 1:
        line["chance"] = 1 / classes
    bare = pictures is not None and pictures.labels is None
    title = "No labels, no k-NN score" if bare else f"{LIVE.title}: {NEIGHBOURS}-NN accuracy of h"
    figure = curves.curves(
        series, title=title, y_title="accuracy", references=line, pins=pins(run), y_range=(0, 1), percent=True
    )
    return stamped(timed(figure, step) if clocked else figure, path, step)


def timed(figure: go.Figure, step: int) -> go.Figure:
    return figure.update_layout(shapes=[*figure.layout.shapes, *clock.now(step)])


def recorded(run: RunFolder, column: str) -> pd.DataFrame:
    """The rows in which a value was recorded, thinned to what a plot can show."""
    table = metrics(run)
    if column not in table:
        return pd.DataFrame({"step": [], column: []})
    rows = table[["step", column]].dropna()
    return rows.iloc[:: max(1, len(rows) // MOST_POINTS)]


def pins(run: RunFolder) -> list[Pin]:
    return [Pin(event["step"], event["text"]) for event in run.events() if event["kind"] in ("set", "resume")]
