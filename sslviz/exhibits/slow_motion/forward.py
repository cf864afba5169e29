"""The stages forward: the pictures, their views, what each part puts out, and the tables made of that."""

import numpy as np

from sslviz.exhibits.slow_motion import figures, pretext, words
from sslviz.exhibits.slow_motion.numbers import Passed
from sslviz.exhibits.slow_motion.stage import Picture, Stage
from sslviz.exhibits.slow_motion.walk import Walk
from sslviz.figures import matrix
from sslviz.lessons.card import Table

OWN_PLACE = {"patch_error"}  # exhibits that a stage of their own shows


def pictures(w: Walk) -> Stage:
    labels = "and what a person has said is in each" if w.labelled else "without labels"
    return Stage(
        "pictures",
        "Pictures",
        f"N × 3 × H × W = {w.n} × 3 × {w.side} × {w.side}",
        f"A few pictures, {labels}. Everything that follows is made from them.",
        lambda: [Picture(figures.views([w.step.images], [""], title="The pictures"), "The pictures of the batch")],
    )


def views(w: Walk) -> Stage:
    kinds = len(w.step.views)
    each = " + ".join(f"{w.n} × 3 × {v.shape[1]} × {v.shape[2]}" for v in w.step.views)
    size = f"{kinds if kinds > 1 else ''}N × 3 × H × W = {each}"

    def draw() -> list[Picture]:
        figure = figures.views(w.step.views, w.view_names(), title="The views")
        how = "Each column is one picture; its views lie below each other."
        return [Picture(figure, "The views of each picture", how)]

    return Stage("views", "Views", size, words.views(w.card, kinds), draw)


def part(w: Walk, name: str) -> Stage:
    passed = w.step.parts[name]
    part = words.part(w.card, name)
    letter = part.letter
    values, row = w.flat(name, passed.value)

    def draw() -> list[Picture]:
        drawn = maps(w) if name == "encoder" else []
        return [*drawn, table_of(w, values, letter, row)]

    return Stage(name, part.title, f"{letter}: {w.shape(passed.value)}", part.words, draw, wide=name == "encoder")


def mask_tokens(w: Walk, name: str) -> list[Stage]:
    """MAE, before its decoder: the visible tokens, and the same learned one in place of each hidden patch."""
    if "mask" not in w.step.exhibits or name != "decoder":
        return []
    given = w.step.given[name]
    told = (
        "In the place of each hidden patch stands the same learned mask token; all are told their position. So the "
        "decoder knows where something is missing, but not what."
    )
    values, row = w.flat(name, given)
    return [Stage("tokens", "Mask tokens", f"t: {w.shape(given)}", told, lambda: [table_of(w, values, "t", row)])]


def table_of(w: Walk, values: np.ndarray, letter: str, row: str) -> Picture:
    """B x d numbers, a row for each view, token or tile."""
    title = f"{letter}, one row per {row}" + (" of picture 1" if row in ("token", "patch") else "")
    figure = figures.heat(values, title=title, unit=letter, rows=w.names(values, row), y_title=row)
    first = " The class token stands first, then the patches, row by row." if row == "token" else ""
    return Picture(figure, title, f"One row per {row}, one column per number (channel).{first}")


def maps(w: Walk) -> list[Picture]:
    step = w.step
    if not step.maps or len(next(iter(step.maps.values()))) < w.n or step.views[0].shape[1] != w.side:
        return []
    names = list(step.maps)
    gray = step.exhibits.get("gray")  # colorization: what the encoder is given
    shown = step.views[0] if gray is None else pretext.upright(gray.value)
    first = [shown, *([shown[:0]] * (len(names) - 1))]
    labels = [
        (w.view_names()[0] if gray is None else "given", f"{name}, {step.maps[name].shape[-1]}²") for name in names
    ]
    figure = figures.under(
        first,
        [step.maps[name][: w.n] for name in names],
        labels,
        title="Where the encoder answers",
        scale_title="mean activation, share of the stage's largest",
    )
    return [Picture(figure, "Mean activation of each stage of the encoder", figures.HOW_TO_READ_MAPS)]


def matrices(w: Walk) -> list[Stage]:
    """Everything else that the method shows, if it is a table of numbers."""
    found = []
    for name, passed in w.step.exhibits.items():
        if name not in w.twin and name not in OWN_PLACE and passed.value.ndim == 2 and passed.value.dtype.kind == "f":
            found.append(table(w, name, passed))
    return found


def table(w: Walk, name: str, passed: Passed) -> Stage:
    title = name.replace("_", " ").capitalize()
    if name == "similarity":
        told = words.similarity(w.card, w.values)
        return Stage(name, "Similarity", f"s: {w.shape(passed.value)}", told, lambda: [similarity(w)])
    about = w.card.tables.get(name, Table())
    told, row = about.words, about.row
    if name == "prediction_similarity" and w.values.get("negatives", 0) > 0:
        told += words.PUSHED
    square = passed.value.shape[0] == passed.value.shape[1] <= figures.MOST_NAMES

    def draw() -> list[Picture]:
        figure = figures.heat(
            passed.value,
            title=title,
            unit="cosine" if "similarity" in name else "correlation" if "correlation" in name else "share",
            rows=w.rows(passed.value),
            square=square,
            x_title=about.column,
            y_title=row,
            signed="similarity" in name or "correlation" in name,
            top=1.0 if "similarity" in name else None,
        )
        return [Picture(figure, title, about.how_to_read or matrix.HOW_TO_READ_CORRELATION)]

    size = " × ".join(str(each) for each in passed.value.shape)
    shape = f"d × d = {size}" if row.startswith("channel") else w.shape(passed.value)
    return Stage(name, title, shape, told, draw)


def similarity(w: Walk) -> Picture:
    figure = matrix.similarity(w.step.exhibits["similarity"].value, title="Similarity of the views", height=440)
    return Picture(figure, "Similarity of all pairs of views", words.similarity_read(w.among_views))
