"""How fast does SimCLR train? Our loop against the usual one, in turn, in one run.

    python -m benchmarks.loop [--rounds 5] [--threads 2] [--device cpu] [--json]

Same pictures (`shapes`, 32x32), same batch of 256, same net, projector and temperature, same operations with the same
strengths, AdamW. The usual way is lightly's SimCLRTransform on PIL pictures that are in memory already, torch's
DataLoader, lightly's NTXentLoss; it may choose between no, two and as many worker processes as there are cores, and the
best counts. Both sides run in float32 and in what our probe chooses on this machine. Images are counted, not views.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

os.environ.setdefault("LIGHTLY_DID_VERSION_CHECK", "True")  # else importing lightly asks the network

import torch
from lightly.loss import NTXentLoss
from lightly.transforms import SimCLRTransform
from PIL import Image
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from benchmarks.machine import cores, machine
from sslviz.data.dataset import Dataset
from sslviz.data.sources import shapes
from sslviz.nets.convnet import ConvNet
from sslviz.nets.heads import projector
from sslviz.nets.precision import synchronize
from sslviz.runs.settings import RunSettings
from sslviz.training.trainer import Trainer, choose_device

BATCH, OUR_STEPS, THEIR_STEPS = 256, 12, 10
Loop = Callable[[], float]  # trains for some steps; returns images per second


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often each side is measured")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of markdown")
    parser.add_argument("--threads", type=int, default=cores(), help="compute threads of both sides")
    parser.add_argument(
        "--device", default=choose_device().type, help="cpu, cuda or mps; the app's choice unless given"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    measured = measure(arguments.rounds, torch.device(arguments.device))
    print(json.dumps(measured) if arguments.json else markdown(measured))


def measure(rounds: int, device: torch.device) -> dict[str, Any]:
    data = shapes.make(8000, 10)
    trainer = Trainer(RunSettings(), data, device)
    trainer.choose_precision()
    precisions = sorted({"float32", trainer.precision})
    loops: dict[tuple[str, str], Loop] = {}
    for precision in precisions:
        loops[precision, "ours"] = ours(data, precision, device)
        for workers in sorted({0, 2, cores()}):
            loops[precision, f"{workers} workers"] = theirs(data, trainer.how.memory_format, precision, workers, device)

    seen: dict[tuple[str, str], list[float]] = {key: [] for key in loops}
    for _ in range(rounds):
        for key, loop in loops.items():
            seen[key].append(loop())
    rate = {key: median(values) for key, values in seen.items()}
    best = {
        p: max((key for key in rate if key[0] == p and key[1] != "ours"), key=lambda k: rate[k]) for p in precisions
    }
    return {
        "machine": machine("torch", "torchvision", "lightly", "pillow"),
        "rounds": rounds,
        "batch_size": BATCH,
        "threads": torch.get_num_threads(),
        "device": torch.cuda.get_device_name() if device.type == "cuda" else device.type,
        "chosen_precision": trainer.precision,
        "images_per_second": {f"{precision}, {who}": value for (precision, who), value in rate.items()},
        "ratio": {p: rate[p, "ours"] / rate[best[p]] for p in precisions},
        "ratio_as_it_comes": rate[trainer.precision, "ours"] / rate[best["float32"]],
    }


def ours(data: Dataset, precision: str, device: torch.device) -> Loop:
    """The training that the app does, without looks and files."""
    trainer = Trainer(RunSettings().change(precision=precision, batch_size=BATCH), data, device)
    trainer.choose_precision()
    for _ in range(3):
        trainer.train_step()

    def loop() -> float:
        clock = time.perf_counter()
        for _ in range(OUR_STEPS):
            trainer.train_step()
        return OUR_STEPS * BATCH / (time.perf_counter() - clock)

    return loop


def theirs(data: Dataset, layout: torch.memory_format, precision: str, workers: int, device: torch.device) -> Loop:
    """lightly and DataLoader, with weights in the memory format that ours was found fastest in."""
    settings = RunSettings()
    k, mean = settings.augment, data.train.images.float().mean((0, 2, 3)) / 255
    transform = SimCLRTransform(
        input_size=data.size,
        cj_prob=k.jitter,
        cj_strength=1.0,
        cj_bright=k.brightness,
        cj_contrast=k.contrast,
        cj_sat=k.saturation,
        cj_hue=k.hue,
        min_scale=k.crop_scale,
        random_gray_scale=k.gray,
        gaussian_blur=k.blur,
        hf_prob=k.flip,
        normalize={"mean": mean.tolist(), "std": [1.0, 1.0, 1.0]},
    )
    encoder = ConvNet()
    encoder.precision = getattr(torch, precision)
    encoder.to(device).to(memory_format=layout)
    head, loss = projector("mlp", encoder.dim).to(device), NTXentLoss(temperature=settings.values()["temperature"])
    optimizer = torch.optim.AdamW([*encoder.parameters(), *head.parameters()], 2e-3, weight_decay=1e-4, fused=True)
    loader = DataLoader(
        Pictures(data, transform),
        BATCH,
        shuffle=True,
        drop_last=True,
        num_workers=workers,
        pin_memory=device.type == "cuda",
    )

    def loop() -> float:
        with batches(loader) as batch:
            for _ in range(2):
                next(batch)  # the workers have started, and are at work on the next ones
            clock = time.perf_counter()
            for _ in range(THEIR_STEPS):
                x1, x2 = next(batch)
                z1, z2 = head(encoder(torch.cat([x1, x2]).to(device, non_blocking=True))).chunk(2)
                optimizer.zero_grad()
                loss(z1, z2).backward()
                optimizer.step()
            synchronize(device)
            return THEIR_STEPS * BATCH / (time.perf_counter() - clock)

    return loop


@contextmanager
def batches(loader: Any) -> Iterator[Iterator[Any]]:
    """One pass over the data that may be broken off: its workers end before anybody else is measured."""
    iterator = iter(loader)
    try:
        yield iterator
    finally:
        if loader.num_workers:
            iterator._shutdown_workers()


class Pictures(TorchDataset[Any]):
    """PIL pictures in memory; each is transformed when it is asked for."""

    def __init__(self, data: Dataset, transform: Callable[[Any], Any]) -> None:
        self.pictures = [Image.fromarray(image.permute(1, 2, 0).numpy()) for image in data.train.images]
        self.transform = transform

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, i: int) -> Any:
        return self.transform(self.pictures[i])


def markdown(m: dict[str, Any]) -> str:
    rows = "\n".join(f"| {name} | {value:,.0f} |" for name, value in m["images_per_second"].items())
    ratios = ", ".join(f"{precision} **{ratio:.1f}×**" for precision, ratio in m["ratio"].items())
    return f"""## The whole training loop: SimCLR, batch {m["batch_size"]}, 32x32

`python -m benchmarks.loop` · {m["machine"]} ·
on {m["device"]}, {m["threads"]} compute threads, n = {m["rounds"]} in turn, medians

| float type, who (workers: DataLoader of the usual way) | images/s |
|---|---|
{rows}

Ours against the best of the usual ways, at the same float type: {ratios}. As they
come, ours in {m["chosen_precision"]} (the probe's choice), the usual way in float32: **{m["ratio_as_it_comes"]:.1f}×**.
"""


if __name__ == "__main__":
    main()
