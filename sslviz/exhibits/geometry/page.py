"""The geometry page: what a loss does to its views, shown as points on a circle or a sphere that can be moved.

Dragging and gradient steps are answered in the browser (sphere.js); when the hand rests, this page hears where
the points are, for the address and the export.
"""

from typing import Any

import numpy as np
import streamlit as st

from sslviz.exhibits.geometry import maths
from sslviz.exhibits.geometry.sphere import draw
from sslviz.measures.infonce_views import code
from sslviz.views import address
from sslviz.views.notches import TEMPERATURES, notched

D = {"circle": 2, "sphere": 3}
SEED = 22  # begins with the points well apart, on the circle and on the sphere
STEP_SIZES = [notch for notch in TEMPERATURES if float(notch) <= 0.5]
KNOBS = {  # loss -> label, key in the URL, default, low, high, help
    "NT-Xent": ("Temperature τ", "tau", 0.2, 0.01, 1.0, "Small: only the nearest negatives push."),
    "alignment + uniformity": (
        "Weight λ of uniformity",
        "lambda",
        0.5,
        0.0,
        2.0,
        "0: only the partners count.",
    ),
    "attraction only": (
        *("Overlap ω", "omega", 0.5, 0.0, 1.0),
        "The share of the pull that acts between different pictures, because their views look alike now and then.",
    ),
}
ABOUT = {
    "NT-Xent": "Partners attract, all others repel, the nearest most. That keeps the pictures apart.",
    "alignment + uniformity": "Wang & Isola 2020: the two halves of NT-Xent as separate terms.",
    "attraction only": (
        "BYOL's distance without predictor, target and stop-gradient: nothing repels. These points are **free**, so "
        "with ω = 0 only the two views of each picture merge; with some overlap, as in training, all become one point."
    ),
}
HOW_TO_READ = (
    "A colour is a picture, **a** and **b** are its two views. The bold arrow is the negative gradient −2N ∂L/∂z, "
    "the sum of the two thin ones: the pull of the partner and the force of all others. Drag a point, or focus it "
    "and press the arrow keys (Shift: finer). Drag the background to turn the sphere; what is behind is fainter."
)


def show() -> None:
    st.header("Geometry of the losses", anchor=False)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        mode = address.choice("Views lie on a", "mode", list(D), "circle")
        loss = address.choice("Loss", "loss", list(maths.LOSSES), "NT-Xent")
    with st.container(
        horizontal=True, gap="medium", vertical_alignment="center"
    ):  # below each other where it is narrow
        st.markdown(ABOUT[loss], width=460)
        st.latex(maths.formula(loss), width="content")
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        label, key, default, low, high, about = KNOBS[loss]
        with st.container(width=200):
            knob = address.number(label, key, default, low, high, step=0.01, help=about)
        with st.container(width=200):
            eta = notched("Step size η", "eta", STEP_SIZES, "0.05", help="If the step is too long, the loss goes up.")
        with st.container(width=160):
            pictures = int(address.number("Pictures N", "n", 4, 2, maths.MOST))
        with st.container(width=160):
            seed = int(address.number("Seed of the start", "seed", SEED, 0, 99))
    if st.session_state.setdefault("_geometry_seed", seed) != seed:
        st.session_state["_geometry_seed"] = seed
        forget()
    z = points(mode, pictures, seed)
    draw(z, loss, knob, eta, key="geometry", moved=_moved)
    st.caption(HOW_TO_READ)
    address.export("geometry", maths.table(z, loss, knob), maths.latex(z, loss, knob))


def points(mode: str, pictures: int, seed: int) -> np.ndarray:
    """Where the views are, 2N x d: what `?circle=` or `?sphere=` says, and the random start for all others."""
    d = D[mode]
    z = maths.start(pictures, d, seed)
    most = 2 * maths.MOST * (d - 1)
    degrees = address.numbers(mode, [], -360, 360, most=most)
    if len(degrees) % (d - 1):
        address.note(mode, st.query_params[mode], "the random start")
        return z
    given = maths.at_degrees(np.reshape(degrees, (-1, d - 1)))  # in the order 1a, 1b, 2a …: it stays when N changes
    for row in range(2 * pictures):
        if code(row, pictures) < len(given):
            z[row] = given[code(row, pictures)]
    return z


def sent(value: Any) -> tuple[str, list[float]]:
    """What the browser has sent, as a key of the URL and its numbers. Raises ValueError for anything else."""
    try:
        mode = {d: mode for mode, d in D.items()}[value["d"]]
        rows = [[address.finite(str(angle)) for angle in row] for row in value["degrees"]]
    except (TypeError, KeyError) as error:
        raise ValueError(value) from error
    pictures = len(rows) // 2
    if len(rows) % 2 or pictures > maths.MOST or any(len(row) != D[mode] - 1 for row in rows):
        raise ValueError(value)
    if any(abs(angle) > 360 for row in rows for angle in row):
        raise ValueError(value)
    order = sorted(range(len(rows)), key=lambda row: code(row, pictures))
    return mode, [angle for row in order for angle in rows[row]]


def forget() -> None:
    """Back to the random start, on the circle and on the sphere."""
    for mode in D:
        st.query_params.pop(mode, None)


def _moved() -> None:
    """The hand rests in the browser; nothing that it sends is trusted."""
    try:
        mode, degrees = sent(st.session_state["geometry"]["points"])
    except (ValueError, KeyError):
        return
    if degrees:
        address.remember(mode, degrees)
    else:
        st.query_params.pop(mode, None)
