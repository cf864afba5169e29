"""The stages of one step, in order: forth from the pictures to the loss, back from the loss to the weights.

Which stages a method has is read off the step itself: one for every part that was called, one back for every part that
a gradient reached.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import plotly.graph_objects as go

from sslviz.blackboard.terms import Terms, terms
from sslviz.figures import matrix, softmax
from sslviz.figures import slow_motion as figures
from sslviz.runs.slow_motion import Passed, SlowStep
from sslviz.runs.trainer import Trainer


@dataclass(frozen=True)
class Picture:
    """One figure of a stage."""

    figure: go.Figure | bytes  # bytes: encoded
    alt: str
    how_to_read: str = ""


@dataclass(frozen=True)
class Stage:
    """`name` is its word in the address, `told` one or two sentences, `shape` as a paper writes it."""

    name: str
    title: str
    shape: str
    told: str
    draw: Callable[[], list[Picture]]  # two of them stand side by side, unless they are wide
    wide: bool = False
    way: Literal["forth", "back", "step"] = "forth"


# part of a method -> title, letter, what happens here
PARTS = {
    "encoder": ("Encoder", "h", "One encoder looks at every view by itself. What it has seen is h: this is kept."),
    "projector": (
        "Projector",
        "z",
        "A small head bends h into z. The loss sees only z; the head is thrown away later.",
    ),
    "predictor": ("Predictor", "q", "The student guesses what the teacher will say of the *other* view."),
    "target": ("Target", "z′", "The teacher, a slow copy of encoder and projector, looks at the same views."),
    "key_network": ("Key network", "k", "A slow copy of encoder and projector turns the second views into keys."),
    "teacher": ("Teacher", "g′", "A slow copy of encoder, head and last layer looks at the large crops."),
    "head": ("Head", "o", "A small head on top of h gives the numbers that the loss asks for."),
    "last": ("Last layer", "g", "Cosines with learned directions: one number per class that it has invented."),
    "narrow": ("Narrowing", "u", "What the encoder says of each visible patch, in the decoder's smaller width."),
    "decoder": ("Decoder", "v", "It fills in the hidden patches and lets all patches ask each other."),
    "paint": ("Paint", "x̂", "Each patch becomes pixels again."),
}
TEACHERS = ("target", "key_network", "teacher")


def stages(step: SlowStep, trainer: Trainer) -> list[Stage]:
    """trainer: the one that has taken the step, for its method and its knobs."""
    found = Walk(step, trainer)
    forth = [found.pictures(), found.views(), *(found.part(name) for name in step.parts), *found.matrices()]
    forth += [*found.softmax(), found.loss()]
    return [*forth, *found.back(), found.weights(), *found.teacher(), found.after()]


class Walk:
    """One step, and the names of everything in it."""

    def __init__(self, step: SlowStep, trainer: Trainer) -> None:
        self.step, self.method = step, trainer.settings.method
        self.values = {**trainer.settings.values(), **step.metrics}  # a learned τ is a metric
        self.n, self.side = len(step.images), step.images.shape[1]
        exhibits = {name: passed.value for name, passed in step.exhibits.items()}
        # logits that are shown are what a part has put out
        self.twin = {
            name: part
            for name, passed in step.exhibits.items()
            for part, its in step.parts.items()
            if passed.value.shape == its.value.shape and np.array_equal(passed.value, its.value)
        }
        self.terms = terms(self.method, exhibits, self.values)
        self.terms_after = terms(self.method, step.after, self.values) if self.terms else None

    # -- forth --------------------------------------------------------------------------------------------------------

    def pictures(self) -> Stage:
        return Stage(
            "pictures",
            "Pictures",
            f"N × 3 × H × W = {self.n} × 3 × {self.side} × {self.side}",
            "A few pictures, without labels. Everything that follows is made from them.",
            lambda: [
                Picture(figures.views([self.step.images], [""], title="The pictures"), "The pictures of the batch")
            ],
        )

    def views(self) -> Stage:
        kinds = len(self.step.views)
        each = " + ".join(f"{self.n} × 3 × {v.shape[1]} × {v.shape[2]}" for v in self.step.views)
        many = (
            "Each picture is seen in a random view" if kinds == 1 else f"Each picture is seen in {kinds} random views"
        )
        turned = self.method == "rotation"
        return Stage(
            "views",
            "Views",
            f"{kinds if kinds > 1 else ''}N × 3 × H × W = {each}",
            "Each picture is turned four times."
            if turned
            else f"{many}: the network is to ignore what differs in them.",
            lambda: [
                Picture(
                    figures.views(self.step.views, self.view_names(), title="The views"),
                    "The views of each picture",
                    "Each column is one picture; its views lie below each other.",
                )
            ],
        )

    def part(self, name: str) -> Stage:
        passed = self.step.parts[name]
        title, letter, told = PARTS.get(
            name, (name.replace("_", " ").capitalize(), name[0], "What comes next puts out.")
        )
        values, row = flat(passed.value)

        def draw() -> list[Picture]:
            drawn = self.maps() if name == "encoder" else []
            title = f"{letter} of every view" if row == "view" else f"{letter} of the patches of picture 1"
            rows = self.rows(values) if row == "view" else []
            figure = figures.heat(values, title=title, unit=letter, rows=rows, y_title=row)
            return [*drawn, Picture(figure, title, f"One row per {row}, one column per number (channel).")]

        return Stage(name, title, f"{letter}: {self.shape(passed.value)}", told, draw, wide=name == "encoder")

    def maps(self) -> list[Picture]:
        step = self.step
        if not step.maps or len(next(iter(step.maps.values()))) < self.n or step.views[0].shape[1] != self.side:
            return []
        names = list(step.maps)
        first = [step.views[0], *([step.views[0][:0]] * (len(names) - 1))]
        labels = [("view a", f"{name}, {step.maps[name].shape[-1]}²") for name in names]
        figure = figures.under(
            first,
            [step.maps[name][: self.n] for name in names],
            labels,
            title="Where the encoder answers",
            scale_title="mean activation, share of the stage's largest",
        )
        return [Picture(figure, "Mean activation of each stage of the encoder", figures.HOW_TO_READ_MAPS)]

    def matrices(self) -> list[Stage]:
        """Everything else that the method shows, if it is a table of numbers."""
        found = []
        for name, passed in self.step.exhibits.items():
            if name not in self.twin and passed.value.ndim == 2 and passed.value.dtype.kind == "f":
                found.append(self.table(name, passed))
        return found

    def table(self, name: str, passed: Passed) -> Stage:
        words = name.replace("_", " ")
        if name == "similarity":
            told = "Every view is compared with every other: s is the cosine of their z."
            return Stage(name, "Similarity", f"s: {self.shape(passed.value)}", told, lambda: [self.similarity()])
        told = MATRICES.get(name, f"{words.capitalize()}: what the loss is made of.")
        square = passed.value.shape[0] == passed.value.shape[1] <= figures.MOST_NAMES
        rows = self.rows(passed.value)

        def draw() -> list[Picture]:
            figure = figures.heat(
                passed.value,
                title=words.capitalize(),
                unit=words,
                rows=rows,
                square=square,
                x_title="view" if square else "column",
                top=1.0 if "similarity" in name else None,
            )
            return [Picture(figure, words, HOW_TO_READ_TABLES.get(name, figures.HOW_TO_READ))]

        return Stage(name, words.capitalize(), self.shape(passed.value), told, draw)

    def similarity(self) -> Picture:
        figure = matrix.similarity(self.step.exhibits["similarity"].value, title="Similarity of the views", height=440)
        return Picture(figure, "Cosines of all pairs of views", matrix.HOW_TO_READ)

    def softmax(self) -> list[Stage]:
        """p, where the loss is a choice."""
        found = self.terms
        if found is None or found.probability is None:
            return []
        p, right = found.probability, found.right
        assert right is not None
        tau = f"s/τ, τ = {self.values['temperature']:.3g}" if "temperature" in self.values else "the logits"
        mine = p[np.arange(len(p)), right]

        def draw() -> list[Picture]:
            figure = figures.heat(
                p,
                title="Probability of each candidate",
                subtitle=f"the right one gets {mine.min():.1%} … {mine.max():.1%}",
                unit="probability",
                rows=self.rows(p),
                square=p.shape[0] == p.shape[1],
                x_title="candidate",
                columns=[f"{90 * k}°" for k in range(4)] if self.method == "rotation" else (),
                y_title="row i",
                top=1.0,
            )
            return [Picture(figure, "Probabilities, one row per view", HOW_TO_READ_SOFTMAX), *self.dearest(found)]

        told = f"Each row of {tau} becomes probabilities that sum to 1: which candidate is the right one?"
        return [Stage("softmax", "Softmax", f"p: {self.shape(p)}", told, draw, wide=True)]

    def dearest(self, found: Terms) -> list[Picture]:
        """The softmax of the row that pays most, where the candidates are the other views."""
        if self.method != "simclr" or found.right is None:
            return []
        row = int(found.terms.argmax())
        s = self.step.exhibits["similarity"].value[row]
        figure = softmax.softmax(s, row, int(found.right[row]), float(self.values["temperature"]), height=420)
        return [Picture(figure, "Softmax of the row that pays most", f"The row that pays most. {softmax.HOW_TO_READ}")]

    def loss(self) -> Stage:
        step, found = self.step, self.terms
        if found is None:
            told = "All of the above comes down to one number, which the step is to make smaller."
            return Stage("loss", "Loss", f"L = {step.loss:.4g}", told, list)
        kind = "ℓ = −ln p of the right one" if found.logits is not None else "ℓ grows with the angle to the goal"
        rows = self.rows(found.terms)
        times = f"{found.factor:g} " if found.factor != 1 else ""

        def draw() -> list[Picture]:
            figure = figures.terms(found.terms, rows, title=f"Loss of each view: {kind}")
            return [Picture(figure, "Loss of each view", "The dashed line is the mean.")]

        mean = "twice their mean" if found.factor == 2 else "their mean"
        told = f"Each row pays {kind}. The loss is {mean}: **L = {step.loss:.4g}**."
        return Stage("loss", "Loss", f"L = {times}Σ ℓ / {len(found.terms)} = {step.loss:.4g}", told, draw)

    # -- back ---------------------------------------------------------------------------------------------------------

    def back(self) -> list[Stage]:
        """From the loss to the pixels, one stage for everything that a gradient reached."""
        step, found = self.step, []
        for name, passed in step.exhibits.items():
            if passed.gradient is not None and passed.gradient.ndim == 2:
                letter = "s" if name == "similarity" else PARTS[self.twin[name]][1] if name in self.twin else "o"
                p = "β p" if self.values.get("negatives", 1.0) < 1 else "p"
                told = (
                    f"∂L/∂{letter}: by how much the loss grows if one of these numbers does. It is ({p} − y) / "
                    f"{'(2N τ)' if letter == 's' else 'rows'}: what was believed, minus what is right."
                )
                found.append(self.gradient(f"d_{name}", letter, passed.gradient, told, name == "similarity"))
        for name, passed in reversed(step.parts.items()):
            letter = PARTS.get(name, ("", name[0]))[1]
            if passed.gradient is not None and name not in self.twin.values():
                told = (
                    f"∂L/∂{letter}: which way each number of {letter} should move. Nobody moves it: it is handed on, "
                    "layer by layer, to the weights that made it."
                )
                values, row = flat(passed.gradient)
                found.append(self.gradient(f"d_{name}", letter, values, told, row=row))
        still = [PARTS[name][1] for name, passed in step.parts.items() if passed.gradient is None and name in PARTS]
        if still and found:
            last = found[-1]
            note = f" **No gradient reaches {' and '.join(still)}**: it is held still, a goal."
            found[-1] = Stage(last.name, last.title, last.shape, last.told + note, last.draw, way="back")
        return [*found, self.pixels()]

    def gradient(
        self, name: str, letter: str, values: np.ndarray, told: str, square: bool = False, row: str = "view"
    ) -> Stage:
        def draw() -> list[Picture]:
            figure = figures.heat(
                values,
                title=f"Gradient of the loss with respect to {letter}",
                unit=f"∂L/∂{letter}",
                rows=self.rows(values) if row == "view" else [],
                square=square,
                x_title="view k" if square else "channel",
                y_title=row,
                signed=True,
            )
            return [Picture(figure, f"Gradient with respect to {letter}", figures.HOW_TO_READ_SIGNED)]

        return Stage(name, f"∂L/∂{letter}", self.shape(values), told, draw, way="back")

    def pixels(self) -> Stage:
        step = self.step
        same = [i for i, view in enumerate(step.views) if view.shape == step.views[0].shape][:4]

        def draw() -> list[Picture]:
            figure = figures.under(
                [step.views[i] for i in same],
                [step.pixels[i] for i in same],
                [(self.view_names()[i], "|∂L/∂x|") for i in same],
                title="Which pixels mattered",
                scale_title="length of the gradient, share of the row's largest",
            )
            return [Picture(figure, "Length of the gradient at each pixel", figures.HOW_TO_READ_PIXELS)]

        told = "The gradient has come back to where it all began. It ends here: pictures are not changed."
        return Stage("d_pixels", "∂L/∂x", "N × H × W, for each view", told, draw, way="back")

    def weights(self) -> Stage:
        table = self.step.layers

        def draw() -> list[Picture]:
            left, right = figures.layers(table)
            how = figures.HOW_TO_READ_LAYERS
            return [Picture(left, "Gradient of each layer", how), Picture(right, "Relative update of each layer")]

        numbers = int(table["numbers"].sum()) if len(table) else 0
        told = (
            f"AdamW moves {numbers:,} weights of {len(table)} layers, at learning rate {self.step.rate:.3g}. It "
            "divides each gradient by its usual size: a layer with small gradients moves, too."
        )
        return Stage("weights", "Weights", f"θ: {numbers:,} numbers", told, draw, way="step")

    def teacher(self) -> list[Stage]:
        step = self.step
        if not len(step.teacher):
            return []

        def draw() -> list[Picture]:
            return [
                Picture(figures.teacher(step.teacher), "Distances of student and teacher", figures.HOW_TO_READ_TEACHER)
            ]

        start, away, back = (step.distance(moment) for moment in ("before", "between", "after"))
        told = (
            f"The student has moved: the teacher was {start:.3f} away and is now {away:.3f}. Then ξ ← m ξ + (1 − m) θ: "
            f"it follows a little, to **{back:.3f}**."
        )
        return [Stage("ema", "EMA", "‖θ − ξ‖, layer by layer", told, draw, way="step")]

    def after(self) -> Stage:
        step = self.step

        def draw() -> list[Picture]:
            drawn = []
            if self.terms is not None and self.terms_after is not None:
                rows = self.rows(self.terms.terms)
                figure = figures.terms(self.terms.terms, rows, title="Loss of each view", after=self.terms_after.terms)
                drawn.append(Picture(figure, "Loss of each view, before and after", "The dashed lines are the means."))
            if "similarity" in step.after:
                figure = matrix.similarity(step.after["similarity"], title="Similarity after the step", height=440)
                drawn.append(Picture(figure, "Similarity after the step", matrix.HOW_TO_READ))
            return drawn

        told = (
            "The same views through the changed weights, which have just been fitted to them: "
            f"**L = {step.loss:.4g} → {step.loss_after:.4g}**."
            + (" It has gone up: the step was too long." if step.loss_after > step.loss else "")
        )
        return Stage("after", "After", f"L = {step.loss:.4g} → {step.loss_after:.4g}", told, draw, way="step")

    # -- names --------------------------------------------------------------------------------------------------------

    def rows(self, values: np.ndarray) -> list[str]:
        """1a 2a … 1b 2b …, if there is one row for each view; else numbers."""
        kinds, rest = divmod(len(values), self.n)
        if rest or kinds > 8:
            return []
        if kinds == 1:
            return [str(i + 1) for i in range(self.n)]
        return [matrix.row_name(row, self.n) for row in range(len(values))]

    def view_names(self) -> list[str]:
        if self.method == "rotation":
            return [f"{90 * turn}°" for turn in range(4)]
        return [f"view {letter}" for letter in "abcdefghijklmnopqrstuvwxyz"[: len(self.step.views)]]

    def shape(self, values: np.ndarray) -> str:
        """2N × d = 16 × 128."""
        kinds, rest = divmod(len(values), self.n)
        numbers = " × ".join(str(size) for size in values.shape)
        if rest:
            return numbers
        batch = "N" if kinds == 1 else f"{kinds}N"
        if values.ndim == 2:
            return f"{batch} × {batch if values.shape[1] == len(values) else 'd'} = {numbers}"
        return f"{batch} × … = {numbers}"


def flat(values: np.ndarray) -> tuple[np.ndarray, str]:
    """Rows of numbers, and what a row is: of tokens, those of the first picture; of maps, the mean over the places."""
    if values.ndim == 3:
        return values[0], "patch"
    if values.ndim == 4:
        return values.mean((2, 3)), "view"
    return values, "view"


HOW_TO_READ_TABLES = {
    "prediction_similarity": "Row: the prediction made from a view; column: a goal. The loss wants green in each row "
    "at the other view of the same picture, and asks nothing of the rest.",
    "cross_correlation": matrix.HOW_TO_READ_CORRELATION,
}
HOW_TO_READ_SOFTMAX = (
    "Each row sums to 1; yellow where the network is sure. Brighter than its row elsewhere: the right one."
)
MATRICES = {
    "prediction_similarity": "Every prediction is compared with every goal; only a prediction and the *other* view of "
    "its picture enter the loss.",
    "queue_similarity": "Each query is compared with the keys of earlier batches, which wait in the queue (256 of them "
    "are shown).",
    "prototype_similarity": "Each view is compared with the prototypes.",
    "assignments": "Each view is shared among the prototypes so that all of them are used alike.",
    "cross_correlation": "How the channels of one view go with those of the other. The loss wants ones on the diagonal "
    "and zeros elsewhere.",
    "angle_logits": "A number for each of the four turns.",
    "permutation_logits": "A number for each way of shuffling that it knows.",
    "class_logits": "A number for each class.",
    "teacher_logits": "What the teacher says, before centring and sharpening.",
    "mask": "Which patches are hidden (1).",
    "patch_error": "How wrong each patch is painted.",
}
