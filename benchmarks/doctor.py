"""How soon does the doctor speak about a collapse, and does it keep silent on healthy runs?

    python -m benchmarks.doctor [--rounds 5] [--busy] [--gallery DIR]

BYOL without its predictor, with the settings of its page, trained by the worker as after a click on Start with a warm
spare: seconds until there is a verdict, one seed each. `--busy`: something else computes at the same time. Then every
recorded example, at every recorded moment: it must not be called ill. On fewer cores, or with other work on them, it
takes longer: then the machine counts, not the doctor.
"""

import argparse
import contextlib
import multiprocessing
import os
import statistics
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from benchmarks.machine import machine
from benchmarks.methods import complaints
from sslviz import data, place
from sslviz.data.dataset import Dataset
from sslviz.measures.doctor.rules import diagnose
from sslviz.measures.doctor.verdict import Verdict
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Status
from sslviz.runs.settings import recommended
from sslviz.runs.shelf import list_runs
from sslviz.training.worker import Wishes, run

TARGET = 25.0  # seconds
PATIENCE = 180.0  # seconds after which a round is given up
EVERY = 1.0  # seconds between two questions, as on a page


class Spoken(Exception):
    """The doctor has said something."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--gallery", type=Path, default=place.GALLERY)
    options = parser.parse_args()
    pictures = data.load("shapes", cache=data.default_cache())
    other = multiprocessing.Process(target=spin, daemon=True)
    if options.busy:
        other.start()
    print("## How soon the doctor speaks\n")
    busy = ", another core kept busy" if options.busy else ""
    print(f"`python -m benchmarks.doctor --rounds {options.rounds}` on {machine('torch')}{busy}\n")
    print("| BYOL without predictor, seed | seconds | step | verdict |\n|---:|---:|---:|---|")
    seconds = []
    for seed in range(options.rounds):
        took, step, verdict = until_spoken(pictures, seed)
        seconds.append(took)
        print(f"| {seed} | {took:.1f} | {step} | {verdict.name if verdict else 'none'} |", flush=True)
    print(f"\nMedian {statistics.median(seconds):.1f} s (asked: at most {TARGET:g} s).\n")
    if options.busy:
        other.terminate()
    print("| recorded example | doctor |\n|---|---|")
    for example in list_runs(options.gallery):
        print(f"| {example.id} | {' · '.join(sorted(complaints(example))) or 'silent'} |", flush=True)


def until_spoken(pictures: Dataset, seed: int) -> tuple[float, int, Verdict | None]:
    """Seconds since the start, the step, and what was said: None if nothing was, for as long as we had patience."""
    settings = recommended("byol", seed=seed).change(predictor=False, threads=1)
    known, began, asked = METHODS["byol"].ignorance(settings.values()), time.monotonic(), 0.0
    found: list[Verdict] = []

    with tempfile.TemporaryDirectory() as folder:
        folder_of_run = RunFolder.create(Path(folder), settings)

        def ask(status: Status) -> None:
            nonlocal asked
            now = time.monotonic()
            if now - asked < EVERY or not folder_of_run.recorded_bytes():
                return
            asked = now
            verdict = diagnose(
                folder_of_run.metrics(), settings.values(), ignorance=known, dimension=width(folder_of_run)
            )
            found.extend([verdict] if verdict else [])
            if verdict or now - began > PATIENCE:
                raise Spoken

        with contextlib.suppress(Spoken):
            run(folder_of_run, data.default_cache(), Wishes(folder_of_run), loaded=pictures, on_progress=ask)
        return time.monotonic() - began, folder_of_run.status().step, next(iter(found), None)


def width(folder: RunFolder) -> int | None:
    """Numbers in z, as the page finds them out."""
    steps = folder.snapshot_steps()
    spread = folder.exhibit(steps[0], "channel_std") if steps else None
    return None if spread is None else len(spread)


def spin() -> None:
    while True:
        torch.ones(200, 200) @ torch.ones(200, 200)


if __name__ == "__main__":
    main()
