"""What does a visitor see when a process is ended or halted, and what is lost? One row for each fault that is injected.

    python -m benchmarks.faults [--only worker server …]

Signal x process x stage, with real processes. sees: the run's state and sentence afterwards (for helpers, the notice,
or what the page of the evaluation says). lost: steps that were recorded and must be trained again, beside those of one
interval between two kept weights (recorder.KEEP_EVERY). notices: seconds from the signal until that is on the page.
After SIGSTOP the visitor presses Stop on a run of the server; a command line, and the server, are woken again with
SIGCONT after some seconds, during which nobody may take the run for dead. orphans: processes that are left when all is
over. The server is the app's lifespan (views/controls/server.py `running`) without its pages.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import machine
from sslviz.processes.launcher import Launcher
from sslviz.runs.folder import RunFolder
from sslviz.runs.owner import frozen, started
from sslviz.runs.settings import RunSettings
from sslviz.runs.shelf import list_runs
from sslviz.training.recorder import KEEP_EVERY

SIGNALS = ("SIGTERM", "SIGHUP", "SIGINT", "SIGKILL", "SIGSTOP")
STAGES = {
    "command line": ("starting", "training", "exam"),
    "worker": ("starting", "training", "paused", "exam"),
    "spare": ("warm",),
    "projector": ("training",),
    "evaluator": ("measuring",),
    "server": ("starting", "training", "paused", "queued"),
}
ASKED = 10.0  # seconds within which it must be noticed
LONG = 180.0  # seconds after which a row is given up, on a machine that has much else to do
ASLEEP = 3.0  # seconds for which a command line or the server is halted
KNOBS = {"width": 16, "batch_size": 64, "threads": 1, "precision": "float32"}
SERVE = """
import os, signal, sys, threading
from sslviz.views.controls import server
from sslviz.runs.settings import RunSettings
over = threading.Event()
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: over.set())
with server.running():
    for text in sys.argv[1:]:
        server.launcher().start(RunSettings.model_validate_json(text))
    while not over.wait(0.2):
        pass
"""


@dataclass
class Row:
    """What one fault did."""

    process: str
    stage: str
    signal: str
    sees: str = "nothing"
    lost: str = "0"
    seconds: float = float("nan")
    orphans: int = 0

    def written(self) -> str:
        cells = [self.signal, self.process, self.stage, self.sees, self.lost, f"{self.seconds:.1f}", str(self.orphans)]
        return f"| {' | '.join(cells)} |"


def until(condition: Callable[[], object], seconds: float = LONG) -> float:
    """Waits; how long it took. Raises TimeoutError."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise TimeoutError
        time.sleep(0.02)
    return time.monotonic() - began


def settings(stage: str) -> RunSettings:
    return RunSettings(data="digits").change(**KNOBS, steps=30 if stage == "exam" else 100_000)


def recorded(run: RunFolder) -> int:
    steps = run.metrics()
    return int(steps["step"].max()) if len(steps) else 0


def reach(run: RunFolder, stage: str) -> None:
    """Waits until the run is at this stage."""
    if stage == "starting":
        until(lambda: run.status().state != "queued")
    elif stage == "exam":
        until(lambda: recorded(run) >= 30)
    elif stage != "queued":
        until(lambda: run.status().step > 20)
    if stage == "paused":
        run.send("pause")
        until(lambda: run.status().state == "paused")


def lost(run: RunFolder, before: int) -> str:
    """Steps that must be trained again, of those that one interval holds."""
    status, kept = run.status(), max(run.weights_steps(), default=0)
    each = status.seconds / max(1, status.step)
    return f"{max(0, before - kept)} of {round(KEEP_EVERY / each) if each else 0}"


def said(run: RunFolder) -> str:
    status = run.status()
    return f"{status.state}: {status.reason}" if status.reason else status.state


def inject(row: Row, pid: int) -> None:
    os.kill(pid, getattr(signal, row.signal))


def sleep_through(row: Row, run: RunFolder, pid: int, look: Launcher) -> None:
    """Halted for a moment, while another server looks on; then it goes on as if nothing had been."""
    before, began = recorded(run), time.monotonic()
    while time.monotonic() - began < ASLEEP:
        look._find_the_dead()
        time.sleep(0.2)
    row.sees = f"{said(run)}; then it goes on"
    os.kill(pid, signal.SIGCONT)
    if run.status().state == "running":
        row.seconds = until(lambda: recorded(run) > before or not run.status().at_work)


def of_command_line(row: Row, runs: Path, cache: Path) -> Iterator[int]:
    knobs = [f"{name}={value}" for name, value in settings(row.stage).values().items() if name in {*KNOBS, "steps"}]
    sets = [text for knob in knobs for text in ("--set", knob)]
    command = [sys.executable, "-m", "sslviz", "train", "simclr", "--data", "digits", "--runs", str(runs), *sets]
    process = subprocess.Popen([*command, "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    yield process.pid
    until(lambda: list_runs(runs))
    [run] = list_runs(runs)
    reach(run, row.stage)
    before, look = recorded(run), Launcher(runs, cache, spare=False, projector=False)
    inject(row, process.pid)
    began = time.monotonic()
    if row.signal == "SIGSTOP":
        sleep_through(row, run, process.pid, look)
        process.terminate()
    elif row.signal == "SIGKILL":
        look.open()  # somebody opens the app
        row.seconds = until(lambda: not run.status().at_work)
        row.sees = said(run)
        look.close()
    out, _ = process.communicate(timeout=LONG)
    if row.signal not in ("SIGSTOP", "SIGKILL"):
        row.seconds = time.monotonic() - began
        row.sees = f"{said(run)} (exit {process.returncode}, {'JSON' if out.strip() else 'no JSON'})"
    row.lost = lost(run, before) if run.status().state != "done" else "0"


def of_worker(row: Row, runs: Path, cache: Path) -> Iterator[int]:
    launcher = Launcher(runs, cache, spare=False, projector=False).open()
    try:
        run = launcher.start(settings(row.stage))
        until(lambda: launcher.pool.workers)
        pid = launcher.pool.workers[run.id].pid
        yield pid
        reach(run, row.stage)
        before = recorded(run)
        inject(row, pid)
        if row.signal == "SIGSTOP":
            launcher.stop(run.id)
        row.seconds = until(lambda: not run.status().at_work)
        row.sees = said(run)
        row.lost = lost(run, before) if run.status().state != "done" else "0"
    finally:
        launcher.close()


def of_helper(row: Row, runs: Path, cache: Path) -> Iterator[int]:
    """The spare, the projector, the evaluator."""
    launcher = Launcher(runs, cache, spare=row.process == "spare", projector=row.process == "projector").open()
    try:
        run = launcher.start(settings("exam")) if row.process == "evaluator" else None
        if run is not None:
            until(lambda: run.status().state == "done")
            launcher.evaluate(run.id, 30, ("finetune",))
        places = {"spare": launcher.pool, "projector": launcher.helpers, "evaluator": launcher.helpers}
        until(lambda: getattr(places[row.process], row.process))
        process = getattr(places[row.process], row.process)
        yield process.pid
        time.sleep(1.0)
        inject(row, process.pid)
        if row.signal == "SIGSTOP":
            until(lambda: frozen(process.pid))
        if run is not None:
            row.seconds = until(lambda: not run.is_measured())
            row.sees = str(run.evaluation_progress().get("error"))
        elif row.process == "spare":
            run = launcher.start(settings("training"))
            began = time.monotonic()
            row.seconds = until(lambda: run.id in launcher.pool.workers)
            until(
                lambda: run.status().step > 2 or not run.status().at_work
            )  # a signal that is heard late is for the run
            row.sees = f"{said(run)}: the next run, after {time.monotonic() - began:.0f} s"
        else:
            row.seconds = until(lambda: list(launcher.notices))
            row.sees = list(launcher.notices)[-1][1]
    finally:
        launcher.close()


def of_server(row: Row, runs: Path, cache: Path) -> Iterator[int]:
    texts = [settings(row.stage).model_dump_json()] * (2 if row.stage == "queued" else 1)
    more = {"SSLVIZ_RUNS": str(runs), "SSLVIZ_CACHE": str(cache), "SSLVIZ_SPARE": "0", "SSLVIZ_PROJECTOR": "0"}
    process = subprocess.Popen([sys.executable, "-c", SERVE, *texts], env={**os.environ, **more})
    yield process.pid
    until(lambda: len(list_runs(runs)) == len(texts))

    def at_work() -> list[RunFolder]:
        return [run for run in list_runs(runs) if run.status().state not in ("queued", "done")]

    until(at_work)
    worker = at_work()[0]
    run = next((each for each in list_runs(runs) if each.id != worker.id), worker)
    yield worker.status().pid or 0
    reach(worker, "training" if row.stage == "queued" else row.stage)
    before, look = recorded(worker), Launcher(runs, cache, slots=0, spare=False, projector=False)
    inject(row, process.pid)
    if row.signal == "SIGSTOP":
        sleep_through(row, run, process.pid, look)
        process.terminate()
        process.wait(LONG)
    else:
        look.open()  # the next one
        row.seconds = until(lambda: not any(each.status().at_work for each in (run, worker)))
        row.sees = said(run)
        look.close()
        process.wait(LONG)
    row.lost = lost(worker, before)


def fault(row: Row, cache: Path) -> Row:
    """Injects it, in a folder of its own, and counts what is left alive."""
    kinds = {"command line": of_command_line, "worker": of_worker, "server": of_server}
    runs, born = Path(tempfile.mkdtemp(prefix="faults-")), {}
    try:
        for pid in kinds.get(row.process, of_helper)(row, runs, cache):
            born[pid] = started(pid)
    except (TimeoutError, subprocess.TimeoutExpired):
        row.sees = f"**nothing within {LONG:.0f} s**"
    left = {pid for pid, when in born.items() if when and started(pid) == when}
    with suppress(TimeoutError):  # a worker keeps its weights first
        until(lambda: not {pid for pid in left if started(pid) == born[pid]}, 20)
    for pid in (pid for pid in left if started(pid) == born[pid]):
        row.orphans += 1
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(runs, ignore_errors=True)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=STAGES, default=list(STAGES))
    parser.add_argument("--signals", nargs="+", choices=SIGNALS, default=SIGNALS)
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # begun in the background, all of us would be deaf to it
    cache, rows = Path(tempfile.mkdtemp(prefix="faults-cache-")), []
    print(f"## What a process that dies costs\n\n`python -m benchmarks.faults` on {machine('torch')}\n")
    print("| signal | process | stage | sees | lost (steps) | notices (s) | orphans |")
    print("|---|---|---|---|---|---|---|")
    for process in options.only:
        for stage in STAGES[process]:
            for name in options.signals:
                rows.append(fault(Row(process, stage, name), cache))
                print(rows[-1].written(), flush=True)
    slow = sum(row.seconds > ASKED or row.sees.startswith("**") for row in rows)
    print(
        f"\n{len(rows)} faults; noticed after more than {ASKED:.0f} s: {slow}; orphans: {sum(r.orphans for r in rows)}."
    )
    shutil.rmtree(cache, ignore_errors=True)


if __name__ == "__main__":
    main()
