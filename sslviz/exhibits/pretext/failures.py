"""Where it fails: test pictures, those first of which it was sure and wrong. A click loads one into the room."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
import torch

from sslviz.exhibits.pretext import ask, figures
from sslviz.figures.jigsaw import unshuffle
from sslviz.lessons.card import PretextTask
from sslviz.methods.colorization import Colorization
from sslviz.methods.jigsaw import Jigsaw
from sslviz.methods.rotation import Rotation
from sslviz.training.loaded import Loaded
from sslviz.views import address as worksheet
from sslviz.views.controls import by_hand
from sslviz.views.plot.plot import plot

ROOM = "played"  # the fragment above, in which a mistake is looked at
PORTION = 25  # pictures at a time
SHOWN, COLUMNS = 16, 8


@dataclass(frozen=True)
class Case:
    """One question about a test picture, and its wrong answer. controls, address: what the room must be set to."""

    picture: np.ndarray  # uint8 H x W x 3, as it is shown in the list
    sure: float  # of the wrong answer
    caption: str
    controls: dict[str, Any]
    address: dict[str, str]


@dataclass(frozen=True)
class Answers:
    asked: int
    wrong: tuple[Case, ...]


def show(task: str, network: Loaded, path: str, step: int, some: np.ndarray, data: str, said: PretextTask) -> None:
    parts = len(range(0, len(some), PORTION))
    bar = st.empty()
    found: list[Answers] = []
    for part in range(parts):
        found.append(answers(path, step, part, task, network, some[part * PORTION : (part + 1) * PORTION]))
        if part + 1 < parts:
            bar.progress((part + 1) / parts, f"Asking about {len(some)} test pictures …")
    bar.empty()
    cases = sorted((case for each in found for case in each.wrong), key=lambda case: -case.sure)
    asked = sum(each.asked for each in found)
    if not cases:
        st.success(f"It was right in all {asked} cases.")
        return
    shown = cases[:SHOWN]
    share = "" if isinstance(network.method, Colorization) else f", of which it got {1 - len(cases) / asked:.0%} right"

    def load(at: int) -> None:
        if 0 <= at < len(shown):
            st.session_state.update(shown[at].controls)
            st.query_params.update(shown[at].address)
            by_hand.put_away()
            worksheet.redraw(ROOM)()

    plot(
        figures.tray(
            np.stack([case.picture for case in shown]),
            title="Where it fails: surest mistakes first",
            subtitle=f"{asked} questions about {len(some)} test pictures{share}",
            columns=COLUMNS,
            captions=[case.caption for case in shown],
            width=1000,
        ),
        key=f"failures_{task}",
        of=path,
        alt="Mistakes, the surest first: " + ", ".join(case.caption for case in shown[:8]),
        on_click=lambda at: load(COLUMNS * at.row + at.column),
    )
    ceiling = f" {said.ceiling[data]}" if data in said.ceiling else ""
    st.caption(f"{said.mistakes}{ceiling} Click one, or choose its number, and it is in the room above.")
    key = f"mistake_{task}"
    st.segmented_control(
        "Mistake no.",
        list(range(1, 1 + len(shown))),
        key=key,
        on_change=lambda: load((st.session_state[key] or 0) - 1),
    )


@st.cache_data(max_entries=96, show_spinner=False)
def answers(path: str, step: int, part: int, task: str, _network: Loaded, _some: np.ndarray) -> Answers:
    """All that is wrong about one portion of the test pictures."""
    return ASK[type(_network.method)](_network.method, torch.from_numpy(_some.copy()), part * PORTION)


def ask_turns(method: Any, images: torch.Tensor, first: int) -> Answers:
    """All four turns of each picture."""
    assert isinstance(method, Rotation)
    x, wrong = method.augment.plain(images), []
    for true in range(4):
        seen = ask.turned(x, 90 * true)
        p, shown = ask.turns(method, seen), method.augment.display(seen).permute(0, 2, 3, 1).numpy()
        for i in np.flatnonzero(p.argmax(1) != true).tolist():
            caption = f"{90 * p[i].argmax()}°, {p[i].max():.0%}"
            controls = {"picture": first + i, "angle": 90 * true}
            wrong.append(Case(shown[i], float(p[i].max()), caption, controls, {}))
    return Answers(4 * len(images), tuple(wrong))


def ask_orders(method: Any, images: torch.Tensor, first: int) -> Answers:
    """Each picture in one order that it knows, drawn by the picture's number."""
    assert isinstance(method, Jigsaw)
    known = method.permutations.numpy().astype(int)
    true = np.array([np.random.default_rng(first + i).integers(len(known)) for i in range(len(images))])
    found = ask.puzzle(method, images, known[true])
    wrong = []
    for i in np.flatnonzero(found.probability.argmax(1) != true).tolist():
        p = found.probability[i]
        picture = unshuffle(found.shuffled[i], known[p.argmax()])
        address = {"order": ",".join(str(tile) for tile in known[true[i]])}
        wrong.append(Case(picture, float(p.max()), f"{p.max():.0%}", {"picture": first + i}, address))
    return Answers(len(images), tuple(wrong))


def ask_colours(method: Any, images: torch.Tensor, first: int) -> Answers:
    assert isinstance(method, Colorization)
    found = ask.colours(method, images)
    cost = found.sure_and_wrong
    cases = [
        Case(found.painted[i], float(cost[i]), f"{cost[i]:.0%}", {"picture": first + i}, {}) for i in range(len(images))
    ]
    return Answers(len(images), tuple(cases))


ASK: dict[type, Callable[[Any, torch.Tensor, int], Answers]] = {
    Rotation: ask_turns,
    Jigsaw: ask_orders,
    Colorization: ask_colours,
}
