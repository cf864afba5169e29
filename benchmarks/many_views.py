"""Is many views the fast lane? EMP-SSL against SimCLR on CIFAR-10, the same seconds, by turns.

    python -m benchmarks.many_views --cifar PATH/cifar10.zip [--seeds 3] [--jobs 2] [--runs DIR]

Both with the settings that their pages open with. Percent: 20-NN of h among all training pictures.
"""

import argparse
import statistics
import tempfile
from pathlib import Path

from benchmarks.machine import machine
from benchmarks.trained import Case, spread, train

METHODS = {"simclr": "SimCLR", "emp_ssl": "EMP-SSL"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cifar", required=True, help="a zip of the real CIFAR-10 pictures")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    parser.add_argument("--seconds", type=float, nargs="+", default=[30.0, 90.0])
    parser.add_argument("--runs", type=Path, default=Path(tempfile.gettempdir()) / "sslviz-methods")
    options = parser.parse_args()
    cases = [
        Case(method, seconds, seed, data=options.cifar)
        for seconds in options.seconds
        for seed in range(options.seeds)
        for method in METHODS
    ]
    found = train(cases, options.runs, options.jobs)
    print("## Is many views the fast lane?\n")
    print(f"`python -m benchmarks.many_views --seeds {options.seeds} --jobs {options.jobs}` on {machine('torch')}.")
    print("CIFAR-10, the same seconds for both, by turns. Percent: mean (lowest … highest).\n")
    print("| method | seconds | k-NN random | k-NN | linear | views/s |\n|---|---:|---:|---:|---:|---:|")
    for seconds in options.seconds:
        for method, title in METHODS.items():
            runs = [found[case] for case in cases if (case.method, case.seconds) == (method, seconds)]
            views = {"simclr": 2, "emp_ssl": 3}[method]
            speed = statistics.median(views * run["images_per_second"] for run in runs)
            scores = [spread([run[name] for run in runs]) for name in ("knn_random_init", "knn", "linear")]
            print(f"| {title} | {seconds:g} | " + " | ".join(scores) + f" | {speed:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
