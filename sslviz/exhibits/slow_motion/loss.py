"""The stages at the turn: the choice among candidates, where a method makes one, and the loss."""

import numpy as np

from sslviz.exhibits.slow_motion import figures, words
from sslviz.exhibits.slow_motion.stage import Picture, Stage
from sslviz.exhibits.slow_motion.walk import Walk
from sslviz.figures import softmax
from sslviz.lessons.terms import Terms


def choice(w: Walk) -> list[Stage]:
    """p, where the loss is a choice."""
    found = w.terms
    if found is None or found.probability is None:
        return []
    p, right = found.probability, found.right
    assert right is not None
    tau = f"s/τ, τ = {w.values['temperature']:.3g}" if "temperature" in w.values else "the logits"
    mine = p[np.arange(len(p)), right]

    def draw() -> list[Picture]:
        figure = figures.heat(
            p,
            title="Probability of each candidate",
            subtitle=f"the right one gets {mine.min():.1%} … {mine.max():.1%}",
            unit="probability",
            rows=w.rows(p),
            square=p.shape[0] == p.shape[1],
            x_title="candidate",
            columns=w.card.candidates,
            y_title=w.row,
            top=1.0,
        )
        probabilities = Picture(figure, f"Probabilities, one row per {w.row}", words.HOW_TO_READ_SOFTMAX)
        return [probabilities, *dearest(w, found)]

    right_one = w.card.right_one
    if p.shape[1] > figures.MOST_COLUMNS:
        right_one += f" The first {figures.MOST_COLUMNS} columns are shown."
    told = f"Each row of {tau} becomes probabilities that sum to 1: which candidate is the right one? {right_one}"
    return [Stage("softmax", "Softmax", f"p: {w.shape(p)}", told, draw, wide=True)]


def dearest(w: Walk, found: Terms) -> list[Picture]:
    """The softmax of the row with the largest loss, where the candidates are the other views."""
    if not w.among_views or found.right is None:
        return []
    row = int(found.terms.argmax())
    s = w.step.exhibits["similarity"].value[row]
    figure = softmax.softmax(s, row, int(found.right[row]), float(w.values["temperature"]), height=420)
    alt = "Softmax of the row with the largest loss"
    return [Picture(figure, alt, f"The row with the largest loss. {softmax.HOW_TO_READ}")]


def loss(w: Walk) -> Stage:
    step, found = w.step, w.terms
    if w.errors is not None:
        which = "all patches" if w.values["loss_on_all"] else "all hidden patches"
        told = f"The mean of the errors of {which} of all pictures: **L = {step.loss:.4g}**."
        return Stage("loss", "Loss", f"L = {step.loss:.4g}", told, lambda: [errors_of(w)])
    if found is None:
        told = "The loss is one number for the whole batch, which the step is to make smaller."
        return Stage("loss", "Loss", f"L = {step.loss:.4g}", told, list)
    kind = w.card.formula(w.values)
    rows = w.rows(found.terms)
    times = f"{found.factor:g} " if found.factor != 1 else ""

    def draw() -> list[Picture]:
        figure = figures.terms(found.terms, rows, title=f"Loss of each {w.row}: {kind}", row=w.row)
        return [Picture(figure, f"Loss of each {w.row}", "The dashed line is the mean.")]

    mean = "twice their mean" if found.factor == 2 else "their mean"
    told = f"The loss of a row is {kind}; the loss of the batch is {mean}: **L = {step.loss:.4g}**."
    return Stage("loss", "Loss", f"L = {times}Σ ℓ / {len(found.terms)} = {step.loss:.4g}", told, draw)


def errors_of(w: Walk, after: np.ndarray | None = None) -> Picture:
    """MAE's loss, picture by picture; beside it, if there is, after the step."""
    assert w.errors is not None
    title = "Mean error of each picture"
    figure = figures.terms(w.errors, w.rows(w.errors), title=title, row="picture", after=after)
    how = "The dashed line is the mean, the loss." if after is None else "The dashed lines are the means, the losses."
    return Picture(figure, title, how)
