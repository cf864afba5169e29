"""What does SimCLR learn here in a minute? Runs of the command line, as anybody would start them.

    python -m benchmarks.learning [--seeds N] [--cifar PATH/cifar10.zip]

k-NN is given twice: on 5,000 references, as the live curve has it, and on all training pictures, as the end of a run
has it.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile

from benchmarks.machine import machine

CROP_ONLY = [part for name in ("flip", "jitter", "gray") for part in ("--set", f"{name}=0")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--cifar", help="a zip of the real CIFAR-10 pictures")
    options = parser.parse_args()
    cases = {
        "shapes, all augmentations, 60 s": ["--seconds", "60"],
        "shapes, crop only, 60 s": ["--seconds", "60", *CROP_ONLY],
    }
    if options.cifar:
        cases["CIFAR-10, 30 s"] = ["--seconds", "30", "--data", options.cifar]
    print("## What SimCLR learns in a minute\n")
    print(f"`python -m benchmarks.learning --seeds {options.seeds}` on {machine('torch')}; mean (lowest … highest)\n")
    print("| run | random weights | 20-NN class | against all | 20-NN hue | images/s |\n|---|---:|---:|---:|---:|---:|")
    for name, arguments in cases.items():
        runs = [train(arguments, seed) for seed in range(options.seeds)]
        last = [run["scores"] for run in runs]
        cells = [
            spread([run["live_random_init"] for run in runs]),
            spread([score["knn"] for score in last]),
            f"{spread([run['knn'] for run in runs])}; random {spread([run['knn_random_init'] for run in runs])}",
            spread([score["knn_hue"] for score in last]) if "knn_hue" in last[0] else "",
            f"{statistics.median(run['images_per_second'] for run in runs):,.0f} ({runs[0]['precision']})",
        ]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def train(arguments: list[str], seed: int) -> dict[str, float | dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "sslviz", "train", "simclr", "--seed", str(seed), "--runs", folder, "--json"]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True)
    found: dict[str, float | dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def spread(shares: list[float]) -> str:
    percent = [100 * share for share in shares]
    return f"{statistics.mean(percent):.1f} % ({min(percent):.1f} … {max(percent):.1f})"


if __name__ == "__main__":
    main()
