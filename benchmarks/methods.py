"""What does every method learn in 90 seconds, on the drawn shapes and on real photographs?

    python -m benchmarks.methods [--seeds 3] [--cifar PATH/cifar10.zip] [--jobs 2] [--runs DIR]

`--jobs 2` on two cores trains two runs at a time with one thread each: every run gets half of the machine. Runs that
are found in DIR are not trained again. What ships with the app is recorded by benchmarks/record_gallery.py.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.machine import machine
from benchmarks.trained import Case, spread, train
from sslviz.measures.doctor.rules import diagnose
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder

SECONDS = 90
GALLERY = Path(__file__).parents[1] / "checkpoints" / "gallery"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--cifar", help="a zip of the real CIFAR-10 pictures")
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    parser.add_argument("--runs", type=Path, default=Path(tempfile.gettempdir()) / "sslviz-methods")
    parser.add_argument("--processor-time", action="store_true", help="of one core each: the machine has other work")
    parser.add_argument("--methods", nargs="*", default=list(METHODS), choices=METHODS)
    options = parser.parse_args()
    print(f"## What every method learns in {SECONDS} seconds\n")
    print(f"`python -m benchmarks.methods --seeds {options.seeds} --jobs {options.jobs}` on {machine('torch')}.")
    share = "seconds of one core's own time" if options.processor_time else "each on its share of the cores"
    print(f"{options.jobs} runs at a time, {share}. Percent: mean (lowest … highest).")
    print("k-NN: the final k-NN, 20 neighbours among all training pictures; linear: a probe fitted to 5,000 of them.")
    for data, seeds in [("shapes", options.seeds)] + ([(options.cifar, 1)] if options.cifar else []):
        cases = [Case(name, SECONDS, seed, data) for seed in range(seeds) for name in options.methods]
        found = train(cases, options.runs, options.jobs, *(["--processor-time"] if options.processor_time else []))
        print(f"\n### {Path(data).stem}, n = {seeds}\n")
        print("| method | k-NN random | k-NN | gain | linear random | linear | own objective | images/s | doctor |")
        print("|---|---:|---:|---:|---:|---:|---|---:|---|")
        for name in options.methods:
            mine = [found[Case(name, SECONDS, seed, data)] for seed in range(seeds)]
            folders = [folder_of(options.runs / Case(name, SECONDS, seed, data).name) for seed in range(seeds)]
            gain = [100 * (run["knn"] - run["knn_random_init"]) for run in mine]
            cells = [
                spread([run["knn_random_init"] for run in mine]),
                spread([run["knn"] for run in mine]),
                f"{np.mean(gain):+.1f}",
                spread([run["linear_random_init"] for run in mine]),
                spread([run["linear"] for run in mine]),
                objective(folders),
                f"{np.median([run['images_per_second'] for run in mine]):,.0f}",
                " · ".join(sorted(set().union(*map(complaints, folders)))) or "silent",
            ]
            print(f"| {METHODS[name].title} | " + " | ".join(cells) + " |", flush=True)


def folder_of(runs: Path) -> RunFolder:
    """The only run in a folder."""
    (found,) = runs.glob("*/settings.json")
    return RunFolder(found.parent)


def complaints(folder: RunFolder) -> set[str]:
    """Whatever the doctor would have said at any recorded moment of a run."""
    history, values = folder.metrics(), folder.values()
    known = METHODS[folder.settings().method].ignorance(values)
    moments = (history[history["step"] <= step] for step in folder.snapshot_steps())
    verdicts = (diagnose(moment, values, ignorance=known) for moment in moments)
    return {f"{verdict.name} (seed {folder.settings().seed})" for verdict in verdicts if verdict is not None}


def objective(folders: list[RunFolder]) -> str:
    """The loss over the last steps, beside that of a network that knows nothing; and the share of right answers."""
    lasts = [folder.metrics().tail(30).mean(numeric_only=True) for folder in folders]
    text = f"loss {np.mean([last['loss'] for last in lasts]):.3f}"
    known = METHODS[folders[0].settings().method].ignorance(folders[0].settings().values())
    if known is not None:
        text += f" (knows nothing: {known[1]:.3f})"
    for name in ("accuracy", "patch_mean_error", "masked_error", "trivial_loss"):
        if name in lasts[0]:
            text += f", {name.replace('_', ' ')} {np.mean([last[name] for last in lasts]):.3f}"
    return text


if __name__ == "__main__":
    main()
