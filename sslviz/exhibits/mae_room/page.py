"""The MAE room: any kept moment of a masked autoencoder, any picture, any mask, and what the network paints there.

The address holds the run, the moment, the picture and the mask. A mask that was painted by hand stands until ratio,
type or dice are turned.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import randrange

import numpy as np
import streamlit as st
import torch

from sslviz.data.dataset import DataError
from sslviz.exhibits.mae_room import answer as room_mae_answer
from sslviz.exhibits.mae_room import networks, ratios
from sslviz.exhibits.mae_room import painter as mask_painter
from sslviz.exhibits.mae_room.answer import Asked
from sslviz.exhibits.mae_room.paint import left, paint
from sslviz.foreign import SENTENCE, in_markdown
from sslviz.knobs import describe
from sslviz.methods.mae import MAE
from sslviz.nets.vit import PATCH
from sslviz.runs.folder import RunFolder
from sslviz.views import address
from sslviz.views.controls import by_hand, choose_run, server
from sslviz.views.method import live, masking_net

FIRST = "mae_lapse"  # the recorded example of which many moments are kept
EVERY = 2.0  # seconds between two looks for newer weights
PAINTER = "mask_painter"
ANSWER, FURTHER = "answer", "further"  # fragments
BELOW = ("moments", "runs", "mask ratios", "cost")  # what stands below: one at a time


@dataclass(frozen=True)
class Pool:
    """The first test pictures of a set: uint8 N x 3 x H x W; figures: bool N x H x W, where it is known."""

    images: np.ndarray
    figures: np.ndarray | None


def show() -> None:
    with st.container(key="heading"):
        st.header("MAE room", anchor=False)
        st.markdown(
            "Hide what you like: the network sees only the rest, and **paints in what must have been there**. "
            "Click or drag over the patches on the left."
        )
        run = chosen_run()
        if run is None:
            st.info("There is no masked autoencoder here yet: train one on the page MAE.")
            return
    at_work = run.status().at_work
    live.refreshed(room, EVERY, at_work, run.id, at_work)


def chosen_run() -> RunFolder | None:
    """`?run=`; a sentence, if that one cannot be played with."""
    if "run" not in st.query_params and "run" not in st.session_state and (server.GALLERY / FIRST).exists():
        st.query_params["run"] = FIRST
    return choose_run.run("run", accepts=networks.is_mae, refusal="is no masked autoencoder")


def room(run_id: str, was_at_work: bool) -> None:
    """Everything that follows the mask; again and again while the run is at work."""
    run = server.find(run_id)
    if run is None or not run.exists:
        st.warning("This run has been removed.")
        return
    if run.status().at_work != was_at_work:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width=300):
            step = networks.moment(run)
        truth, figure = picture(run)
    with st.container(key="pairs"):  # two columns, one where it is narrow
        painter, answer = st.columns([1, 1.75], gap="medium")
        with painter:
            hidden = mask(truth, figure)
        with answer:
            network = networks.at(run, step) if step is not None else None
            if network is None:
                return
            st.fragment(answered, key=ANSWER)(run.id, network, truth, hidden)
    with st.container(key="below"):
        st.fragment(further, key=FURTHER)(run, truth, hidden)


def answered(run: str, network: MAE, truth: np.ndarray, hidden: np.ndarray) -> None:
    """A fragment of its own: how the answer is looked at draws no painter anew."""
    toggle("pasted", "Paste what is visible over the prediction", True, address.redraw(ANSWER, FURTHER))
    found = paint(network, torch.from_numpy(truth)[None], left(torch.from_numpy(hidden)))
    room_mae_answer.show(network, asked(truth, hidden), found, of=run)


def further(run: RunFolder, truth: np.ndarray, hidden: np.ndarray) -> None:
    run = run.glance()  # a fragment outlives that of the room
    below = address.choice("Further", "show", BELOW, BELOW[0])
    if below == "moments":
        networks.moments(run, asked(truth, hidden))
    elif below == "runs":
        networks.several(run, asked(truth, hidden))
    elif below == "mask ratios":
        ratios.show()
    else:
        room_mae_answer.cost(float(hidden.mean()))


def asked(truth: np.ndarray, hidden: np.ndarray) -> Asked:
    return Asked(truth, hidden, pasted=bool(address.value("pasted", True)))


def toggle(key: str, label: str, default: bool, on_change: Callable[[], None]) -> None:
    """A toggle whose value lives in the URL as `key`."""
    address.check(key, lambda text: text in ("true", "false"), str(default))
    st.toggle(label, default, key=key, on_change=on_change, bind="query-params")


# -- the picture ------------------------------------------------------------------------------------------------------


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


# -- the mask ---------------------------------------------------------------------------------------------------------


def mask(truth: np.ndarray, figure: np.ndarray | None) -> np.ndarray:
    """The painter, and its knobs: bool L, True = hidden."""
    patches = (truth.shape[1] // PATCH) ** 2
    place = st.container()
    knobs = describe(MAE.Knobs)
    ratio, kind = float(by_hand.turn(knobs["mask_ratio"])), str(by_hand.turn(knobs["mask_type"]))
    fixed = "The grid is the same for every seed." if kind == "grid" else ""
    dice = int(address.number("Dice (seed of the mask)", "draw", 0, 0, 99, idle=fixed))
    hidden = painted_by_hand((ratio, kind, dice), patches)
    with place:
        mask_painter.draw(
            np.ascontiguousarray(truth.transpose(1, 2, 0)),
            drawn(kind, ratio, dice) if hidden is None else hidden,
            drawn(kind, ratio, next_dice(dice)),
            None if figure is None else covered(figure),
            serial=st.session_state.get("_stroke", 0),
            key=PAINTER,
            painted=stroke,
        )
    return drawn(kind, ratio, dice) if hidden is None else hidden


def painted_by_hand(knobs: tuple[float, str, int], patches: int) -> np.ndarray | None:
    """The mask in the address; None if there is none, or the knobs were turned since."""
    text, before = st.query_params.get("mask"), st.session_state.get("_mask_knobs", knobs)
    st.session_state["_mask_knobs"] = knobs
    if text is None:
        return None
    try:
        if before == knobs:
            return mask_painter.read(text, patches)
    except ValueError:
        address.note("mask", text, "the mask of the dice")
    del st.query_params["mask"]
    return None


def stroke() -> None:
    """The browser has reported a mask; what is no mask gets its note when it is read."""
    said = st.session_state[PAINTER]["stroke"]
    st.session_state["_stroke"] = int(said["serial"])
    if said["by"] == "dice":
        st.session_state["draw"] = next_dice(int(st.session_state.get("draw") or 0))
        st.query_params.pop("mask", None)
    else:
        st.query_params["mask"] = str(said["mask"])


def drawn(kind: str, ratio: float, dice: int) -> np.ndarray:
    """The method's own mask: bool L."""
    hidden = np.ones((masking_net.SIZE // PATCH) ** 2, bool)
    hidden[masking_net.visible(kind, ratio, dice)] = False
    return hidden


def next_dice(dice: int) -> int:
    return (dice + 1) % 100


def covered(figure: np.ndarray) -> np.ndarray:
    """The patches on which the object is: bool H x W -> bool L."""
    side = figure.shape[0] // PATCH
    return np.asarray(figure.reshape(side, PATCH, side, PATCH).any((1, 3)).reshape(-1))
