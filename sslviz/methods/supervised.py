"""Supervised: a person has said what is in every picture; the network learns to say it too. No self-supervision.

    x       one random view of each of N labelled pictures        N x 3 x H x W
    y       its class, given by a person                          N
    p_c     softmax over the C classes of a linear layer on h     N x C

The reference line of every score: what the same network reaches in the same time when labels cost nothing. With ε of
label smoothing (Szegedy et al. 2016, section 7, the paper below) the goal is 1 − ε on the label and ε spread evenly.
"""

from typing import Any, ClassVar

import torch.nn.functional as F
from torch import Tensor, nn

from sslviz.data.augment import Augment
from sslviz.knobs import knob
from sslviz.methods.method import Method, Step
from sslviz.nets.encoder import Encoder


class Supervised(Method):
    """Labels for everything: the line that the others are measured against."""

    title, family, paper = "Supervised", "reference", "https://arxiv.org/abs/1512.00567"
    equation = r"\mathcal{L} = -\sum_c \Big( (1 - \varepsilon)\,[c = y] + \frac{\varepsilon}{C} \Big) \log p_c"
    summary = "A person has said what is in every picture; the network learns to say it too."
    recommended: ClassVar[dict[str, Any]] = {"crop_scale": 0.5}
    labelled = True

    class Knobs(Method.Knobs):
        label_smoothing: float = knob(
            0.0, 0.0, 0.5, symbol=r"\varepsilon", help="share of the goal that is spread evenly over all classes"
        )

    knobs: Knobs

    def __init__(self, encoder: Encoder, knobs: Knobs, augment: Augment, classes: int) -> None:
        super().__init__(encoder, knobs, augment)
        self.head = nn.Linear(encoder.dim, classes)

    def views(self, images: Tensor, labels: Tensor | None = None) -> tuple[Tensor, ...]:
        """One random view of each picture, and what it shows."""
        if labels is None:
            raise ValueError("Supervised training needs a label for every picture.")
        return self.augment(images), labels

    # fmt: off
    def step(self, x: Tensor, y: Tensor) -> Step:
        logits = self.head(self.encoder(x))                                           # N x C
        loss = F.cross_entropy(logits, y, label_smoothing=self.knobs.label_smoothing)
        accuracy = (logits.argmax(1) == y).float().mean()
        return Step(loss, {"class_logits": logits, "labels": y}, {"accuracy": accuracy})
    # fmt: on
