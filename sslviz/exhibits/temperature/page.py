"""The blackboard page on the temperature: one set of scores under two or more temperatures, side by side."""

import math

import numpy as np
import pandas as pd
import streamlit as st

from sslviz.exhibits.temperature import figures
from sslviz.measures import softmax
from sslviz.measures.scores import FINAL
from sslviz.sweeps.presets import RECORDED_TEMPERATURES
from sslviz.views import address
from sslviz.views.controls import server
from sslviz.views.notches import TEMPERATURES, notched
from sslviz.views.plot.plot import plot

DEFAULTS = (*softmax.EXAMPLE, 0.5, -0.4, 0.0, 0.3, -0.6)  # where the sliders begin
FIRST = ("1", "0.1", "0.5", "0.01")  # temperatures of the panels
GRID = np.logspace(-3, 1, 161)
OPTIMA = {"SimCLR, ImageNet: 0.1": 0.1, "Wang & Liu, CIFAR-10: 0.3": 0.3}
PAPERS = pd.DataFrame(  # Chen et al. 2020, Table 5; Wang & Liu 2021
    [("SimCLR, ImageNet, linear", t, a) for t, a in ((0.05, 59.7), (0.1, 64.4), (0.5, 60.7), (1.0, 58.0))]
    + [("Wang & Liu 2021, CIFAR-10", t, a) for t, a in ((0.07, 79.75), (0.3, 83.27), (1.0, 82.21))],
    columns=["paper", "τ", "accuracy (%)"],
)


def show() -> None:
    with st.container(key="heading"):
        heading()
        count = choices()
        scores = inputs()
        temperatures = []
        for i, column in enumerate(st.columns(count, gap="medium")):
            with column:
                temperatures.append(notched("Temperature τ", f"tau{i + 1}", TEMPERATURES, FIRST[i]))
        pictures(scores, temperatures)
        for i, tau in enumerate(temperatures):
            if i % 2 == 0:  # two in a row: the formulae need the width
                columns = st.columns(2, gap="medium")
            with columns[i % 2], st.container(border=True):
                panel(scores, tau)
        papers()
    tables = [softmax.table(scores, tau) for tau in temperatures]
    latex = "\n\n".join(f"% tau = {tau:g}\n\\[\n{softmax.formulae(scores, tau)}\n\\]" for tau in temperatures)
    address.export("temperature", pd.concat(tables), latex + "\n")


def heading() -> None:
    left, right = st.columns([1, 1.2], gap="medium", vertical_alignment="center")
    left.header("Temperature", anchor=False)
    left.markdown(
        "The loss asks one question: *which of these is the other view of my picture?* The temperature decides how "
        "sharply the scores answer it, and **which negatives are pushed away**."
    )
    right.latex(r"P_k = \frac{e^{s_k/\tau}}{\sum_j e^{s_j/\tau}}\qquad \ell = -\ln P_+\qquad H = -\sum_k P_k \ln P_k")


def choices() -> int:
    """Examples of the lecture as buttons; and how many temperatures stand side by side."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for scores in (softmax.EXAMPLE, softmax.LOST):
            about = "z₁ with its partner z₂: {:.1f}, with z₃: {:.1f}, with z₄: {:.1f}".format(*scores).replace("-", "−")
            st.button(f"Lecture: positive at {scores[0]}", on_click=put, args=(scores, ("1", "0.1")), help=about)
        return int(address.choice("Temperatures side by side", "panels", ["2", "3", "4"], "2"))


def inputs() -> list[float]:
    """The scores: a slider each, in the URL as n and s1, s2 …"""
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=170):
            n = int(address.number("Candidates n", "n", 3, 2, len(DEFAULTS), help="One positive, n − 1 negatives."))
        found = []
        for i, name in enumerate(softmax.names(n)):
            with st.container(width=170):
                label = "Score of the positive s₊" if i == 0 else f"Negative s{name}"
                found.append(address.number(label, f"s{i + 1}", DEFAULTS[i], -1.0, 1.0, step=0.01))
    return found


def put(scores: tuple[float, ...], temperatures: tuple[str, ...]) -> None:
    """An example, into the widgets and so into the URL."""
    st.session_state["n"] = len(scores)
    st.session_state.update({f"s{i + 1}": score for i, score in enumerate(scores)})
    st.session_state.update({f"tau{i + 1}": tau for i, tau in enumerate(temperatures)})


def panel(scores: list[float], tau: float) -> None:
    """All numbers of one temperature."""
    st.markdown(f"**τ = {tau:g}**")
    log_p = softmax.log_probabilities(scores, tau)
    decimals, shares = softmax.places(log_p), ["–", *(f"{share:.1%}" for share in softmax.shares(scores, tau))]
    rows = [
        f"| {name} | {s:.2f} | {softmax.written(s / tau)} | {softmax.written(p, decimals)} | {share} |"
        for name, s, p, share in zip(softmax.names(len(scores)), scores, log_p, shares, strict=True)
    ]
    h, surprise = softmax.entropy(log_p), softmax.loss(scores, tau)
    head = "| | s | exp(s/τ) | P | gradient share |\n|---|---:|---:|---:|---:|\n"
    st.markdown(head + "\n".join(rows))
    st.markdown(
        f"Loss **{softmax.small(surprise)}** · entropy **{softmax.small(h)}** nats · "
        f"effective choices exp(H) **{math.exp(h):.3f}** of {len(scores)}"
    )
    st.latex(softmax.formulae(scores, tau))
    slope = softmax.slope(scores, tau)
    way = "fall: sharper" if slope > 0 else "rise: softer" if slope < 0 else "stay"
    st.caption(
        f"The positive is pulled in with (1 − P₊)/τ = {softmax.small(softmax.pull(scores, tau))}; the negatives are "
        "pushed away just as hard in total (gradient share: P_k ∕ Σ P over the negatives). A learned τ (as in CLIP) "
        f"would {way}."
    )
    if tuple(scores) == softmax.LOST and tau == softmax.LOST_TEMPERATURE:
        st.info(softmax.about_log_3())


def pictures(scores: list[float], temperatures: list[float]) -> None:
    rows = [softmax.log_probabilities(scores, tau) for tau in temperatures]
    left, right = st.columns(2, gap="medium")
    with left:
        figure = figures.bars([np.exp(row) for row in rows], temperatures, softmax.names(len(scores)))
        plot(figure, key="bars", alt="Softmax probabilities for each temperature")
        st.caption(figures.HOW_TO_READ)
    with right:
        curve = np.array([softmax.entropy(softmax.log_probabilities(scores, tau)) for tau in GRID])
        chosen = [softmax.entropy(row) for row in rows]
        figure = figures.entropy(GRID, curve, temperatures, chosen, len(scores), OPTIMA)
        plot(figure, key="entropy", alt="Entropy of the softmax over the temperature")
        st.caption(figures.HOW_TO_READ_ENTROPY)


def papers() -> None:
    """Our own runs at several temperatures; beside them, and apart, what two papers found."""
    st.subheader("Which temperature learns best?", anchor=False)
    left, right = st.columns([1.4, 1], gap="medium")
    recorded = server.GALLERY / RECORDED_TEMPERATURES
    if recorded.exists():
        with left:
            figure = figures.sweep(pd.read_csv(recorded), OPTIMA)
            plot(figure, key="sweep", alt=f"{FINAL.title} of our own runs over their temperature")
            st.caption(figures.HOW_TO_READ_SWEEP)
    with right:
        st.markdown(
            "| paper's number | τ | accuracy |\n|---|---:|---:|\n"
            + "\n".join(f"| {row.paper} | {row[2]:g} | {row[3]} % |" for row in PAPERS.itertuples())
        )
        st.caption("Papers' numbers: SimCLR, Table 5, and Wang & Liu 2021, on their networks and data; none is ours.")
