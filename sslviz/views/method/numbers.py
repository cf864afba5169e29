"""Everything else that was measured: any recorded number of a run, as curves."""

import numpy as np
import streamlit as st

from sslviz.figures import curves
from sslviz.figures.curves import Series
from sslviz.runs.folder import RunFolder
from sslviz.views.method.curves import pins, recorded
from sslviz.views.plot.plot import plot
from sslviz.views.plot.recorded import BY_PATH, metrics, stamped

# drawn above, or no measurement
ELSEWHERE = {"step", "seconds", "images", "elapsed", "loss", "knn", "knn_hue", "live_pictures"}
MOST = 4  # curves that are shown before anybody chooses


def show(run: RunFolder, step: int) -> None:
    """Pills with the names of all recorded numbers, and the curves of the chosen ones."""
    names = recorded_names(run, step)
    if not names:
        return
    chosen = st.pills(
        "Numbers",
        names,
        selection_mode="multi",
        default=names[: min(MOST, len(names))],
        format_func=lambda name: name.replace("_", " "),
        key=f"numbers_{run.settings().method}",
    )
    if chosen:
        drawn = number_curves(run, step, tuple(chosen))
        plot(drawn, key="numbers", alt="Recorded numbers over training steps")
        st.caption("What the method says about itself at each step; numbers of one size can share a plot.")


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_PATH)
def recorded_names(run: RunFolder, step: int) -> list[str]:
    """The method's own first, then the signs of collapse."""
    columns = [name for name in metrics(run).columns if name not in ELSEWHERE and "random_init" not in name]
    last = {"learning_rate", "std", "mean_cosine", "rank", "uniformity", "alignment"}
    return sorted(columns, key=lambda name: name in last)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_PATH)
def number_curves(run: RunFolder, step: int, names: tuple[str, ...]) -> bytes:
    series = []
    for color, name in enumerate(names):
        rows = recorded(run, name)
        values = rows[name].to_numpy(dtype=float)
        series.append(
            Series(
                name.replace("_", " "), rows["step"].to_numpy(), np.where(np.isfinite(values), values, np.nan), color
            )
        )
    figure = curves.curves(series, title="The method's own numbers", y_title="value", pins=pins(run))
    return stamped(figure, run, step)
