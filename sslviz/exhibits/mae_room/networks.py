"""Which networks paint in the MAE room: a kept moment of a run, all of its moments, several runs; loaded once."""

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from sslviz.data.dataset import DataError
from sslviz.exhibits.mae_room.answer import Asked, cheats
from sslviz.exhibits.mae_room.paint import Painted, left, paint
from sslviz.figures import mae
from sslviz.foreign import SENTENCE, in_markdown, in_plotly
from sslviz.methods import METHODS
from sslviz.methods.mae import MAE
from sslviz.runs.folder import RunFolder
from sslviz.runs.shelf import list_runs
from sslviz.views import address
from sslviz.views.controls import choose_run, run_title, server
from sslviz.views.plot.plot import plot

MOST_RUNS = 4
MOST_MOMENTS = 10  # side by side


def is_mae(run: RunFolder) -> bool:
    return METHODS[run.settings().method] is MAE


def moment(run: RunFolder) -> int | None:
    """`?step=`: 0 is the network before training, nothing is the newest."""
    kept = run.weights_steps()
    if not kept:
        st.info("No weights of this run are kept, so nothing can be asked of it.")
        return None
    steps, text = [0, *(step for step in kept if step)], st.query_params.get("step")
    try:
        asked = steps[-1] if text is None else int(address.finite(text))
        if asked < 0:
            raise ValueError
    except (ValueError, OverflowError):
        address.note("step", text or "", "the newest moment")
        st.query_params.pop("step", None)
        asked = steps[-1]
    nearest = min(steps, key=lambda step: abs(step - asked))
    key = f"moment-{run.id}-{'-'.join(map(str, steps))}"  # other moments are another slider
    st.select_slider(
        "Moment (training step; 0: before training)", steps, nearest, key=key, on_change=remember, args=(key, steps[-1])
    )
    return nearest


def remember(key: str, newest: int) -> None:
    """The newest moment is not named in the address: it stays the newest."""
    chosen = st.session_state[key]
    if chosen == newest:
        st.query_params.pop("step", None)
    else:
        address.write("step", str(chosen))


def at(run: RunFolder, step: int) -> MAE | None:
    """The network of that moment; None, and a sentence, if it cannot be had."""
    try:
        kept = step or run.weights_steps()[-1]
        found = choose_run.network(run, kept)
    except DataError as error:
        st.warning(f"The pictures that this run was trained on cannot be read: {in_markdown(error, SENTENCE)}")
        return None
    except (LookupError, RuntimeError, ValueError):
        st.warning(f"The weights of step {step} cannot be read; choose another moment.")
        return None
    method = found.method if step else found.untrained
    assert isinstance(method, MAE)
    return method


def moments(run: RunFolder, asked: Asked) -> None:
    """The same mask at all kept moments, with the error as a curve."""
    steps = few([0, *(step for step in run.weights_steps() if step)])
    found = {step: ask(network, asked) for step in steps if (network := at(run, step)) is not None}
    if not found or not asked.hidden.any():
        st.info("Hide something first." if found else "No moment of this run can be read.")
        return
    means = [painted.means["masked_error"] for painted in found.values()]
    drawn_strip(asked, list(found.values()), [f"{step:,}" for step in found], "Moment by moment", "training step")
    last = next(reversed(found.values()))
    plot(
        mae.lapse(list(found), means, cheats(last)),
        key="lapse",
        alt=f"Error under this mask at {len(found)} moments, from {means[0]:.3f} to {means[-1]:.3f}",
        of=run.id,
    )
    st.caption(mae.HOW_TO_READ_LAPSE)


def several(run: RunFolder, asked: Asked) -> None:
    """The same mask in up to four runs, each at its newest moment."""
    mine = list_runs(server.launcher().runs)
    there = {one.id: one for one in (*mine, *server.examples()) if is_mae(one) and one.weights_steps()}
    ids = [name for name in st.query_params.get("beside", "").split(",") if name in there and name != run.id]
    others = [name for name in there if name != run.id]
    key = "beside-" + run.id
    if key not in st.session_state:
        st.session_state[key] = (ids or others)[: MOST_RUNS - 1]
    st.session_state[key] = [name for name in st.session_state[key] if name in others]
    chosen = st.multiselect(
        f"Beside it (up to {MOST_RUNS - 1} more)",
        others,
        key=key,
        format_func=lambda name: run_title.title(there[name]),
        max_selections=MOST_RUNS - 1,
    )
    if chosen:
        address.write("beside", ",".join(chosen))
    else:
        st.query_params.pop("beside", None)
    runs = [run, *(there[name] for name in chosen)]
    titles = [run_title.short(one) for one in runs]
    found, names = [], []
    for one, title in zip(runs, titles, strict=True):
        steps = one.weights_steps()
        if steps and (network := at(one, steps[-1])) is not None:
            found.append(ask(network, asked))
            twice = f"<br>{in_plotly(one.id[-9:])}" if titles.count(title) > 1 else ""
            names.append(f"{in_plotly(title, 60)}{twice}<br>step {steps[-1]:,}")
    if not found or not asked.hidden.any():
        st.info("Hide something first." if found else "None of these runs can be read.")
        return
    drawn_strip(asked, found, names, "The same mask in several runs", "run, its newest moment, its error")


def drawn_strip(asked: Asked, found: list[Painted], names: list[str], title: str, x_title: str) -> None:
    pictures = [asked.shown(painted) for painted in found]
    errors = [painted.error[0].numpy() for painted in found]
    plot(
        mae.strip(pictures, errors, asked.hidden, names, title=title, x_title=x_title),
        key="strip",
        alt=f"{title}: what {len(found)} networks paint under the mask",
    )
    st.caption(mae.HOW_TO_READ_STRIP)


def ask(network: MAE, asked: Asked) -> Painted:
    pictures: Tensor = torch.from_numpy(asked.truth)[None]
    return paint(network, pictures, left(torch.from_numpy(asked.hidden)))


def few(steps: list[int]) -> list[int]:
    """At most MOST_MOMENTS, the first and the last among them."""
    if len(steps) <= MOST_MOMENTS:
        return steps
    return [steps[i] for i in sorted({round(i) for i in np.linspace(0, len(steps) - 1, MOST_MOMENTS)})]
