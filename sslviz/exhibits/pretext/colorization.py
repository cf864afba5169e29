"""Colorization, played with: a picture without its colours, what is painted back, and the bets that were made."""

import numpy as np
import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator

from sslviz.exhibits.pretext import ask, figures, figures_colors
from sslviz.exhibits.pretext.ask import Colours
from sslviz.methods.colorization import ANNEAL, Colorization
from sslviz.training.loaded import Loaded
from sslviz.views import address, net
from sslviz.views.plot.plot import plot


def show(
    network: Loaded, path: str, step: int, image: np.ndarray, number: int, left: DeltaGenerator, right: DeltaGenerator
) -> None:
    with left:
        temperature = address.number(
            "Temperature of the colours, T", "anneal", ANNEAL, 0.02, 2.0, step=0.02, help=ANNEALED
        )
    with right:
        found = painted(path, step, image.tobytes(), image.shape, temperature, network)
        sure = found.probability[0].max(0)
        hit = (found.probability[0].argmax(0) == found.truth[0]).mean()
        st.markdown(
            f"The likeliest colour is the true one at **{hit:.0%}** of {sure.size} places (guessing among "
            f"{len(found.bins)} colours: {1 / len(found.bins):.1%}); it is {sure.mean():.0%} sure of it on average."
        )
        truth = image.transpose(1, 2, 0)
        three = np.stack([found.gray[0], found.painted[0], truth])
        plot(
            figures.tray(
                three, title="Colours from a grey picture", columns=3, captions=["given", "painted", "truth"], width=640
            ),
            key="painted",
            alt="The grey picture, the painted one, and the true one",
            of=path,
        )
        net.fragment("What it bets on", bets)(path, found)


ANNEALED = (
    "Many colours are probable at a place, one has to be painted: at 1 the mean of all, which is dull, near 0 the "
    "likeliest; 0.38 is the paper's."
)


def bets(path: str, found: Colours) -> None:
    """Where it is sure, and what it bets on at one place."""
    p, truth = found.probability[0], found.truth[0]
    row, column = read_place(truth.shape)
    one, two = st.columns(2, gap="medium")
    with one:
        plot(
            figures_colors.sure(p.max(0), (row, column)),
            key="sure",
            alt="How sure the network is of the likeliest colour at each place",
            of=path,
            on_click=lambda at: address.remember("place", [at.row, at.column]),
        )
        st.caption(figures_colors.HOW_TO_READ_SURE)
    with two:
        colors = ask.bin_colours(found.bins, found.light[0, row, column])
        plot(
            figures_colors.place(found.bins, p[:, row, column], colors, int(truth[row, column])),
            key="bets",
            alt=f"Probability of each colour at row {row}, column {column}",
            of=path,
        )
        st.caption(figures_colors.HOW_TO_READ_PLACE)


def read_place(shape: tuple[int, ...]) -> tuple[int, int]:
    """`?place=row,column`; the middle unless given."""
    middle = [shape[0] // 2, shape[1] // 2]
    found = address.numbers("place", middle, 0, min(shape) - 1, most=2)
    if len(found) != 2 or any(value != int(value) for value in found):
        address.note("place", st.query_params["place"], "the middle")
        del st.query_params["place"]
        return middle[0], middle[1]
    return int(found[0]), int(found[1])


@st.cache_data(max_entries=128, show_spinner=False)
def painted(
    path: str, step: int, image: bytes, shape: tuple[int, ...], temperature: float, _network: Loaded
) -> Colours:
    assert isinstance(_network.method, Colorization)
    picture = torch.from_numpy(np.frombuffer(image, np.uint8).reshape(shape).copy())
    return ask.colours(_network.method, picture[None], temperature)
