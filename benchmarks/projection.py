"""How fast and how still is the live map? Plain UMAP against a refresh of ours, in turn, in one process.

    python -m benchmarks.projection [--rounds 7] [--json]

The embeddings are those of a small conv net for 2,000 generated pictures while SimCLR trains it, one every ten steps.
Both sides are compiled before the clock starts. Displacements are medians over the points, relative to the layout's
diameter (the diagonal of its bounding box), and count what a viewer sees: the app aligns no further.
"""

import argparse
import json
import time
from statistics import median
from typing import Any

import numpy as np
import torch
import umap
from sklearn.manifold import trustworthiness

from benchmarks.machine import machine
from sslviz.data.augment import Augment, AugmentKnobs
from sslviz.data.sources import shapes
from sslviz.measures import projection
from sslviz.methods.simclr import SimCLR
from sslviz.nets.convnet import ConvNet

POINTS, EVERY, MOMENTS = 2000, 10, 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7, help="timings of each side")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of markdown")
    arguments = parser.parse_args()
    measured = measure(arguments.rounds)
    print(json.dumps(measured) if arguments.json else markdown(measured))


def measure(rounds: int) -> dict[str, Any]:
    sequence = embeddings()
    x = sequence[-1]
    clock = time.perf_counter()
    projection.warm_up()
    compiled = time.perf_counter() - clock
    plain = umap.UMAP(metric="cosine").fit_transform(x)  # compiles what our way does not use

    seconds: dict[str, list[float]] = {"plain": [], "first": [], "refresh": []}
    still, restless, layout = [], [], projection.umap_layout(x)
    for _ in range(rounds):  # an unchanged embedding
        plain_before, before = plain, layout
        plain = timed(seconds["plain"], lambda: umap.UMAP(metric="cosine").fit_transform(x))
        layout = timed(seconds["refresh"], lambda: projection.umap_layout(x, layout))  # noqa: B023
        timed(seconds["first"], lambda: projection.umap_layout(x))
        still.append(displacement(layout, before))
        restless.append(displacement(projection.align(plain, plain_before), plain_before))

    layout, moved = projection.umap_layout(sequence[0]), []  # an embedding that learns
    for moment in sequence[1:]:
        before, layout = layout, projection.umap_layout(moment, layout)
        moved.append(displacement(layout, before))
    return {
        "machine": machine("umap-learn", "numba", "numpy", "torch"),
        "points": POINTS,
        "dimensions": x.shape[1],
        "rounds": rounds,
        "seconds_plain": median(seconds["plain"]),
        "seconds_first": median(seconds["first"]),
        "seconds_refresh": median(seconds["refresh"]),
        "ratio": median(seconds["plain"]) / median(seconds["refresh"]),
        "seconds_compile": compiled,
        "displacement_unchanged_first": still[0],
        "displacement_unchanged": median(still),
        "displacement_plain_aligned": median(restless),
        "displacement_learning": median(moved),
        "trust_learning": quality(x, layout),
        "trust_plain": quality(x, plain),
    }


def embeddings() -> list[np.ndarray]:
    """h of the test pictures at every tenth step of a real training: MOMENTS arrays of POINTS x 128."""
    torch.manual_seed(0)
    data = shapes.make(4000, POINTS)
    mean = data.train.images.float().mean((0, 2, 3)) / 255
    encoder = ConvNet()
    method = SimCLR(encoder, SimCLR.Knobs(), Augment(AugmentKnobs(), mean))
    optimizer = torch.optim.AdamW(method.parameters(), 2e-3)
    moments = []
    for step in range(EVERY * MOMENTS):
        batch = data.train.images[torch.randint(len(data.train), (256,))]
        optimizer.zero_grad()
        method.step(*method.views(batch)).loss.backward()
        optimizer.step()
        if step % EVERY == EVERY - 1:
            method.eval()
            with torch.no_grad():
                plain = method.augment.plain(data.test.images)
                moments.append(torch.cat([method.embed(some) for some in plain.split(500)]).numpy())
            method.train()
    return moments


def timed(seconds: list[float], work: Any) -> Any:
    clock = time.perf_counter()
    result = work()
    seconds.append(time.perf_counter() - clock)
    return result


def displacement(layout: np.ndarray, before: np.ndarray) -> float:
    """How far the median point moved, in diameters of the map before."""
    return float(np.median(np.linalg.norm(layout - before, axis=1)) / np.linalg.norm(np.ptp(before, axis=0)))


def quality(x: np.ndarray, layout: np.ndarray) -> float:
    return float(trustworthiness(x, layout, n_neighbors=15, metric="cosine"))


def markdown(m: dict[str, Any]) -> str:
    return f"""## The live map: UMAP of {m["points"]:,} points

`python -m benchmarks.projection` · {m["machine"]} · {m["points"]:,} x {m["dimensions"]}, n = {m["rounds"]}, medians

| | seconds |
|---|---|
| plain `umap.UMAP(metric="cosine").fit_transform` | {m["seconds_plain"]:.2f} |
| our first map | {m["seconds_first"]:.2f} |
| our refresh | {m["seconds_refresh"]:.3f} (**{m["ratio"]:.0f}× faster than plain**) |
| compiling, once per process | {m["seconds_compile"]:.1f} |

| median displacement between two maps | share of the diameter |
|---|---|
| refresh of an unchanged embedding | **{m["displacement_unchanged"]:.3%}** |
| the same, first refresh after the first map | {m["displacement_unchanged_first"]:.3%} |
| refresh while the network learns ({EVERY} steps apart) | {m["displacement_learning"]:.1%} |
| plain UMAP of an unchanged embedding, twice, best rotation | {m["displacement_plain_aligned"]:.1%} |

Trustworthiness (15 neighbours) of the last map of the learning network: {m["trust_learning"]:.3f} after a chain of
refreshes, {m["trust_plain"]:.3f} by plain UMAP.
"""


if __name__ == "__main__":
    main()
