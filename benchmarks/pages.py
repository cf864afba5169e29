"""How long does a page of the blackboard take? Its script run, and what a person sees in a real chromium.

    python -m benchmarks.pages [--rounds 7]

script: one run of the page's script after a slider was moved, where the page has most to do (AppTest, warm caches;
AppTest's own search for installed components, 0.1 s that a server spends once, is left out). first paint: from the
address in a new tab of a warm server to the first contentful paint, as the browser reports it; heading: to the page's
own heading; whole: to the end of the script with every picture drawn; by link: from a click on the page's link in the
open app to that moment. pointing: on the InfoNCE worksheet, from a hand's move onto a cell to the frame in which all
that belongs to it is lit. Needs playwright and chromium.
"""

import argparse
import gc
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as app.py

from playwright.sync_api import Browser, sync_playwright
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from benchmarks.live import FLAGS, App, end, settled, wait
from benchmarks.machine import machine
from sslviz.views.catalogue import BLACKBOARD
from sslviz.views.controls.server import PAGES

TAUS = (0.1, 0.2, 0.3, 0.4, 0.5)
DEAREST: dict[str, tuple[dict[str, str], str | None, Sequence[float]]] = {  # page -> address, slider, its values
    "infonce": ({"n": "16"}, "tau", TAUS),
    "geometry": ({"n": "8", "mode": "sphere"}, "tau", TAUS),
    "temperature": ({"n": "8", "panels": "4"}, "s1", TAUS),
    "ema": ({"steps": "2000"}, "seed", range(5)),
    "studio": ({}, "picture", range(5)),
    "masking": ({}, "draw", range(5)),
}
SCRIPT, PAINT, POINT = 150, 1000, 50  # milliseconds that are allowed
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
WHOLE = """() => document.querySelector('[data-test-script-state=notRunning]')
    && !document.querySelector('[data-testid=stSkeleton]')
    && [...document.querySelectorAll('.sslviz-plot')].every(plot => plot._fullLayout)
    && [...document.querySelectorAll('.nce, .geo')].every(drawing => drawing.querySelector('svg'))"""

# from the moment of the event until the picture with everything lit has been handed to the screen
STOPWATCH = """() => {
    window.taken = [];
    const root = document.querySelector('.nce');
    let start;
    root.addEventListener('pointerover', (event) => { start = event.timeStamp; }, true);
    new MutationObserver(() => {
        const from = start;
        requestAnimationFrame(() => taken.push(performance.now() - from));
    }).observe(root, { attributes: true, attributeFilter: ['data-lit'] });
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    print("## The pages of the blackboard\n")
    print(f"`python -m benchmarks.pages --rounds {options.rounds}` on {machine('streamlit', 'playwright')}.")
    print(f"Milliseconds, median (worst) of {options.rounds}. Asked: script ≤ {SCRIPT}, first paint ≤ {PAINT}.\n")
    print("| page | script | first paint | heading | whole | whole, by link |\n|---|---:|---:|---:|---:|---:|")
    scripts = {name: script_runs(name, options.rounds) for name in BLACKBOARD}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app = App(Path(folder), spare=False)
        wait(lambda: settled(app.named("processes.projector")))  # it compiles for some seconds
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, (title, *_) in BLACKBOARD.items():
            opened = [in_a_new_tab(chromium, f"{app.url}/{name}") for _ in range(options.rounds + 1)][1:]
            linked = by_link(chromium, app.url, title, options.rounds)
            columns = [scripts[name], *(list(column) for column in zip(*opened, strict=True)), linked]
            print(f"| {title} | " + " | ".join(written(column) for column in columns) + " |", flush=True)
        pointed = pointing(chromium, f"{app.url}/infonce?n=8&tau=0.1", options.rounds)
        print(f"\nPointing: {written(pointed)} ms for {len(pointed)} cells; asked: ≤ {POINT}.")
        chromium.close()
        end(app)


def script_runs(name: str, rounds: int) -> list[float]:
    found = manifest_scanner.scan_component_manifests()
    manifest_scanner.scan_component_manifests = lambda: found
    app = AppTest.from_file(str(PAGES / f"{name}.py"), default_timeout=60)
    query, slider, values = DEAREST.get(name, ({}, None, ()))
    for key, value in query.items():
        app.query_params[key] = value
    app.run().run()
    gc.collect()
    gc.freeze()  # as the app does when it starts
    taken = []
    for i in range(rounds):
        if slider is not None:
            app.slider(key=slider).set_value(values[i % len(values)])
        taken.append(milliseconds(app.run))
    assert not app.exception
    return taken


def in_a_new_tab(chromium: Browser, url: str) -> tuple[float, float, float]:
    """First paint, heading, whole."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page, start = context.new_page(), time.perf_counter()
    page.goto(url, wait_until="commit")
    page.get_by_role("heading").first.wait_for()
    heading = 1000 * (time.perf_counter() - start)
    page.wait_for_function(WHOLE)
    whole = 1000 * (time.perf_counter() - start)
    painted = float(page.evaluate(PAINTED))
    context.close()
    return painted, heading, whole


def by_link(chromium: Browser, url: str, title: str, rounds: int) -> list[float]:
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{url}/blackboard")
    page.get_by_role("heading", name="Blackboard").wait_for()
    taken = []
    for _ in range(rounds):

        def follow() -> None:
            page.get_by_test_id("stMain").get_by_role("link", name=title, exact=True).click()
            page.wait_for_url(lambda url: "blackboard" not in url)
            page.wait_for_function(WHOLE)

        taken.append(milliseconds(follow))
        page.get_by_test_id("stSidebarNav").get_by_role("link", name="Blackboard").click()
        page.get_by_role("heading", name="Blackboard").wait_for()
    page.close()
    return taken


def pointing(chromium: Browser, url: str, rounds: int) -> list[float]:
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.goto(url)
    page.wait_for_function(WHOLE)
    page.evaluate(STOPWATCH)
    for number in range(1, 1 + 2 * rounds):
        page.get_by_role("gridcell").nth(11 * number % 64).hover()
        page.wait_for_function(f"() => taken.length >= {number}")
    taken: list[float] = page.evaluate("() => taken")
    page.close()
    return taken


def milliseconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - start)


def written(values: list[float]) -> str:
    return f"{statistics.median(values):.0f} ({max(values):.0f})"


if __name__ == "__main__":
    main()
