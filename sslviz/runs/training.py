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
from sslviz.runs.observer import QUERIES, REFERENCES, Observer
from sslviz.runs.records import Snapshot
from sslviz.runs.trainer import Diverged, Trainer

# Shares of the run's time that each kind of looking may take (together 15 %), and the shortest pause between two looks.
LOOKS = {"exhibits": (0.02, 0.4), "embedding": (0.035, 1.0), "knn": (0.095, 2.0)}
ALL = set(LOOKS)
FIRST_LOOK = 3.0  # seconds that a first look may take at once, whatever the budget says; a slow net's must wait
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
    """One step done, one look taken, or one wish heard. `metrics`: a value per curve, scores of a look included."""

    trainer: Trainer
    paused: bool = False
    metrics: dict[str, float] = field(default_factory=dict)
    snapshot: Snapshot | None = None
    events: tuple[Event, ...] = ()


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
        return Progress(trainer, paused, metrics, snapshot, **more)

    if trainer.step == 0:
        yield progress(observer.exhibits(trainer.method, 0))  # the first picture, as early as can be
    if trainer.layout is None:
        trainer.choose_precision()
    if trainer.step == 0:
        yield progress(look(trainer, observer, {"exhibits", "embedding"}, budget))
        budget.begin()

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
        looks = budget.due(trainer.seconds) | ({"exhibits"} if events or trainer.step <= FIRST_STEPS else set())
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
    before = trainer.settings.values().get(name)
    try:
        trainer.change(**{name: value})
    except ValueError as error:
        return Event(trainer.step, "refused", f"{name} = {value} was refused: {error}")
    now = trainer.settings.values()[name]
    return Event(trainer.step + 1, "set", f"{name} {before} → {now}", {"name": name, "value": now, "before": before})


class Budget:
    """Looking costs time that training does not get: each kind of look keeps to its share of the run's seconds."""

    def __init__(self) -> None:
        self.spent = dict.fromkeys(LOOKS, 0.0)
        self.cost = dict.fromkeys(LOOKS, 0.0)  # of the last look of this kind
        self.cheapest = math.inf  # of all exhibits
        self.next = {**dict.fromkeys(LOOKS, 0.0), "knn": 3.0}  # not before this second of the run

    def due(self, seconds: float) -> set[str]:
        return {
            kind
            for kind, (share, _) in LOOKS.items()
            if seconds >= self.next[kind] and self.spent[kind] + self.cost[kind] <= share * seconds
        }

    def paid(self, kind: str, seconds: float, cost: float) -> None:
        """Of a picture, at most twice the cheapest is charged: the rest is the doing of a busy machine, on which
        training is slow as well, and one such look must not leave the screen without a new picture for half a minute.
        """
        if kind == "exhibits":
            self.cheapest = min(self.cheapest, cost)
            cost = min(cost, 2 * self.cheapest)
        self.spent[kind] += cost
        self.cost[kind] = cost
        self.next[kind] = seconds + LOOKS[kind][1]

    def waive(self, kind: str) -> None:
        """What was spent on this kind so far is not charged."""
        self.spent[kind] = 0.0

    def begin(self) -> None:
        """After the look at the untrained network, which is not paid for: what looking will cost, from its cost.

        The first k-NN embeds the references, and everything once more with random weights.
        """
        self.spent = dict.fromkeys(LOOKS, 0.0)
        self.cost["knn"] = self.cost["embedding"] * (2 * REFERENCES + QUERIES) / QUERIES
        self.cost = {kind: cost if cost > FIRST_LOOK else 0.0 for kind, cost in self.cost.items()}


def look(trainer: Trainer, observer: Observer, looks: set[str], budget: Budget | None = None) -> Snapshot | None:
    """Takes the looks that are asked for; k-NN needs the embedding, and the exhibits come with everything."""
    if not looks:
        return None
    method, marks = trainer.method, [time.perf_counter()]
    shown = observer.exhibits(method, trainer.step)
    marks.append(time.perf_counter())
    scores: dict[str, float] = {}
    drawn = shown.exhibits
    h = None
    if looks & {"embedding", "knn"}:
        h = observer.embedding(method)
        if not h.isfinite().all():
            raise Diverged(f"The weights hold numbers that are not finite at step {trainer.step}.")
        scores, spread = observer.health(h, method)
        drawn = drawn | spread
    marks.append(time.perf_counter())
    if h is not None and "knn" in looks:
        if not trainer.chance:
            chance = observer.knn(observer.embedding(trainer.untrained), trainer.untrained)
            trainer.chance = {f"{name}_random_init": value for name, value in chance.items()}
        scores |= observer.knn(h, method) | trainer.chance
    marks.append(time.perf_counter())
    if budget is not None:
        if "embedding" not in looks:
            marks[2] = marks[1]  # made for k-NN, which pays for it
        for kind, began, ended in zip(LOOKS, marks, marks[1:], strict=False):
            if kind == "exhibits" or kind in looks:
                budget.paid(kind, trainer.seconds, ended - began)
    if "similarity" in drawn:
        scores["alignment"] = alignment(drawn["similarity"])
    return replace(shown, scores=scores, exhibits=drawn, embedding=None if h is None else h.half().numpy())


def alignment(similarity: Array) -> float:
    """Mean squared distance of the two views of a picture, from the cosines of 2N views (measures/geometry.py)."""
    n = len(similarity) // 2
    return float(2 - 2 * similarity[np.arange(n), np.arange(n) + n].astype(np.float32).mean())
