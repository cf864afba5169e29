"""Twins: two runs in lock-step that differ in one thing, every picture doubled.

The address holds everything: `?a=ID&b=ID`, the chosen difference, the size of the matrices, map and colour.
"""

from typing import Any

import streamlit as st

from sslviz.methods import METHODS
from sslviz.runs import twins
from sslviz.runs.folder import RunFolder, list_runs
from sslviz.runs.settings import all_knobs
from sslviz.views import live, map, overlaid, server, twin_pictures, twin_start, worksheet
from sslviz.views.compare_runs import readable
from sslviz.views.overlaid import written
from sslviz.views.recorded import metrics

EXAMPLES = ("simclr", "byol")
# On a narrow window what needs room stands one below the other.
STYLE = """<style>
@media (max-width: 1100px) {
  [class*="st-key-stack_"] [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
  [class*="st-key-stack_"] [data-testid="stColumn"] { min-width: 100%; }
}
</style>"""
MOST_DIFFERENCES = 6  # that are written out
Pair = tuple[RunFolder, RunFolder]


def show() -> None:
    st.html(STYLE)
    st.header("Twins", anchor=False)
    st.markdown(
        "Two runs with the same seed, pictures, batches and random crops, and **one difference**, in lock-step: what "
        "comes out differently, that difference has done."
    )
    pair, example = asked()
    if problem := st.session_state.pop("_problem", ""):
        st.warning(problem)
    with st.expander("Start twins", icon=":material/splitscreen_right:", expanded=example, key=f"start_{example}"):
        twin_start.show(list(pair))
    if example:
        st.info(
            "Nobody has started twins here yet. Below stand two **recorded examples that are no twins**: they were "
            "trained one after the other, with other settings, and their pictures are of different steps.",
            icon=":material/movie:",
        )
    else:
        transport(pair)
        turn_a_knob(pair)
    states = tuple(run.status().state for run in pair)
    eager = bool({"queued", "starting"} & set(states))
    mapless = any(state == "done" and map.awaited(run) for state, run in zip(states, pair, strict=True))
    at_work = any(run.status().at_work for run in pair)
    every = live.EAGER if eager else live.EVERY
    live.refreshed(draw, every, at_work or mapless, pair[0].id, pair[1].id, states, mapless)


def asked() -> tuple[Pair, bool]:
    """The two runs in the address (of one alone, its twin); else the newest twins; else examples, and True."""
    ids = [st.query_params.get(side, "") for side in "ab"]
    found = [run if (run := server.find(name)) is not None and readable(run) else None for name in ids]
    for side, name, run in zip("ab", ids, found, strict=True):
        if name and run is None:
            worksheet.note(side, name, "what is here")
    one, other = found
    if one is not None and other is None:
        other = twins.partner(one)
    elif other is not None and one is None:
        one = twins.partner(other)
    if one is not None and other is not None and one.id != other.id:
        return (one, other), False
    for run in list_runs(server.launcher().runs):
        if readable(run) and (its := twins.partner(run)) is not None and readable(its):
            return (its, run), False  # the newer one is right
    first, second = (server.recorded(name) for name in EXAMPLES)
    assert first is not None
    assert second is not None
    return (first, second), True


def names(pair: Pair) -> tuple[str, str]:
    """By what they were started with: the value of the one difference if there is one, else method or side."""
    one, other = (run.settings() for run in pair)
    if one.method != other.method:
        return METHODS[one.method].title, METHODS[other.method].title
    turned = [name for name, value in one.values().items() if other.values()[name] != value]
    if one.seed != other.seed and not turned:
        return f"seed {one.seed}", f"seed {other.seed}"
    if len(turned) != 1 or one.seed != other.seed:
        return "left", "right"
    (name,) = turned
    label = all_knobs(one.method)[name].label
    return f"{label} {written(one.values()[name])}", f"{label} {written(other.values()[name])}"


def transport(pair: Pair) -> None:
    """One bar for both."""
    states = [run.status().state for run in pair]
    at_work = [run for run in pair if run.status().at_work and server.is_ours(run)]
    resting = [run for run in pair if server.is_ours(run) and not run.status().at_work]
    can_go_on = [run for run in resting if run.status().state in twins.CAN_GO_ON]
    can_go_on = can_go_on or [run for run in resting if run.status().state == "failed"]
    wide: dict[str, Any] = {"width": "stretch"}
    with st.container(key="transport"):
        first, second, third, _ = st.columns([1, 1, 1, 2], gap="small")
    paused = "paused" in states
    with first:
        word, icon = ("play", ":material/play_arrow:") if paused else ("pause", ":material/pause:")
        args = (at_work, word)
        kind: Any = "primary" if at_work else "secondary"
        label = f"{word.capitalize()} both"
        st.button(label, icon=icon, type=kind, key="twin_pause", disabled=not at_work, on_click=send, args=args, **wide)
    with second:
        icon, args = ":material/skip_next:", (at_work, "step")
        st.button("Step both", icon=icon, key="twin_step", disabled=not at_work, on_click=send, args=args, **wide)
    with third:
        if at_work or not can_go_on:
            icon = ":material/stop:"
            st.button(
                "Stop both", icon=icon, key="twin_stop", disabled=not at_work, on_click=stop, args=(at_work,), **wide
            )
        else:
            icon = ":material/resume:"
            st.button("Resume", icon=icon, key="twin_stop", on_click=resume, args=(can_go_on,), **wide)


def apart(runs: list[RunFolder]) -> list[RunFolder]:
    """Those that must be told: of twins one, since both hear what one is told."""
    return runs[:1] if len(runs) == 2 and twins_of((runs[0], runs[1])) else runs


def twins_of(pair: Pair) -> bool:
    other = twins.partner(pair[0])
    return other is not None and other.id == pair[1].id


def send(runs: list[RunFolder], do: str) -> None:
    for run in apart(runs):
        run.send(do)


def stop(runs: list[RunFolder]) -> None:
    for run in apart(runs):
        server.launcher().stop(run.id)


def resume(runs: list[RunFolder]) -> None:
    for run in runs:  # the first takes its twin along
        server.launcher().resume(run.id)


def turn_a_knob(pair: Pair) -> None:
    """While they train: a live knob, of one or of both. It is pinned on the curves."""
    if not any(run.status().at_work for run in pair):
        return
    named = dict(zip(("a", "b"), names(pair), strict=True)) | {"ab": "both"}
    with st.container(horizontal=True, vertical_alignment="bottom", key="turn"):
        whose = str(
            st.segmented_control("Turn a knob of", list(named), default="a", format_func=named.__getitem__, key="whose")
            or "a"
        )
        runs = [run for side, run in zip("ab", pair, strict=True) if side in whose]
        tables = [{k.name: k for k in all_knobs(run.settings().method).values() if k.live} for run in runs]
        options = [name for name in tables[0] if all(name in table for table in tables)]
        if st.session_state.get("turned") not in options:
            st.session_state.pop("turned", None)
        name = str(st.selectbox("Knob", options, key="turned", format_func=lambda n: tables[0][n].label, width=220))
        now = runs[0].values()[name]
        key = f"to_{runs[0].id}_{whose}_{name}"
        if key not in st.session_state:
            number = isinstance(now, int | float) and not isinstance(now, bool)
            st.session_state[key] = float(now) if number else now
        with st.container(width=180):
            wanted = twin_start.knob_input("to", tables[0][name], key)
        ids = [run.id for run in runs if run.status().at_work]
        st.button("Turn it", icon=":material/tune:", key="turn_it", on_click=turn, args=(ids, name, wanted))


def turn(ids: list[str], name: str, wanted: Any) -> None:
    for run_id in ids:
        run = server.find(run_id)
        if run is not None and run.status().at_work:
            run.send("set", name=name, value=wanted)


def draw(one_id: str, other_id: str, states: tuple[str, str], mapless: bool) -> None:
    """One refresh. When one of them has entered another state, the page is drawn anew."""
    one, other = server.find(one_id), server.find(other_id)
    if one is None or other is None:
        st.warning("One of these runs has been removed.")
        return
    pair = one, other
    statuses = tuple(run.status() for run in pair)
    mapped = mapless and not any(map.awaited(run) for run in pair)
    if tuple(status.state for status in statuses) != states or mapped:
        st.rerun()
    named = names(pair)
    for column, name, run, status in zip(st.columns(2, gap="medium"), named, pair, statuses, strict=True):
        with column:
            st.markdown(f"**{name}**")
            live.headline(run, status)
    st.markdown(in_words(pair))
    with st.container(key="stack_curves"):
        overlaid.show(pair, named, overlaid.changes(pair, named), key="twin")
    st.caption(f"{overlaid.HOW_TO_READ} A loss can fall while nothing is learnt: believe the score.")
    twin_pictures.show(pair, named)


def in_words(pair: Pair) -> str:
    """In what they differ, and since when their losses do."""
    one, other = pair
    found = differences(pair)
    parts = [f"{name} **{a} | {b}**" for name, a, b in found[:MOST_DIFFERENCES]]
    rest = f" and {len(found) - MOST_DIFFERENCES} more" if len(found) > MOST_DIFFERENCES else ""
    if not twins_of(pair):
        what = f"They differ in {', '.join(parts)}{rest}" if found else "Their settings are the same"
        return f":orange-badge[:material/link_off: not in lock-step] {what}."
    only = "Only difference" if len(found) == 1 else "Differences"
    said = f"{only}: {', '.join(parts)}{rest}." if found else "No difference."
    return f":green-badge[:material/link: twins in lock-step] {said} {agreement(one, other)}"


def differences(pair: Pair) -> list[tuple[str, str, str]]:
    """(name, left, right) of all that is not the same now."""
    one, other = (facts(run) for run in pair)
    every = dict.fromkeys([*one, *other])
    rows = [(name, one.get(name, "–"), other.get(name, "–")) for name in every]
    return [(name.replace("_", " "), written(a), written(b)) for name, a, b in rows if a != b]


def facts(run: RunFolder) -> dict[str, Any]:
    settings = run.settings()
    known = {"method": METHODS[settings.method].title, "pictures": settings.data, "seed": settings.seed}
    return {**known, **run.values()}


def agreement(one: RunFolder, other: RunFolder) -> str:
    """Up to which step their losses are the same, bit for bit."""
    if one.settings().method != other.settings().method:
        return ""
    tables = [metrics(run) for run in (one, other)]
    if any("loss" not in table for table in tables):
        return ""
    mine, its = (table[["step", "loss"]].dropna() for table in tables)
    both = mine.merge(its, on="step", suffixes=("", "_other"))
    unlike = both["step"][both["loss"] != both["loss_other"]]
    if not len(both):
        return ""
    if not len(unlike):
        return f"Their losses are the same, bit for bit, at all **{len(both):,}** recorded steps."
    return f"Their losses part at step **{int(unlike.iloc[0]):,}**."
