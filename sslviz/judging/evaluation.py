"""Which representation is better? The evaluations of a run at a recorded moment; the results stay in its folder.

    knn        20-NN, for the class and every known factor, on h and on z, and k from 1 to 200 for the class
    linear     linear probe, likewise; on random weights, and on raw pixels (their first principal components), too
    fewshot    1 … 50 labels per class: linear probe on h, and supervised learning from scratch on the same labels
    finetune   all labels of the reference pictures move the encoder, a little; from random weights, too
    attention  how well the attention of a ViT's class token covers the figure (needs masks)
    references what others read off the same pictures: supervised, and two that saw millions of photographs
               (references.py); only if asked for by name, for it downloads

Each gives rows of one long table: evaluation, encoder (trained, random, pixels, scratch, …), features (h, z), target,
labels per class, draw, score; the probes give chance and balanced accuracy as well (measures/unbalanced.py). Frozen
means frozen: everything but `finetune` and scratch only reads the network.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from sslviz import data
from sslviz.data.augment import Augment, AugmentKnobs
from sslviz.data.dataset import Dataset
from sslviz.judging.bench import Bench, principal, set_up, silent
from sslviz.judging.look import vit_of
from sslviz.judging.references import references
from sslviz.measures.attention import overlap
from sslviz.measures.fewshot import few_shot, sweep
from sslviz.measures.finetune import HIGH, LOW, fine_tuned
from sslviz.measures.knn import knn_predict
from sslviz.measures.linear import linear_predict
from sslviz.measures.unbalanced import right
from sslviz.methods.method import Method
from sslviz.runs.folder import RunFolder
from sslviz.training.probes import NEIGHBOURS, PORTION, embedded

__all__ = ["EVALUATIONS", "USUAL", "embedded", "evaluate", "set_up"]

Row = dict[str, Any]
KS = (1, 5, 20, 50, 200)
COLUMNS = (
    *("evaluation", "step", "encoder", "features", "probe", "target", "k", "labels", "draw", "head"),
    *("chance", "score", "balanced", "note"),
)
TUNE_STEPS, TUNE_BATCH = 150, 128  # of fine-tuning with all labels
FEW_STEPS, FEW_BATCH = 60, 64  # of learning from scratch with few labels
LABELLED_VIEWS = AugmentKnobs(crop_scale=0.5, jitter=0.0, gray=0.0)  # where labels teach, colours may stay


def knn(bench: Bench) -> Iterator[Row]:
    for encoder, nets in (("trained", bench.trained), ("random", bench.random)):
        for features, (h, test) in nets.items():
            for target, (known, wanted, classes) in bench.asked.items():
                for k in KS if target == "class" and features == "h" else (NEIGHBOURS,):
                    predicted = knn_predict(h, known, test, classes=classes, k=k)
                    row = {"encoder": encoder, "features": features, "target": target, "k": k}
                    yield {**row, **right(predicted, wanted, known)}


def linear(bench: Bench) -> Iterator[Row]:
    pixels = {"h": principal(bench.images, bench.tests)}
    nets = {"trained": bench.trained, "random": bench.random, "pixels": pixels}
    for encoder, features in nets.items():
        for name, (h, test) in features.items():
            for target, (known, wanted, classes) in bench.asked.items():
                predicted = linear_predict(h, known, test, classes=classes)
                row = {"encoder": encoder, "features": name, "target": target}
                yield {**row, **right(predicted, wanted, known)}


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
    begins = {"trained": (bench.trainer.method, LOW), "scratch": (bench.trainer.untrained, HIGH)}
    for encoder, (method, rate) in begins.items():
        score = trained_with_labels(bench, method, everything, rate=rate, steps=TUNE_STEPS, batch=TUNE_BATCH)
        yield {"encoder": encoder, "target": "class", "score": score}


def trained_with_labels(bench: Bench, method: Method, chosen: Tensor, *, rate: float, steps: int, batch: int) -> float:
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
        vit = vit_of(method)
        if vit is not None and bench.masks is not None:
            with torch.no_grad():
                x = method.augment.plain(bench.tests)
                maps = torch.cat([vit.attention(part)[:, :, 0, 1:] for part in x.split(PORTION)])
            for head, score in enumerate(overlap(maps.float().cpu(), bench.masks).tolist()):
                yield {"encoder": encoder, "target": "figure", "head": head, "score": score}


EVALUATIONS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "knn": knn,
    "linear": linear,
    "attention": attention,
    "finetune": finetune,
    "fewshot": fewshot,
    "references": references,
}
USUAL = tuple(name for name in EVALUATIONS if name != "references")  # without a download


def evaluate(
    folder: RunFolder,
    step: int,
    cache: Path,
    *,
    names: tuple[str, ...] = USUAL,
    on_progress: Callable[[str, int], None] = lambda name, rows: None,
    on_doing: Callable[[str], None] = silent,
    loaded: Dataset | None = None,
) -> pd.DataFrame:
    """Everything that `names` ask about the weights kept at `step`; what was measured before is only read.

    Raises LookupError if no weights were kept at this step, and DataError if the pictures are gone or are no longer
    those that the run was trained on. on_progress hears the name, and how many rows there are;
    on_doing, in words, what takes long. loaded: pictures that are in memory already.
    """
    bench: Bench | None = None
    found = []
    for name in names:
        table = folder.evaluation(step, name)
        if table is None or unfinished(table):
            pictures = loaded or data.load(folder.settings().data, cache=cache)
            bench = bench or set_up(folder, step, pictures, cache=cache, tell=on_doing)
            rows = []
            for row in EVALUATIONS[name](bench):
                rows.append({"evaluation": name, "step": step, **row})
                on_progress(name, len(rows))
            used = [column for column in COLUMNS if not rows or any(column in row for row in rows)]
            table = pd.DataFrame(rows, columns=used)
            folder.write_evaluation(step, name, table)
        found.append(table)
    return pd.concat(found, ignore_index=True)


def unfinished(table: pd.DataFrame) -> bool:
    """True if something could not be measured, for a reason that may pass: no network, say."""
    return "note" in table and bool(table["note"].notna().any())
