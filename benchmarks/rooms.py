"""How long does a control of a room take to answer? Its script, and from the hand to the changed picture in a chromium.

    python -m benchmarks.rooms [--rounds 7] [--rooms mae attention …]

script: one run of the page's script after the control was turned (AppTest, warm caches). browser: from the last touch
of a pointer or a key, by the browser's own clock, until the picture that the control is about has been drawn anew,
networks loaded, a server of its own. Between two moves the viewer looks for as long as --look says: meanwhile slow
motion computes what may be asked for next. Between the rooms, the peer: a page of nothing but Streamlit's own switch
and chart, on the same machine. A new room is a row of ROOMS. Needs playwright and chromium.
"""

import argparse
import gc
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as app.py

from playwright.sync_api import Browser, Locator, Page, sync_playwright
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from benchmarks.live import FLAGS, App, end, settled, wait
from benchmarks.machine import machine
from benchmarks.pages import milliseconds, written
from sslviz.exhibits.mae_room import painter
from sslviz.views.controls.server import PAGES

ASKED = 300  # milliseconds
Act = Callable[[], object]
Hand = Callable[[Page, int], Act]
# what the plots of one key show, as text
DRAWN = """key => [...document.querySelectorAll(`.st-key-${key} .js-plotly-plot`)].filter(chart => chart.data).map(
    ({data, layout}) => JSON.stringify(layout.shapes ?? []) + data.map(
        trace => [trace.source, ...['x', 'y', 'z'].map(axis => trace[axis]?.bdata ?? trace[axis])].join()).join())
    .join()"""
# the middle of a cell of a heat map, in pixels of the window
CELL = """([key, row, column]) => {
    const plot = document.querySelector(`.st-key-${key} .sslviz-plot`);
    plot.scrollIntoView({block: 'center'});
    const {xaxis, yaxis} = plot._fullLayout, box = plot.getBoundingClientRect();
    return [box.left + xaxis._offset + xaxis.d2p(column), box.top + yaxis._offset + yaxis.d2p(row)] }"""
SLIDER = ":is([role=slider], input[type=range])"
REACH = "knob => ['min', 'now', 'max'].map(end => +(knob.getAttribute(`aria-value${end}`) ?? knob[end] ?? knob.value))"
# milliseconds from the first touch of a pointer or a key until a frame has been painted with other pictures of this key
CLOCKED = """([key, before]) => new Promise(resolve => {
    let start;
    const touched = event => {
        if (event.type === 'pointermove' && !event.buttons) return;
        start ??= event.timeStamp };
    for (const kind of ['pointerdown', 'pointermove', 'keydown']) addEventListener(kind, touched, true);
    const look = () => {
        if (start === undefined || (DRAWN)(key) === before) return requestAnimationFrame(look);
        setTimeout(() => {
            for (const kind of ['pointerdown', 'pointermove', 'keydown']) removeEventListener(kind, touched, true);
            resolve(performance.now() - start) }) };
    requestAnimationFrame(look) })""".replace("DRAWN", DRAWN)
REST = "() => document.querySelector('[data-test-script-state=notRunning]')"


@dataclass(frozen=True)
class Control:
    """turn: what it does to an AppTest, before its script is run. hand: goes near it in a browser, and returns the last
    move, which is clocked. Both get the number of the round, and no two rounds in a row may ask for the same. plot: the
    key of the picture that must change. after: puts the browser in order again.
    """

    name: str
    turn: Callable[[AppTest, int], object]
    hand: Hand
    plot: str
    after: Callable[[Page], object] = lambda page: None


@dataclass(frozen=True)
class Room:
    """page: its file in pages/. query: the address under which it has most to do. ready: the plot that says that it has
    been drawn.
    """

    page: str
    query: dict[str, str]
    ready: str
    controls: tuple[Control, ...]


# -- kinds of controls ------------------------------------------------------------------------------------------------


def near(page: Page, key: str, what: str) -> Locator:
    """Scrolled into sight, so that the scrolling is not clocked."""
    found = page.locator(f"[class*='st-key-{key}'] {what}").first  # the key of a moment ends with the run's name
    found.scroll_into_view_if_needed()
    return found


def slider(name: str, key: str, values: Sequence[float], plot: str, far: bool = False) -> Control:
    """values: for AppTest. The browser goes on by one step, to where there is more room, for what was seen before is
    cached; far: a page down and up again, where one step need not change anything.
    """

    def hand(page: Page, i: int) -> Act:
        knob = near(page, key, SLIDER)
        low, now, high = knob.evaluate(REACH)
        if i == 0:
            page.evaluate("to => { window.sslvizTo = to }", "Right" if high - now > now - low else "Left")
        knob.focus()
        arrow = ("PageDown", "PageUp")[i % 2] if far else f"Arrow{page.evaluate('window.sslvizTo')}"
        return lambda: page.keyboard.press(arrow)

    return Control(name, lambda app, i: app.slider(key=key).set_value(values[i % len(values)]), hand, plot)


def button(name: str, plot: str, *keys: str) -> Control:
    """Several keys: in turn."""
    return Control(
        name,
        lambda app, i: app.button(key=keys[i % len(keys)]).click(),
        lambda page, i: near(page, keys[i % len(keys)], "button").click,
        plot,
    )


def option(name: str, key: str, values: Sequence[Any], plot: str) -> Control:
    """One of a few words."""

    def hand(page: Page, i: int) -> Act:
        near(page, key, "[role=radio]")
        return page.locator(f".st-key-{key}").get_by_role("radio", name=str(values[i % len(values)]), exact=True).click

    return Control(name, lambda app, i: choose(app, key, values[i % len(values)]), hand, plot)


def toggle(name: str, key: str, plot: str, first: bool) -> Control:
    """first: what it is turned to first."""
    return Control(
        name,
        lambda app, i: choose(app, key, first == (i % 2 == 0)),
        lambda page, i: near(page, key, "label").click,
        plot,
    )


def cell(
    name: str, key: str, places: Sequence[tuple[int, int]], turn: Callable[[AppTest, int], object], plot: str
) -> Control:
    """A cell of the heat map of this key is clicked. turn: as its callback."""

    def hand(page: Page, i: int) -> Act:
        at = page.evaluate(CELL, [key, *places[i % len(places)]])
        page.mouse.move(*at)
        return lambda: page.mouse.click(*at)

    return Control(name, turn, hand, plot)


def moment(plot: str) -> Control:
    """The last of the kept moments, the one before, and so on."""

    def turn(app: AppTest, i: int) -> None:
        found = next(one for one in app.select_slider if "Moment" in one.label)
        there = found.options[-1 - i % len(found.options)]
        found.set_value(there if isinstance(found.options[0], int) else int(there))

    def hand(page: Page, i: int) -> Act:
        near(page, "moment", SLIDER).focus()
        return lambda: page.keyboard.press("ArrowRight" if i % 2 else "ArrowLeft")

    return Control("moment", turn, hand, plot)


def choose(app: AppTest, key: str, value: Any) -> None:
    next(one for one in (*app.segmented_control, *app.selectbox, *app.toggle) if one.key == key).set_value(value)


# -- the MAE room -----------------------------------------------------------------------------------------------------

MASKS = ["00183c7e7e3c1800", "ff183c7e7e3c1800"]


def patch(page: Page, row: int, column: int) -> tuple[float, float]:
    box = page.locator(".mask-picture").bounding_box()
    assert box is not None
    return box["x"] + (column + 0.5) / 8 * box["width"], box["y"] + (row + 0.5) / 8 * box["height"]


def paint(app: AppTest, i: int) -> None:
    """As a stroke does: the mask goes into the address."""
    app.query_params["mask"] = MASKS[i % 2]


def click_patch(page: Page, i: int) -> Act:
    page.mouse.move(*patch(page, 4, i % 8))
    return lambda: page.mouse.click(*patch(page, 4, i % 8))


def drag(page: Page, i: int) -> Act:
    """The stroke has begun, and its first patch has been answered; clocked is the next."""
    page.mouse.move(*patch(page, 6, 1))
    page.mouse.down()
    wait(lambda: at_rest(page, "answer"))
    return lambda: page.mouse.move(*patch(page, 6, 4))


def pressed(name: str) -> Hand:
    return lambda page, i: page.locator(".mask-buttons button", has_text=re.compile(f"^{name}$")).click


def either(first: str, second: str) -> Hand:
    return lambda page, i: pressed(second if i % 2 else first)(page, i)


def dice(app: AppTest, i: int) -> None:
    app.query_params.pop("mask", None)
    app.slider(key="draw").set_value(i + 1)


MAE = Room(
    "mae_room",
    {"mask": painter.digits([True] * 48 + [False] * 16)},
    "answer",
    (
        Control("a patch is clicked", paint, click_patch, "answer"),
        Control("while dragging", paint, drag, "answer", lambda page: page.mouse.up()),
        Control("Invert", paint, pressed("Invert"), "answer"),
        Control("hide / only the object", paint, either("Hide the object", "Only the object"), "answer"),
        Control("random at the ratio", dice, pressed("Random at the ratio"), "answer"),
        slider("mask ratio", "mask_ratio", (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9), "answer", True),
        option("mask type", "mask_type", ("block", "random"), "answer"),
        slider("picture", "picture", range(7, 50), "answer"),
        moment("answer"),
        toggle("pasted or not", "pasted", "answer", False),
        option("moments / runs", "show", ("runs", "moments"), "strip"),
    ),
)

# -- the attention room -----------------------------------------------------------------------------------------------


def ask(app: AppTest, i: int) -> None:
    app.session_state["asks"], app.session_state["patch"] = "a patch", 8 * (i % 8) + i // 8 + 3


ATTENTION = Room(
    "attention_room",
    {"run": "dino_vit", "asks": "a patch"},
    "maps",
    (
        cell("a patch is clicked", "asker", [(row, 3 + row // 2) for row in range(8)], ask, "maps"),
        slider("number of the patch", "patch", range(20, 60), "maps"),
        option("who asks", "asks", ("class token", "a patch"), "maps"),
        slider("share that is kept", "share", (0.5, 0.55, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.45, 0.4), "maps"),
        slider("picture", "picture", range(7, 50), "maps"),
        moment("maps"),
        toggle("centring", "centring", "walls", False),
        toggle("sharpening", "sharpening", "walls", False),
    ),
)

# -- the pretext room: one for each task ------------------------------------------------------------------------------


def swapped(app: AppTest, i: int) -> None:
    app.query_params["order"] = ",".join(str((tile + i) % 9) for tile in range(9))


def second_tile(page: Page, i: int) -> Act:
    """The first tile is held already; clocked is the click on the second."""
    one, two = (
        cell("", "puzzle", [(0, i % 3)], swapped, ""),
        cell("", "puzzle", [(1 + i % 2, (i + 1) % 3)], swapped, ""),
    )
    before = page.evaluate(DRAWN, "puzzle")
    one.hand(page, i)()
    page.wait_for_function(f"([key, before]) => ({DRAWN})(key) !== before", arg=["puzzle", before])
    wait(lambda: at_rest(page, "restored"))
    return two.hand(page, i)


PICTURES, MISTAKES = range(10, 60), range(1, 17)
ROTATION = Room(
    "pretext_room",
    {"task": "rotation"},
    "failures_rotation",
    (
        slider("angle", "angle", range(0, 355, 5), "turned"),
        button("a quarter turn", "turned", "turn_0", "turn_90"),
        slider("picture", "picture", PICTURES, "turned"),
        option("a mistake", "mistake_rotation", MISTAKES, "turned"),
    ),
)
JIGSAW = Room(
    "pretext_room",
    {"task": "jigsaw"},
    "failures_jigsaw",
    (
        Control("two tiles are swapped", swapped, second_tile, "restored"),
        button("shuffle", "restored", "shuffle"),
        button("any order", "restored", "any_order"),
        slider("picture", "picture", PICTURES, "restored"),
        option("a mistake", "mistake_jigsaw", MISTAKES, "restored"),
    ),
)
COLORIZATION = Room(
    "pretext_room",
    {"task": "colorization"},
    "failures_colorization",
    (
        slider("temperature", "anneal", [0.1 + 0.04 * i for i in range(20)], "painted"),
        cell(
            "a place is clicked",
            "sure",
            [(row, (3 * row) % 8) for row in range(8)],
            lambda app, i: app.query_params.update(place=f"{i % 8},{(3 * i) % 8}"),
            "sure",  # which is redrawn with the bets: those differ in their points' sizes
        ),
        slider("picture", "picture", PICTURES, "painted"),
        option("a mistake", "mistake_colorization", MISTAKES, "painted"),
    ),
)

# -- slow motion ------------------------------------------------------------------------------------------------------


def walked(method: str, stage: str, *others: Control) -> Room:
    """From its kept weights, at a stage where every knob shows."""
    controls = (
        slider("dice", "draw", range(1, 50), "stage_0"),
        option("start from", "start", ("random weights", "kept weights"), "stage_0"),
        button("a stage back or on", "stage_0", "stage_back", "stage_on"),
        button("take the step", "loss_by_hand", "take_both"),
    )
    return Room("slow_motion", {"walked": method, "stage": stage}, "stage_0", (*others, *controls))


HALVES = (
    button("step only the student", "loss_by_hand", "take_student"),
    button("step only the teacher", "loss_by_hand", "take_teacher"),
)
TEMPERATURE = slider("temperature", "slow_temperature", (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 0.2), "stage_0")

ROOMS = {
    "mae": MAE,
    "attention": ATTENTION,
    "rotation": ROTATION,
    "jigsaw": JIGSAW,
    "colorization": COLORIZATION,
    "slow motion of SimCLR": walked("simclr", "softmax", TEMPERATURE),
    "slow motion of BYOL": walked("byol", "weights", *HALVES),
    "slow motion of DINO with transformers": walked("dino_vit", "weights", moment("stage_0"), *HALVES),
}

# The peer: what Streamlit itself needs on this machine for a switch and a bar chart.
BARE = """
import plotly.graph_objects as go
import streamlit as st

taller = st.toggle("taller", key="taller")
st.plotly_chart(go.Figure(go.Bar(y=[1, 3 if taller else 2])), key="answer")
"""
TOGGLE = toggle("taller", "taller", "answer", True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--look", type=float, default=1.0, help="seconds between two moves")
    parser.add_argument("--rooms", nargs="*", default=list(ROOMS), choices=ROOMS)
    options = parser.parse_args()
    print("## What a room answers, and how fast\n")
    print(f"`python -m benchmarks.rooms --rounds {options.rounds} --look {options.look:g}` on", end=" ")
    print(f"{machine('streamlit', 'torch', 'playwright')}.")
    print(f"Milliseconds, median (worst) of {options.rounds}. Asked: ≤ {ASKED} from the hand to the picture.\n")
    print("| room | control | script | browser |\n|---|---|---:|---:|")
    scripts = {name: script_runs(name, options.rounds) for name in options.rooms}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, ExitStack() as stack:
        app = App(Path(folder), spare=False)
        stack.callback(end, app)
        wait(lambda: settled(app.named("processes.projector")))  # it compiles for some seconds
        (Path(folder) / "bare.py").write_text(BARE)
        bare = App(Path(folder), script=f"{folder}/bare.py")
        stack.callback(end, bare)
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)

        def peer() -> None:
            page = opened(chromium, bare.url, "answer")
            print(f"| *Streamlit's own least* | | | {written(by_hand(page, TOGGLE, options))} |", flush=True)
            page.close()

        for name in options.rooms:
            peer()
            room = ROOMS[name]
            query = "&".join(f"{key}={value}" for key, value in room.query.items())
            page = opened(chromium, f"{app.url}/{room.page}?{query}", room.ready)
            for control in room.controls:
                clocked = by_hand(page, control, options)
                columns = [written(scripts[name][control.name]), written(clocked)]
                print(f"| {name} | {control.name} | {' | '.join(columns)} |", flush=True)
            page.close()
        peer()
        chromium.close()


def opened(chromium: Browser, address: str, ready: str) -> Page:
    page = chromium.new_page(viewport={"width": 1440, "height": 1000})
    page.set_default_timeout(60_000)
    page.goto(address)
    page.wait_for_function(f"key => ({DRAWN})(key) !== ''", arg=ready)
    return page


def script_runs(name: str, rounds: int) -> dict[str, list[float]]:
    """Control -> milliseconds of each round; two rounds before, which are not counted, fill the caches."""
    found = manifest_scanner.scan_component_manifests()
    manifest_scanner.scan_component_manifests = lambda: found
    app = AppTest.from_file(str(PAGES / f"{ROOMS[name].page}.py"), default_timeout=120)
    for key, value in ROOMS[name].query.items():
        app.query_params[key] = value
    app.run().run()
    gc.collect()
    gc.freeze()  # as the app does when it starts
    taken: dict[str, list[float]] = {}
    for control in ROOMS[name].controls:
        clocked = []
        for i in range(rounds + 2):
            control.turn(app, i)
            clocked.append(milliseconds(app.run))
            assert not app.exception
            app.run()  # where only a fragment was drawn: AppTest has forgotten the rest
        taken[control.name] = clocked[2:]
    return taken


def by_hand(page: Page, control: Control, options: argparse.Namespace) -> list[float]:
    """Milliseconds of each round, until the picture is another one; two rounds before are not counted."""
    taken = []
    for i in range(options.rounds + 2):
        wait(lambda: at_rest(page, control.plot))
        page.wait_for_timeout(1000 * options.look)
        last_move, before = control.hand(page, i), page.evaluate(DRAWN, control.plot)
        page.evaluate(f"given => {{ window.sslvizClocked = ({CLOCKED})(given) }}", [control.plot, before])
        last_move()
        taken.append(page.evaluate("window.sslvizClocked"))
        control.after(page)
    return taken[2:]


def at_rest(page: Page, plot: str) -> bool:
    """True if no script runs and the picture stays what it is for a moment."""
    page.wait_for_function(REST)
    before = page.evaluate(DRAWN, plot)
    page.wait_for_timeout(300)
    return bool(page.evaluate(REST)) and before == page.evaluate(DRAWN, plot)


if __name__ == "__main__":
    main()
