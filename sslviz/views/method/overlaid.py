"""Two runs in one chart: their losses, their scores, and a pin wherever something was done to one of them."""

from typing import Any, Literal

import streamlit as st

from sslviz.figures import compare, curves
from sslviz.figures.curves import Pin, Series
from sslviz.measures.interval import doubt
from sslviz.measures.scores import LIVE
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.training.probes import NEIGHBOURS
from sslviz.views.method.curves import chance, recorded
from sslviz.views.plot.plot import plot
from sslviz.views.plot.recorded import BY_PATH, stamped

Pins = tuple[tuple[int, str], ...]
TITLES = {"loss": "Loss", "knn": f"{LIVE.title}: {NEIGHBOURS}-NN accuracy of h"}
HOW_TO_READ = (
    "The first run is solid, the second dashed; one line where they agree. A ▼ marks the step at which something was "
    "done to one of them."
)


def show(runs: tuple[RunFolder, RunFolder], names: tuple[str, str], pins: Pins, *, key: str) -> None:
    """Both losses, and both scores beside them."""
    for column, metric in zip(st.columns(2, gap="medium"), TITLES, strict=True):
        with column:
            one(runs, names, pins, metric, key=key)


def one(
    runs: tuple[RunFolder, RunFolder],
    names: tuple[str, str],
    pins: Pins,
    metric: str,
    *,
    key: str,
    height: Literal["fill"] | None = None,
) -> None:
    """Both losses, or both scores."""
    grown = tuple((run.recorded_bytes(), run.status().knn, run.status().knn_random_init) for run in runs)
    seen = picture(runs, names, metric, pins, grown)
    alt = f"{TITLES[metric]} of both runs over training steps"
    plot(seen, key=f"{key}_{metric}", height=height, alt=alt, of=" and ".join(run.id for run in runs))


def changes(runs: tuple[RunFolder, RunFolder], names: tuple[str, str]) -> Pins:
    """What was done to one of them with its name before it; what was done to both without."""
    done = [
        {(int(event["step"]), str(event["text"])) for event in run.events() if event["kind"] in ("set", "resume")}
        for run in runs
    ]
    of_one = [(step, f"{name}: {text}") for name, mine in zip(names, done, strict=True) for step, text in mine]
    both = done[0] & done[1]
    alone = [pin for pin in of_one if all(pin != (step, f"{n}: {text}") for step, text in both for n in names)]
    return tuple(sorted([*both, *alone]))


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=BY_PATH)
def picture(
    runs: tuple[RunFolder, RunFolder], names: tuple[str, str], metric: str, pins: Pins, grown: tuple[Any, ...]
) -> bytes:
    """`grown`: how much has been recorded, and the scores; when it grows, the picture is drawn anew."""
    series = []
    for number, (run, name) in enumerate(zip(runs, names, strict=True)):
        rows = recorded(run, metric)
        series.append(Series(name, rows["step"].to_numpy(), rows[metric].to_numpy(dtype=float), number))
    look = loss(runs) if metric == "loss" else score(runs, names)
    figure = curves.curves(series, title=TITLES[metric], pins=[Pin(*pin) for pin in pins], **look)
    figure.data[1].line.dash = compare.DASHES[1]
    return stamped(figure, runs[0], max((int(one.step[-1]) for one in series if len(one.step)), default=0))


def loss(runs: tuple[RunFolder, ...]) -> dict[str, Any]:
    """A method's loss has its own unit; and what knowing nothing costs, if that is one number for both."""
    if len({run.settings().method for run in runs}) > 1:
        return {"y_title": "loss (each as its method defines it)"}
    known = {METHODS[run.settings().method].ignorance(run.effective_values()) for run in runs}
    level = known.pop() if len(known) == 1 else None
    unit = "nats" if level is not None and level[0].startswith("ln") else "no unit"
    lines = {} if level is None else {f"{level[0]}: knows nothing": level[1]}
    return {"y_title": f"loss ({unit})", "references": lines}


def score(runs: tuple[RunFolder, ...], names: tuple[str, str]) -> dict[str, Any]:
    """Beside chance and the untrained network, once if they are the same for both."""
    starts = {name: run.status().knn_random_init for name, run in zip(names, runs, strict=True)}
    known = {name: start for name, start in starts.items() if start is not None}
    same = len({round(start, 4) for start in known.values()}) == 1
    lines = {"random weights": next(iter(known.values()))} if same else {f"random, {n}": v for n, v in known.items()}
    lines |= chance(runs[0])
    few = doubt(runs[0].tested(live=True), *(run.status().knn for run in runs))
    return {"y_title": "accuracy", "references": lines, "y_range": (0, 1), "percent": True, "subtitle": few}
