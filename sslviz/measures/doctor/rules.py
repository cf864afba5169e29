"""What is wrong with this run, if anything? One verdict in words, from the numbers that were recorded.

    std, mean_cosine   spread of the normalised z along a coordinate; cosine of two different pictures, on average.
                       1/√d and 0 if d numbers are used evenly, 0 and 1 if all pictures get one answer
    rank               directions that z really uses (RankMe): tens, not two or three
    output_std         std of z over a batch, at every step: says at once what the others say at the next look
    loss               falls in a collapsed network too; beside it stands what knowing nothing costs (`ignorance`)
    knn                does h tell classes apart better than random weights do?

A rule asks the last three looks, or the last ten batches, so that an odd one says nothing, and is silent in a run's
first seconds, where every network gives all pictures nearly the same z. Blame falls on the switch that is off
(blame.py). Thresholds lie between healthy and broken runs on `shapes`: mean cosine below 0.6 against 0.99,
rank 8 … 40 against 1 … 5. They are rules of thumb: a verdict is a suspicion with its reasons, silence no proof.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from sslviz.measures.doctor.blame import collapse, dominance, ignorant, misled, sharp, shortcut, uniform
from sslviz.measures.doctor.chart import Chart, one_answer
from sslviz.measures.doctor.verdict import Verdict, blamed
from sslviz.measures.scores import LIVE

SURVIVES = (
    f"The {LIVE.name} is still above that of random weights: it reads h, the encoder's output before the projector, "
    "where pictures still differ; it is z that no longer tells them apart."
)


def diagnose(
    history: pd.DataFrame,
    values: dict[str, Any],
    *,
    ignorance: tuple[str, float] | None = None,
    dimension: int | None = None,
) -> Verdict | None:
    """The first rule that applies, None if all is well. Pure: rows up to any step tell what was known at that step.

    history: one row per recorded step, in which each of these columns may be missing or NaN: step, seconds, loss, std,
    mean_cosine, rank, output_std, positive_cosine, contrastive_accuracy, knn, knn_random_init, accuracy,
    teacher_entropy, mean_output_entropy, prototypes_used, momentum. values: all knobs, flat, as they stand. ignorance:
    `Method.ignorance(values)`. dimension: numbers in z, d.
    """
    if not {"step", "seconds"} <= set(history) or not len(history):
        return None
    chart = Chart(history.sort_values("step"), values, ignorance, dimension)
    return next((verdict for rule in RULES if (verdict := rule(chart)) is not None), None)


def diverged(c: Chart) -> Verdict | None:
    """The weights may have become NaN within a step or two: then the knob is all there is to see."""
    loss, rate = c.column("loss"), c.values.get("learning_rate", 0.0)
    infinite = len(loss) > 0 and not math.isfinite(loss.iloc[-1])
    risen = not infinite and len(loss) > 1 and loss.iloc[-1] > loss.iloc[0] - 0.01 * abs(loss.iloc[0])
    if not (infinite or rate >= 1 or (rate > 0.05 and risen)):
        return None
    told = [f"loss {loss.iloc[i]:.3g} at step {loss.index[i]}" for i in (0, -1) if len(loss)]
    return Verdict(
        "diverged",
        f"The weights run away: steps of {rate:g} overshoot whatever they aim at.",
        ", ".join([f"learning rate {rate:g}", *told]),
        "η around 0.002 is usual here",
        {"learning_rate": min(2e-3, rate / 4)},
        "a smaller learning rate",
        restart=True,
    )


def collapsed(c: Chart) -> Verdict | None:
    """To one point; or to a few directions, where BatchNorm keeps z from becoming a constant.

    Beyond repair: SimSiam and BYOL, with all switches on again after 240 … 300 steps, stayed at rank 3 for 300 more.
    """
    if not c.joint or not c.older(50, 5):
        return None
    spread = c.column("output_std")
    shrunk = len(spread) > 30 and spread.tail(10).max() < 0.6 * spread.head(3).mean()  # of batches: at every step
    looks = 1 if shrunk else 3
    few = 2.0 if "predictor" not in c.values else 6.0 if shrunk else 5.0  # others are narrow for a while, and recover
    point, batches = c.above("mean_cosine", 0.95, looks), one_answer(c)
    if not point and not batches and not c.below("rank", few, looks):
        return None
    healthy = f"1/√d = {c.dimension**-0.5:.3f}" if c.dimension else "1/√d"
    told = c.tell("loss", "std", "mean_cosine", "rank", "knn")
    if point or batches:
        name, what = "complete collapse", "Every picture gets nearly the same z, and the loss cannot tell."
        constant = f"std {healthy} and mean cosine 0 if spread evenly; 0 and 1 if collapsed"
        if not point:  # the last look was earlier
            told = c.tell("loss", "output_std", "positive_cosine", "contrastive_accuracy", "knn")
    else:
        name, what = "dimensional collapse", "Few directions of z are left in use, the pictures differ in nothing else."
        constant = f"rank: tens in healthy runs, alarm below {few:g}; std {healthy} if spread evenly"
    aside = SURVIVES if c.gain() > 0.02 and c.values.get("projector") != "none" else ""
    return replace(blamed(c.values, name, what, told, constant, collapse, True), aside=aside)


def uniform_teacher(c: Chart) -> Verdict | None:
    ceiling = math.log(c.values.get("outputs", 1))
    if not ceiling or not c.older(100, 5) or not c.above("teacher_entropy", 0.97 * ceiling, 10):
        return None
    what = "The teacher finds all classes equally likely in every picture: there is nothing to learn from it."
    constant = f"ln K = {ceiling:.3f} if it has no opinion (K = {c.values['outputs']})"
    return blamed(c.values, "uniform teacher", what, c.tell("loss", "teacher_entropy"), constant, uniform, True)


def dominant_output(c: Chart) -> Verdict | None:
    if "outputs" not in c.values or not c.older(100, 5) or not c.below("mean_output_entropy", math.log(2), 10):
        return None
    what = "The teacher puts every picture into the same class, and its student has learnt to say so."
    constant = (
        f"ln K = {math.log(c.values['outputs']):.3f} if all classes are as frequent, ln 2 = 0.693 if two are left"
    )
    told = c.tell("loss", "teacher_entropy", "mean_output_entropy")
    return blamed(c.values, "dominant output", what, told, constant, dominance, True)


def few_prototypes(c: Chart) -> Verdict | None:
    if "prototypes" not in c.values or not c.older(100, 5) or not c.below("prototypes_used", 0.1, 10):
        return None
    what = "A few prototypes have taken all pictures: the code of a picture hardly says anything about it."
    constant = f"share 1 if all {c.values['prototypes']} prototypes are as frequent; alarm below 0.1"
    return blamed(c.values, "few prototypes", what, c.tell("prototypes_used", "rank"), constant, dominance, True)


def frozen_teacher(c: Chart) -> Verdict | None:
    moments = c.column("momentum")  # of each moment, where it rises while the run goes on
    moving = moments[moments < 1]
    if len(moving) and len(last := c.last("momentum", 100)) and last.min() == 1:
        return Verdict(
            "frozen teacher",
            f"The teacher, whose h is kept, has not changed since step {moving.index[-1]}: m has risen to 1.",
            c.tell("momentum", "loss", "knn"),
            f"momentum steps = {c.values.get('momentum_steps')}; 0: m rises until the run ends",
            {"momentum_steps": 0},
            "let m rise as long as the run lasts",
        )
    if c.values.get("momentum") != 1 or c.values.get("target") is False or not c.older(50, 5) or c.gain() > 0.15:
        return None
    return Verdict(
        "frozen teacher",
        "The teacher is still the random network it began as, and its student can learn nothing more: m is 1.",
        c.tell("loss", "knn"),
        "m = 0.9 … 0.999; 1: the teacher never changes",
        {"momentum": 0.97},
        "let the teacher follow",
    )


def knows_nothing(c: Chart) -> Verdict | None:
    if c.ignorance is None or not c.older(*((200, 20) if c.joint else (600, 60))):
        return None
    name, level = c.ignorance
    recent = c.last("loss", 20)
    if not len(recent) or recent.mean() < 0.98 * level or recent.mean() < c.column("loss").iloc[-60:-20].mean() - 1e-3:
        return None
    what = f"After {c.rows['step'].max()} steps the loss is still that of a network that knows nothing."
    return blamed(c.values, "knows nothing", what, c.tell("loss", "knn"), f"{name}: {level:.3f}", ignorant)


def wrong_temperature(c: Chart) -> Verdict | None:
    tau = c.values.get("temperature")
    if tau is None or c.ignorance is None or not c.joint or not c.older(300, 20) or not c.gain() < 0.07:
        return None
    if tau >= 0.7:
        name, what = "temperature too large", "All negatives push alike, near or far, and classes stay mixed."
    elif tau <= 0.03:
        name = "temperature too small"
        what = "Only the nearest negative pushes, and that is often one of the same kind."
    else:
        return None
    told = c.tell("loss", "contrastive_accuracy", "knn")
    return blamed(c.values, name, what, told, f"τ = {tau:g}; 0.1 … 0.3 works here", sharp)


def shortcuts(c: Chart) -> Verdict | None:
    if "label_smoothing" in c.values or not c.older(50, 5) or not c.above("accuracy", 0.98, 10) or c.gain() > 0.07:
        return None
    what = "The task is solved almost at once, without knowing what is in the picture."
    return blamed(c.values, "shortcut", what, c.tell("accuracy", "knn"), "accuracy ≈ 100 % early: a shortcut", shortcut)


def misleading_loss(c: Chart) -> Verdict | None:
    knn, random, loss = c.last("knn"), c.column("knn_random_init"), c.column("loss")
    if not c.joint or not c.older(300, 30) or not len(knn) or not len(random):
        return None
    if not (knn < random.iloc[-1] - 0.03).all() or not loss.tail(10).mean() < loss.head(3).mean():
        return None
    what = "The loss falls, and the classes are told apart less and less: it is met by something else."
    constant = f"{LIVE.name} of random weights = {random.iloc[-1]:.3f}"
    return blamed(c.values, "loss misleads", what, c.tell("loss", "knn"), constant, misled)


RULES: tuple[Callable[[Chart], Verdict | None], ...] = (
    diverged,
    uniform_teacher,
    dominant_output,
    few_prototypes,
    collapsed,
    frozen_teacher,
    knows_nothing,
    wrong_temperature,
    shortcuts,
    misleading_loss,
)
