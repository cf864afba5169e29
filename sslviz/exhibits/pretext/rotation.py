"""Rotation, played with: turn the picture by any angle and read what the network believes."""

import numpy as np
import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator

from sslviz.exhibits.pretext import ask, figures
from sslviz.figures.predictions import mark
from sslviz.methods.rotation import Rotation
from sslviz.training.loaded import Loaded
from sslviz.views import address
from sslviz.views.plot.plot import plot


def show(
    network: Loaded, path: str, step: int, image: np.ndarray, number: int, left: DeltaGenerator, right: DeltaGenerator
) -> None:
    with left:
        with st.container(horizontal=True):
            for quarter in (0, 90, 180, 270):
                st.button(f"{quarter}°", key=f"turn_{quarter}", on_click=turn, args=(quarter,))
        angle = address.number("Turned to the left by (degrees)", "angle", 90, 0, 355, step=5)
    assert isinstance(network.method, Rotation)
    seen = turned(network, image, angle)
    p = ask.turns(network.method, seen)[0]
    true = round(angle / 90) % 4
    with right:
        answer = int(p.argmax())
        exact = "" if angle % 90 == 0 else f", nearest to the {angle:g}° of this picture: {90 * true}°"
        st.markdown(f"It answers **{90 * answer}°**, {p[answer]:.0%} sure {mark(answer == true)}{exact}")
        one, two = st.columns(2, gap="medium")
        with one:
            plot(
                figures.tray(displayed(network, seen)[None], title="What it is given", columns=1, width=300),
                key="turned",
                height=340,
                alt=f"The picture, turned by {angle:g} degrees",
                of=path,
            )
        with two:
            plot(
                figures.turns(p, true, height=340),
                key="turns",
                alt=f"Belief in 0, 90, 180, 270 degrees: {p.round(2)}",
                of=path,
            )
            st.caption(figures.HOW_TO_READ_TURNS)
        # 72 angles take time: by now the answer is on its way
        over = belief(path, step, image.tobytes(), image.shape, network)
        plot(
            figures.over_angle(ask.ANGLES, over, angle),
            key="over_angle",
            alt="Belief in each of the four answers over the angle",
            of=path,
        )
        st.caption(f"{figures.HOW_TO_READ_ANGLES} {SYMMETRIC}")


SYMMETRIC = "A ring or a square looks the same after a quarter turn: nobody could tell its four answers apart."


def turn(angle: float) -> None:
    st.session_state["angle"] = angle


def turned(network: Loaded, image: np.ndarray, angle: float) -> torch.Tensor:
    """As the network gets it: 1 x 3 x H x W."""
    return ask.turned(network.method.augment.plain(torch.from_numpy(image)[None]), angle)


def displayed(network: Loaded, seen: torch.Tensor) -> np.ndarray:
    """The first view as a picture: uint8 H x W x 3."""
    shown: np.ndarray = network.method.augment.display(seen)[0].permute(1, 2, 0).numpy()
    return shown


@st.cache_data(max_entries=256, show_spinner=False)
def belief(path: str, step: int, image: bytes, shape: tuple[int, ...], _network: Loaded) -> np.ndarray:
    """Angles x 4."""
    assert isinstance(_network.method, Rotation)
    picture = torch.from_numpy(np.frombuffer(image, np.uint8).reshape(shape).copy())
    return ask.turns_over_angle(_network.method, picture)
