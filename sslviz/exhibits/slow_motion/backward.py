"""The stages backward, from the loss to the pixels, and what the step then changes."""

import numpy as np

from sslviz.exhibits.slow_motion import figures, figures_change, pretext, words
from sslviz.exhibits.slow_motion.loss import errors_of
from sslviz.exhibits.slow_motion.stage import Picture, Stage
from sslviz.exhibits.slow_motion.step import SlowStep
from sslviz.exhibits.slow_motion.walk import Walk
from sslviz.figures import matrix


def back(w: Walk) -> list[Stage]:
    """From the loss to the pixels, one stage for everything that a gradient reached."""
    step, found = w.step, []
    for name, passed in step.exhibits.items():
        if passed.gradient is not None and passed.gradient.ndim == 2:
            letter = words.part(w.card, w.twin[name]).letter if name in w.twin else "s"
            p = "β p" if w.values.get("negatives", 1.0) < 1 else "p"
            told = (
                f"∂L/∂{letter}: by how much the loss grows if one of these numbers does. It is ({p} − y) / "
                f"{'(2N τ)' if letter == 's' else 'the number of rows'}: what was believed, minus what is right."
            )
            found.append(gradient(w, f"d_{name}", letter, passed.gradient, told, name == "similarity"))
    for name, passed in reversed(step.parts.items()):
        letter = words.part(w.card, name).letter
        if passed.gradient is not None and name not in w.twin.values():
            told = (
                f"∂L/∂{letter}: how the loss changes with each number of {letter}. These numbers are not changed "
                "themselves: the gradient is handed on, layer by layer, to the weights that made them."
            )
            values, row = w.flat(name, passed.gradient)
            places = passed.gradient.ndim == 4
            found.append(gradient(w, f"d_{name}", letter, values, told, row=row, places=places))
    still = [words.part(w.card, name).letter for name, passed in step.parts.items() if passed.gradient is None]
    if still and found:
        last = found[-1]
        goal = ", a goal" if w.card.is_goal else ""
        note = f" **No gradient reaches {' and '.join(still)}**: it is held still{goal}."
        found[-1] = Stage(last.name, last.title, last.shape, last.told + note, last.draw, way="backward")
    return [*found, pixels(w)]


def gradient(
    w: Walk,
    name: str,
    letter: str,
    values: np.ndarray,
    told: str,
    square: bool = False,
    row: str = "view",
    places: bool = False,
) -> Stage:
    shape = w.shape(values) if row == "view" else " × ".join(str(size) for size in values.shape)
    of = " (picture 1)" if row in ("token", "patch") else " (mean over all places)" if places else ""

    def draw() -> list[Picture]:
        figure = figures.heat(
            values,
            title=f"Gradient of the loss with respect to {letter}",
            unit=f"∂L/∂{letter}",
            rows=w.names(values, row),
            square=square,
            x_title="view k" if square else "channel",
            y_title=row,
            signed=True,
        )
        how = f"One row per {row}, one column per {'view' if square else 'number'}. {figures.HOW_TO_READ_SIGNED}"
        return [Picture(figure, f"Gradient with respect to {letter}", how)]

    return Stage(name, f"∂L/∂{letter}", shape + of, told, draw, way="backward")


def pixels(w: Walk) -> Stage:
    step = w.step
    same = [i for i, view in enumerate(step.views) if view.shape == step.views[0].shape][:4]

    def draw() -> list[Picture]:
        figure = figures.under(
            [step.views[i] for i in same],
            [step.pixels[i] for i in same],
            [(w.view_names()[i], "|∂L/∂x|") for i in same],
            title="Which pixels mattered",
            scale_title="length of the gradient, share of the row's largest",
        )
        return [Picture(figure, "Length of the gradient at each pixel", figures.HOW_TO_READ_PIXELS)]

    told = "The gradient has come back to where it all began. It ends here: pictures are not changed. "
    told += w.card.pixels
    return Stage("d_pixels", "∂L/∂x", "N × H × W, for each view", told.strip(), draw, way="backward")


def weights(w: Walk) -> Stage:
    table = w.step.layers

    def draw() -> list[Picture]:
        left, right = figures_change.layers(table)
        how = figures_change.HOW_TO_READ_LAYERS
        return [Picture(left, "Gradient of each layer", how), Picture(right, "Relative update of each layer")]

    numbers = int(table["numbers"].sum()) if len(table) else 0
    told = (
        f"AdamW moves {numbers:,} weights of {len(table)} layers, at learning rate {w.step.rate:.3g}. It "
        "divides each gradient by its usual size: a layer with small gradients moves, too."
    )
    if w.step.share < 1:
        told += (
            f" Shown are **{w.step.share:.0%}** of a full step: what this batch contributes. The rest would come from "
            "earlier gradients, which were not kept."
        )
    return Stage("weights", "Weights", f"θ: {numbers:,} numbers", told, draw, way="step")


def teacher(w: Walk) -> list[Stage]:
    step = w.step
    if not len(step.teacher):
        return []

    def draw() -> list[Picture]:
        figure = figures_change.teacher(step.teacher)
        return [Picture(figure, "Distances of student and teacher", figures_change.HOW_TO_READ_TEACHER)]

    start, away, back = (step.distance(moment) for moment in ("before", "between", "after"))
    follows = "it stays, at" if back == away else "it becomes the student:" if back == 0 else "it follows a little, to"
    told = (
        f"The student has moved: the {w.card.slow_copy} was {start:.3f} away and is now {away:.3f}. Then ξ ← "
        f"m ξ + (1 − m) θ: {follows} **{back:.3f}**."
    )
    return [Stage("ema", "EMA", "‖θ − ξ‖, layer by layer", told, draw, way="step")]


def after(w: Walk) -> Stage:
    step = w.step

    def draw() -> list[Picture]:
        drawn = []
        if w.terms is not None and w.terms_after is not None:
            rows, title = w.rows(w.terms.terms), f"Loss of each {w.row}"
            figure = figures.terms(w.terms.terms, rows, title=title, row=w.row, after=w.terms_after.terms)
            drawn.append(Picture(figure, f"{title}, before and after", "The dashed lines are the means."))
        if w.errors is not None:
            drawn.append(errors_of(w, pretext.picture_errors(step.after, w.values)))
        if "similarity" in step.after:
            figure = matrix.similarity(step.after["similarity"], title="Similarity after the step", height=440)
            drawn.append(Picture(figure, "Similarity after the step", words.similarity_read(w.among_views)))
        return drawn

    told = f"The same views through the changed weights: **L = {step.loss:.4g} → {step.loss_after:.4g}**."
    told += "" if step.loss_after > step.loss else " These weights have just been fitted to these views."
    return Stage("after", "After", f"L = {step.loss:.4g} → {step.loss_after:.4g}", told + risen(step), draw, way="step")


def risen(step: SlowStep) -> str:
    """Why the loss has gone up, if it has: as far as it can be measured."""
    if step.shorter is None:
        return ""
    if step.shorter == 1:
        return " It has gone up, although the student's half of the step lowers it: the other half has moved the goal."
    if step.shorter == 0:
        return " It has gone up, and no shorter step the same way lowers it: earlier gradients have set the direction."
    return f" It has gone up: the step was too long. 1/{1 / step.shorter:.0f} of it would have lowered the loss."
