"""Which representation is better? The evaluations of a run at a recorded moment; the results stay in its folder.

    knn        20-NN, for the class and every known factor, on h and on z, and k from 1 to 200 for the class
    linear     linear probe, likewise; on random weights, and on raw pixels (their first principal components), too
    fewshot    1 … 50 labels per class: linear probe on h, and supervised learning from scratch on the same labels
    finetune   all labels of the reference pictures move the encoder, a little; from random weights, too
    attention  how well the attention of a ViT's class token covers the figure (needs masks)

Each gives rows of one long table: evaluation, encoder (trained, random, pixels, scratch), features (h, z), target,
labels per class, draw, score. Frozen means frozen: everything but `finetune` and scratch only reads the network.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from sslviz import data
from sslviz.data.augment import Augment, AugmentKnobs
from sslviz.data.dataset import Dataset
from sslviz.data.questions import questions
from sslviz.measures.attention import overlap
from sslviz.measures.fewshot import few_shot, sweep
from sslviz.measures.finetune import HIGH, LOW, fine_tuned
from sslviz.measures.knn import knn_accuracy
from sslviz.measures.linear import linear_accuracy
from sslviz.methods.method import Method
from sslviz.nets.vit import ViT
from sslviz.runs.folder import RunFolder
from sslviz.runs.observer import NEIGHBOURS, PORTION, QUERIES, REFERENCES
from sslviz.runs.trainer import Trainer, choose_device

Row = dict[str, Any]
Features = dict[str, tuple[Tensor, Tensor]]  # h, z -> of the labelled pictures, of the test pictures
KS = (1, 5, 20, 50, 200)
COLUMNS = ("evaluation", "step", "encoder", "features", "target", "k", "labels", "draw", "head", "chance", "score")
COMPONENTS = 128  # of the raw pixels
FEW_STEPS, FEW_BATCH = 60, 64  # of learning from scratch with few labels
LABELLED_VIEWS = AugmentKnobs(crop_scale=0.5, jitter=0.0, gray=0.0)  # where labels teach, colours may stay


@dataclass(frozen=True)
class Bench:
    """The pictures on which everything is measured, and the network of one moment: always the same pictures."""

    trainer: Trainer
    images: Tensor  # uint8 M x 3 x H x W, labelled
    tests: Tensor
    asked: dict[str, tuple[Tensor, Tensor, int]]
    masks: Tensor | None

    @cached_property
    def trained(self) -> Features:
        return self.features(self.trainer.method)

    @cached_property
    def random(self) -> Features:
        return self.features(self.trainer.untrained)

    def features(self, method: Method) -> Features:
        """h, and z where there is a projector: (of the labelled pictures, of the test pictures)."""
        found = {"h": (embedded(method.embed, method, self.images), embedded(method.embed, method, self.tests))}
        if method.project(method.augment.plain(self.tests[:2])) is not None:
            found["z"] = (embedded(method.project, method, self.images), embedded(method.project, method, self.tests))
        return found


@torch.no_grad()
def embedded(see: Callable[[Tensor], Any], method: Method, images: Tensor) -> Tensor:
    method.eval()
    parts = [see(method.augment.plain(part)).float().cpu() for part in images.split(PORTION)]
    method.train()
    return torch.cat(parts)


def knn(bench: Bench) -> Iterator[Row]:
    for encoder, nets in (("trained", bench.trained), ("random", bench.random)):
        for features, (h, test) in nets.items():
            for target, (known, wanted, classes) in bench.asked.items():
                for k in KS if target == "class" and features == "h" else (NEIGHBOURS,):
                    score = knn_accuracy(h, known, test, wanted, classes=classes, k=k)
                    row = {"encoder": encoder, "features": features, "target": target, "k": k}
                    yield {**row, "chance": 1 / classes, "score": score}


def linear(bench: Bench) -> Iterator[Row]:
    pixels = {"h": principal(bench.images, bench.tests)}
    nets = {"trained": bench.trained, "random": bench.random, "pixels": pixels}
    for encoder, features in nets.items():
        for name, (h, test) in features.items():
            for target, (known, wanted, classes) in bench.asked.items():
                score = linear_accuracy(h, known, test, wanted, classes=classes)
                row = {"encoder": encoder, "features": name, "target": target}
                yield {**row, "chance": 1 / classes, "score": score}


def fewshot(bench: Bench) -> Iterator[Row]:
    if "class" not in bench.asked:
        return
    known, wanted, classes = bench.asked["class"]
    for encoder, nets in (("trained", bench.trained), ("random", bench.random)):
        h, test = nets["h"]
        for shots, number, score in few_shot(h, known, test, wanted, classes=classes):
            yield {"encoder": encoder, "target": "class", "labels": shots, "draw": number, "score": score}

    def from_scratch(chosen: Tensor) -> float:
        return trained_with_labels(bench, bench.trainer.untrained, chosen, rate=HIGH, steps=FEW_STEPS, batch=FEW_BATCH)

    for shots, number, score in sweep(known, from_scratch):
        yield {"encoder": "scratch", "target": "class", "labels": shots, "draw": number, "score": score}


def finetune(bench: Bench) -> Iterator[Row]:
    if "class" not in bench.asked:
        return
    everything = torch.arange(len(bench.images))
    yield {
        "encoder": "trained",
        "target": "class",
        "score": trained_with_labels(bench, bench.trainer.method, everything),
    }
    score = trained_with_labels(bench, bench.trainer.untrained, everything, rate=HIGH)
    yield {"encoder": "scratch", "target": "class", "score": score}


def trained_with_labels(
    bench: Bench, method: Method, chosen: Tensor, *, rate: float = LOW, steps: int = 150, batch: int = 128
) -> float:
    """Test accuracy of a copy of `method` that has learnt the labels of the chosen pictures."""
    known, wanted, classes = bench.asked["class"]
    device = bench.images.device
    view = Augment(LABELLED_VIEWS, method.augment.mean)
    return fine_tuned(
        method,
        view,
        view.plain,
        bench.images[chosen.to(device)],
        known[chosen].to(device),
        bench.tests,
        wanted.to(device),
        classes=classes,
        rate=rate,
        steps=steps,
        batch=batch,
    )


def attention(bench: Bench) -> Iterator[Row]:
    for encoder, method in (("trained", bench.trainer.method), ("random", bench.trainer.untrained)):
        if isinstance(method.encoder, ViT) and bench.masks is not None:
            with torch.no_grad():
                x = method.augment.plain(bench.tests)
                maps = torch.cat([method.encoder.attention(part)[:, :, 0, 1:] for part in x.split(PORTION)])
            for head, score in enumerate(overlap(maps.float().cpu(), bench.masks).tolist()):
                yield {"encoder": encoder, "target": "figure", "head": head, "score": score}


EVALUATIONS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "knn": knn,
    "linear": linear,
    "attention": attention,
    "finetune": finetune,
    "fewshot": fewshot,
}


def evaluate(
    folder: RunFolder,
    step: int,
    cache: Path,
    *,
    names: tuple[str, ...] = tuple(EVALUATIONS),
    on_progress: Callable[[str, int], None] = lambda name, rows: None,
    loaded: Dataset | None = None,
) -> pd.DataFrame:
    """Everything that `names` ask about the weights kept at `step`; what was measured before is only read.

    Raises LookupError if no weights were kept at this step. on_progress hears the name, and how many rows there are.
    loaded: pictures that are in memory already.
    """
    bench: Bench | None = None
    found = []
    for name in names:
        table = folder.evaluation(step, name)
        if table is None:
            bench = bench or set_up(folder, step, loaded or data.load(folder.settings().data, cache=cache))
            rows = []
            for row in EVALUATIONS[name](bench):
                rows.append({"evaluation": name, "step": step, **row})
                on_progress(name, len(rows))
            used = [column for column in COLUMNS if not rows or any(column in row for row in rows)]
            table = pd.DataFrame(rows, columns=used)
            folder.write_evaluation(step, name, table)
        found.append(table)
    return pd.concat(found, ignore_index=True)


def set_up(folder: RunFolder, step: int, pictures: Dataset) -> Bench:
    """The network as it was at `step`, and the pictures that the live scores use, too."""
    kept = folder.weights(step)
    if kept is None:
        raise LookupError(f"No weights were kept at step {step}; there are: {folder.weights_steps()}")
    tensors, about = kept
    trainer = Trainer(folder.settings(), pictures, choose_device())
    trainer.restore_method(tensors, about)
    pick = torch.Generator().manual_seed(0)  # as in observer.py
    queries = torch.randperm(len(pictures.test), generator=pick)[:QUERIES]
    chosen = torch.randperm(len(pictures.train), generator=pick)[:REFERENCES]
    masks = None if pictures.test.masks is None else pictures.test.masks[queries]
    device = trainer.device
    images, tests = pictures.train.images[chosen].to(device), pictures.test.images[queries].to(device)
    return Bench(trainer, images, tests, questions(pictures.train, chosen, pictures.test, queries), masks)


def principal(images: Tensor, tests: Tensor) -> tuple[Tensor, Tensor]:
    """The first principal components of the raw pixels: what can be had without any network."""
    x, y = (part.flatten(1).float().cpu() / 255 for part in (images, tests))
    mean = x.mean(0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)  # the decomposition draws at random
        _, _, axes = torch.pca_lowrank(x - mean, min(COMPONENTS, *x.shape), center=False)
    return (x - mean) @ axes, (y - mean) @ axes
