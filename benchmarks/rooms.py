"""How long does a control of a room take to answer? Its script, and from the hand to the changed picture in a chromium.

    python -m benchmarks.rooms [--rounds 7] [--rooms mae_room …]

script: one run of the page's script after the control was turned (AppTest, warm caches). browser: from the last click
or key until the picture that the control is about has been drawn anew, networks loaded, a server of its own. A new room
is a row of ROOMS. Needs playwright and chromium.
"""

import argparse
import gc
import os
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as app.py

from playwright.sync_api import Page, sync_playwright
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from benchmarks.live import FLAGS, App, end, settled, wait
from benchmarks.machine import machine
from sslviz.views import mask_painter
from sslviz.views.catalogue import ROOMS as TITLES
from sslviz.views.server import PAGES

ASKED = 300  # milliseconds
Act = Callable[[], object]
# what the plots of one key show, as text
DRAWN = """key => [...document.querySelectorAll(`.st-key-${key} .sslviz-plot`)].map(chart => (chart.data ?? []).map(
    trace => [trace.source, trace.z?.bdata ?? trace.z, trace.y?.bdata ?? trace.y].join()).join()).join()"""
REST = "() => document.querySelector('[data-test-script-state=notRunning]')"


@dataclass(frozen=True)
class Control:
    """turn: what it does to an AppTest, before its script is run. hand: goes near it in a browser, and returns the last
    move, which is clocked. Both get the number of the round, and no two rounds in a row may ask for the same. plot: the
    key of the picture that must change. after: puts the browser in order again.
    """

    name: str
    turn: Callable[[AppTest, int], object]
    hand: Callable[[Page, int], Act]
    plot: str
    after: Callable[[Page], object] = lambda page: None


@dataclass(frozen=True)
class Room:
    """query: the address under which it has most to do. ready: the plot that says that it has been drawn."""

    query: dict[str, str]
    ready: str
    controls: tuple[Control, ...]


def slider(label: str, key: str, values: tuple[float, ...], plot: str) -> Control:
    """values: for AppTest; the browser presses → and ← in turn."""

    def hand(page: Page, i: int) -> Act:
        page.get_by_role("slider", name=re.compile(label)).first.focus()
        return lambda: page.keyboard.press("ArrowLeft" if i % 2 else "ArrowRight")

    return Control(label, lambda app, i: app.slider(key=key).set_value(values[i % len(values)]), hand, plot)


def moment(app: AppTest, i: int) -> None:
    found = next(one for one in app.select_slider if "Moment" in one.label)
    found.set_value(found.options[-1 - i % 2] if isinstance(found.options[0], int) else int(found.options[-1 - i % 2]))


def moment_by_hand(page: Page, i: int) -> Act:
    page.get_by_role("slider", name=re.compile("Moment")).first.focus()
    return lambda: page.keyboard.press("ArrowRight" if i % 2 else "ArrowLeft")


def choose(app: AppTest, key: str, value: str) -> None:
    next(one for one in (*app.segmented_control, *app.selectbox, *app.toggle) if one.key == key).set_value(value)


# -- the MAE room -----------------------------------------------------------------------------------------------------

MASKS = ["00183c7e7e3c1800", "ff183c7e7e3c1800"]
KINDS = ["block", "random"]


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


def pressed(name: str) -> Callable[[Page, int], Act]:
    return lambda page, i: page.locator(".mask-buttons button", has_text=re.compile(f"^{name}$")).click


def either(first: str, second: str) -> Callable[[Page, int], Act]:
    return lambda page, i: pressed(second if i % 2 else first)(page, i)


def dice(app: AppTest, i: int) -> None:
    app.query_params.pop("mask", None)
    app.slider(key="draw").set_value(i + 1)


def kind(page: Page, i: int) -> Act:
    page.get_by_role("combobox", name=re.compile("mask type")).click()
    return page.get_by_role("option", name=KINDS[i % 2], exact=True).click


def below(page: Page, i: int) -> Act:
    return page.get_by_role("radio", name=("runs", "moments")[i % 2], exact=True).click


def paste(page: Page, i: int) -> Act:
    return page.get_by_text("Paste what is visible").click


ROOMS = {  # file in pages/ -> what is clocked
    "mae_room": Room(
        {"mask": mask_painter.digits([True] * 48 + [False] * 16)},
        "answer",
        (
            Control("a patch is clicked", paint, click_patch, "answer"),
            Control("while dragging", paint, drag, "answer", lambda page: page.mouse.up()),
            Control("Invert", paint, pressed("Invert"), "answer"),
            Control("hide / only the object", paint, either("Hide the object", "Only the object"), "answer"),
            Control("random at the ratio", dice, pressed("Random at the ratio"), "answer"),
            slider("mask ratio", "mask_ratio", (0.5, 0.75), "answer"),
            Control("mask type", lambda app, i: choose(app, "mask_type", KINDS[i % 2]), kind, "answer"),
            slider("Picture", "picture", (7, 8, 9), "answer"),
            Control("moment", moment, moment_by_hand, "answer"),
            Control("pasted or not", lambda app, i: choose(app, "pasted", i % 2 == 1), paste, "answer"),
            Control("moments / runs", lambda app, i: choose(app, "show", ("runs", "moments")[i % 2]), below, "strip"),
        ),
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--rooms", nargs="*", default=list(ROOMS), choices=ROOMS)
    options = parser.parse_args()
    print("## What a room answers, and how fast\n")
    print(f"`python -m benchmarks.rooms --rounds {options.rounds}` on {machine('streamlit', 'torch', 'playwright')}.")
    print(f"Milliseconds, median (worst) of {options.rounds}. Asked: ≤ {ASKED} from the hand to the picture.\n")
    print("| room | control | script | browser |\n|---|---|---:|---:|")
    scripts = {name: script_runs(name, options.rounds) for name in options.rooms}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app = App(Path(folder), spare=False)
        wait(lambda: settled(app.named("runs.projector")))  # it compiles for some seconds
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name in options.rooms:
            page = chromium.new_page(viewport={"width": 1440, "height": 1000})
            page.set_default_timeout(60_000)
            query = "&".join(f"{key}={value}" for key, value in ROOMS[name].query.items())
            page.goto(f"{app.url}/{name}?{query}")
            page.wait_for_function(f"key => ({DRAWN})(key) !== ''", arg=ROOMS[name].ready)
            for control in ROOMS[name].controls:
                clocked = by_hand(page, control, options.rounds)
                columns = [written(scripts[name][control.name]), written(clocked)]
                print(f"| {TITLES[name][0]} | {control.name} | {' | '.join(columns)} |", flush=True)
            page.close()
        chromium.close()
        end(app)


def script_runs(name: str, rounds: int) -> dict[str, list[float]]:
    """Control -> milliseconds of each round; two rounds before, which are not counted, fill the caches."""
    found = manifest_scanner.scan_component_manifests()
    manifest_scanner.scan_component_manifests = lambda: found
    app = AppTest.from_file(str(PAGES / f"{name}.py"), default_timeout=120)
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
        taken[control.name] = clocked[2:]
    return taken


def by_hand(page: Page, control: Control, rounds: int) -> list[float]:
    """Milliseconds of each round, until the picture is another one; two rounds before are not counted."""
    taken = []
    for i in range(rounds + 2):
        wait(lambda: at_rest(page, control.plot))
        last_move, before = control.hand(page, i), page.evaluate(DRAWN, control.plot)

        def answered(last_move: Act = last_move, before: str = before) -> None:
            last_move()
            page.wait_for_function(f"([key, before]) => ({DRAWN})(key) !== before", arg=[control.plot, before])

        taken.append(milliseconds(answered))
        control.after(page)
    return taken[2:]


def at_rest(page: Page, plot: str) -> bool:
    """True if no script runs and the picture stays what it is for a moment."""
    page.wait_for_function(REST)
    before = page.evaluate(DRAWN, plot)
    page.wait_for_timeout(300)
    return bool(page.evaluate(REST)) and before == page.evaluate(DRAWN, plot)


def milliseconds(act: Act) -> float:
    start = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - start)


def written(values: list[float]) -> str:
    return f"{statistics.median(values):.0f} ({max(values):.0f})"


if __name__ == "__main__":
    main()
