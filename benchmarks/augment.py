"""How fast are our batched views, beside kornia's with the same operations? `python -m benchmarks.augment`

Both run in this process, on the same 512 pictures, in alternating rounds; the figures are medians over rounds.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that wait must not spin on a shared machine

import kornia.augmentation as K
import torch

from benchmarks.machine import machine
from sslviz.data.augment import Augment, AugmentKnobs

OPERATIONS = {
    "crop + flip": {"jitter": 0.0, "gray": 0.0},
    "crop + flip + jitter + gray (default)": {},
    "crop + flip + jitter + gray + blur + solarise": {"blur": 0.5, "solarize": 0.2},
}


def kornia_views(k: AugmentKnobs, size: int) -> Callable[[torch.Tensor], torch.Tensor]:
    """The same operations, with the same strengths and probabilities, each picture in its own way."""
    steps: list[torch.nn.Module] = [
        K.RandomResizedCrop((size, size), scale=(k.crop_scale, 1.0), ratio=(3 / 4, 4 / 3), p=1.0),
        K.RandomHorizontalFlip(p=k.flip),
    ]
    if k.jitter > 0:
        steps += [K.ColorJitter(k.brightness, k.contrast, k.saturation, k.hue, p=k.jitter), K.RandomGrayscale(p=k.gray)]
    if k.blur > 0:
        steps.append(K.RandomGaussianBlur((7, 7), (0.1, k.blur_sigma), p=k.blur))
    if k.solarize > 0:
        steps.append(K.RandomSolarize(thresholds=0.0, additions=0.0, p=k.solarize))
    pipeline = K.AugmentationSequential(*steps, data_keys=["input"])
    return lambda images: pipeline(images / 255.0)


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def compare(knobs: AugmentKnobs, images: torch.Tensor, rounds: int) -> dict[str, float]:
    ours, theirs = Augment(knobs, torch.full((3,), 0.5)), kornia_views(knobs, images.shape[-1])
    for _ in range(3):
        ours(images), theirs(images)
    times = [(seconds(lambda: ours(images)), seconds(lambda: theirs(images))) for _ in range(rounds)]
    a, b = (statistics.median(column) for column in zip(*times, strict=True))
    return {"sslviz": len(images) / a, "kornia": len(images) / b, "ratio": statistics.median(y / x for x, y in times)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    images = torch.randint(0, 256, (options.images, 3, 32, 32), dtype=torch.uint8)
    results = {name: compare(AugmentKnobs(**k), images, options.rounds) for name, k in OPERATIONS.items()}

    if options.json:
        print(json.dumps(results))
        return
    print("## Random views: images per second\n")
    print(
        f"`python -m benchmarks.augment` on {machine('torch', 'kornia')}, {options.threads} threads; {options.images}"
    )
    print(f"pictures of 32×32, each in its own way; medians of {options.rounds} alternating rounds in one process\n")
    print("| operations | sslviz | kornia | ratio |\n|---|---:|---:|---:|")
    for name, r in results.items():
        print(f"| {name} | {r['sslviz']:,.0f} | {r['kornia']:,.0f} | {r['ratio']:.1f}× |")


if __name__ == "__main__":
    main()
