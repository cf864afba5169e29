"""The MAE room: any kept moment of a masked autoencoder, any picture, any mask, and what the network paints there.

The address holds the run, the moment, the picture and the mask. A mask that was painted by hand stands until ratio,
type or dice are turned.
"""

from collections.abc import Callable

import numpy as np
import streamlit as st
import torch

from sslviz.exhibits.mae_room import answer as room_mae_answer
from sslviz.exhibits.mae_room import networks, ratios
from sslviz.exhibits.mae_room.answer import Asked
from sslviz.exhibits.mae_room.mask import mask
from sslviz.exhibits.mae_room.paint import left, paint
from sslviz.exhibits.mae_room.picture import picture
from sslviz.methods.mae import MAE
from sslviz.runs.folder import RunFolder
from sslviz.views import address, net
from sslviz.views.controls import choose_run, server
from sslviz.views.method import live

FIRST = "mae_lapse"  # the recorded example of which many moments are kept
EVERY = 2.0  # seconds between two looks for newer weights
ANSWER, FURTHER = "answer", "further"  # fragments
BELOW = ("moments", "runs", "mask ratios", "cost")  # what stands below: one at a time


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
            net.fragment("The answer", answered, key=ANSWER)(run.id, network, truth, hidden)
    with st.container(key="below"):
        net.fragment("What follows from it", further, key=FURTHER)(run, truth, hidden)


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
