"""How long does the compare page take with six runs of 200 snapshots each? In a warm server and a real chromium.

    python -m benchmarks.compare [--rounds 7] [--snapshots 200]

The runs are written through RunFolder, with arrays as large as a real run's: 64 x 64 similarities, 2 x 32 views,
2,000 x 128 embeddings at every tenth snapshot and a map of 2,000 pictures with each of those; one recorded number per
step. What is in them is noise.

script: one run of the page's script (AppTest, warm caches). answered: from the address in a new tab of a warm server
until its script has ended. open: until everything on the screen (1440 x 900) is drawn, too. all drawn: what lies below
it as well. in the open app: coming back from another page. histories: until all moments of all pictures have arrived,
from the address on. scrub: from a key on the clock until all matrices show the new moment. Streamlit and plotly.js take
much of it: two other pages stand beside it, one of a single run, and one of a single chart and hardly anything to
compute, which is the least that any page takes on this machine. play: the clock is asked for so many moments a second,
on a screen that is high enough for all matrices and maps; drawn are the different states of the charts that were on the
screen. Needs playwright and chromium.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright
from streamlit.testing.v1 import AppTest

from benchmarks.live import FLAGS, App, end
from benchmarks.machine import machine
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import ProbeSet, Snapshot, Status
from sslviz.runs.settings import RunSettings
from sslviz.training.observer import EXHIBITS
from sslviz.training.probes import QUERIES
from sslviz.views.controls.server import GALLERY, PAGES

RUNS = 6
OPEN = 2.0  # seconds that are allowed
DRAWN = """() => document.querySelector('[data-test-script-state=notRunning]')
    && document.querySelectorAll('.sslviz-plot').length >= 17
    && [...document.querySelectorAll('.sslviz-plot')].every(plot => plot._fullLayout)"""
SCREEN = """() => { const all = [...document.querySelectorAll('.sslviz-plot')];
    return all.length >= 17 && document.querySelector('[data-test-script-state=notRunning]')
        && all.filter(plot => plot.getBoundingClientRect().top < innerHeight).every(plot => plot._fullLayout) }"""
THERE = """() => window.sslvizClock?.on && !window.sslvizClock.loading
    && [...document.querySelectorAll('.sslviz-plot')].filter(plot => plot.dataset.frame).length === 12"""
ANSWERED = """() => document.querySelector('[data-test-script-state=notRunning]')
    && document.querySelectorAll('.sslviz-plot').length >= 17"""
OTHER = DRAWN.replace("17", "5")  # loss, score, matrix, softmax, map
LEAST = DRAWN.replace("17", "1")
STEPS = """() => [...document.querySelectorAll('.sslviz-plot')].filter(p => p._fullData?.[0]?.type === 'heatmap')
    .map(p => p._fullLayout.meta.step)"""
RATES = (12, 24)  # moments a second that the clock is asked for
WATCH = """() => {
    const states = new Set();
    const state = () => [...document.querySelectorAll('.sslviz-plot')].map(plot => plot.dataset.frame ?? '').join();
    const seen = new MutationObserver(() => states.add(state()));
    seen.observe(document.body, { subtree: true, attributes: true, attributeFilter: ['data-frame'] });
    const asked = new Set();
    let from;
    window.played = undefined;
    window.sslvizClock.addEventListener('tick', function heard() {
        const { playing, amount } = window.sslvizClock;
        if (playing) {
            from ??= performance.now();
            asked.add(amount);
        } else if (from) {
            window.played = { drawn: states.size, asked: asked.size, seconds: (performance.now() - from) / 1000 };
            seen.disconnect();
            window.sslvizClock.removeEventListener('tick', heard);
        }
    });
}"""
MOVED = f"before => {{ const now = ({STEPS})(); return now.length === 6 && now.every((s, i) => s !== before[i]) }}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--snapshots", type=int, default=200)
    options = parser.parse_args()
    print("## The compare page\n")
    print(
        f"`python -m benchmarks.compare --rounds {options.rounds}` on {machine('streamlit', 'plotly', 'playwright')},"
    )
    print(f"{RUNS} runs × {options.snapshots} snapshots. Seconds, median (worst) of {options.rounds}.\n")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        runs = Path(folder)
        ids = [written(runs, seed, options.snapshots).id for seed in range(RUNS)]
        os.environ |= {"SSLVIZ_RUNS": folder, "SSLVIZ_SPARE": "0"}
        taken = {"script": scripts(ids, options.rounds)}
        app = App(runs, spare=False)
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(180_000)
        url = f"{app.url}/compare?runs={','.join(ids)}"
        shown(page, url, THERE)  # warms the server
        taken["open"] = [shown(page, url, SCREEN) for _ in range(options.rounds)]
        taken["all drawn"] = [shown(page, url) for _ in range(options.rounds)]
        taken["histories"] = [shown(page, url, THERE) for _ in range(options.rounds)]
        taken["answered"] = [shown(page, url, ANSWERED) for _ in range(options.rounds)]
        shown(page, url, THERE)
        taken["scrub"] = [scrubbed(page) for _ in range(options.rounds)]
        page.set_viewport_size({"width": 1440, "height": 2600})
        played = [(rate, *play(page, rate)) for rate in RATES]
        page.set_viewport_size({"width": 1440, "height": 900})
        taken["all drawn, in the open app"] = [back(page, url) for _ in range(options.rounds)]
        for name, other, drawn in (("SimCLR", "simclr", OTHER), ("Landscape, one chart", "landscape", LEAST)):
            beside = [shown(page, f"{app.url}/{other}", drawn) for _ in range(options.rounds + 1)][1:]
            taken[f"for comparison: the page of {name}"] = beside
        chromium.close()
        end(app)
    print(f"Others used the machine, too: load {os.getloadavg()[1]:.1f} over the last 5 minutes.\n")
    print("| what | asked | seconds |\n|---|---:|---:|")
    for name, seconds in taken.items():
        asked = f"≤ {OPEN:g}" if name == "open" else ""
        print(f"| {name} | {asked} | {statistics.median(seconds):.2f} ({max(seconds):.2f}) |")
    print("\n| play: moments a second | drawn a second | of moments | not drawn |\n|---:|---:|---:|---:|")
    for rate, drawn, moments, spent in played:
        print(f"| {rate} | {drawn / spent:.1f} | {moments} | {max(0, moments - drawn)} |")


def written(runs: Path, seed: int, snapshots: int) -> RunFolder:
    """A run of noise, as large as a real one."""
    chance = np.random.default_rng(seed)
    folder = RunFolder.create(runs, RunSettings(seed=seed), name=f"noise-{seed}")
    probe = RunFolder(GALLERY / "simclr").probe()
    assert isinstance(probe, ProbeSet)
    folder.write_probe(probe)
    views = chance.integers(0, 255, (2, EXHIBITS, 32, 32, 3), dtype=np.uint8)
    for i in range(snapshots):
        step, great = 5 * i, i % 10 == 0
        similarity = chance.uniform(-1, 1, (2 * EXHIBITS, 2 * EXHIBITS)).astype(np.float16)
        embedding = chance.normal(size=(QUERIES, 128)).astype(np.float16) if great else None
        folder.write_snapshot(Snapshot(step, {}, {"similarity": similarity}, views, embedding))
        if great:
            for kind in ("pca", "umap"):
                folder.write_projection(step, kind, chance.normal(size=(QUERIES, 2)))
    for step in range(5 * snapshots):
        row = {"step": step, "seconds": 0.5 * step, "images": 256 * step, "loss": 6 - step / 500}
        folder.append_metrics(row | ({"knn": 0.2 + step / 3000, "std": 0.1} if step % 50 == 0 else {}))
    last = 5 * snapshots - 1
    about = {"state": "done", "step": last, "images": 256 * last, "seconds": 0.5 * last}
    folder.write_status(Status.model_validate(about | {"knn": 0.5, "exam": 0.6, "linear": 0.7, "device": "cpu"}))
    return folder


def scripts(ids: list[str], rounds: int) -> list[float]:
    app = AppTest.from_file(str(PAGES / "compare.py"), default_timeout=60)
    app.query_params["runs"] = ",".join(ids)
    app.run().run()
    assert not app.exception
    return [seconds(app.run) for _ in range(rounds)]


def shown(page: Page, url: str, drawn: str = DRAWN) -> float:
    def visit() -> None:
        page.goto(url, wait_until="commit")
        page.wait_for_function(drawn)

    return seconds(visit)


def back(page: Page, url: str) -> float:
    """Back from another page of the open app: the browser has Streamlit and plotly.js already."""
    shown(page, url)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Blackboard", exact=True).click()
    page.wait_for_url("**/blackboard")
    page.get_by_role("heading", name="Blackboard", exact=True).wait_for()

    def go() -> None:
        page.go_back()
        page.get_by_role("heading", name="Compare", exact=True).wait_for()
        page.wait_for_function(DRAWN)

    return seconds(go)


def play(page: Page, rate: int) -> tuple[int, int, float]:
    """Different states drawn, moments there are, seconds it took."""
    page.get_by_role("combobox", name="Speed").select_option(str(rate))
    clock = page.get_by_role("slider", name="Moment", exact=True)
    clock.focus()
    page.keyboard.press("Home")
    page.wait_for_timeout(1500)
    page.evaluate(WATCH)
    page.keyboard.press("Space")
    page.wait_for_function("() => window.played", timeout=120_000)
    found = page.evaluate("() => window.played")
    return found["drawn"], int(clock.get_attribute("max") or 0), found["seconds"]


def scrubbed(page: Page) -> float:
    clock = page.get_by_role("slider", name="Moment", exact=True)
    clock.focus()
    before = page.evaluate(STEPS)

    def turn() -> None:
        for _ in range(3):
            page.keyboard.press("ArrowLeft")
        page.wait_for_function(MOVED, arg=before)

    return seconds(turn)


def seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
