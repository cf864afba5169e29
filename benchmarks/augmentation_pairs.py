"""Which two augmentations teach most? SimCLR with every pair of them, and each alone, for the same number of steps.

    python -m benchmarks.augmentation_pairs [--seeds 3] [--steps 250] [--jobs 2] [--runs DIR] [--gallery]

`--gallery` writes the table that the page of sweeps shows. Percent: 20-NN and linear probe on the classes of `shapes`,
and 20-NN for the hue in eight bins. The lecture's claim: crop alone leaves the colours as a shortcut, colour alone the
places; together they close both. One thread per run and steps, not seconds: a busy machine changes nothing.
"""

import argparse
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks.machine import machine
from benchmarks.methods import GALLERY, folder_of
from benchmarks.trained import Case, spread, train
from sslviz.data.augment import OFF
from sslviz.exhibits.sweep.papers import REPORTED
from sslviz.exhibits.sweep.results import PAIRS
from sslviz.sweeps.presets import ON

PARTS = (("knn", "k-NN, class"), ("linear", "Linear probe, class"), ("knn_hue", "k-NN, hue"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=250, help="of 256 shapes")
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    parser.add_argument("--runs", type=Path, default=Path(tempfile.gettempdir()) / "sslviz-methods")
    parser.add_argument("--only", nargs="+", choices=list(ON), default=list(ON), metavar="AUGMENTATION")
    parser.add_argument("--gallery", action="store_true")
    options = parser.parse_args()
    singles = [single for single in ON if single in options.only]
    pairs = [(a, b) for i, a in enumerate(singles) for b in singles[: i + 1]]
    cases = {
        Case("simclr", None, seed, knobs=(*settings(a, b), f"steps={options.steps}", "threads=1")): (a, b, seed)
        for seed in range(options.seeds)
        for a, b in pairs
    }
    found = train(cases, options.runs, options.jobs)
    rows = []
    for case, (a, b, seed) in cases.items():
        history = folder_of(options.runs / case.name).metrics()
        hue = {name: history[name].dropna().iloc[-1] for name in ("knn_hue", "knn_hue_random_init")}
        scores = {name: found[case][name] for name in ("knn", "knn_random_init", "linear", "linear_random_init")}
        rows.append({"first": a, "second": b, "seed": seed, "steps": options.steps, **scores, **hue})
    table = pd.DataFrame(rows)
    show(table, singles, options.seeds, options.steps)
    if options.gallery:
        table.round(4).to_csv(GALLERY / PAIRS, index=False)


def settings(a: str, b: str) -> tuple[str, ...]:
    """The knobs of one cell, for the command line."""
    return tuple(f"{name}={value:g}" for name, value in (OFF | ON[a] | ON[b]).items())


def show(table: pd.DataFrame, singles: list[str], seeds: int, steps: int) -> None:
    """A section of RESULTS.md."""
    print("## Pairs of augmentations\n")
    print(f"`python -m benchmarks.augmentation_pairs --seeds {seeds} --steps {steps}` on {machine('torch')}; SimCLR,")
    print(
        f"{steps} steps of 256 shapes, the two augmentations of row and column and no other (the diagonal: one alone)."
    )
    print("Mean over the seeds (lowest … highest), %.\n")
    for score, words in PARTS:
        random = spread(list(table.drop_duplicates("seed")[f"{score}_random_init"]))
        print(f"### {words} (random weights {random} %)\n")
        print("| | " + " | ".join(singles) + " |\n|---|" + "---:|" * len(singles))
        for i, a in enumerate(singles):
            cells = []
            for b in singles[: i + 1]:
                some = table[(table["first"] == a) & (table["second"] == b)]
                cells.append(spread(list(some[score])))
            print(f"| {a} | " + " | ".join(cells + [""] * (len(singles) - len(cells))) + " |")
        print()
    lecture = REPORTED["pairs"]
    said = ", ".join(f"{name} {value}" for name, value in lecture.rows)
    print(f"The lecture's numbers, for the pattern only: {said} % ({lecture.where}).")


if __name__ == "__main__":
    main()
