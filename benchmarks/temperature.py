"""Which temperature learns best here? SimCLR from several seeds at each τ, for the same number of steps.

    python -m benchmarks.temperature [--seeds 3] [--jobs 2] [--runs DIR] [--gallery]

`--gallery` writes the table that the page on the temperature shows. Percent: 20-NN and linear probe on the classes of
`shapes`; contrastive accuracy is that of the last batches. Steps are counted, not seconds: a busy machine changes
nothing.
"""

import argparse
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks.machine import machine
from benchmarks.methods import GALLERY, folder_of
from benchmarks.trained import Case, spread, train
from sslviz.sweeps.presets import RECORDED_TEMPERATURES

STEPS = 250
TEMPERATURES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    parser.add_argument("--runs", type=Path, default=Path(tempfile.gettempdir()) / "sslviz-methods")
    parser.add_argument("--gallery", action="store_true")
    options = parser.parse_args()
    cases = {
        Case("simclr", None, seed, knobs=(f"temperature={tau:g}", f"steps={STEPS}")): (tau, seed)
        for tau in TEMPERATURES
        for seed in range(options.seeds)
    }
    found = train(cases, options.runs, options.jobs)
    rows = []
    for case, (tau, seed) in cases.items():
        last = folder_of(options.runs / case.name).metrics()["contrastive_accuracy"].dropna().iloc[-10:].mean()
        scores = {name: found[case][name] for name in ("knn", "knn_random_init", "linear")}
        rows.append({"temperature": tau, "seed": seed, "steps": STEPS, "contrastive_accuracy": last, **scores})
    table = pd.DataFrame(rows)
    print("## Which temperature learns best\n")
    print(f"`python -m benchmarks.temperature --seeds {options.seeds}` on {machine('torch')}; SimCLR, {STEPS} steps of")
    print(f"256 shapes. Random weights: k-NN {spread(list(table['knn_random_init']))} %. Mean (lowest … highest), %.\n")
    print("| τ | k-NN | linear | contrastive accuracy |\n|---:|---:|---:|---:|")
    for tau, group in table.groupby("temperature"):
        cells = [spread(list(group[name])) for name in ("knn", "linear", "contrastive_accuracy")]
        print(f"| {tau:g} | " + " | ".join(cells) + " |")
    if options.gallery:
        table.round(4).to_csv(GALLERY / RECORDED_TEMPERATURES, index=False)


if __name__ == "__main__":
    main()
