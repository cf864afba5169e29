"""How long does a viewer wait? The real app, a real chromium, real signals.

    python -m benchmarks.live [--parts starts scores knobs] [--rounds N] [--json]

Start -> first picture, with a warm spare and without; the first scores, with a core to spare and without, and what
looking costs in the first half minute; a turned temperature -> its pin and the softmax; kill -9 of the worker, the
projector and the server -> what the page says, and the one click that resumes. Needs playwright and chromium.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.machine import cores, machine
from sslviz.data import default_cache, load
from sslviz.runs.folder import RunFolder
from sslviz.runs.shelf import list_runs

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
FLAGS += ["--disable-gpu-rasterization"]  # Debian switches it on: without a GPU a page takes half as long again
# has a heat map of the run in the address been drawn?
DRAWN = """before => [...document.querySelectorAll('.sslviz-plot')].some(chart =>
    chart._fullData?.some(trace => trace.type === 'heatmap') && chart._fullLayout.meta?.run !== before
    && chart._fullLayout.meta?.run === new URL(location).searchParams.get('run'))"""
# is there a point on its curve of the live k-NN?
SCORED = """() => [...document.querySelectorAll('.sslviz-plot')].some(chart =>
    chart._fullData?.some(trace => trace.name === 'class' && trace.x?.length)
    && chart._fullLayout.meta?.run === new URL(location).searchParams.get('run'))"""
TEMPERATURE = re.compile("temperature")
HALF_MINUTE = 30.0  # seconds of a run
SCORES, SPEED = "scores in the first 30 s (number)", "speed in the first 30 s ÷ speed of steps without a score"
AT_LEAST = (SCORES, SPEED)  # the more the better


class App:
    """`streamlit run app.py` (or another script) on a port of its own, with its own runs."""

    def __init__(self, folder: Path, spare: bool = True, port: int = 0, script: str = "app.py") -> None:
        self.runs, self.port, self.spare = folder, port or free_port(), spare
        env = {**os.environ, "SSLVIZ_RUNS": str(folder), "SSLVIZ_SPARE": "1" if spare else "0"}
        command = [sys.executable, "-m", "streamlit", "run", script, f"--server.port={self.port}"]
        self.process = subprocess.Popen(
            [*command, "--server.headless=true"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.url = f"http://127.0.0.1:{self.port}"
        wait(self.answers)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1):
                return True
        except OSError:
            return False

    def run(self) -> RunFolder:
        return list_runs(self.runs)[0]

    def children(self) -> list[int]:
        """Process numbers of the server's own processes (Linux)."""
        pids = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for file in pids for pid in file.read_text().split()]

    def named(self, module: str) -> int:
        """The newest of the server's processes that run this module: of the workers, the spare."""
        with suppress(FileNotFoundError):
            return max((p for p in self.children() if module in Path(f"/proc/{p}/cmdline").read_text()), default=0)
        return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=[*PARTS])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    load("shapes", cache=default_cache())
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        figures = {}
        for part in options.parts:
            figures |= PARTS[part](page, options.rounds)
        chromium.close()
    if options.json:
        print(json.dumps(figures))
        return
    print("## What a viewer waits for\n")
    print(f"`python -m benchmarks.live --rounds {options.rounds}` on {machine('streamlit', 'torch', 'playwright')}\n")
    print("| from → to, s (or as it says) | asked | median | worst | n |\n|---|---:|---:|---:|---:|")
    for name, (asked, measured) in figures.items():
        least = name in AT_LEAST
        worst, sign = (min(measured), "≥") if least else (max(measured), "≤")
        middle = statistics.median(measured)
        print(f"| {name} | {sign} {asked:g} | {middle:.2f} | {worst:.2f} | {len(measured)} |")


def starts(page: Page, rounds: int) -> dict[str, Any]:
    """Seconds from the click on Start until the similarity matrix of the new run stands on the page."""
    measured: dict[str, Any] = {}
    for name, asked, spare in (
        ("Start → first picture, warm spare", 2, True),
        ("Start → first picture, no spare", 8, False),
    ):
        seconds = []
        with tempfile.TemporaryDirectory() as folder:
            app = App(Path(folder), spare)
            page.goto(f"{app.url}/simclr")
            for _ in range(rounds):
                page.get_by_role("button", name=re.compile("^.*(Start|New seed)")).first.wait_for()
                if spare:
                    wait(lambda app=app: settled(app.named("training.worker")))
                before = page.evaluate("() => new URL(location).searchParams.get('run')")
                seconds.append(timed(lambda before=before: click_and_see(page, before)))
                stop(page)
                page.get_by_role("button", name="Resume").wait_for()
            end(app)
        measured[name] = (asked, seconds)
    return measured


def click_and_see(page: Page, before: str | None) -> None:
    page.get_by_role("button", name=re.compile("Start")).first.click()
    page.wait_for_function(DRAWN, arg=before, polling=20)


def scores(page: Page, rounds: int) -> dict[str, Any]:
    """The live k-NN of SimCLR as a visitor's first run has it: when it is on the page, how often, and at what price."""
    first, number, speed, busy = [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        app = App(Path(folder))
        page.goto(f"{app.url}/simclr")
        for _ in range(rounds):
            click_and_see(page, rested(page, app))
            run = app.run()
            first.append(max(0.0, seconds_between(lambda run=run: run.status().step >= 1, lambda: has_score(page))))
            wait(lambda run=run: run.status().seconds >= HALF_MINUTE)
            rows = run.metrics().set_index("step")
            early = rows[rows["seconds"] <= HALF_MINUTE]
            number.append(float(early["knn"].count()))
            took = early["seconds"].diff().dropna()
            unscored = took[early["knn"].reindex(took.index).isna()]
            speed.append(float(len(took) * unscored.mean() / took.sum()))
            stop(page)
        for _ in range(rounds):
            before = rested(page, app)
            with others_busy():
                busy.append(timed(lambda before=before: (click_and_see(page, before), wait(lambda: has_score(page)))))
            stop(page)
        end(app)
    return {
        "first step → first score": (3, first),
        SCORES: (5, number),
        SPEED: (0.8, speed),
        "Start → first score, all other cores busy": (15, busy),
    }


def stop(page: Page) -> None:
    """Stops the run; Streamlit has a button of this name, too, outside the page, while a script runs."""
    page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Stop").click()


def rested(page: Page, app: App) -> str | None:
    """Waits until Start can be pressed and the spare has warmed up; the run that is on the page."""
    page.get_by_role("button", name=re.compile("^.*(Start|New seed)")).first.wait_for()
    wait(lambda: settled(app.named("training.worker")))
    before: str | None = page.evaluate("() => new URL(location).searchParams.get('run')")
    return before


def has_score(page: Page) -> bool:
    return bool(page.evaluate(SCORED))


def seconds_between(one: Callable[[], bool], other: Callable[[], bool]) -> float:
    """From the moment at which the first has become true to that of the second; negative if it was earlier."""
    times: dict[Callable[[], bool], float] = {}

    def both() -> bool:
        for each in (one, other):
            if each not in times and each():
                times[each] = time.monotonic()
        return len(times) == 2

    wait(both)
    return times[other] - times[one]


@contextmanager
def others_busy() -> Iterator[None]:
    """Something computes on all cores but one."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(cores() - 1)]
    try:
        yield
    finally:
        for each in busy:
            each.kill()
            each.wait()


def knobs_and_deaths(page: Page, rounds: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        app = App(Path(folder))
        page.goto(f"{app.url}/simclr")
        wait(lambda: settled(app.named("training.worker")))
        page.get_by_role("button", name=re.compile("Start")).first.click()
        page.wait_for_function(DRAWN, arg=None)
        wait(lambda: app.run().status().step > 20)
        pin, softmax = [], []
        for i in range(rounds):
            page.get_by_role("slider", name=TEMPERATURE).first.focus()
            began, tau = time.monotonic(), f"{0.21 + 0.01 * i:.2f}".rstrip("0")
            page.keyboard.press("ArrowRight")
            page.wait_for_function(f"() => document.body.innerText.includes('τ = {tau}')", polling=20)
            softmax.append(time.monotonic() - began)
            page.wait_for_function(
                f"""() => [...document.querySelectorAll('.sslviz-plot')].some(
                chart => JSON.stringify(chart.data ?? []).includes('→ {tau}'))""",
                polling=20,
            )
            pin.append(time.monotonic() - began)
        worker, resumed, projector, server, back = [], [], [], [], []
        for _ in range(rounds):
            run = app.run()
            wait(
                lambda run=run: (
                    bool(run.weights_steps()) and run.status().state == "running" and run.status().pid is not None
                )
            )
            rows = len(run.metrics())
            os.kill(run.status().pid or 0, signal.SIGKILL)
            worker.append(timed(page.get_by_text("ended by signal 9").first.wait_for))
            assert len(run.metrics()) >= rows
            step = run.weights_steps()[-1]

            def resume(run: RunFolder = run, step: int = step) -> None:
                page.get_by_role("button", name="Resume").click()
                wait(lambda: run.status().state == "running" and run.status().step > step)

            resumed.append(timed(resume))
        for _ in range(2):
            os.kill(app.named("processes.projector"), signal.SIGKILL)
            projector.append(timed(page.get_by_text("The process that draws the maps had died").first.wait_for))
            page.get_by_text("The process that draws the maps had died").first.wait_for(state="hidden", timeout=60_000)
        rows, children = len(app.run().metrics()), app.children()
        os.kill(app.process.pid, signal.SIGKILL)
        app.process.wait()
        server.append(timed(page.get_by_text(re.compile("onnection|onnecting")).first.wait_for))
        back.append(timed(lambda: wait(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in children))))
        app = App(Path(folder), port=app.port)
        page.reload()
        again = timed(page.get_by_role("button", name="Resume").wait_for)
        assert len(app.run().metrics()) >= rows
        end(app)
    return {
        "turned τ → softmax shows it": (1.5, softmax),
        "turned τ → pin on the curve": (1.5, pin),
        "kill -9 worker → the page says so": (10, worker),
        "one click → training goes on": (10, resumed),
        "kill -9 projector → the page says so": (10, projector),
        "kill -9 server → the page says so": (10, server),
        "kill -9 server → no process of ours is left": (10, back),
        "server started again → the run offers to resume": (10, [again]),
    }


def settled(pid: int) -> bool:
    """True once a process sleeps: the warm spare waits for work."""
    with suppress(FileNotFoundError):
        before = cpu_seconds(pid)
        time.sleep(1)
        return cpu_seconds(pid) - before < 0.02 and before > 1
    return False


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def end(app: App) -> None:
    app.process.terminate()
    app.process.wait()


def timed(action: Callable[[], Any]) -> float:
    began = time.monotonic()
    action()
    return time.monotonic() - began


def wait(condition: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("waited in vain")
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PARTS = {"starts": starts, "scores": scores, "knobs": knobs_and_deaths}

if __name__ == "__main__":
    main()
