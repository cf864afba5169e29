"""The stages of one step, in order: forward from the pictures to the loss, backward from the loss to the weights.

Which stages a method has is read off the step itself: one for every part that was called, one back for every part that
a gradient reached.
"""

import numpy as np

from sslviz.exhibits.slow_motion import figures, pretext, words
from sslviz.exhibits.slow_motion.stage import Picture, Stage
from sslviz.exhibits.slow_motion.step import Passed, SlowStep
from sslviz.figures import matrix, softmax
from sslviz.lessons import card_of
from sslviz.lessons.card import Table
from sslviz.lessons.terms import Terms
from sslviz.nets.vit import PATCH
from sslviz.training.trainer import Trainer

OWN_PLACE = {"patch_error"}  # exhibits that a stage of their own shows


def stages(step: SlowStep, trainer: Trainer) -> list[Stage]:
    """trainer: the one that has taken the step, for its method and its knobs."""
    found = Walk(step, trainer)
    given = pretext.given(step)
    predicted = pretext.predicted(step, found.values)
    parts = [stage for name in step.parts for stage in (*found.mask_tokens(name), found.part(name))]
    forward = [found.pictures(), found.views(), *given, *parts, *predicted, *found.matrices(), *found.softmax()]
    return [*forward, found.loss(), *found.back(), found.weights(), *found.teacher(), found.after()]


class Walk:
    """One step, and the names of everything in it."""

    def __init__(self, step: SlowStep, trainer: Trainer) -> None:
        self.step, self.labelled = step, trainer.method.labelled
        self.card = card_of(trainer.settings.method).slow_motion
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
        self.terms = self.card.terms_of(exhibits, self.values)
        self.terms_after = self.card.terms_of(step.after, self.values) if self.terms else None
        self.errors = pretext.picture_errors(exhibits, self.values)
        self.row = self.card.row  # of the loss
        # the loss is a choice among all the views, so every cell of the similarity counts
        logits, s = self.terms.logits if self.terms else None, exhibits.get("similarity")
        self.among_views = logits is not None and s is not None and logits.shape == s.shape

    # -- forward ------------------------------------------------------------------------------------------------------

    def pictures(self) -> Stage:
        labels = "and what a person has said is in each" if self.labelled else "without labels"
        return Stage(
            "pictures",
            "Pictures",
            f"N × 3 × H × W = {self.n} × 3 × {self.side} × {self.side}",
            f"A few pictures, {labels}. Everything that follows is made from them.",
            lambda: [
                Picture(figures.views([self.step.images], [""], title="The pictures"), "The pictures of the batch")
            ],
        )

    def views(self) -> Stage:
        kinds = len(self.step.views)
        each = " + ".join(f"{self.n} × 3 × {v.shape[1]} × {v.shape[2]}" for v in self.step.views)
        return Stage(
            "views",
            "Views",
            f"{kinds if kinds > 1 else ''}N × 3 × H × W = {each}",
            words.views(self.card, kinds),
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
        part = words.part(self.card, name)
        letter = part.letter
        values, row = self.flat(name, passed.value)

        def draw() -> list[Picture]:
            drawn = self.maps() if name == "encoder" else []
            return [*drawn, self.table_of(values, letter, row)]

        return Stage(
            name, part.title, f"{letter}: {self.shape(passed.value)}", part.words, draw, wide=name == "encoder"
        )

    def mask_tokens(self, name: str) -> list[Stage]:
        """MAE, before its decoder: the visible tokens, and the same learned one in place of each hidden patch."""
        if "mask" not in self.step.exhibits or name != "decoder":
            return []
        given = self.step.given[name]
        told = (
            "In the place of each hidden patch stands the same learned mask token; all are told their position. So the "
            "decoder knows where something is missing, but not what."
        )
        values, row = self.flat(name, given)
        return [
            Stage(
                "tokens",
                "Mask tokens",
                f"t: {self.shape(given)}",
                told,
                lambda: [self.table_of(values, "t", row)],
            )
        ]

    def table_of(self, values: np.ndarray, letter: str, row: str) -> Picture:
        """B x d numbers, a row for each view, token or tile."""
        title = f"{letter}, one row per {row}" + (" of picture 1" if row in ("token", "patch") else "")
        figure = figures.heat(values, title=title, unit=letter, rows=self.names(values, row), y_title=row)
        first = " The class token stands first, then the patches, row by row." if row == "token" else ""
        return Picture(figure, title, f"One row per {row}, one column per number (channel).{first}")

    def maps(self) -> list[Picture]:
        step = self.step
        if not step.maps or len(next(iter(step.maps.values()))) < self.n or step.views[0].shape[1] != self.side:
            return []
        names = list(step.maps)
        gray = step.exhibits.get("gray")  # colorization: what the encoder is given
        shown = step.views[0] if gray is None else pretext.upright(gray.value)
        first = [shown, *([shown[:0]] * (len(names) - 1))]
        labels = [
            (self.view_names()[0] if gray is None else "given", f"{name}, {step.maps[name].shape[-1]}²")
            for name in names
        ]
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
            if (
                name not in self.twin
                and name not in OWN_PLACE
                and passed.value.ndim == 2
                and passed.value.dtype.kind == "f"
            ):
                found.append(self.table(name, passed))
        return found

    def table(self, name: str, passed: Passed) -> Stage:
        title = name.replace("_", " ").capitalize()
        if name == "similarity":
            told = words.similarity(self.card, self.values)
            return Stage(name, "Similarity", f"s: {self.shape(passed.value)}", told, lambda: [self.similarity()])
        about = self.card.tables.get(name, Table())
        told, row = about.words, about.row
        if name == "prediction_similarity" and self.values.get("negatives", 0) > 0:
            told += words.PUSHED
        square = passed.value.shape[0] == passed.value.shape[1] <= figures.MOST_NAMES

        def draw() -> list[Picture]:
            figure = figures.heat(
                passed.value,
                title=title,
                unit="cosine" if "similarity" in name else "correlation" if "correlation" in name else "share",
                rows=self.rows(passed.value),
                square=square,
                x_title=about.column,
                y_title=row,
                signed="similarity" in name or "correlation" in name,
                top=1.0 if "similarity" in name else None,
            )
            return [Picture(figure, title, about.how_to_read or matrix.HOW_TO_READ_CORRELATION)]

        size = " × ".join(str(each) for each in passed.value.shape)
        shape = f"d × d = {size}" if row.startswith("channel") else self.shape(passed.value)
        return Stage(name, title, shape, told, draw)

    def similarity(self) -> Picture:
        figure = matrix.similarity(self.step.exhibits["similarity"].value, title="Similarity of the views", height=440)
        return Picture(figure, "Similarity of all pairs of views", words.similarity_read(self.among_views))

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
                columns=self.card.candidates,
                y_title=self.row,
                top=1.0,
            )
            return [
                Picture(figure, f"Probabilities, one row per {self.row}", words.HOW_TO_READ_SOFTMAX),
                *self.dearest(found),
            ]

        right_one = self.card.right_one
        if p.shape[1] > figures.MOST_COLUMNS:
            right_one += f" The first {figures.MOST_COLUMNS} columns are shown."
        told = f"Each row of {tau} becomes probabilities that sum to 1: which candidate is the right one? {right_one}"
        return [Stage("softmax", "Softmax", f"p: {self.shape(p)}", told, draw, wide=True)]

    def dearest(self, found: Terms) -> list[Picture]:
        """The softmax of the row with the largest loss, where the candidates are the other views."""
        if not self.among_views or found.right is None:
            return []
        row = int(found.terms.argmax())
        s = self.step.exhibits["similarity"].value[row]
        figure = softmax.softmax(s, row, int(found.right[row]), float(self.values["temperature"]), height=420)
        return [
            Picture(
                figure,
                "Softmax of the row with the largest loss",
                f"The row with the largest loss. {softmax.HOW_TO_READ}",
            )
        ]

    def loss(self) -> Stage:
        step, found = self.step, self.terms
        if self.errors is not None:
            which = "all patches" if self.values["loss_on_all"] else "all hidden patches"
            told = f"The mean of the errors of {which} of all pictures: **L = {step.loss:.4g}**."
            return Stage("loss", "Loss", f"L = {step.loss:.4g}", told, lambda: [self.errors_of()])
        if found is None:
            told = "The loss is one number for the whole batch, which the step is to make smaller."
            return Stage("loss", "Loss", f"L = {step.loss:.4g}", told, list)
        kind = self.card.formula(self.values)
        rows = self.rows(found.terms)
        times = f"{found.factor:g} " if found.factor != 1 else ""

        def draw() -> list[Picture]:
            figure = figures.terms(found.terms, rows, title=f"Loss of each {self.row}: {kind}", row=self.row)
            return [Picture(figure, f"Loss of each {self.row}", "The dashed line is the mean.")]

        mean = "twice their mean" if found.factor == 2 else "their mean"
        told = f"The loss of a row is {kind}; the loss of the batch is {mean}: **L = {step.loss:.4g}**."
        return Stage("loss", "Loss", f"L = {times}Σ ℓ / {len(found.terms)} = {step.loss:.4g}", told, draw)

    def errors_of(self, after: np.ndarray | None = None) -> Picture:
        """MAE's loss, picture by picture; beside it, if there is, after the step."""
        assert self.errors is not None
        title = "Mean error of each picture"
        figure = figures.terms(self.errors, self.rows(self.errors), title=title, row="picture", after=after)
        how = (
            "The dashed line is the mean, the loss." if after is None else "The dashed lines are the means, the losses."
        )
        return Picture(figure, title, how)

    # -- backward -----------------------------------------------------------------------------------------------------

    def back(self) -> list[Stage]:
        """From the loss to the pixels, one stage for everything that a gradient reached."""
        step, found = self.step, []
        for name, passed in step.exhibits.items():
            if passed.gradient is not None and passed.gradient.ndim == 2:
                letter = words.part(self.card, self.twin[name]).letter if name in self.twin else "s"
                p = "β p" if self.values.get("negatives", 1.0) < 1 else "p"
                told = (
                    f"∂L/∂{letter}: by how much the loss grows if one of these numbers does. It is ({p} − y) / "
                    f"{'(2N τ)' if letter == 's' else 'the number of rows'}: what was believed, minus what is right."
                )
                found.append(self.gradient(f"d_{name}", letter, passed.gradient, told, name == "similarity"))
        for name, passed in reversed(step.parts.items()):
            letter = words.part(self.card, name).letter
            if passed.gradient is not None and name not in self.twin.values():
                told = (
                    f"∂L/∂{letter}: how the loss changes with each number of {letter}. These numbers are not changed "
                    "themselves: the gradient is handed on, layer by layer, to the weights that made them."
                )
                values, row = self.flat(name, passed.gradient)
                places = passed.gradient.ndim == 4
                found.append(self.gradient(f"d_{name}", letter, values, told, row=row, places=places))
        still = [words.part(self.card, name).letter for name, passed in step.parts.items() if passed.gradient is None]
        if still and found:
            last = found[-1]
            goal = ", a goal" if self.card.is_goal else ""
            note = f" **No gradient reaches {' and '.join(still)}**: it is held still{goal}."
            found[-1] = Stage(last.name, last.title, last.shape, last.told + note, last.draw, way="backward")
        return [*found, self.pixels()]

    def gradient(
        self,
        name: str,
        letter: str,
        values: np.ndarray,
        told: str,
        square: bool = False,
        row: str = "view",
        places: bool = False,
    ) -> Stage:
        shape = self.shape(values) if row == "view" else " × ".join(str(size) for size in values.shape)
        of = " (picture 1)" if row in ("token", "patch") else " (mean over all places)" if places else ""

        def draw() -> list[Picture]:
            figure = figures.heat(
                values,
                title=f"Gradient of the loss with respect to {letter}",
                unit=f"∂L/∂{letter}",
                rows=self.names(values, row),
                square=square,
                x_title="view k" if square else "channel",
                y_title=row,
                signed=True,
            )
            how = f"One row per {row}, one column per {'view' if square else 'number'}. {figures.HOW_TO_READ_SIGNED}"
            return [Picture(figure, f"Gradient with respect to {letter}", how)]

        return Stage(name, f"∂L/∂{letter}", shape + of, told, draw, way="backward")

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

        told = "The gradient has come back to where it all began. It ends here: pictures are not changed. "
        told += self.card.pixels
        return Stage("d_pixels", "∂L/∂x", "N × H × W, for each view", told.strip(), draw, way="backward")

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
        if self.step.share < 1:
            told += (
                f" Shown are **{self.step.share:.0%}** of a full step: what this batch contributes. The rest would "
                "come "
                "from earlier gradients, which were not kept."
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
        follows = (
            "it stays, at" if back == away else "it becomes the student:" if back == 0 else "it follows a little, to"
        )
        told = (
            f"The student has moved: the {self.card.slow_copy} was {start:.3f} away and is now {away:.3f}. Then ξ ← "
            f"m ξ + (1 − m) θ: {follows} **{back:.3f}**."
        )
        return [Stage("ema", "EMA", "‖θ − ξ‖, layer by layer", told, draw, way="step")]

    def after(self) -> Stage:
        step = self.step

        def draw() -> list[Picture]:
            drawn = []
            if self.terms is not None and self.terms_after is not None:
                rows, title = self.rows(self.terms.terms), f"Loss of each {self.row}"
                figure = figures.terms(self.terms.terms, rows, title=title, row=self.row, after=self.terms_after.terms)
                drawn.append(Picture(figure, f"{title}, before and after", "The dashed lines are the means."))
            if self.errors is not None:
                drawn.append(self.errors_of(pretext.picture_errors(step.after, self.values)))
            if "similarity" in step.after:
                figure = matrix.similarity(step.after["similarity"], title="Similarity after the step", height=440)
                drawn.append(Picture(figure, "Similarity after the step", words.similarity_read(self.among_views)))
            return drawn

        told = f"The same views through the changed weights: **L = {step.loss:.4g} → {step.loss_after:.4g}**."
        told += "" if step.loss_after > step.loss else " These weights have just been fitted to these views."
        return Stage(
            "after", "After", f"L = {step.loss:.4g} → {step.loss_after:.4g}", told + risen(step), draw, way="step"
        )

    # -- names --------------------------------------------------------------------------------------------------------

    def flat(self, name: str, values: np.ndarray) -> tuple[np.ndarray, str]:
        """Rows of numbers, and what a row is: of tokens, those of picture 1; of maps, the mean over the places."""
        if values.ndim == 3:
            side = self.step.views[0].shape[1] // PATCH
            return values[0], "patch" if values.shape[1] == side**2 else "token"
        row = words.part(self.card, name).row
        return (values.mean((2, 3)) if values.ndim == 4 else values), row

    def names(self, values: np.ndarray, row: str) -> list[str]:
        """Of the rows that `flat` has made."""
        if row in ("token", "patch"):
            mask = self.step.exhibits.get("mask")
            return pretext.patch_names(len(values), None if mask is None else mask.value)
        tiles, rest = divmod(len(values), self.n)
        if row == "tile" and not rest:
            return [f"picture {i + 1}, place {k + 1}" for i in range(self.n) for k in range(tiles)]
        return self.rows(values)

    def rows(self, values: np.ndarray) -> list[str]:
        """1a 2a … 1b 2b …, if there is one row for each view; else numbers."""
        kinds, rest = divmod(len(values), self.n)
        if rest or kinds > 8:
            return []
        if kinds == 1:
            return [str(i + 1) for i in range(self.n)]
        if self.card.view_names:
            return [f"{i + 1}, {name}" for name in self.card.view_names[:kinds] for i in range(self.n)]
        return [matrix.row_name(row, self.n) for row in range(len(values))]

    def view_names(self) -> list[str]:
        if self.card.view_names:
            return list(self.card.view_names)
        if len(self.step.views) == 1:
            return ["view"]
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
        if values.ndim == 3 and "mask" in self.step.exhibits:  # class token, and all patches or the visible ones
            patches = self.step.exhibits["mask"].value.shape[1]
            tokens = {patches: "L", 1 + patches: "(1 + L)"}.get(values.shape[1], "(1 + V)")
            return f"{batch} × {tokens} × d = {numbers}"
        return f"{batch} × … = {numbers}"


def risen(step: SlowStep) -> str:
    """Why the loss has gone up, if it has: as far as it can be measured."""
    if step.shorter is None:
        return ""
    if step.shorter == 1:
        return " It has gone up, although the student's half of the step lowers it: the other half has moved the goal."
    if step.shorter == 0:
        return " It has gone up, and no shorter step the same way lowers it: earlier gradients have set the direction."
    return f" It has gone up: the step was too long. 1/{1 / step.shorter:.0f} of it would have lowered the loss."
