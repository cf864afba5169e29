"""DINO's teacher between its two walls: centring and sharpening, each on and off, four short runs.

    python -m benchmarks.walls [--steps 400] [--jobs 2] [--runs DIR] [--gallery]

Entropy of the teacher's answer to one picture, and of its mean answer, in nats, on `shapes` with the usual conv net,
seed 0 (Caron et al. 2021, section 5.3 and figure 7). `--gallery` keeps the curves for the page "Attention".
"""

import argparse
import math
import tempfile
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.machine import machine
from benchmarks.methods import GALLERY, folder_of
from benchmarks.trained import Case, train
from sslviz.exhibits.attention.measured import WALLS

POINTS = 100  # of a curve, in the gallery


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    parser.add_argument("--runs", type=Path, default=Path(tempfile.gettempdir()) / "sslviz-attention")
    parser.add_argument("--gallery", action="store_true")
    options = parser.parse_args()
    cases = {
        switches: Case("dino", None, knobs=(f"steps={options.steps}", *switched(*switches)))
        for switches in product((True, False), repeat=2)
    }
    found = train(cases.values(), options.runs, options.jobs)
    about = f"{options.steps} steps of 64 pictures, conv net, seed 0; benchmarks/walls.py on {machine('torch')}."
    print("## DINO's teacher between two walls\n")
    print(
        f"`python -m benchmarks.walls --steps {options.steps}`: {about} Entropy in nats, mean of the last 20 steps.\n"
    )
    print("| centring | sharpening | one picture | mean answer | ln K | k-NN class |\n|---|---|---:|---:|---:|---:|")
    curves = []
    for (centring, sharpening), case in cases.items():
        folder = folder_of(options.runs / case.name)
        rows = folder.metrics()[["step", "teacher_entropy", "mean_output_entropy"]].dropna()
        outputs = folder.values()["outputs"]
        last = rows.tail(20).mean()
        print(
            f"| {'on' if centring else 'off'} | {'on' if sharpening else 'off'} | {last['teacher_entropy']:.2f} | "
            f"{last['mean_output_entropy']:.2f} | {math.log(outputs):.2f} | {100 * found[case]['knn']:.1f} |"
        )
        some = rows.iloc[np.unique(np.linspace(0, len(rows) - 1, POINTS).round().astype(int))]
        curve = some.rename(columns={"teacher_entropy": "one", "mean_output_entropy": "mean"})
        curves.append(curve.assign(centring=centring, sharpening=sharpening, outputs=outputs, about=about))
    if options.gallery:
        pd.concat(curves).round(4).to_csv(GALLERY / WALLS, index=False)


def switched(centring: bool, sharpening: bool) -> tuple[str, ...]:
    return f"centring={str(centring).lower()}", f"sharpening={str(sharpening).lower()}"


if __name__ == "__main__":
    main()
