"""The training loop, on one page: no files, no processes, no screen.

Yields what happened; takes wishes between two steps.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from sslviz.runs.files import Array
from sslviz.runs.records import Snapshot
from sslviz.training.observer import Observer, to_numpy
from sslviz.training.probes import LIVE, QUERIES
from sslviz.training.trainer import Diverged, Trainer

# Shares of the run's time that each kind of looking may take (together 15 %), and the shortest pause between two looks.
LOOKS = {"exhibits": (0.02, 0.4), "embedding": (0.05, 1.0), "knn": (0.08, 2.0)}
ALL = set(LOOKS)
PAID_BACK = 45.0  # seconds into the run from which on the shares hold; before, where most is to be seen, more is spent
FIRST_STEPS = 3  # each of them is shown, and not paid for: what followed was half a minute without a new picture


class Control(Protocol):
    def poll(self) -> list[dict[str, Any]]:
        """Wishes since the last call: {"do": "pause" | "play" | "step" | "stop"} or {"do": "set", "name": …,
        "value": …}.
        """


@dataclass(frozen=True)
class Event:
    """A wish that was granted or refused, and the first step that it touched."""

    step: int
    kind: str
    text: str
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """One step done, one look taken, or one wish heard. `metrics`: a value per curve, scores of a look included.
    next_score: seconds of this run until the next one, by what is known now; None where nothing is planned.
    """

    trainer: Trainer
    paused: bool = False
    metrics: dict[str, float] = field(default_factory=dict)
    snapshot: Snapshot | None = None
    events: tuple[Event, ...] = ()
    next_score: float | None = None


def train(
    trainer: Trainer,
    observer: Observer,
    control: Control,
    *,
    budget: "Budget | None" = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Progress]:
    """Trains until the last step, the last second, or a wish to stop; the first yield shows the untrained network.

    While paused it yields at once whenever it is asked: the caller waits. `clock` counts this run's own seconds.
    """
    budget = budget or Budget()
    paused = False

    def progress(snapshot: Snapshot | None = None, **more: Any) -> Progress:
        metrics = {**more.pop("metrics", {}), **(snapshot.scores if snapshot else {})}
        scored = bool(trainer.chance) and not (paused or trainer.over)  # without labels there never is one
        wait = budget.wait("knn", trainer.seconds) if scored else None
        return Progress(trainer, paused, metrics, snapshot, next_score=wait, **more)

    if trainer.step == 0:
        yield progress(observer.exhibits(trainer.method, 0))  # the first picture, as early as can be
    if trainer.layout is None:
        trainer.choose_precision()
    if trainer.step == 0:
        yield progress(look(trainer, observer, {"exhibits", "embedding"}, budget))  # with the first score
    budget.begin(trainer.seconds)

    last = clock()
    while True:
        wishes = control.poll()
        events = tuple(turn(trainer, wish) for wish in wishes if wish.get("do") == "set")
        asked = [wish["do"] for wish in wishes if wish.get("do") in ("pause", "play", "step", "stop")]
        for do in asked:
            paused = do != "play"
        if "stop" in asked or trainer.over:
            break
        if paused and "step" not in asked:
            touched = bool(events or asked)
            yield progress(look(trainer, observer, ALL) if touched else None, events=events)
            last = clock()
            continue

        metrics = trainer.train_step()
        looks = budget.due(trainer.seconds, trainer.step) | (
            {"exhibits"} if events or trainer.step <= FIRST_STEPS else set()
        )
        snapshot = look(trainer, observer, {"exhibits", "embedding"} if paused else looks, budget)
        if trainer.step <= FIRST_STEPS:
            budget.waive("exhibits")
        now = clock()
        trainer.seconds, last = trainer.seconds + now - last, now
        yield progress(snapshot, metrics=metrics, events=events)
    paused = False
    yield progress(look(trainer, observer, ALL), events=events)


def turn(trainer: Trainer, wish: dict[str, Any]) -> Event:
    """Turns a knob as wished, or says why not."""
    name, value = str(wish.get("name")), wish.get("value")
    before, rate = trainer.settings.values().get(name), trainer.rate(trainer.elapsed)
    try:
        trainer.change(**{name: value})
    except ValueError as error:
        return Event(trainer.step, "refused", f"{name} = {value} was refused: {error}")
    now = trainer.settings.values()[name]
    again = risen(rate, trainer.rate(trainer.elapsed)) if name == "steps" else ""
    text = f"{name} {before} → {now}{again}"
    return Event(trainer.step + 1, "set", text, {"name": name, "value": now, "before": before})


def risen(before: float, after: float) -> str:
    """For whoever sees the curves bend: a later end takes the schedule back to an earlier part of its cosine."""
    return f": the learning rate rises again, from {before:.2g} to {after:.2g}" if after > 1.1 * before else ""


class Budget:
    """Looking costs time that training does not get: each kind of look keeps to its share of the run's seconds.

    In the first seconds, where most is to be seen, it may exceed its share: what was spent up to second t grows as √t,
    fast at first, and meets the share at PAID_BACK. Half a minute of training loses 19 % at most, a whole run 15 %.
    """

    def __init__(self) -> None:
        self.began = 0.0  # second of the run: another one than 0 if it was resumed
        self.spent = dict.fromkeys(LOOKS, 0.0)
        self.cost = dict.fromkeys(LOOKS, 0.0)  # of the last look of this kind
        self.cheapest = math.inf  # of all exhibits
        self.next = dict.fromkeys(LOOKS, 0.0)  # not before this second of the run

    def due(self, seconds: float, step: int = 0) -> set[str]:
        """What to look at after this step: here the seconds decide alone."""
        return {kind for kind in LOOKS if self.wait(kind, seconds) <= 0}

    def wait(self, kind: str, seconds: float) -> float:
        """Seconds of the run until the next look of this kind; 0 or less: now."""
        share, _ = LOOKS[kind]
        whole = (self.spent[kind] + self.cost[kind]) / share  # seconds that pay for all looks so far, and for this one
        paid = whole if whole > PAID_BACK else whole**2 / PAID_BACK
        return max(self.next[kind], self.began + paid) - seconds

    def paid(self, kind: str, seconds: float, cost: float) -> None:
        """Of a picture, at most twice the cheapest is charged: the rest is the doing of a busy machine, on which
        training is slow as well, and one such look must not leave the screen without a new picture for half a minute.
        """
        if kind == "exhibits":
            self.cheapest = min(self.cheapest, cost)
            cost = min(cost, 2 * self.cheapest)
        self.spent[kind] += cost
        self.cost[kind] = cost
        self.rest(kind, seconds)

    def rest(self, kind: str, seconds: float) -> None:
        """No look of this kind for a moment: there has just been one."""
        self.next[kind] = seconds + LOOKS[kind][1]

    def waive(self, kind: str) -> None:
        """What was spent on this kind so far is not charged."""
        self.spent[kind] = 0.0

    def begin(self, seconds: float) -> None:
        """Training begins, or goes on. What was looked at before is not charged; what a look costs is known from it:
        a score embeds `LIVE` pictures, a map `QUERIES`.
        """
        self.began = seconds
        self.spent = dict.fromkeys(LOOKS, 0.0)
        self.cost["knn"] = self.cost["embedding"] * LIVE / QUERIES


def look(trainer: Trainer, observer: Observer, looks: set[str], budget: Budget | None = None) -> Snapshot | None:
    """Takes the looks that are asked for. The embedding brings the live score along; the score alone embeds half as
    many pictures. The exhibits come with everything.
    """
    if not looks:
        return None
    method, marks = trainer.method, [time.perf_counter()]
    shown = observer.exhibits(method, trainer.step)
    marks.append(time.perf_counter())
    scores: dict[str, float] = {}
    drawn, h = shown.exhibits, None
    mapped, scored = "embedding" in looks, bool(looks & {"embedding", "knn"})
    if scored:
        h = observer.embedding(method, None if mapped else observer.queries[:LIVE])
        if not h.isfinite().all():
            raise Diverged(f"The weights hold numbers that are not finite at step {trainer.step}.")
        scores = observer.knn(h)
        if mapped:
            health, spread = observer.health(h, method)
            scores, drawn = scores | health, drawn | spread
    marks.append(time.perf_counter())
    if scores and not trainer.chance:
        trainer.chance = chance(trainer, observer, scores)
    if budget is not None:
        budget.paid("exhibits", trainer.seconds, marks[1] - marks[0])
        if scored:
            budget.paid("embedding" if mapped else "knn", trainer.seconds, marks[2] - marks[1])
            budget.rest("knn", trainer.seconds)
            budget.spent["knn"] += time.perf_counter() - marks[2]  # random weights, once in a run
    if "similarity" in drawn:
        scores["alignment"] = alignment(drawn["similarity"])
    if scored:
        scores |= trainer.chance
    return replace(shown, scores=scores, exhibits=drawn, embedding=to_numpy(h) if h is not None and mapped else None)


def chance(trainer: Trainer, observer: Observer, scores: dict[str, float]) -> dict[str, float]:
    """The live scores of random weights. scores: those of the method now, which are the same before the first step of
    a network that is not whitened.
    """
    if trainer.step > 0 or not trainer.starts_at_random:
        scores = observer.knn(observer.embedding(trainer.untrained, observer.queries[:LIVE]))
    return {f"{name}_random_init": value for name, value in scores.items() if name in observer.query_classes}


def alignment(similarity: Array) -> float:
    """Mean squared distance of the two views of a picture, each taken to length 1 (measures/geometry.py), from the dot
    products of 2N views: cosines already, unless the method does not normalise them.
    """
    n = len(similarity) // 2
    lengths = np.sqrt(similarity.diagonal().astype(np.float32).clip(1e-6))
    across = similarity[np.arange(n), np.arange(n) + n].astype(np.float32)
    return float(2 - 2 * (across / (lengths[:n] * lengths[n:])).clip(-1, 1).mean())
