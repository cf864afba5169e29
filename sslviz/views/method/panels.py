"""The pictures that explain a method: one row of the table for each, shown where a run has recorded what it needs."""

from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import (
    attention,
    confusion,
    curves,
    jigsaw,
    matrix,
    plane,
    predictions,
    prototypes,
    queue,
    reconstruction,
    spectrum,
    teacher,
)
from sslviz.figures.curves import Series
from sslviz.lessons import CARDS
from sslviz.views.method.curves import pins
from sslviz.views.method.moment import Moment
from sslviz.views.method.panel import Panel
from sslviz.views.plot.recorded import load


def _spectrum(m: Moment) -> go.Figure:
    start = load(m.run, m.run.snapshot_steps()[0])
    first = start.exhibits.get("spectrum") if start is not None else None
    return spectrum.spectrum(m["spectrum"], first=None if first is None else first.astype(np.float32))


def _entropy(m: Moment) -> go.Figure:
    step, one, mean = m.curve("teacher_entropy", "mean_output_entropy")
    return teacher.entropy(step, one, m["center"].shape[-1], mean=mean, pins=pins(m.run))


def _outputs(m: Moment) -> go.Figure:
    center = m["center"] if m.values["centring"] else np.zeros_like(m["center"])
    tau = m.values["teacher_temperature" if m.values["sharpening"] else "student_temperature"]
    return teacher.outputs(m["teacher_logits"], center, tau)


def _gap(m: Moment) -> go.Figure:
    step, teacher_student, goal = m.curve("teacher_cosine", "positive_cosine")
    lines = [Series("same view", step, teacher_student, 0), Series("prediction", step, goal, 1)]
    title, unit = "Student and teacher", "cosine with the teacher"
    return curves.curves(lines, title=title, y_title=unit, references={"identical": 1.0}, pins=pins(m.run))


def _distance(m: Moment) -> go.Figure:
    step, distance = m.curve("teacher_kl")
    line = Series("distance", step, distance)
    title, unit = "From student to teacher", "KL divergence (nats)"
    return curves.curves([line], title=title, y_title=unit, references={"identical": 0.0}, pins=pins(m.run))


def _output_std(m: Moment) -> go.Figure:
    step, std = m.curve("output_std")
    line, even = Series("std", step, std), len(m["channel_std"]) ** -0.5
    references = {"evenly spread: 1/√d =": even, "collapsed:": 0.0}
    title, unit = "Spread of z in the batch", "std of normalised z"
    return curves.curves([line], title=title, y_title=unit, references=references, pins=pins(m.run))


def _room(m: Moment) -> go.Figure:
    step, share, agreement = m.curve("coding_rate_share", "agreement")
    lines = [Series("room taken", step, share, 0), Series("agreement", step, agreement, 1)]
    title, unit = "Room and agreement", "share · cosine"
    return curves.curves(lines, title=title, y_title=unit, references={"all there is": 1.0}, pins=pins(m.run))


def _rotation(m: Moment) -> go.Figure:
    assert m.snapshot.views is not None
    four = m.snapshot.views  # 4 x N x H x W x 3
    return predictions.rotation(four.reshape(-1, *four.shape[2:]), m["angle_logits"])


def _classes(m: Moment) -> go.Figure:
    return predictions.classes(m.views, m["class_logits"], m["labels"], m.classes)


NEEDS = {name: needs for card in CARDS.values() for name, needs in card.panels.items()}


def _own(name: str, draw: Callable[[Moment], go.Figure], how_to_read: str, wide: bool = False) -> Panel:
    """A panel of which a card says from what it is drawn."""
    return Panel(name, NEEDS[name], draw, how_to_read, wide)


OWN = [
    _own(
        "reconstruction",
        lambda m: reconstruction.reconstruction(m.views, m["mask"], m["prediction"], m["patch_error"]),
        reconstruction.HOW_TO_READ,
        wide=True,
    ),
    _own(
        "rotation",
        _rotation,
        predictions.HOW_TO_READ_ROTATION,
    ),
    _own("angles", lambda m: confusion.angles(m["angle_logits"]), confusion.HOW_TO_READ),
    _own(
        "jigsaw",
        lambda m: jigsaw.jigsaw(m["shuffled"], m["permutation_logits"], m["permutation"], m["permutations"]),
        jigsaw.HOW_TO_READ,
        wide=True,
    ),
    _own(
        "colorization",
        lambda m: predictions.colorization(
            m["gray"],
            m["colored"],
            m.views,
            confidence=m["confidence"] if "confidence" in m.snapshot.exhibits else None,
        ),
        predictions.HOW_TO_READ_COLORS,
        wide=True,
    ),
    _own("classes", _classes, predictions.HOW_TO_READ_CLASSES, wide=True),
    _own(
        "queue",
        lambda m: queue.queue(m["queue_similarity"], m["queue_age"], query=None, batch=m.values["batch_size"]),
        queue.HOW_TO_READ,
    ),
    _own("usage", lambda m: prototypes.usage(m["prototype_usage"]), prototypes.HOW_TO_READ),
    _own(
        "assignments",
        lambda m: prototypes.assignments(m["assignments"], labels=m.labels),
        prototypes.HOW_TO_READ_ASSIGNMENTS,
    ),
    _own("entropy", _entropy, teacher.HOW_TO_READ),
    _own(
        "outputs",
        _outputs,
        teacher.HOW_TO_READ_OUTPUTS,
    ),
    _own(
        "gap",
        _gap,
        "Cosine of student and teacher on one view, and of the student's prediction of the other view with the "
        "teacher's answer: both at 1 at once may be a collapse.",
    ),
    _own(
        "distance",
        _distance,
        "The part of the loss that the student can do something about: 0 when it says what its teacher says.",
    ),
    _own(
        "output_std",
        _output_std,
        "Near 1/√d the pictures are spread over the sphere; at 0 all of them get one answer, and the loss is content.",
    ),
    _own(
        "attention",
        lambda m: attention.attention(m.views, m["attention"]),
        attention.HOW_TO_READ,
        wide=True,
    ),
    _own(
        "room",
        _room,
        "The two wishes of the loss: the coding rate as a share of the largest possible, and the cosine of a view with "
        "its picture's mean. Agreement alone at 1 while the room goes to 0 is a collapse.",
    ),
    _own(
        "correlation",
        lambda m: matrix.correlation(m["cross_correlation"]),
        matrix.HOW_TO_READ_CORRELATION,
    ),
]

HEALTH = [
    Panel("spectrum", ("spectrum",), _spectrum, spectrum.HOW_TO_READ),
    Panel("channels", ("channel_std",), lambda m: spectrum.channels(m["channel_std"]), spectrum.HOW_TO_READ_CHANNELS),
    Panel(
        "plane",
        ("alignment", "uniformity"),
        lambda m: plane.plane(*m.curve("alignment", "uniformity")),
        plane.HOW_TO_READ,
    ),
]
