"""What a method is: four verbs and a table of knobs.

    views(images) -> tuple of batches     which random views of the same pictures are compared
    step(*views)  -> Step(loss, exhibits) the equation of the paper, and the tensors that it was made of
    after_step(step)                      what is written after the weights have moved: EMA, queue, centre
    embed(images) -> h                    the representation that is kept when pre-training is over

`step` reads, `after_step` writes: a picture can be drawn by calling `step` without changing the training.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from sslviz import knobs as tables
from sslviz.data.augment import Augment
from sslviz.nets.encoder import Encoder


@dataclass(frozen=True)
class Step:
    """The loss (a scalar) and the named tensors it was made of: raw similarities and logits, before temperature.

    `metrics` are scalars worth a curve beside the loss. `update` is what `after_step` will write; it is not shown.
    """

    loss: Tensor
    exhibits: dict[str, Tensor] = field(default_factory=dict)
    metrics: dict[str, Tensor] = field(default_factory=dict)
    update: dict[str, Tensor] = field(default_factory=dict)


class Method(nn.Module):
    """Base of all methods. A subclass sets the class variables, writes `Knobs` and `step`, builds its heads.

    Methods know one device and one precision: the encoder alone may compute in bfloat16, and answers in float32.
    """

    title: ClassVar[str]
    family: ClassVar[str]
    paper: ClassVar[str]
    equation: ClassVar[str]
    summary: ClassVar[str]  # one sentence, in words that a student has
    encoders: ClassVar[tuple[str, ...]] = ("conv", "vit")  # names in nets.ENCODERS; the first is its usual one
    recommended: ClassVar[dict[str, Any]] = {}  # augmentation and training knobs that differ from the usual defaults
    labelled: ClassVar[bool] = False  # True: `views` must be given labels, the constructor the number of classes
    fewest: ClassVar[int] = 1  # pictures that `step` must be given at least
    projects: ClassVar[bool] = False  # True: the loss sees z, which `projector` makes of h

    class Knobs(tables.Knobs):
        """The method's own knobs: a subclass writes `class Knobs(Method.Knobs)` and says `knobs: Knobs`."""

    knobs: tables.Knobs
    projector: nn.Module
    progress = 0.0  # the share of the run that is over, 0 … 1: whoever trains says so before each step

    def __init__(self, encoder: Encoder, knobs: tables.Knobs, augment: Augment, classes: int = 0) -> None:
        """`encoder` maps B x 3 x H x W to B x encoder.dim; `knobs` may be replaced between steps."""
        super().__init__()
        self.encoder = encoder
        self.knobs = knobs
        self.augment = augment

    @classmethod
    def ignorance(cls, values: dict[str, Any]) -> tuple[str, float] | None:
        """The loss of a network that knows nothing, and how it is written: ("ln(2N − 1)", 6.236). None where the loss
        has no such level. `values`: all knobs of the run, the batch as it was trained (RunFolder.effective_values).
        """
        return None

    @classmethod
    def remark(cls, values: dict[str, Any], pictures: int) -> str:
        """What somebody who trains with these knobs on so few pictures should know, in a sentence or two; mostly ""."""
        return ""

    def views(self, images: Tensor, labels: Tensor | None = None) -> tuple[Tensor, ...]:
        """Two random views of each picture: uint8 B x 3 x H x W -> two float batches B x 3 x H x W.

        All chance is drawn from `augment.random`. Only the supervised reference looks at the labels (int64, B).
        """
        return self.augment(images), self.augment(images)

    def step(self, *views: Any, **_: Any) -> Step:
        """The loss of one batch of views. Changes nothing."""
        raise NotImplementedError

    @torch.no_grad()
    def after_step(self, step: Step) -> None:
        """Called after the optimiser has moved the weights."""

    def embed(self, images: Tensor) -> Tensor:
        """The representation h of float pictures: B x 3 x H x W -> B x d."""
        h: Tensor = self.encoder(images)
        return h

    def project(self, h: Tensor) -> Tensor | None:
        """z, what the loss sees of h, before normalisation; None where the loss sees h itself: B x d -> B x d'."""
        return self.projector(h) if self.projects else None
