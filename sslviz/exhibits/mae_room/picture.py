"""The picture of the MAE room: of the run's own set, of another, or brought along."""

from dataclasses import dataclass
from random import randrange

import numpy as np
import streamlit as st

from sslviz.data.dataset import DataError
from sslviz.foreign import SENTENCE, in_markdown
from sslviz.runs.folder import RunFolder
from sslviz.views import address
from sslviz.views.controls import by_hand, choose_run


@dataclass(frozen=True)
class Pool:
    """The first test pictures of a set: uint8 N x 3 x H x W; figures: bool N x H x W, where it is known."""

    images: np.ndarray
    figures: np.ndarray | None


def picture(run: RunFolder) -> tuple[np.ndarray, np.ndarray | None]:
    """uint8 3 x H x W, and where the object is (bool H x W), if that is known."""
    own = run.settings().data
    sets = {name if name in by_hand.SETS else "the run's own": name for name in dict.fromkeys((own, *by_hand.SETS))}
    chosen = address.choice("Pictures", "set", list(sets), next(iter(sets)))
    try:
        some = pool(sets[chosen])
    except DataError as error:
        st.warning(f"{in_markdown(error, SENTENCE)} The shapes are shown.")
        some = pool("shapes")
    with st.container(width=220):
        number = min(int(address.number("Picture", "picture", 3, 0, by_hand.POOL - 1)), len(some.images) - 1)
    truth = some.images[number]
    st.button("Another", icon=":material/casino:", on_click=draw_picture, help="A picture drawn at random")
    with st.popover("Your own", icon=":material/upload:", help="A picture of your own"):
        mine = by_hand.upload(truth)
    known = some.figures is not None and mine is truth
    return mine, some.figures[number] if known and some.figures is not None else None


def draw_picture() -> None:
    st.session_state["picture"] = randrange(by_hand.POOL)


@st.cache_resource(max_entries=4, show_spinner=False)
def pool(name: str) -> Pool:
    """Pictures that no run has trained on. Raises DataError."""
    test = choose_run.pictures(name).test
    figures = None if test.masks is None else test.masks[: by_hand.POOL].numpy()
    return Pool(test.images[: by_hand.POOL].numpy().copy(), figures)
