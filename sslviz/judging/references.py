"""What do others read off the same pictures? The evaluation `references`: frozen features, the same two probes for all.

    trained      this run, at this moment
    random       the network that it began with
    pixels       no network: the first principal components of the raw pixels
    supervised   the same pictures with all their labels: the viewer's own finished run, else the recorded example
    resnet18     trained on ImageNet with its labels                     } pretrained.py: downloaded, or a local copy
    dinov2       trained on 142 million pictures without labels          }

One row per encoder, probe and question; an encoder that cannot be had is one row with a note, and the rest is there.
"""

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from sslviz.data.sources.download import Patience
from sslviz.judging import pretrained
from sslviz.judging.bench import Bench, principal
from sslviz.judging.pretrained import PRETRAINED, Pretrained, Unavailable
from sslviz.lessons.supervised import REFERENCE
from sslviz.measures.knn import knn_predict
from sslviz.measures.linear import linear_predict
from sslviz.measures.unbalanced import right
from sslviz.methods import METHODS
from sslviz.place import GALLERY
from sslviz.runs.files import npz, read_npz, replace
from sslviz.runs.folder import RunFolder
from sslviz.runs.same_pictures import change
from sslviz.runs.shelf import list_runs
from sslviz.training.loaded import load_network
from sslviz.training.probes import NEIGHBOURS, embedded


def references(bench: Bench) -> Iterator[dict[str, Any]]:
    yield from asked(bench, "trained", bench.trained["h"])
    yield from asked(bench, "random", bench.random["h"])
    yield from asked(bench, "pixels", principal(bench.images, bench.tests))
    labelled = supervised(bench.run)
    if labelled is not None and not change(labelled, bench.pictures):
        yield from asked(bench, REFERENCE, last_features(bench, labelled))
    for name, entry in PRETRAINED.items():
        try:
            yield from asked(bench, name, foreign(bench, entry))
        except Unavailable as reason:
            yield {"encoder": name, "note": str(reason)}


def asked(bench: Bench, encoder: str, features: tuple[Tensor, Tensor]) -> Iterator[dict[str, Any]]:
    """k-NN and linear probe, for the class and for every factor."""
    h, test = features
    for target, (known, wanted, classes) in bench.asked.items():
        row = {"encoder": encoder, "features": "h", "target": target}
        near = knn_predict(h, known, test, classes=classes, k=NEIGHBOURS)
        yield {**row, "probe": "knn", "k": NEIGHBOURS, **right(near, wanted, known)}
        read = linear_predict(h, known, test, classes=classes)
        yield {**row, "probe": "linear", **right(read, wanted, known)}


def supervised(run: RunFolder, gallery: Path = GALLERY, same_encoder: bool = False) -> RunFolder | None:
    """A finished supervised run on the same pictures, of which weights were kept: one of the viewer's own, else a
    recorded example; with the same kind of encoder, if there is one (or only then).
    """
    settings = run.settings()
    found = []
    for other in (*list_runs(run.path.parent), *list_runs(gallery)):
        try:
            its = other.settings()
        except OSError:  # thrown away this very moment
            continue
        fits = METHODS[its.method].labelled and its.data == settings.data and other.id != run.id
        if fits and other.status().state == "done" and other.weights_steps():
            found.append((other, its.encoder == settings.encoder))
    alike = [other for other, same in found if same]
    return next(iter(alike if alike or same_encoder else [other for other, _ in found]), None)


def last_features(bench: Bench, run: RunFolder) -> tuple[Tensor, Tensor]:
    """h of another run's last kept moment, for the bench's pictures."""
    method = load_network(run, run.weights_steps()[-1], bench.pictures).method
    labelled, test = (embedded(method, images.cpu()) for images in (bench.images, bench.tests))
    return labelled, test


def foreign(bench: Bench, entry: Pretrained, patience: Patience | None = None) -> tuple[Tensor, Tensor]:
    """Features of a network that others have trained. They depend on the pictures alone, so they are kept for the next
    run on the same ones. Raises Unavailable.
    """
    images, folder = torch.cat([bench.images, bench.tests]), bench.cache / "weights"
    pretrained.obtain(entry, folder, bench.tell, patience)
    key = hashlib.blake2b(images.cpu().numpy().tobytes(), digest_size=8)
    for path in sorted(folder / archive.place for archive in entry.archives):
        about = path.stat() if path.exists() else None
        key.update(f"{path.name} {about and (about.st_size, about.st_mtime_ns)}".encode())
    kept = bench.cache / "features" / f"{key.hexdigest()}.npz"
    found = read_npz(kept)
    if found is not None and len(found.get("h", ())) == len(images):
        h = torch.from_numpy(found["h"])
    else:
        net = pretrained.build(entry, folder)
        h = pretrained.features(net, images, lambda doing: bench.tell(f"{entry.title}: {doing}"))
        with contextlib.suppress(OSError):  # a full disk costs time with the next run, nothing else
            kept.parent.mkdir(parents=True, exist_ok=True)
            replace(kept, npz(h=h.numpy()))
    return h[: len(bench.images)], h[len(bench.images) :]
