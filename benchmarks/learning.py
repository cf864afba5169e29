"""What does SimCLR learn here in a minute? Runs of the command line, as anybody would start them.

    python -m benchmarks.learning [--seeds N] [--cifar PATH/cifar10.zip] [--runs DIR]

k-NN is given twice: on 5,000 references, as the live curve has it, and on all training pictures, as the end of a run
has it.
"""

import argparse
import statistics
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.machine import machine
from benchmarks.trained import Case, spread, train


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--cifar", help="a zip of the real CIFAR-10 pictures")
    parser.add_argument("--runs", type=Path, help="keeps the run folders here; what lies here is not trained again")
    options = parser.parse_args()
    cases = {
        "shapes, all augmentations, 60 s": Case("simclr", 60),
        "shapes, crop only, 60 s": Case("simclr", 60, knobs=("flip=0", "jitter=0", "gray=0")),
    }
    if options.cifar:
        cases["CIFAR-10, 30 s"] = Case("simclr", 30, data=options.cifar)
    print("## What SimCLR learns in a minute\n")
    print(f"`python -m benchmarks.learning --seeds {options.seeds}` on {machine('torch')}; mean (lowest … highest)\n")
    print("| run | random weights | 20-NN class | against all | 20-NN hue | images/s |\n|---|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as scratch:
        for name, case in cases.items():
            seeds = [replace(case, seed=seed) for seed in range(options.seeds)]
            runs = list(train(seeds, options.runs or Path(scratch), jobs=1).values())
            last = [run["scores"] for run in runs]
            cells = [
                spread([run["live_random_init"] for run in runs]),
                spread([score["knn"] for score in last]),
                f"{spread([run['knn'] for run in runs])}; random {spread([run['knn_random_init'] for run in runs])}",
                spread([score.get("knn_hue") for score in last]),
                f"{statistics.median(run['images_per_second'] for run in runs):,.0f} ({runs[0]['precision']})",
            ]
            print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
