"""Records the examples that ship with the app, in checkpoints/gallery: trained, made small, evaluated.

    python -m benchmarks.record_gallery NAME … | --all [--runs DIR] [--gallery DIR]

EXAMPLES says what each of them is. Everything is counted in steps, so a busy machine changes nothing: how long a run
is, when it is looked at, which weights are kept. Its seconds are those of its processor (of the wall, on a GPU). A run
that was cut off goes on from its last kept weights in DIR; one that is done is only made small again. Twins are trained
together, whichever of the two is named. Where an example was recorded, with what, how long it took and by which command
stands in its events, as `recorded`.
"""

import argparse
import math
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from benchmarks.machine import machine
from benchmarks.ship import ship
from sslviz import data, place
from sslviz.data.dataset import Dataset
from sslviz.judging.evaluation import evaluate
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings, recommended
from sslviz.training.lockstep import SharedBudget
from sslviz.training.loop import ALL
from sslviz.training.recorder import Recorder
from sslviz.training.trainer import choose_device
from sslviz.training.worker import Wishes, run, run_together

EVALUATIONS = ("knn", "linear", "attention")
LEAST_SCORES = 12  # points on the curve of the live k-NN
KEPT = 4  # weights that are kept while training, evenly spaced: what a cut-off run goes on from


@dataclass(frozen=True)
class Example:
    """A recorded run. weights: steps of which they ship, besides the last. twin: the other one, trained together."""

    method: str
    steps: int
    knobs: dict[str, Any] = field(default_factory=dict)
    weights: tuple[int, ...] = ()
    most_bytes: int = 4_500_000
    data: str = "shapes"
    seed: int = 0
    twin: str | None = None

    def settings(self) -> RunSettings:
        usual = recommended(self.method, self.data, seed=self.seed, twin=self.twin)
        return usual.change(**{"threads": 1, **self.knobs, "steps": self.steps})


SMALL_VIT = {"encoder": "vit", "width": 16, "batch_size": 32}
DINO_VIT = SMALL_VIT | {  # benchmarks/attention.py: large crops for the teacher, small ones for the student
    "crop_scale": 0.3,
    "local_crops": 4,
    "learning_rate": 0.001,
    "warmup_steps": 50,
    "freeze_last_steps": 50,
    "teacher_temperature": 0.02,
    "outputs": 64,
    "momentum": 0.98,
    "momentum_steps": 600,
}
SIMCLR_STEPS = 200  # of everything that is compared with the example of SimCLR

EXAMPLES: dict[str, Example] = {
    "simclr": Example("simclr", SIMCLR_STEPS),
    "moco": Example("moco", 500, most_bytes=5_000_000),
    "swav": Example("swav", 1000),
    "byol": Example("byol", 700),
    "simsiam": Example("simsiam", 400),
    "barlow_twins": Example("barlow_twins", 200),
    "vicreg": Example("vicreg", 200),
    "emp_ssl": Example("emp_ssl", 130),
    "lejepa": Example("lejepa", 130),
    "dino": Example("dino", 1100),
    "mae": Example("mae", 800, most_bytes=5_000_000),
    "rotation": Example("rotation", 300),
    "jigsaw": Example("jigsaw", 250),
    "colorization": Example("colorization", 500),
    "supervised": Example("supervised", 300),
    "dino_vit": Example("dino", 600, DINO_VIT, (20, 110, 210, 350, 500), 8_000_000),
    "supervised_vit": Example("supervised", 600, {**SMALL_VIT, "learning_rate": 0.002}),
    "mae_lapse": Example(
        "mae", 1000, {"width": 16, "precision": "float32"}, (10, 30, 60, 120, 240, 480, 720), 8_000_000
    ),
    "simclr_tau_007": Example("simclr", SIMCLR_STEPS, {"temperature": 0.07}, twin="simclr_tau_05"),
    "simclr_tau_05": Example("simclr", SIMCLR_STEPS, {"temperature": 0.5}, twin="simclr_tau_007"),
    "simclr_head_none": Example("simclr", SIMCLR_STEPS, {"projector": "none"}),
    "simclr_head_linear": Example("simclr", SIMCLR_STEPS, {"projector": "linear"}),
}


class Plan(SharedBudget):
    """Looks at everything after planned steps, whatever the clock says."""

    def __init__(self, runs: int, steps: set[int]) -> None:
        super().__init__(runs)
        self.steps = steps

    def due(self, seconds: float, step: int = 0) -> set[str]:
        return ALL if step in self.steps else set()

    def wait(self, kind: str, seconds: float) -> float:
        return math.inf  # no clock knows when these steps are done


def moments(steps: int) -> set[int]:
    """Steps after which all is looked at: dense early, where most happens, then even; 0 and the last come by
    themselves.
    """
    early, even = np.geomspace(1, steps, 16), np.linspace(0, steps, 18)
    return {round(step) for step in (*early, *even)} - {0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(EXAMPLES))
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--runs", type=Path, default=Path(tempfile.gettempdir()) / "sslviz-gallery")
    parser.add_argument("--gallery", type=Path, default=place.GALLERY)
    options = parser.parse_args()
    names = list(EXAMPLES) if options.all else options.names
    if not names or set(names) - set(EXAMPLES):
        parser.error(f"NAME is one of {', '.join(EXAMPLES)}")
    if hasattr(os, "nice"):
        os.nice(10)
    done: set[str] = set()
    for name in names:
        if name not in done:
            command = f"python -m benchmarks.record_gallery {name}"
            small = record(EXAMPLES, name, options.runs, options.gallery, command=command)
            done |= {each.id for each in small}
            for each in small:
                about = f"{each.size() / 1e6:.1f} MB, {scores(each)} scores, {len(each.snapshot_steps())} moments"
                print(f"{each.id}: {about}, {each.status().seconds:.0f} s of training", flush=True)


def record(
    examples: dict[str, Example],
    name: str,
    runs: Path,
    gallery: Path,
    *,
    command: str,
    loaded: Dataset | None = None,
    cache: Path | None = None,
) -> list[RunFolder]:
    """Trains the example and its twin, if it has one, and writes their small copies into `gallery`. Raises ValueError
    if `runs` holds something else under that name, RuntimeError if the training failed.
    """
    cache = cache or data.default_cache()
    twin = examples[name].twin
    group = sorted([name, *([twin] if twin else [])])
    folders = [prepared(runs, each, examples[each]) for each in group]
    if any(folder.status().state != "done" for folder in folders):
        trained(folders, examples[name], cache, loaded)
    for folder in folders:
        if folder.status().state != "done":
            raise RuntimeError(f"{folder.id}: {folder.status().reason or folder.status().state}")
        if scores(folder) < LEAST_SCORES and folder.probe().labels is not None:  # type: ignore[union-attr]
            raise RuntimeError(f"{folder.id} has only {scores(folder)} scores")
    return [shipped(folder, examples[folder.id], gallery, command, cache, loaded) for folder in folders]


def prepared(runs: Path, name: str, example: Example) -> RunFolder:
    """The run's folder: new, or what is there of it."""
    folder, settings = RunFolder(runs / name), example.settings()
    if not folder.exists:
        return RunFolder.create(runs, settings, name=name)
    if folder.settings().values() != settings.values() or folder.settings().twin != settings.twin:
        raise ValueError(f"{folder.path} was trained with other settings: remove it, or choose other --runs")
    if folder.status().state != "done":
        folder.wait_again()
    return folder


def trained(folders: Sequence[RunFolder], example: Example, cache: Path, loaded: Dataset | None) -> None:
    """Trains alone or in lock-step, to the end or until it fails."""
    keeps = {*example.weights, *(round(example.steps * part / KEPT) for part in range(1, KEPT))}
    plan, wishes = Plan(len(folders), moments(example.steps)), [Wishes(folder) for folder in folders]

    class Keeping(Recorder):
        """Keeps weights after planned steps, whatever the clock says."""

        def overdue(self, now: float) -> bool:
            return self.status.step in keeps

    clock = time.process_time if choose_device().type == "cpu" else time.perf_counter
    if len(folders) == 1:
        run(folders[0], cache, wishes[0], loaded=loaded, budget=plan, recorder=Keeping, clock=clock)
    else:
        run_together(folders, cache, wishes, loaded=loaded, budget=plan, recorder=Keeping, clock=clock)


def shipped(
    folder: RunFolder, example: Example, gallery: Path, command: str, cache: Path, loaded: Dataset | None
) -> RunFolder:
    """The small copy, evaluated: with what ships, so that anybody who measures again measures the same."""
    small = ship(folder, gallery / folder.id, weights=example.weights, most_bytes=example.most_bytes)
    where = {"machine": machine(), "torch": version("torch"), "seconds": folder.status().seconds, "command": command}
    text = f"recorded by `{command}` on {where['machine']}, torch {where['torch']}, {where['seconds']:.0f} s"
    small.append_event(folder.status().step, "recorded", text, **where)
    torch.set_num_threads(1)
    evaluate(small, small.weights_steps()[-1], cache, names=EVALUATIONS, loaded=loaded)
    return small


def scores(folder: RunFolder) -> int:
    """Points on the curve of the live k-NN."""
    history = folder.metrics()
    return int(history["knn"].notna().sum()) if "knn" in history else 0


if __name__ == "__main__":
    main()
