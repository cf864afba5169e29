"""What is looked at while a network trains: always the same pictures, so that only the network changes between two
moments.

2,000 test pictures are embedded for the map (training/probes.py says which, and what is asked of them); the first 32 of
them are the exhibits: their augmented views are drawn, with the method's own tensors.
"""

import io
import math
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from sslviz.data.dataset import Dataset, Split
from sslviz.measures.collapse import effective_rank, mean_cosine, spectrum, std
from sslviz.measures.geometry import uniformity
from sslviz.measures.linear import linear_accuracy
from sslviz.methods.method import Method
from sslviz.runs.records import ProbeSet, Snapshot
from sslviz.training.probes import (
    LIVE,
    QUERIES,
    REFERENCES,
    accuracy,
    embedded,
    fixed_pictures,
    projected,
    right_answers,
)

EXHIBITS = 32
RANKED = 12  # the rank of fewer pictures is low whatever the network does, and would be taken for a collapse
MOST_HALF = torch.finfo(torch.half).max
HUE_BINS = 8
COLUMNS = 50  # of the contact sheet


class Observer:
    """Looks at a method without changing it. Everything it returns lives on the CPU."""

    def __init__(self, data: Dataset, device: torch.device) -> None:
        self.data = data
        queries, references = fixed_pictures(data)
        self.device, self.chosen = device, references
        self.pictures = data.test.images[queries]
        self.queries = self.pictures.to(device)
        self.query_classes = targets(data.test, queries)
        self.reference_classes = targets(data.train, references)
        self.labels = None if data.test.labels is None else data.test.labels[queries]
        self.factors = {name: values[queries.numpy()] for name, values in data.test.factors.items()}

    def probe_set(self) -> ProbeSet:
        """The contact sheet and labels that the app needs to show which point is which picture."""
        n, size = len(self.pictures), self.data.size
        rows = -(-n // COLUMNS)
        sheet = np.zeros((rows * COLUMNS, size, size, 3), np.uint8)
        sheet[:n] = self.pictures.permute(0, 2, 3, 1).numpy()
        pixels = sheet.reshape(rows, COLUMNS, size, size, 3).swapaxes(1, 2).reshape(rows * size, COLUMNS * size, 3)
        jpeg = io.BytesIO()
        Image.fromarray(pixels).save(jpeg, "JPEG", quality=85)
        labels = None if self.labels is None else self.labels.numpy()
        return ProbeSet(jpeg.getvalue(), COLUMNS, size, labels, self.factors, self.data.classes)

    @torch.no_grad()
    def exhibits(self, method: Method, step: int) -> Snapshot:
        """The method's tensors on the exhibit pictures. Their views are drawn with one fixed seed: only knobs
        change them.
        """
        images, labels = (
            self.queries[:EXHIBITS],
            None if self.labels is None else self.labels[:EXHIBITS].to(self.device),
        )
        method.eval()
        method.augment.seed(0, 0)
        views = method.views(images, labels)
        made = method.step(*views).exhibits
        method.train()
        alike = [view for view in views if view.shape == views[0].shape and view.is_floating_point()]
        shown = torch.stack([method.augment.display(view) for view in alike])
        return Snapshot(
            step,
            exhibits={name: to_numpy(value) for name, value in made.items()},
            views=shown.permute(0, 1, 3, 4, 2).cpu().numpy(),
        )

    def embedding(self, method: Method, images: Tensor | None = None) -> Tensor:
        """h of the probe pictures (or of others): float32 M x d."""
        return embedded(method, self.queries if images is None else images)

    def health(self, h: Tensor, method: Method) -> tuple[dict[str, float], dict[str, np.ndarray[Any, Any]]]:
        """Signs of collapse, on what the loss sees: z where there is a projector, else h. Numbers, and what is drawn:
        the spread along each principal axis (`spectrum`) and along each coordinate (`channel_std`).
        """
        z = projected(method, h[:LIVE])
        z = h[:LIVE] if z is None else z
        scores = {"std": std(z), "mean_cosine": mean_cosine(z), "uniformity": uniformity(z)}
        if len(z) >= RANKED:
            scores["rank"] = effective_rank(z)
        scores = {name: score for name, score in scores.items() if math.isfinite(score)}  # one picture has no pairs
        channels = F.normalize(z).std(0, correction=0)
        return scores, {"spectrum": to_numpy(spectrum(z)), "channel_std": to_numpy(channels)}

    def knn(self, h: Tensor) -> dict[str, float]:
        """The live k-NN, for the class and, where factors are known, for hue: name -> share of right answers; and on
        how many pictures they stand. h: of the probe pictures, at least of the first `LIVE`. Empty without labels, and
        where a picture has no other to ask.
        """
        h = h[:LIVE]
        if len(h) < 2:
            return {}
        found = {name: right_answers(h, wanted) for name, wanted in sorted(self.query_classes.items())}
        return found | {"live_pictures": len(h)} if found else {}

    def exam(self, method: Method) -> dict[str, float]:
        """What is too slow for live: the final k-NN, and a linear probe fitted to `REFERENCES` training pictures. Empty
        without labels.
        """
        known, wanted = self.data.train.labels, self.query_classes.get("knn")
        if known is None or wanted is None:
            return {}
        parts = [self.embedding(method, part.to(self.device)) for part in self.data.train.images.split(10_000)]
        h, all_h, some = self.embedding(method), torch.cat(parts), self.reference_classes["knn"]
        probe = linear_accuracy(all_h[self.chosen], some, h, wanted, classes=int(known.max()) + 1)
        return {"exam": accuracy(all_h, known, h, wanted), "linear": probe}


def definition(pictures: float | None) -> str:
    """How a live score was measured, in words; None: by an earlier version."""
    if pictures is None or pictures != pictures:
        return f"{QUERIES:,} test pictures ask {REFERENCES:,} training pictures"
    return f"each of {pictures:,.0f} test pictures asks the others"


def targets(split: Split, which: Tensor) -> dict[str, Tensor]:
    """What k-NN is asked for: the class as "knn", the hue in eight bins as "knn_hue"."""
    found = {}
    if split.labels is not None:
        found["knn"] = split.labels[which]
    if "hue" in split.factors:
        found["knn_hue"] = torch.from_numpy(
            (split.factors["hue"][which.numpy()] * HUE_BINS).astype(np.int64) % HUE_BINS
        )
    return found


def to_numpy(x: Tensor) -> np.ndarray[Any, Any]:
    """Floats become halves; what is past their range (a z that is not normalised can grow for ever) stays at its end,
    for an infinity could not be drawn.
    """
    x = x.detach().cpu()
    return (x.clamp(-MOST_HALF, MOST_HALF).half() if x.is_floating_point() else x).numpy()
