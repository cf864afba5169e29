"""Which parts may be taken away, and what happens then? Every case really runs; the doctor is asked afterwards.

    python -m benchmarks.collapse [--seeds 3] [--jobs 2] [--runs DIR] [--gallery]

`--gallery` writes BYOL's switchboard (seed 0) for its page. Percent: k-NN among all training pictures of `shapes`.
std is that of the l2-normalised z, times √d: 1 is an even spread, 0 is one point.
"""

import argparse
import math
import tempfile
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.machine import machine
from benchmarks.methods import GALLERY, folder_of
from benchmarks.trained import Case, spread, train
from sslviz.measures.doctor.rules import diagnose
from sslviz.methods import METHODS
from sslviz.views.method.switchboard import PUBLISHED, RECORDED, SWITCHES

SECONDS = 60
BROKEN = {
    "SimSiam without stop-gradient": ("simsiam", ("stop_gradient=false",), "0.1"),
    "BYOL without predictor": ("byol", ("predictor=false",), "0.2"),
    "BYOL, EMA 0 (stop-gradient stays)": ("byol", ("momentum=0",), "0.3"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    parser.add_argument("--runs", type=Path, default=Path(tempfile.gettempdir()) / "sslviz-methods")
    parser.add_argument("--gallery", action="store_true")
    options = parser.parse_args()
    print("## What breaks, and what the doctor says\n")
    print(f"`python -m benchmarks.collapse --seeds {options.seeds} --jobs {options.jobs}` on {machine('torch')}.")
    print(f"{SECONDS} s each on `shapes`, {options.jobs} at a time. Percent: mean (lowest … highest).\n")
    print("| run | k-NN random | k-NN | std × √d | rank | doctor, per seed | paper, ImageNet top-1 |")
    print("|---|---:|---:|---:|---:|---|---:|")
    seeds = range(options.seeds)
    for name, (method, knobs, paper) in BROKEN.items():
        cases = [Case(method, SECONDS, seed, knobs=knobs) for seed in seeds]
        found = train(cases, options.runs, options.jobs)
        rows = [row(case, found[case], options.runs) for case in cases]
        cells = [
            spread([r["random"] for r in rows]),
            spread([r["knn"] for r in rows]),
            " · ".join(f"{r['std']:.2f}" for r in rows),
            " · ".join(f"{r['rank']:.0f}" for r in rows),
            " · ".join(r["doctor"] for r in rows),
            paper,
        ]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    print(f"\n### BYOL's switchboard: all eight cells, {SECONDS} s, seed 0\n")
    print("| predictor | target | negatives | k-NN | std × √d | doctor | paper, ImageNet top-1 |")
    print("|---|---|---|---:|---:|---|---:|")
    board = []
    board_cases = {cell: Case("byol", SECONDS, knobs=switched(*cell)) for cell in product((True, False), repeat=3)}
    found = train(board_cases.values(), options.runs, options.jobs)
    for cell, case in board_cases.items():
        one = row(case, found[case], options.runs)
        board.append(dict(zip(SWITCHES, cell, strict=True)) | one)
        switches = " | ".join("on" if on else "off" for on in cell)
        print(
            f"| {switches} | {100 * one['knn']:.1f} | {one['std']:.2f} | {one['doctor']} | {PUBLISHED[cell]} |",
            flush=True,
        )
    if options.gallery:
        pd.DataFrame(board).round(4).to_csv(GALLERY / RECORDED, index=False)


def switched(predictor: bool, target: bool, negatives: bool) -> tuple[str, ...]:
    """One cell of the switchboard as knobs. Without a target the gradient flows into both branches, as in the paper."""
    knobs = {"predictor": predictor, "target": target, "negatives": 1.0 if negatives else 0.0, "stop_gradient": target}
    return tuple(f"{name}={str(value).lower()}" for name, value in knobs.items())


def row(case: Case, found: dict[str, Any], runs: Path) -> dict[str, Any]:
    """What is left of one run: shares, std × √d, rank, and the doctor's word at the end."""
    folder = folder_of(runs / case.name)
    values = folder.values()
    last = folder.snapshot(folder.snapshot_steps()[-1])
    assert last is not None
    d = len(last.exhibits["channel_std"])
    known = METHODS[case.method].ignorance(values)
    verdict = diagnose(folder.metrics(), values, ignorance=known, dimension=d)
    scores = found["scores"]
    return {
        "random": found["knn_random_init"],
        "knn": found["knn"],
        "std": scores["std"] * math.sqrt(d),
        "rank": scores["rank"],
        "doctor": verdict.name if verdict else "healthy",
    }


if __name__ == "__main__":
    main()
