"""Stages of the methods that predict pixels, colours or orders: what they are given, and what they have predicted."""

from typing import Any

import numpy as np

from sslviz.exhibits.slow_motion import figures
from sslviz.exhibits.slow_motion.stage import Picture, Stage
from sslviz.exhibits.slow_motion.step import SlowStep


def given(step: SlowStep) -> list[Stage]:
    """What the network sees of the views, where that is less than all: masked, grey, or in tiles."""
    shown = {name: passed.value for name, passed in step.exhibits.items()}
    if "mask" in shown:
        mask = shown["mask"].astype(bool)
        n, patches = mask.shape
        told = (
            f"Of the {patches} patches of each picture {mask[0].sum()} are hidden (grey), in each picture others. "
            "Neither "
            "the encoder nor the decoder sees what is there."
        )
        figure = figures.masked(step.views[0], mask)
        picture = Picture(figure, "The views, and what is left of them under the mask", figures.HOW_TO_READ_MASK)
        return [Stage("mask", "Mask", f"mask: N × L = {n} × {patches}", told, lambda: [picture])]
    if "gray" in shown:
        rows = [step.views[0], upright(shown["gray"])]
        told = "Only the lightness goes in: the network never sees the colours that it is to predict."
        size = " × ".join(map(str, (len(rows[0]), *rows[0].shape[1:3])))
        return [pictures("gray", "Lightness", f"L: N × 1 × H × W = {size}", told, rows, ["view", "given"])]
    if "shuffled" in shown:
        rows = [step.views[0], upright(shown["shuffled"])]
        told = (
            f"Each picture's tiles in one of the {len(shown['permutations'])} orders that the network is to tell apart."
        )
        tiles = shown["permutations"].shape[1]
        return [pictures("shuffled", "Tiles", f"N × T = {len(rows[0])} × {tiles}", told, rows, ["view", "given"])]
    return []


def predicted(step: SlowStep, values: dict[str, Any]) -> list[Stage]:
    """The prediction as a picture beside the truth, and how wrong it is."""
    shown = {name: passed.value for name, passed in step.exhibits.items()}
    if "colored" in shown:
        rows = [upright(shown["gray"]), upright(shown["colored"]), step.views[0]]
        told = "The predicted colours, put on the lightness that was given: at each place a mean of the likely ones."
        return [pictures("colored", "Prediction", "N × 3 × H × W", told, rows, ["given", "predicted", "truth"])]
    if "patch_error" not in shown:
        return []
    mask, error, truth = shown["mask"].astype(bool), shown["patch_error"], step.views[0]
    borrowed = values["normalised_pixels"]
    told = "The predicted pixels, put in where the picture is hidden; the visible patches are as they were given." + (
        " (Each patch's mean and contrast are borrowed from the truth: the network has predicted the rest.)"
        if borrowed
        else ""
    )
    painted = figures.painted(truth, mask, upright(shown["prediction"]))
    stage = Stage(
        "prediction",
        "Prediction",
        f"N × 3 × H × W = {len(truth)} × 3 × {truth.shape[1]} × {truth.shape[2]}",
        told,
        lambda: [Picture(painted, "What is visible, what is predicted, the truth", figures.HOW_TO_READ_PAINTED)],
    )
    counted = np.ones_like(mask) if values["loss_on_all"] else mask
    unit = ", measured in the patch's own contrast" if borrowed else ""
    which = "every patch, as *loss on all* is on" if values["loss_on_all"] else "the hidden patches alone"
    wrong = Stage(
        "patch_error",
        "Error",
        f"N × L = {len(mask)} × {mask.shape[1]}, of which {int(counted.sum())} count",
        f"How wrong each patch is predicted: the mean squared error of its pixels{unit}. It counts for {which}.",
        lambda: [
            Picture(
                figures.errors(truth, counted, error), "Error of each patch that counts", figures.HOW_TO_READ_ERRORS
            )
        ],
    )
    return [stage, wrong]


def picture_errors(exhibits: dict[str, np.ndarray], values: dict[str, Any]) -> np.ndarray | None:
    """MAE: the mean error of each picture over the patches that count; their mean is the loss. N."""
    if "patch_error" not in exhibits:
        return None
    error = exhibits["patch_error"]
    return np.asarray(
        error.mean(1) if values["loss_on_all"] else error[exhibits["mask"].astype(bool)].reshape(len(error), -1).mean(1)
    )


def patch_names(count: int, mask: np.ndarray | None) -> list[str]:
    """The tokens of picture 1: the class token, then its visible patches, or all; numbered from 1, row by row."""
    if mask is None:
        return []
    hidden = mask[0].astype(bool)
    patches = [f"patch {i + 1}, {'hidden' if each else 'visible'}" for i, each in enumerate(hidden)]
    visible = [f"patch {i + 1}" for i in np.flatnonzero(~hidden)]
    found = {len(patches): patches, 1 + len(patches): ["class", *patches], 1 + len(visible): ["class", *visible]}
    return found.get(count, [])


def pictures(name: str, title: str, shape: str, told: str, rows: list[np.ndarray], names: list[str]) -> Stage:
    figure = figures.views(rows, names, title=title)
    return Stage(name, title, shape, told, lambda: [Picture(figure, title, "Each column is one picture.")])


def upright(values: np.ndarray) -> np.ndarray:
    """N x 3 x H x W -> N x H x W x 3."""
    return values.transpose(0, 2, 3, 1)
