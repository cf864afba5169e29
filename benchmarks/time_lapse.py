"""The recorded example of which many moments can be played with: one MAE on shapes, paused for a moment at each.

    python -m benchmarks.time_lapse [--steps 1000] [--runs DIR] [--gallery]

A run keeps its weights whenever it is paused. The encoder is half as wide as usual, so that all of it fits into the
repository. `--gallery` makes the small copy for the app. Prints the masked error at each kept moment.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from benchmarks.methods import GALLERY, folder_of
from benchmarks.ship import ship
from sslviz.data import default_cache
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Status
from sslviz.runs.settings import recommended
from sslviz.training.worker import Wishes, run

NAME = "mae_lapse"
MOMENTS = (10, 30, 60, 120, 240, 480, 720, 1000)  # thousandths of the run
MOST_BYTES = 8_000_000


class Pauses(Wishes):
    """Wishes for a pause at some steps, and to go on at once."""

    def __init__(self, folder: RunFolder, at: set[int]) -> None:
        super().__init__(folder)
        self.at, self.step, self.paused = at, 0, False

    def heard(self, status: Status) -> None:
        self.step = status.step

    def poll(self) -> list[dict[str, Any]]:
        if self.paused:
            self.paused = False
            return [{"do": "play"}]
        self.paused = self.step in self.at
        self.at -= {self.step}
        return [{"do": "pause"}] if self.paused else []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--runs", type=Path, default=Path(tempfile.gettempdir()) / "sslviz-methods")
    parser.add_argument("--gallery", action="store_true")
    options = parser.parse_args()
    runs = options.runs / f"{NAME}-{options.steps}steps"
    if not runs.exists():
        settings = recommended("mae").change(steps=options.steps, width=16, precision="float32", threads=1)
        folder = RunFolder.create(runs, settings)
        wishes = Pauses(folder, {part * options.steps // 1000 for part in MOMENTS[:-1]})
        status = run(folder, default_cache(), wishes, on_progress=wishes.heard)
        if status.state != "done":
            raise RuntimeError(status.reason)
    folder = folder_of(runs)
    there = folder.weights_steps()
    steps = sorted({min(there, key=lambda step: abs(step - part * options.steps / 1000)) for part in MOMENTS})
    history = folder.metrics().set_index("step")["masked_error"]
    print("## MAE, moment by moment\n")
    print(f"`python -m benchmarks.time_lapse --steps {options.steps}` on {machine('torch')}; ", end="")
    print(f"{folder.status().seconds:.0f} s of training, one thread.\n")
    print("| step | masked error, mean of the 20 steps before |\n|---:|---:|")
    for step in steps:
        print(f"| {step:,} | {history.loc[max(0, step - 20) : step].mean():.4f} |")
    if options.gallery:
        small = ship(folder, GALLERY / NAME, weights=steps, most_bytes=MOST_BYTES)
        print(f"\n{small.size() / 1e6:.1f} MB, weights of {small.weights_steps()}", flush=True)


if __name__ == "__main__":
    main()
