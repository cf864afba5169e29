"""Which mask ratio, and which kind of mask, learns best here? One MAE for each, all equally long.

    python -m benchmarks.mask_ratio [--steps 600] [--seeds 1] [--ratios 0.75 …] [--kinds grid …] [--jobs 2] [--gallery]

Judged on all test pictures, uncropped: the linear probe of h; the error on hidden patches under the run's own kind of
mask (errors at different ratios are errors of different tasks); and the error under one mask for all, 75 % random.
`--gallery` writes the table that the MAE room shows. Steps are counted, not seconds: a busy machine changes nothing.
"""

import argparse
import os
import tempfile
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import pandas as pd
import torch

from benchmarks.machine import machine
from benchmarks.methods import GALLERY, folder_of
from benchmarks.trained import Case, spread, train
from sslviz.data import default_cache, load
from sslviz.data.dataset import Dataset
from sslviz.exhibits.mae_room.paint import paint
from sslviz.exhibits.mae_room.ratios import PAPER, RECORDED
from sslviz.methods.mae import MAE, MaskType, turns
from sslviz.nets.vit import PATCH
from sslviz.training.loaded import load_network

RATIOS = (0.25, 0.5, 0.75, 0.9)
KINDS: tuple[MaskType, ...] = ("random", "block", "grid")
COMMON: tuple[MaskType, float] = ("random", 0.75)
PORTION = 250  # pictures at a time
ERRORS = ("masked_error", "patch_mean_error", "one_colour_error")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--ratios", type=float, nargs="+", default=RATIOS)
    parser.add_argument("--kinds", nargs="+", default=KINDS, choices=KINDS)
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    parser.add_argument("--runs", type=Path, default=Path(tempfile.gettempdir()) / "sslviz-methods")
    parser.add_argument("--gallery", action="store_true")
    options = parser.parse_args()
    cases = {
        Case("mae", None, seed, knobs=(f"mask_ratio={ratio:g}", f"mask_type={kind}", f"steps={options.steps}")): (
            kind,
            ratio,
            seed,
        )
        for kind in options.kinds
        for ratio in options.ratios
        for seed in range(options.seeds)
    }
    found = train(cases, options.runs, options.jobs)
    torch.set_num_threads(1)
    pictures = load("shapes", cache=default_cache())
    rows = []
    for case, (kind, ratio, seed) in cases.items():
        folder = folder_of(options.runs / case.name)
        network = load_network(folder, folder.weights_steps()[-1], pictures).method
        assert isinstance(network, MAE)
        about = {"mask_type": kind, "mask_ratio": ratio, "seed": seed, "steps": options.steps}
        scores = {name: found[case][name] for name in ("linear", "linear_random_init", "knn", "knn_random_init")}
        common = {
            f"common_{name.removeprefix('masked_')}": value
            for name, value in judged(network, pictures, *COMMON).items()
        }
        rows.append({**about, **scores, **judged(network, pictures, kind, ratio), **common})
    table = pd.DataFrame(rows)
    report(table, options)
    if options.gallery:
        table.round(5).to_csv(GALLERY / RECORDED, index=False)


@torch.no_grad()
def judged(network: MAE, pictures: Dataset, kind: MaskType, ratio: float) -> dict[str, float]:
    """The errors on hidden patches over all test pictures, each with a mask of its own, always the same."""
    images = pictures.test.images
    side = images.shape[-1] // PATCH
    noise = torch.rand(len(images), side * side, generator=torch.Generator().manual_seed(0))
    visible = turns(kind, noise, side).argsort(1)[:, round(ratio * side * side) :].sort(1).values
    total = dict.fromkeys(ERRORS, 0.0)
    for some, seen in zip(images.split(PORTION), visible.split(PORTION), strict=True):
        for name, value in paint(network, some, seen).means.items():
            total[name] += value * len(some) / len(images)
    return total


def report(table: pd.DataFrame, options: argparse.Namespace) -> None:
    seeds = f"{options.seeds} seed{'s' * (options.seeds > 1)}"
    random = spread(list(table["linear_random_init"]))
    print("## Which mask ratio learns best\n")
    part = f"--ratios {' '.join(f'{ratio:g}' for ratio in options.ratios)} --kinds {' '.join(options.kinds)}"
    print(f"`python -m benchmarks.mask_ratio --steps {options.steps} --seeds {options.seeds} {part}`")
    print(f"on {machine('torch')};")
    print(f"MAE on `shapes`, {options.steps} steps, {seeds}, {options.jobs} runs at a time. Linear probe of random")
    print(
        f"weights: {random} %. Errors: mean squared error of hidden patches over all test pictures. Those under a run's"
    )
    print(
        "own mask are errors of different tasks; the column *at random 75 %* is one task for all. The last two columns"
    )
    print("are the paper's (He et al. 2021, ViT-L, ImageNet top-1), not ours.\n")
    columns = ("mask", "hidden", "linear %", "own error", "patch mean", "one colour", "at random 75 %")
    print(f"| {' | '.join(columns)} | paper: linear | paper: fine-tuned |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for (kind, ratio), group in table.groupby(["mask_type", "mask_ratio"], sort=False):
        said = PAPER[(PAPER["mask_type"] == kind) & (PAPER["mask_ratio"] == ratio)]
        papers = [f"{100 * said[name].iloc[0]:.1f}" if len(said) else "" for name in ("linear", "finetune")]
        means = [f"{group[name].mean():.4f}" for name in (*ERRORS, "common_error")]
        print(f"| {kind} | {ratio:.0%} | {spread(list(group['linear']))} | {' | '.join([*means, *papers])} |")
    home = table["common_patch_mean_error"].mean()
    print(f"\nPatch mean at random 75 %: {home:.4f}. The paper's linear probe at 10 % random: 54.6.")


if __name__ == "__main__":
    main()
