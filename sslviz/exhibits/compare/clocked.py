"""One clock for all runs: at the chosen moment, what each of them makes of the same pictures, side by side."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from sslviz.figures import compare as figures
from sslviz.figures import map as maps
from sslviz.figures import softmax, spectrum
from sslviz.foreign import in_markdown
from sslviz.runs.folder import RunFolder
from sslviz.views import address as worksheet
from sslviz.views.controls import runs_here
from sslviz.views.controls.runs_here import Shown
from sslviz.views.method import history, layouts, small
from sslviz.views.method.history import SLIM
from sslviz.views.method.layouts import LAYOUTS
from sslviz.views.method.moment import last_embedding
from sslviz.views.method.small import POINTS, Picture
from sslviz.views.plot import clock, picked, recorded
from sslviz.views.plot.history_address import address
from sslviz.views.plot.plot import plot
from sslviz.views.plot.recorded import load

HOW_TO_READ_OWN = (
    "Cosine similarity of the views, from −1 (dark blue) to 1 (yellow): the two views of a picture (outlined) should "
    "be alike, all others not; dotted: another picture of the same class."
)
# name -> how it is made, what it is called, what to say where there is none, how to read it
PICTURES: dict[str, tuple[Callable[[RunFolder, int], Picture | None], str, str, str]] = {
    "own": (
        small.views,
        "Similarity of the views",
        "It does not compare two views; what it shows instead is below.",
        HOW_TO_READ_OWN,
    ),
    "softmax": (
        small.softmax,
        "Softmax of the first view",
        "It does not turn similarities into probabilities.",
        softmax.HOW_TO_READ,
    ),
    "likeness": (
        small.likeness,
        "Likeness of test pictures",
        "No h of this run was kept up to this step.",
        figures.HOW_TO_READ_LIKENESS,
    ),
    "spectrum": (
        small.spectrum,
        "Spectrum of z",
        "No spectrum of this run was recorded.",
        f"{spectrum.HOW_TO_READ} Dotted: the untrained network; faint: at the end.",
    ),
    "attention": (
        lambda run, step: None,
        "Attention",
        "It has recorded no attention: only vision transformers have any.",
        "",
    ),
}
HELP = (
    "own: the similarity of the views, or what the method shows instead; softmax: of the first view's row; likeness: "
    "of h of the same test pictures; spectrum: of z; attention: of vision transformers"
)


def pasts(runs: list[Shown]) -> list[clock.Past]:
    return [
        replace(
            clock.past(each.number, each.run.snapshot_steps(), each.history, not each.status.at_work),
            doctor=address(each.run, "doctor"),
        )
        for each in runs
    ]


def show(runs: list[Shown], known: list[clock.Past], axis: str, amount: float) -> None:
    """Picture and map of each run; the browser moves them to the clock's moment."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        which = worksheet.choice("Picture", "picture", list(PICTURES), "own", help=HELP)
        kind = worksheet.choice("Map", "map", list(LAYOUTS), "umap")
        color = runs_here.color_of([each.run for each in runs])
    across = len(runs) if len(runs) <= 4 else 3
    with st.container(key="side"):
        for start in range(0, len(runs), across):
            part = range(start, min(start + across, len(runs)))
            for column, i in zip(st.columns(across, gap="small"), part, strict=False):
                with column:
                    one(runs[i], known[i], axis, amount, which, kind, color)
    classes = next((p.classes for each in runs if (p := recorded.probe(each.run)) is not None), ())
    if color == "class" and classes:
        plot(small.class_legend(classes), key="classes", alt="Colours and symbols of the classes")
    picked.grids([each.run for each in runs], POINTS)
    if which in ("own", "attention"):
        for each in runs:
            instead(each, which)
    st.caption(
        f"{PICTURES[which][3]} {maps.HOW_TO_READ} Every map shows the same {POINTS} test pictures; small faint "
        "squares mark where they end. Maps and h are recorded now and then: each title names its step."
    )


def one(each: Shown, known: clock.Past, axis: str, amount: float, which: str, kind: str, color: str | None) -> None:
    """The pictures of one run."""
    st.markdown(f"**{in_markdown(each.name)}**")
    if not known.steps:
        st.info("Nothing recorded yet.", icon=":material/hourglass_empty:")
        return
    clock.words(known, axis, amount)
    step = known.steps[-1]
    make, name, missing, _ = PICTURES[which]
    picture = make(each.run, step)
    if picture is None:
        st.info(missing, icon=":material/south:")
    else:
        plot(picture[0], key=f"picture_{each.number}", height=SLIM, alt=f"{name}, {each.name}", history=picture[1])
    laid_out = small.layout(each.run, step, kind, color)
    if laid_out is None:
        st.info(f"No {LAYOUTS[kind]} of this run up to this step.", icon=":material/map:")
    else:
        alt = f"{LAYOUTS[kind]} map of {each.name}"
        plot(laid_out[0], key=f"map_{each.number}", height=SLIM, alt=alt, history=laid_out[1])


def instead(each: Shown, which: str) -> None:
    """What a method that compares no two views shows, or its attention: it needs the whole width."""
    steps = each.run.snapshot_steps()
    if not steps or (which == "own" and small.views(each.run, steps[-1]) is not None):
        return
    found = small.own(each.run, steps[-1], "attention" if which == "attention" else "")
    if found is not None:
        panel, drawn, past = found
        plot(drawn, key=f"instead_{each.number}", alt=f"{panel.name}, {each.name}", history=past)
        st.caption(f"**{in_markdown(each.name)}.** {panel.how_to_read}")


def at(run: RunFolder, kind: str, step: int) -> int | None:
    """The step of the layout nearest before `step`."""
    return max((each for each in layouts.layouts(run, kind) if each <= step), default=None)


def numbers(each: Shown, axis: str, amount: float, kind: str) -> dict[str, Any]:
    """What is seen of one run at this moment, as plain numbers."""
    step = each.step_at(axis, amount)
    if step is None:
        return {}
    found: dict[str, Any] = {"step": step, "known": each.row(step)}
    snapshot, laid_out, seen = load(each.run, step), at(each.run, kind, step), last_embedding(each.run, step)
    if seen is not None:
        likely, names = history.cosines(each.run, seen) or (np.empty((0, 0)), [])
        found |= {"likeness_step": seen, "likeness": likely.round(4).tolist(), "likeness_classes": names}
    if snapshot is not None and "similarity" in snapshot.exhibits:
        found["similarity_of_views"] = snapshot.exhibits["similarity"].astype(float).round(4).tolist()
    layout = None if laid_out is None else layouts.layouts(each.run, kind)[laid_out].projection(laid_out, kind)
    if layout is not None:
        found |= {"map": kind, "map_step": laid_out, "map_positions": layout.astype(float).round(4).tolist()}
    return found
