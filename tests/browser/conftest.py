"""A real chromium and a real server: `page` (which collects what the console says) and `serve(script)`."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sslviz.runs.shelf import list_runs
from tests.browser.hand import PATIENCE

ROOT = Path(__file__).parents[2]
CACHE = Path(os.environ.get("SSLVIZ_CACHE") or Path.home() / ".cache" / "sslviz")  # the shapes are drawn once

WINDOW = {"width": 1440, "height": 900}


@dataclass
class Server:
    """A running app. `log` is what it has printed in this test, `process` what to kill, `runs` where its runs are."""

    url: str
    process: subprocess.Popen
    log_file: Path = field(repr=False)
    runs: Path = field(default=Path(), repr=False)
    heard: int = 0  # characters of the log that are of the tests before

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")[self.heard :]

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """serve(script, env={…}, base="/path") starts `streamlit run script` on a free port and ends it after the test."""
    yield from serving(tmp_path)


@pytest.fixture(scope="module")
def serve_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """The same, for a server that all tests of a file look at."""
    yield from serving(tmp_path_factory.mktemp("servers"))


@pytest.fixture(scope="session")
def museum(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The whole app for all tests that only look: recorded runs, no worker, no projector, nothing that changes."""
    folder = tmp_path_factory.mktemp("museum")
    with contextmanager(serving)(folder) as start:
        yield start("app.py", env={"SSLVIZ_RUNS": str(folder / "runs"), "SSLVIZ_CACHE": str(CACHE)})


@pytest.fixture(scope="session")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The whole app, with its workers, for all tests that train."""
    folder = tmp_path_factory.mktemp("laboratory")
    with contextmanager(serving)(folder) as start:
        works = {"SSLVIZ_SLOTS": "1", "SSLVIZ_SPARE": "1", "SSLVIZ_PROJECTOR": "1"}
        server = start("app.py", env={**works, "SSLVIZ_RUNS": str(folder / "runs"), "SSLVIZ_CACHE": str(CACHE)})
        server.runs = folder / "runs"
        yield server


@pytest.fixture
def app(laboratory: Server) -> Iterator[Server]:
    """The laboratory with no run yet; its runs go to `app.runs`. What is at work after a test is ended."""
    laboratory.heard += len(laboratory.log)
    yield laboratory
    runs = list_runs(laboratory.runs)
    workers = {*_workers(laboratory)}  # also of a run that is stopped: it scores and writes for a while
    deadline = time.monotonic() + 20
    while workers & {*(now := [*_workers(laboratory)])} or any(run.status().at_work for run in runs):
        for pid in now:  # a run that had not begun gets another process, once
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert time.monotonic() < deadline, f"the server has not noticed that its workers are gone:\n{laboratory.log}"
        time.sleep(0.1)
    for run in runs:
        run.throw_away()


def _workers(server: Server) -> Iterator[int]:
    """Process numbers of the server's workers, its spare among them (Linux)."""
    for file in Path(f"/proc/{server.process.pid}/task").glob("*/children"):
        for pid in file.read_text().split():
            with suppress(FileNotFoundError, ProcessLookupError):
                state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
                if state == "Z" or b"training.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    yield int(pid)


def serving(folder: Path) -> Iterator[Callable[..., Server]]:
    """For fixtures. folder: takes the logs of the servers, which end with the fixture."""
    servers: list[Server] = []

    def start(script: Path | str, env: dict[str, str] | None = None, base: str = "") -> Server:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        log_file = folder / f"server-{port}.log"
        command = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            str(script),
            f"--server.port={port}",
            f"--server.baseUrlPath={base}",
        ]
        with log_file.open("w") as log:
            process = subprocess.Popen(
                [*command, "--server.headless=true", "--server.fileWatcherType=none"],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **(env or {})},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        server = Server(f"http://127.0.0.1:{port}{base}", process, log_file)
        servers.append(server)
        deadline = time.monotonic() + 60
        while not _answers(server.url):
            assert process.poll() is None, f"the server ended:\n{server.log}"
            assert time.monotonic() < deadline, f"the server does not answer:\n{server.log}"
            time.sleep(0.1)
        return server

    try:
        yield start
    finally:
        for server in servers:
            server.stop()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="session")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """Debian's chromium, one profile for all tests: what is loaded once (plotly, Streamlit's own code) stays loaded.
    Where $CI is set its absence is a failure, elsewhere the test is skipped.
    """
    executable = shutil.which("chromium")
    if executable is None:
        if os.environ.get("CI"):
            pytest.fail("there is no chromium on the PATH")
        pytest.skip("there is no chromium on the PATH")
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    flags += ["--disable-gpu-rasterization"]  # Debian switches it on: without a GPU a page takes half as long again
    profile = tmp_path_factory.mktemp("profile")
    with sync_playwright() as playwright:
        new = playwright.chromium.launch_persistent_context(
            profile, executable_path=executable, args=flags, viewport=WINDOW
        )
        new.set_default_timeout(PATIENCE * 1000)
        yield new
        new.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator:
    """With a test that fails: what its page showed, what its runs were doing, and what the server said."""
    report = yield
    page, server = (getattr(item, "funcargs", {}).get(name) for name in ("page", "app"))
    if report.failed and report.when == "call" and page is not None and not page.is_closed():
        with suppress(Exception):  # whatever it is, it must not hide the failure
            report.sections.append(("page", f"{page.url}\n{page.evaluate(STATE)}\n{page.complaints}"))
        if server is not None:
            with suppress(Exception):
                told = [f"{run.id}: {run.status()}\n{run.log.read_text()[-2000:]}" for run in list_runs(server.runs)]
                report.sections += [("runs", "\n".join(told)), ("processes", f"{[*_workers(server)]}")]
                report.sections.append(("server", server.log[-4000:]))
    return report


# the charts with their run and step, the clock, and what stands on the page
STATE = """() => JSON.stringify({
    charts: [...document.querySelectorAll('.sslviz-plot')].map((chart) => ({
        title: chart._fullLayout?.title?.text, ...chart._fullLayout?.meta,
        types: chart._fullData?.map((trace) => trace.type).join(' '), drawn: chart.clientWidth})),
    clock: {...window.sslvizClock},
    script: document.querySelector('[data-test-script-state]')?.dataset.testScriptState,
    text: document.querySelector('[data-testid=stMain]')?.innerText.slice(0, 3000)}, null, 1)"""


@pytest.fixture(scope="session")
def tabs() -> list:
    """Those that no test has just now. A tab that was used knows the app's JavaScript: a page takes half as long."""
    return []


@pytest.fixture
def new_page(context, tabs: list) -> Iterator[Callable]:
    """A fresh page, 1440 x 900. `page.complaints` lists console errors, uncaught exceptions and pictures that are none.

    Streamlit's own search for the server is left out: on a deep link it first asks for <page>/_stcore/… and gets a 404.
    """
    used = []

    def open_page():
        page = tabs.pop() if tabs else context.new_page()
        page.complaints, listeners = [], []
        used.append((page, listeners))

        def on(event: str, listener: Callable) -> None:
            type(page).on(page, event, listener)
            listeners.append((event, listener))

        def heard(message) -> None:
            where = message.location.get("url", "")
            searching = "404" in message.text and where.endswith(("/_stcore/health", "/_stcore/host-config"))
            if message.type == "error" and not searching:
                page.complaints.append(f"{message.text} {where}")

        def answered(answer) -> None:
            kind = answer.headers.get("content-type", "")
            if answer.request.resource_type == "image" and not (answer.ok and kind.startswith("image/")):
                page.complaints.append(f"no picture: {answer.status} {kind} {answer.url[:200]}")

        page.on = on  # whatever a test listens to, is unheard after it
        page.on("console", heard)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("response", answered)
        page.bring_to_front()
        return page

    yield open_page
    for page, listeners in used:
        if not page.is_closed():
            as_new(page, listeners)
            tabs.append(page)


def as_new(page, listeners: list[tuple[str, Callable]]) -> None:
    for listener in listeners:
        page.remove_listener(*listener)
    if page.url.startswith("http"):
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    page.goto("about:blank")
    page.set_viewport_size(WINDOW)
    page.emulate_media(color_scheme="null")
    page.set_default_timeout(PATIENCE * 1000)


@pytest.fixture
def page(new_page: Callable):
    return new_page()
