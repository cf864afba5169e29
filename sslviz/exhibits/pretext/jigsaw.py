"""Jigsaw, played with: swap or shuffle the tiles and see how the network would put them together."""

import numpy as np
import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator

from sslviz.exhibits.pretext import ask, figures
from sslviz.exhibits.pretext.ask import Puzzle
from sslviz.figures.jigsaw import unshuffle
from sslviz.figures.predictions import mark
from sslviz.methods.jigsaw import Jigsaw
from sslviz.training.loaded import Loaded
from sslviz.views import address
from sslviz.views.plot.plot import plot

BEST = 5  # answers that are shown


def show(
    network: Loaded, path: str, step: int, image: np.ndarray, number: int, left: DeltaGenerator, right: DeltaGenerator
) -> None:
    method = network.method
    assert isinstance(method, Jigsaw)
    known = method.permutations.numpy().astype(int)  # P x T
    order = read_order(known[number % len(known)])
    with left:
        buttons(known, order)
    with right:
        board(network, path, step, image, known, tuple(order))


def board(network: Loaded, path: str, step: int, image: np.ndarray, known: np.ndarray, order: tuple[int, ...]) -> None:
    found = solved(path, step, image.tobytes(), image.shape, order, network)
    p, picture = found.probability[0], found.shuffled[0]
    side = round(len(order) ** 0.5)
    best = np.argsort(-p, kind="stable")[:BEST]
    sentence(p, known, best[0], order)
    one, two = st.columns([1, 1.9], gap="medium")
    with one:
        held = st.session_state.get("_held")
        plot(
            figures.tray(cells(picture, side), title="The puzzle", columns=side, chosen=held, width=320),
            key="puzzle",
            alt=f"The shuffled tiles; place k shows tile {list(order)}",
            of=path,
            on_click=lambda at: click(at.row * side + at.column, order),
        )
        st.caption(figures.HOW_TO_READ_TRAY)
    with two:
        restored = np.stack([unshuffle(picture, known[y]) for y in best])
        right = [int((known[y] == order).sum()) for y in best]
        captions = [
            f"{p[y]:.0%}" + (" ✓" if n == len(order) else f" {n}/{len(order)}")
            for y, n in zip(best, right, strict=True)
        ]
        plot(
            figures.tray(
                restored, title="Put together by its likeliest answers", columns=BEST, captions=captions, width=640
            ),
            key="restored",
            alt=f"The picture as put together by the {BEST} likeliest answers: {', '.join(captions)}",
            of=path,
        )
        st.caption(
            f"Of its {len(p)} answers, the {len(best)} likeliest, and how many tiles each puts where they belong. "
            f"Guessing: {1 / len(p):.1%}."
        )


def sentence(p: np.ndarray, known: np.ndarray, best: int, order: tuple[int, ...]) -> None:
    same = np.flatnonzero((known == order).all(1))
    if len(same):
        st.markdown(
            f"It is **{p[best]:.0%}** sure {mark(best == same[0])}. The true order is one of the {len(known)} that it "
            f"knows; it gives that one {p[same[0]]:.1%}."
        )
    else:
        most = int((known == order).sum(1).max())
        st.markdown(
            f"It is **{p[best]:.0%}** sure, and **cannot be right**: this order is not one of the {len(known)} that it "
            f"knows. The best of its answers would put {most} of {len(order)} tiles where they belong."
        )


def cells(picture: np.ndarray, side: int) -> np.ndarray:
    """H x W x 3 -> its tiles, row by row."""
    size = picture.shape[0] // side
    tiles = picture[: side * size, : side * size].reshape(side, size, side, size, 3).swapaxes(1, 2)
    return np.ascontiguousarray(tiles.reshape(side * side, size, size, 3))


@st.cache_data(max_entries=256, show_spinner=False)
def solved(
    path: str, step: int, image: bytes, shape: tuple[int, ...], order: tuple[int, ...], _network: Loaded
) -> Puzzle:
    assert isinstance(_network.method, Jigsaw)
    picture = torch.from_numpy(np.frombuffer(image, np.uint8).reshape(shape).copy())
    return ask.puzzle(_network.method, picture[None], np.array([order]))


# -- the order of the tiles, which lives in the URL -------------------------------------------------------------------


def read_order(usual: np.ndarray) -> list[int]:
    """`?order=2,0,1,…`: place k shows tile order[k]. Anything else than a permutation gives the usual one."""
    found = address.numbers("order", usual.tolist(), 0, len(usual) - 1)
    if sorted(found) != list(range(len(usual))):
        address.note("order", st.query_params["order"], "another order")
        del st.query_params["order"]
        return [int(tile) for tile in usual]
    return [int(tile) for tile in found]


def buttons(known: np.ndarray, order: list[int]) -> None:
    with st.container(horizontal=True):
        st.button(
            "Shuffle", key="shuffle", icon=":material/shuffle:", on_click=shuffle, args=(order, known), type="primary"
        )
        st.button("Any order", key="any_order", on_click=shuffle, args=(order,), help=ANY)
        st.button("In order", key="in_order", on_click=set_order, args=(list(range(len(order))),))
    names = [str(place + 1) for place in range(len(order))]
    st.pills(
        "Swap two places (or click the tiles)",
        names,
        selection_mode="multi",
        key="swap",
        wrap=True,
        on_change=swap,
        args=(order,),
    )


ANY = "An order that is rarely one of those that it was trained on"


def shuffle(order: list[int], known: np.ndarray | None = None) -> None:
    """Another order: one of those known to it, else any."""
    chance, new = np.random.default_rng(), order
    while new == order:
        new = (chance.permutation(len(order)) if known is None else known[chance.integers(len(known))]).tolist()
    set_order(new)


def set_order(order: list[int]) -> None:
    address.remember("order", order)
    st.session_state.pop("_held", None)


def swap(order: list[int]) -> None:
    """Two places were chosen with the pills."""
    places = [int(name) - 1 for name in st.session_state["swap"]]
    if len(places) == 2:
        set_order(swapped(order, *places))
        st.session_state["swap"] = []


def swapped(order: list[int] | tuple[int, ...], a: int, b: int) -> list[int]:
    new = list(order)
    new[a], new[b] = new[b], new[a]
    return new


def click(place: int, order: tuple[int, ...]) -> None:
    """The first tile is held, the second changes places with it; the same again is let go."""
    held = st.session_state.pop("_held", None)
    if not 0 <= place < len(order):  # the browser's word
        return
    if held is None or held >= len(order):
        st.session_state["_held"] = place
    elif held != place:
        set_order(swapped(order, held, place))
