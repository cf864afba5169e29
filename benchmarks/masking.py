"""How much wall-clock does hiding patches save? Our MAE at several mask ratios, in turn, on this machine.

    python -m benchmarks.masking [--rounds 15] [--batch 64] [--threads 1] [--device cpu] [--gallery]

Two times each: the encoder's forward pass, and a whole training step of the app (draw the batch, views, forward,
backward, AdamW). The first row hides a single patch, the least that the method can. float32, pictures of `shapes`.
Median over rounds (lowest … highest). `--gallery` keeps the table for the page "MAE by hand".
"""

import argparse
import os
import time
from collections.abc import Callable
from statistics import median

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that wait must not spin on a shared machine

import pandas as pd
import torch

from benchmarks.machine import cores, machine
from benchmarks.methods import GALLERY
from sslviz.data.sources import shapes
from sslviz.nets.precision import synchronize
from sslviz.nets.vit import PATCH, ViT
from sslviz.runs.settings import recommended
from sslviz.training.trainer import Trainer
from sslviz.views.method.masking_cost import RECORDED

RATIOS = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9)
REPEATS = {"encoder": 4, "step": 2}  # per round; the clock is read once


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--batch", type=int, default=64, help="pictures per step")
    parser.add_argument("--threads", type=int, default=max(1, cores() - 1), help="as the app: all but one")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--gallery", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    device = torch.device(options.device)
    table = measure(options.rounds, options.batch, device)
    name = torch.cuda.get_device_name() + ", " if device.type == "cuda" else ""
    where = f"{name}{machine('torch')}, {options.threads} thread{'s' * (options.threads > 1)}"
    print("## What hiding patches saves\n")
    print(f"`python -m benchmarks.masking --rounds {options.rounds} --batch {options.batch}` on {where}.")
    print(f"float32, {options.batch} pictures; median of {options.rounds} rounds in turn (lowest … highest).\n")
    print("| hidden | visible patches | encoder forward, ms | faster | training step, ms | faster |")
    print("|---:|---:|---:|---:|---:|---:|")
    for row in table.to_dict("records"):
        cells = []
        for what in REPEATS:
            took, low, high = row[what], row[f"{what} lowest"], row[f"{what} highest"]
            cells.append(f"{took:.1f} ({low:.1f} … {high:.1f}) | {row[f'{what} faster']:.2f}×")
        print(f"| {row['mask ratio']:.1%} | {row['visible patches']} | {' | '.join(cells)} |")
    if options.gallery:
        about = {"batch": options.batch, "rounds": options.rounds, "machine": where}
        table.assign(**about).round(4).to_csv(GALLERY / RECORDED, index=False)


def measure(rounds: int, batch: int, device: torch.device) -> pd.DataFrame:
    """One row per mask ratio: milliseconds of both kinds, and how many times faster than with one patch hidden."""
    settings = recommended("mae").change(precision="float32", batch_size=batch)
    trainer = Trainer(settings, shapes.make(2000, 10), device)
    trainer.choose_precision()
    encoder = trainer.encoder
    assert isinstance(encoder, ViT)
    works: dict[tuple[float, str], Callable[[], object]] = {}
    seen: dict[float, int] = {}
    patches = (trainer.images.shape[-1] // PATCH) ** 2
    for ratio in RATIOS:
        knobs = settings.method_knobs().model_copy(update={"mask_ratio": ratio})  # 0 is below the slider's range
        trainer.method.knobs = knobs
        x, visible = trainer.method.views(trainer.images[:batch])
        seen[ratio] = visible.shape[1]

        def forward(x: torch.Tensor = x, visible: torch.Tensor = visible) -> None:
            with torch.no_grad():
                encoder.tokens(x, visible)

        def step(knobs: object = knobs) -> None:
            trainer.method.knobs = knobs
            trainer.train_step()

        works[ratio, "encoder"], works[ratio, "step"] = forward, step
    times: dict[tuple[float, str], list[float]] = {key: [] for key in works}
    for turn in range(-2, rounds):  # two rounds to warm up
        for key, work in works.items():
            spent = clocked(work, REPEATS[key[1]], device)
            if turn >= 0:
                times[key].append(spent)
    rows = []
    for ratio in RATIOS:
        row: dict[str, float] = {"mask ratio": 1 - seen[ratio] / patches, "visible patches": seen[ratio]}
        for name in REPEATS:
            took = times[ratio, name]
            row |= {name: median(took), f"{name} lowest": min(took), f"{name} highest": max(took)}
            row[f"{name} faster"] = median(a / b for a, b in zip(times[0.0, name], took, strict=True))
        rows.append(row)
    return pd.DataFrame(rows)


def clocked(work: Callable[[], object], repeats: int, device: torch.device) -> float:
    """Milliseconds of one call."""
    synchronize(device)
    start = time.perf_counter()
    for _ in range(repeats):
        work()
    synchronize(device)
    return 1000 * (time.perf_counter() - start) / repeats


if __name__ == "__main__":
    main()
