"""The pretext room: a trained network is asked about any picture, in the way in which it was trained.

The address holds the task, the run, the moment, the picture and what was done to it; an uploaded picture is not kept.
"""

import numpy as np
import streamlit as st

from sslviz.data import DataError
from sslviz.exhibits.pretext import colorization, jigsaw, rotation, worth
from sslviz.exhibits.pretext import failures as room_pretext_failures
from sslviz.foreign import SENTENCE, in_markdown
from sslviz.lessons import card_of
from sslviz.methods import METHODS, name_of
from sslviz.methods.colorization import Colorization
from sslviz.methods.jigsaw import Jigsaw
from sslviz.methods.rotation import Rotation
from sslviz.training.loaded import Loaded
from sslviz.views import address, net
from sslviz.views.controls import by_hand, choose_run

TASKS = {name_of(Rotation): rotation, name_of(Jigsaw): jigsaw, name_of(Colorization): colorization}
POOL = 200  # test pictures to choose from
FIRST = 6  # an L: it has an upper side


def show() -> None:
    with st.container(key="heading"):
        st.header("Pretext room", anchor=False)
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            task = address.choice("Task", "task", list(TASKS), next(iter(TASKS)))
            with st.container(width=420):
                run = choose_run.run(
                    f"{task}_run",
                    lambda run: run.settings().method == task,
                    refusal=f"is none of {METHODS[task].title}",
                )
            with st.container(width=420):
                step = None if run is None else choose_run.moment(run)
        said = card_of(task).pretext
        assert said is not None, task
        st.markdown(said.question)
        if run is None or step is None:
            st.info(f"No weights of a run of {METHODS[task].title} were kept: train one on its page.")
        else:
            try:
                network = choose_run.network(run, step)
                some = pool(run.settings().data)
            except (LookupError, DataError) as error:
                st.warning(in_markdown(error, SENTENCE))
            else:
                net.fragment("The puzzle", played, key=room_pretext_failures.ROOM)(
                    task, network, str(run.path), step, some
                )
                failures = net.fragment("What it gets wrong", room_pretext_failures.show)
                failures(task, network, str(run.path), step, some, run.settings().data, said)
        worth.show()


def played(task: str, network: Loaded, path: str, step: int, some: np.ndarray) -> None:
    """A fragment of its own: its controls draw nothing of what stands below."""
    with st.container(key="bench"):
        left, right = st.columns([1, 2.6], gap="medium")
    with left:
        number = int(address.number("Test picture", "picture", FIRST, 0, POOL - 1)) % len(some)
        usual = some[number]
        image = by_hand.upload(usual)
        if image is not usual:
            st.caption("Your own picture is in the room; take it away (×) to see the test pictures again.")
    TASKS[task].show(network, path, step, image, number, left, right)


def pool(name: str) -> np.ndarray:
    """The first test pictures of a data set, uint8 N x 3 x H x W. Raises DataError."""
    found: np.ndarray = choose_run.pictures(name).test.images[:POOL].numpy()
    return found
