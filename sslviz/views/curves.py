"""The curves of a run: the loss, and the score that it must be compared with."""

import numpy as np
import pandas as pd
import streamlit as st

from sslviz.figures import curves
from sslviz.figures.curves import Pin, Series
from sslviz.runs.folder import RunFolder
from sslviz.runs.observer import NEIGHBOURS
from sslviz.views.recorded import folder, probe, stamped

MOST_POINTS = 1500  # of a curve; more are thinned


@st.cache_data(max_entries=32, show_spinner=False)
def loss_curve(path: str, step: int, changes: int) -> bytes:
    """`step` and `changes` say how much has been recorded: when they grow, the curve is drawn anew."""
    run = folder(path)
    rows = recorded(run, "loss")
    values, method = run.values(), run.settings().method
    lines, unit = {}, "no unit"
    if method == "simclr":
        lines = {f"ln(2N − 1), N = {values['batch_size']}: knows nothing": float(np.log(2 * values["batch_size"] - 1))}
        unit = "nats"
    elif method == "moco":
        lines = {f"ln(K + 1), K = {values['queue_length']}: knows nothing": float(np.log(values["queue_length"] + 1))}
        unit = "nats"
    one = Series("loss", rows["step"].to_numpy(), rows["loss"].to_numpy(dtype=float))
    figure = curves.curves([one], title="Loss", y_title=f"loss ({unit})", references=lines, pins=pins(run))
    return stamped(figure, path, step)


@st.cache_data(max_entries=32, show_spinner=False)
def score_curve(path: str, step: int, heartbeat: float) -> bytes:
    run = folder(path)
    series = []
    for color, (column, name) in enumerate({"knn": "class", "knn_hue": "hue"}.items()):
        rows = recorded(run, column)
        if len(rows):
            series.append(Series(name, rows["step"].to_numpy(), rows[column].to_numpy(dtype=float), color))
    status = run.status()
    line = {} if status.knn_random_init is None else {"random initialisation": status.knn_random_init}
    pictures = probe(path)
    classes = len(pictures.classes) if pictures is not None else 0
    if classes > 1:
        line["chance"] = 1 / classes
    bare = pictures is not None and pictures.labels is None
    title = "No labels, no k-NN score" if bare else f"{NEIGHBOURS}-NN accuracy of h"
    figure = curves.curves(
        series, title=title, y_title="accuracy", references=line, pins=pins(run), y_range=(0, 1), percent=True
    )
    return stamped(figure, path, step)


def recorded(run: RunFolder, column: str) -> pd.DataFrame:
    """The rows in which a value was recorded, thinned to what a plot can show."""
    table = run.metrics()
    if column not in table:
        return pd.DataFrame({"step": [], column: []})
    rows = table[["step", column]].dropna()
    return rows.iloc[:: max(1, len(rows) // MOST_POINTS)]


def pins(run: RunFolder) -> list[Pin]:
    return [Pin(event["step"], event["text"]) for event in run.events() if event["kind"] in ("set", "resume")]
