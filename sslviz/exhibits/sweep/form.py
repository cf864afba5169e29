"""What to vary: a preset or any one or two knobs, their values, how many seeds, how long; how many runs that makes."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from sslviz.data import SOURCES
from sslviz.exhibits.sweep.results import lasting
from sslviz.foreign import SENTENCE, in_markdown
from sslviz.methods import METHODS
from sslviz.runs.settings import recommended
from sslviz.runs.shelf import list_runs
from sslviz.sweeps import progress, store
from sslviz.sweeps.presets import ON, PRESETS, augmentation_pairs, suggested, sweepable
from sslviz.sweeps.sweep import Length, Sweep, over_knobs
from sslviz.views import address
from sslviz.views.controls import controls, own_pictures, server

NOTHING = "nothing else"
USUAL = {"steps": 200.0, "images": 50_000.0, "seconds": 30.0}  # of a run
MOST_SEEDS = 5


def show() -> None:
    """Everything is in the address; Start is at the end, under what it will cost."""
    state = st.session_state
    preset = PRESETS[pick("Question", "preset", {name: p.title for name, p in PRESETS.items()}, "temperature", filled)]
    st.caption(preset.asks)
    pick("Method", "trains", {name: method.title for name, method in METHODS.items()}, preset.method, refitted)
    st.selectbox(
        "Pictures",
        list(SOURCES),
        key="pictures",
        bind="query-params",
        accept_new_options=True,
        format_func=lambda name: SOURCES[name].title if name in SOURCES else name,
        help="Or type the path of a folder or .zip of pictures on this computer.",
    )
    if preset is PRESETS["pairs"]:
        st.multiselect("Augmentations", list(ON), list(ON), key="singles", bind="query-params")
    else:
        usual = list(preset.vary)
        axis("Vary", "first", usual[0], preset.vary)
        axis("and", "second", usual[1] if len(usual) > 1 and state["first"] != usual[1] else NOTHING, preset.vary)
    by = address.choice("Every run gets equally many", "by", list(USUAL), "steps")
    if state.get("_by", by) != by:
        state["length"] = USUAL[by]
    state["_by"] = by
    left, right = st.columns([1.4, 1], gap="small")
    with left:
        controls.whole_number(
            f"{by.capitalize()} per run", 1, 10_000_000, round(USUAL[by]), key="length", bind="query-params"
        )
    with right:
        help = "each cell is trained so many times; the map shows the mean"
        controls.whole_number("Seeds", 1, MOST_SEEDS, 1, key="starts", bind="query-params", help=help)
    try:
        sweep = wanted()
    except ValueError as error:
        st.warning(in_markdown(error, SENTENCE))
        st.button(
            "Start", type="primary", icon=":material/play_arrow:", key="start_sweep", disabled=True, width="stretch"
        )
        return
    st.markdown(cost(sweep))
    n = len(sweep.runs)
    st.button(
        f"Start {n} run{'s' * (n > 1)}",
        type="primary",
        icon=":material/play_arrow:",
        key="start_sweep",
        on_click=start,
        width="stretch",
    )


def pick(label: str, key: str, names: dict[str, str], default: str, changed: Callable[[], None]) -> str:
    """One of a few names, which live in the address as they are (a bound box would write there what it shows).

    names: name -> what is shown. `changed` is called when somebody has chosen another.
    """
    state, kept = st.session_state, st.session_state.setdefault("_sweep_form", {})
    if key not in state:  # a new visitor, or one who comes back from another page
        asked = st.query_params.get(key)
        if asked is not None and asked not in names:
            address.note(key, asked, names[default])
        state[key] = asked if asked in names else kept.get(key, default)
    if state[key] not in names:
        state[key] = default
    st.selectbox(label, list(names), key=key, format_func=lambda name: names[name], on_change=changed)
    kept[key] = state[key]
    address.write(key, state[key])
    return str(state[key])


def axis(label: str, key: str, default: str, values: dict[str, str]) -> None:
    """One knob and its values. What is chosen by hand suggests its own."""
    knobs = sweepable(str(st.session_state["trains"]))
    options = [*knobs] if key == "first" else [NOTHING, *knobs]
    default = default if default in options else options[0]
    names = {name: knobs[name].label if name in knobs else name for name in options}
    chosen = pick(label, key, names, default, partial(suggest, key))
    if chosen != NOTHING:
        st.text_input(
            f"Values of {knobs[chosen].label}",
            values.get(chosen) or suggested(knobs[chosen]),
            key=f"{key}_values",
            bind="query-params",
            label_visibility="collapsed",
            help=f"{knobs[chosen].help}. With commas between them.",
        )


def filled() -> None:
    """Another preset: its method, its knobs, its values."""
    state, preset = st.session_state, PRESETS[st.session_state["preset"]]
    state["trains"] = preset.method
    for key, name in zip(("first", "second"), [*preset.vary, NOTHING, NOTHING], strict=False):
        state[key] = name if preset.vary else state.get(key, NOTHING)
        state[f"{key}_values"] = preset.vary.get(name, "")


def refitted() -> None:
    """Another method: a knob that it does not have gives way."""
    state = st.session_state
    knobs = sweepable(state["trains"])
    for key, instead in (("first", next(iter(knobs))), ("second", NOTHING)):
        if key in state and state[key] not in knobs:
            state[key] = instead
            suggest(key)


def suggest(key: str) -> None:
    state = st.session_state
    knobs = sweepable(state["trains"])
    if state[key] in knobs:
        state[f"{key}_values"] = suggested(knobs[state[key]])


def wanted() -> Sweep:
    """What the form says. Raises ValueError, in a sentence."""
    state = st.session_state
    base = recommended(state["trains"], str(state.get("pictures") or "shapes"))
    length = Length(float(state.get("length") or 0), state.get("by") or "steps")
    seeds = int(state.get("starts") or 1)
    if state["preset"] == "pairs":
        return augmentation_pairs(base, state.get("singles") or [], seeds, length=length)
    chosen = [key for key in ("first", "second") if state.get(key, NOTHING) != NOTHING]
    vary = {state[key]: str(state.get(f"{key}_values") or "") for key in chosen}
    if len(vary) < len(chosen):
        raise ValueError("Both axes vary the same knob.")
    asked = PRESETS[state["preset"]]
    same = set(vary) == set(asked.vary) and state["trains"] == asked.method
    return over_knobs(base, vary, seeds, length=length, preset=state["preset"] if same else "")


def cost(sweep: Sweep) -> str:
    """How many runs, and about how long, before anything is started."""
    cells, seeds = len(sweep.cells), len(sweep.seeds)
    n = cells * seeds
    words = f"**{n} run{'s' * (n > 1)}** ({cells} cells × {seeds} seed{'s' * (seeds > 1)})"
    launcher = server.launcher()
    pace = progress.pace_of(list_runs(launcher.runs), sweep.base)
    if pace is None:
        method = METHODS[sweep.base.method].title
        return f"{words}. No run of {method} has finished here yet: how long it takes is known after the first."
    seconds = sum(pace.of(sweep.settings(name)) for name in sweep.runs) / max(1, min(launcher.slots, n))
    runs = f"your last {pace.runs} finished runs" if pace.runs > 1 else "your last finished run"
    words += f", about **{lasting(seconds)}** if they are as fast as {runs} of this method."
    knobs = {name for cell in sweep.cells for name in cell.knobs}
    if "batch_size" in knobs and sweep.by == "steps":
        words += " With equal steps a larger batch sees more pictures; *images* makes them equal."
    return words


def start() -> None:
    """Saves the sweep and lets it wait for its turn."""
    with server.refusals("_sweep_problem"):
        sweep = wanted()
        own_pictures.require(sweep.base.data)
        store.write_sweep(server.launcher().runs, sweep)
        server.launcher().sweep(sweep.runs)
        st.query_params.pop("cell", None)
        st.query_params["sweep"] = sweep.id
