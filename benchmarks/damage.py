"""Damaged files against everything that reads them: each damage of each file of a run (tests/runs/damage.py), and then
every page and command that looks at the run. What a visitor sees, and how long it takes.

    python -m benchmarks.damage [--every N]      all of them: an hour on two cores; --every 10: each tenth

A page that shows a traceback, takes more than 5 seconds or loses more than the torn picture is counted and named. A
sentence with a fault number (views/net.py) keeps the rest of the page, and is counted by itself.
"""

import argparse
import contextlib
import io
import logging
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ |= {"OMP_NUM_THREADS": "1", "SSLVIZ_SLOTS": "0", "SSLVIZ_SPARE": "0", "SSLVIZ_PROJECTOR": "0"}

from sslviz import __main__, data
from sslviz.runs.folder import RunFolder
from sslviz.views import net
from tests.pages import opened
from tests.runs.damage import damages
from tests.runs.whole import whole_run

SLOWEST = 5.0  # seconds
PAGES = {
    "simclr": {"run": "{}", "health": "true"},
    "judge": {"judged": "{}"},
    "compare": {"runs": "{},simclr"},
    "maps": {"run1": "{}"},
    "slow_motion": {"walked": "{}"},
    "projection_head": {"run": "{}"},
    "infonce": {"source": "run", "run": "{}"},
}
COMMANDS = (["list"], ["list", "--json"], ["export", "{}", "out.py"], ["export", "{}", "out.ipynb"])
COMMANDS += (["export", "{}", "out.zip"], ["export", "{}", "logs"], ["evaluate", "{}", "--only", "knn"])


def looks(run: RunFolder, place: Path) -> Iterator[tuple[str, Callable[[], str]]]:
    """What is asked of a run: its name, and a function that says what went wrong, if something did."""
    for page, query in PAGES.items():
        asked = {name: value.format(run.id) for name, value in query.items()}
        yield page, lambda page=page, asked=asked: seen(page, asked)
    for command in COMMANDS:
        words = [word.format(run.id) for word in command]
        yield " ".join(command[:1] + command[2:]), lambda words=words: said(words, run.path.parent, place)


def seen(page: str, query: dict[str, str]) -> str:
    try:
        app = opened(page, **query)
    except RuntimeError as error:  # no answer in a minute
        return str(error)
    if app.exception:
        return f"traceback: {app.exception[0].message[:100]}"
    if not len(app.header):
        return "no heading"
    return "fault" if net.told else ""


def said(words: list[str], runs: Path, place: Path) -> str:
    out, err = io.StringIO(), io.StringIO()
    words = [str(place / word) if word.startswith(("out", "logs")) else word for word in words]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            __main__.main([*words, "--runs", str(runs)])
    except SystemExit:
        pass
    except Exception as error:
        return f"traceback: {type(error).__name__}: {error}"[:140]
    return "traceback" if "Traceback" in err.getvalue() else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    place = Path(tempfile.mkdtemp())
    os.environ["SSLVIZ_RUNS"] = str(place / "runs")
    os.environ["SSLVIZ_CACHE"] = str(place / "cache")
    whole = whole_run(place / "whole", data.load("digits", cache=place / "cache"))
    counts, slowest, wrong = Counter[str](), (0.0, ""), []
    for number, damage in enumerate(damages(whole.path)):
        if number % options.every:
            continue
        counts["damages"] += 1
        run = RunFolder(place / "runs" / f"{whole.id}-{number}")  # a name of its own: pages remember what they drew
        shutil.copytree(whole.path, run.path)
        damage.do(run.path / damage.file)
        print(damage, file=sys.stderr, flush=True)
        for name, look in looks(run, place):
            net.told.clear()
            began = time.perf_counter()
            what = look()
            took = time.perf_counter() - began
            counts["looks"] += 1
            slowest = max(slowest, (took, f"{damage}, {name}"))
            if what == "fault":
                counts["one picture replaced by a sentence"] += 1
                wrong.append(f"sentence: {damage}, {name}")
            elif what or took > SLOWEST:
                counts["wrong"] += 1
                wrong.append(f"{damage}, {name}: {what or f'{took:.1f} s'}")
                print(wrong[-1], file=sys.stderr, flush=True)
        shutil.rmtree(run.path)
    shutil.rmtree(place)
    print("## Damaged files against every page and command\n")
    print(f"{counts['damages']} damages of the files of one run, {counts['looks']:,} looks at it.", end=" ")
    print(f"Tracebacks or answers past {SLOWEST:g} s: **{counts['wrong']}**;", end=" ")
    print(f"one picture replaced by a sentence: {counts['one picture replaced by a sentence']}.", end=" ")
    print(f"Slowest answer: {slowest[0]:.1f} s ({slowest[1]}).\n")
    for line in wrong:
        print(f"- {line}")


if __name__ == "__main__":
    main()
