"""The attention room: choose a run, a moment, a picture and who asks; every head answers, beside two other networks.

The networks stay loaded (views/controls/choose_run.py), what they say about a picture is computed once, and nothing
trains here.
"""

from collections.abc import Callable

import numpy as np
import streamlit as st

from sslviz.data.dataset import DataError, Split
from sslviz.exhibits.attention import figures, measured, over_time, seen
from sslviz.exhibits.attention.seen import Question
from sslviz.foreign import SENTENCE, in_markdown
from sslviz.measures.attention import MASS
from sslviz.methods import METHODS
from sslviz.nets import ENCODERS
from sslviz.nets.vit import PATCH, ViT
from sslviz.runs.folder import RunFolder
from sslviz.views import address, net
from sslviz.views.controls import by_hand, choose_run, server
from sslviz.views.plot.plot import Click, plot

FIRST = "dino_vit"  # the recorded example that the room opens with
POOL = 256  # the first test pictures
CLASS, ONE = "class token", "a patch"


def show() -> None:
    with st.container(key="heading"):
        st.header("Attention", anchor=False)
        st.markdown(
            "In a vision transformer every patch asks all others what they know, and the class token asks them all. "
            "DINO's authors found that the heads of their class token **cut out the objects, without a single label**. "
            "Does ours? Here the pictures come with masks, so it can be measured."
        )
        net.fragment("The room", room)()
        st.subheader("Has it found the figure?", anchor=False)
        measured.overlap()
        st.subheader("Why the teacher's answers do not collapse", anchor=False)
        net.fragment("What became of the answers", measured.walls)()


def room() -> None:
    """What is looked at; who asks has a fragment of its own, so that a click draws no more than what it changes."""
    if FIRST in {run.id for run in server.examples()}:
        st.query_params.setdefault("run", FIRST)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width=320):
            run = choose_run.run("run", has_attention, refusal="has no attention: its encoder is no vision transformer")
        if run is None:
            st.info("No run with a vision transformer has kept its weights: train one with *encoder* set to *vit*.")
            return
        with st.container(width=240):
            step = choose_run.moment(run, "Moment (training step)")
        assert step is not None  # it has kept weights, else it could not be chosen
        try:
            choose_run.network(run, step)
            pool = choose_run.pictures(run.settings().data).test
        except (LookupError, DataError) as error:
            st.warning(in_markdown(error, SENTENCE))
            return
        picture, mask = chosen(pool)
    net.fragment("The attention", asked)(run, step, picture, mask)


def asked(run: RunFolder, step: int, picture: np.ndarray, mask: np.ndarray | None) -> None:
    """picture: uint8 3 x H x W; mask: bool H x W, if there is one."""
    side = picture.shape[-1] // PATCH
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        token = asking(side * side)
        with st.container(width=260):
            share = address.number("Share of the attention that is kept", "share", MASS, 0.1, 0.95, step=0.05)
    path = str(run.path)
    labelled = seen.supervised_vit(path)
    truth = None if mask is None else mask.tobytes()
    question = Question(path, step, labelled, picture.tobytes(), picture.shape, truth, token, share)
    with st.container(key="pairs"):
        one, two, three = st.columns([1, 1, 1.25], gap="medium")
    with three:  # the answer: on its way before what it is about
        plot(
            seen.drawn("maps", question),
            key="maps",
            alt="Attention of every head of every network, and what it covers",
            of=run.id,
            first=True,
        )
        how = figures.HOW_TO_READ_MAPS + (figures.HOW_TO_READ_MASK if mask is not None else "") + "."
        alone = labelled is None and not METHODS[run.settings().method].labelled
        st.caption(how + (" No supervised transformer on these pictures has been recorded." if alone else ""))
    with one:
        plot(
            seen.drawn("asker", question),
            key="asker",
            alt="The picture in its patches; click one",
            of=run.id,
            on_click=ask(side),
        )
        st.caption(figures.HOW_TO_READ_ASKER)
    with two:
        plot(
            seen.drawn("features", question),
            key="features",
            alt="Cosines with the asking patch, and main directions as colours",
            of=run.id,
        )
        st.caption(figures.HOW_TO_READ_FEATURES)
    over_time.show(run, picture, mask, share)


def has_attention(run: RunFolder) -> bool:
    return issubclass(ENCODERS[run.settings().encoder], ViT)


def chosen(pool: Split) -> tuple[np.ndarray, np.ndarray | None]:
    """uint8 3 x H x W, and its mask if it has one: bool, H x W."""
    some = pool.images[:POOL].numpy()
    with st.container(width=240):
        number = int(address.number("Picture (of those that no run trains on)", "picture", 0, 0, len(some) - 1))
    given = some[number]
    with st.popover("Your own", icon=":material/upload:", help="A picture of your own"):
        shown = by_hand.upload(given)
    return shown, None if pool.masks is None or shown is not given else pool.masks[number].numpy()


def asking(count: int) -> int:
    """0: the class token; 1 + number of a patch."""
    who = address.choice("Who asks?", "asks", (CLASS, ONE), CLASS)
    middle = count // 2 + round(count**0.5) // 2
    with st.container(width=260):
        patch = int(address.number("Number of the patch", "patch", middle, 0, count - 1, help="row by row, from 0"))
    return 1 + patch if who == ONE else 0


def ask(side: int) -> Callable[[Click], None]:
    """The patch that was clicked asks, and the controls say so."""

    def clicked(at: Click) -> None:
        if 0 <= at.row < side and 0 <= at.column < side:  # the browser's word
            st.session_state["asks"], st.session_state["patch"] = ONE, at.row * side + at.column

    return clicked
