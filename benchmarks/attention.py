"""Does DINO's attention find the figure? A vision transformer trained by DINO, the same one trained with labels, and
random weights, against the masks of `shapes`.

    python -m benchmarks.attention [--seeds 3] [--jobs 2] [--steps N] [--runs DIR] [--gallery]

Jaccard of the patches that hold 60 % of the class token's attention with the true mask, on 2,000 test pictures: of the
best head (chosen on these same pictures, as in the paper's figure), averaged over the heads, and of the mean of the
heads' maps. Both networks have seen equally many pictures (DINO each of them in two views); DINO's is the teacher.
The whole picture and a disc in its middle, of the mean figure's size, are masks that look at nothing. `--gallery`
keeps the table, and seed 0 of both networks, for the page.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from benchmarks.machine import machine
from benchmarks.methods import GALLERY, folder_of
from benchmarks.trained import Case, spread, train
from sslviz import data
from sslviz.data.dataset import Dataset
from sslviz.exhibits.attention.measured import RECORDED
from sslviz.export import gallery
from sslviz.judging.look import look
from sslviz.measures.attention import MASS, jaccard, overlaps
from sslviz.methods.method import Method
from sslviz.runs import steps
from sslviz.training.loaded import load_network

STEPS = 600
NET = ("encoder=vit", "width=16", "batch_size=32")
RECIPES: dict[str, tuple[str, ...]] = {
    # large crops for the teacher, small ones for the student; very sharp answers over few outputs
    "dino": (
        *NET,
        *("crop_scale=0.3", "local_crops=4", "learning_rate=0.001", "warmup_steps=50", "freeze_last_steps=50"),
        *("teacher_temperature=0.02", "outputs=64", "momentum=0.98"),
    ),
    "supervised": (*NET, "learning_rate=0.002"),
}
SHIPPED_WEIGHTS, SHIPPED_BYTES = 6, 8_000_000  # the emergence needs several moments
PORTION = 250  # pictures looked at together
NAMES = {"dino": "DINO (teacher)", "supervised": "supervised", "random": "random weights"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    parser.add_argument("--steps", type=int, default=STEPS, help="of training")
    parser.add_argument("--runs", type=Path, default=Path(tempfile.gettempdir()) / "sslviz-attention")
    parser.add_argument("--gallery", action="store_true")
    options = parser.parse_args()
    cases = {
        (method, seed): Case(method, None, seed, knobs=(*knobs, f"steps={options.steps}"))
        for seed in range(options.seeds)
        for method, knobs in RECIPES.items()
    }
    found = train(cases.values(), options.runs, options.jobs)
    folders = {key: folder_of(options.runs / case.name) for key, case in cases.items()}
    pictures = data.load("shapes", cache=data.default_cache())
    rows = []
    for (method, seed), folder in folders.items():
        loaded = load_network(folder, folder.weights_steps()[-1], pictures)
        rows.append({"network": method, "seed": seed, **scores(loaded.method, pictures)})
        if method == "dino":
            rows.append({"network": "random", "seed": seed, **scores(loaded.untrained, pictures)})
    for name, score in trivial(pictures).items():
        rows.append({"network": name, "seed": 0, "best": score, "mean": score, "map": score})
    table = pd.DataFrame(rows)
    about = (
        f"{options.seeds} seeds, {options.steps} steps of 32 pictures each, {len(pictures.test):,} test pictures, "
        f"{MASS:.0%} of the attention; benchmarks/attention.py on {machine('torch')}."
    )
    recipes = f"Recipe of DINO: `{' '.join(RECIPES['dino'])}`; supervised: `{' '.join(RECIPES['supervised'])}`."
    print("## Does the attention find the figure?\n")
    print(f"`python -m benchmarks.attention --seeds {options.seeds} --steps {options.steps}`. {about}")
    print("Jaccard in percent: mean (lowest … highest).\n")
    print("| network | best head | mean over heads | mean of the maps | k-NN class | linear class |")
    print("|---|---:|---:|---:|---:|---:|")
    for network, name in NAMES.items():
        some = table[table["network"] == network]
        of = "dino" if network == "random" else network
        end = "_random_init" if network == "random" else ""
        runs = [found[cases[of, seed]] for seed in range(options.seeds)]
        learnt = [spread([run[f"{score}{end}"] for run in runs]) for score in ("knn", "linear")]
        print(f"| {name} | " + " | ".join([*(spread(list(some[m])) for m in ("best", "mean", "map")), *learnt]) + " |")
    for name, words in (("whole", "the whole picture"), ("disc", "a disc in the middle")):
        print(f"| {words} | {spread(list(table.loc[table['network'] == name, 'best']))} | | | | |")
    print(f"\n{recipes}")
    if options.gallery:
        table.assign(about=f"{about} {recipes}").round(4).to_csv(GALLERY / RECORDED, index=False)
        for method, weights in (("dino", SHIPPED_WEIGHTS), ("supervised", 1)):
            to = GALLERY / f"{method}_vit"
            kept = steps.spread(folders[method, 0].weights_steps(), weights)
            small = gallery.ship(folders[method, 0], to, weights=kept, most_bytes=SHIPPED_BYTES)
            print(f"{to.name}: {small.size() / 1e6:.1f} MB, weights of {small.weights_steps()}", flush=True)


def scores(method: Method, pictures: Dataset) -> dict[str, float]:
    """Of the class token: Jaccard of the best head, of the mean over the heads, and of the mean map."""
    assert pictures.test.masks is not None
    found = []
    for images, masks in zip(pictures.test.images.split(PORTION), pictures.test.masks.split(PORTION), strict=True):
        heads = torch.from_numpy(look(method, images).asked_by(0))
        found.append(overlaps(torch.cat([heads.mean(1, keepdim=True), heads], 1), masks))
    by_map = torch.cat(found).mean(0).numpy()
    return {"best": float(by_map[1:].max()), "mean": float(by_map[1:].mean()), "map": float(by_map[0])}


def trivial(pictures: Dataset) -> dict[str, float]:
    """Masks that look at nothing. The disc is as large as a figure of the training pictures is on average."""
    masks = pictures.test.masks
    assert masks is not None
    assert pictures.train.masks is not None
    side = masks.shape[-1]
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    radius = np.sqrt(float(pictures.train.masks.float().mean()) * side**2 / np.pi)
    disc = torch.from_numpy(np.hypot(x, y) <= radius)
    guesses = {"whole": torch.ones_like(disc), "disc": disc}
    return {name: float(jaccard(guess.expand_as(masks), masks).mean()) for name, guess in guesses.items()}


if __name__ == "__main__":
    main()
