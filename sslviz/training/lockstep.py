"""Lock-step: twins train in one process, a step of the one, then a step of the other, so neither is ever more than one
step ahead.

    round    each run that is not ahead of the other takes one turn: the next item of its `train`
    wishes   pause, play, step and stop, said to one of them, are heard by both before the same step; a knob is turned
             in the one that was meant
    looks    both look at the same steps, and keep their weights at the same steps, so that everything can be put side
             by side

One that is ahead (both went on from weights kept at different steps) waits until the other has come up to it.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sslviz.training.course import Closing
from sslviz.training.loop import Budget, Progress
from sslviz.training.recorder import Recorder

Wish = dict[str, Any]
SHARED = ("pause", "play", "step", "stop")


class Speaker(Protocol):
    """A run's own wishes: worker.Wishes."""

    closed: Closing

    def poll(self) -> list[Wish]: ...


class Letters:
    """What one of the twins is told, collected until its next turn."""

    def __init__(self, closed: Closing) -> None:
        self.closed, self.waiting = closed, list[Wish]()

    def poll(self) -> list[Wish]:
        told, self.waiting = self.waiting, []
        return told


class Together:
    """Reads the wishes of all once a round, and hands them out."""

    def __init__(self, speakers: Sequence[Speaker]) -> None:
        self.speakers = speakers
        self.letters = [Letters(each.closed) for each in speakers]

    def listen(self, going: Sequence[Letters], ahead: Sequence[Letters]) -> bool:
        """True if a knob is to be turned. Who has ended is not asked any more; who is `ahead` does not step when both
        are asked to.
        """
        both = zip(self.letters, self.speakers, strict=True)
        heard = [(letters, speaker.poll()) for letters, speaker in both if letters in going]
        for_all = [wish for _, wishes in heard for wish in wishes if wish.get("do") in SHARED]
        for each, wishes in heard:
            each.waiting += [wish for wish in wishes if wish.get("do") not in SHARED]
            each.waiting += [wish for wish in for_all if not (wish["do"] == "step" and each in ahead)]
        return any(wish.get("do") == "set" for _, wishes in heard for wish in wishes)


class Clock:
    """Seconds of one run: stands still while it is the other's turn. now: what it is read from."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self.now = now
        self.elsewhere, self.stopped = 0.0, now()

    def __call__(self) -> float:
        return self.now() - self.elsewhere

    def start(self) -> None:
        self.elsewhere += self.now() - self.stopped

    def stop(self) -> None:
        self.stopped = self.now()


class SharedBudget(Budget):
    """Whoever comes first in a round decides when both look; what looking costs is the mean of the two."""

    def __init__(self, runs: int) -> None:
        super().__init__()
        self.runs, self.turned = runs, False
        self.decided: set[str] | None = None

    def begin_round(self, runs: int, turned: bool) -> None:
        """`turned`: somebody turns a knob now, so both are looked at."""
        self.runs, self.decided, self.turned = runs, None, turned

    def due(self, seconds: float, step: int = 0) -> set[str]:
        if self.decided is None:
            self.decided = self.plan(seconds, step) | ({"exhibits"} if self.turned else set())
        return self.decided

    def plan(self, seconds: float, step: int) -> set[str]:
        return Budget.due(self, seconds, step)

    def paid(self, kind: str, seconds: float, cost: float) -> None:
        super().paid(kind, seconds, cost / self.runs)


@dataclass
class Course:
    """One of the twins on its way; `at` is what it said last."""

    recorder: Recorder
    turns: Iterator[Progress]
    clock: Clock
    letters: Letters
    at: Progress | None = None

    @property
    def step(self) -> int:
        """-1 before it is ready."""
        return -1 if self.at is None else self.at.trainer.step

    def advance(self) -> bool:
        """One turn; False if it has ended."""
        self.clock.start()
        self.at = next(self.turns, None)
        self.clock.stop()
        return self.at is not None

    def agree(self, other: "Course") -> None:
        """The other has found out which arithmetic is fastest, and what random weights score: with the same network
        this one takes it over.
        """
        if self.at is None or other.at is None:
            return
        mine, its = self.at.trainer, other.at.trainer
        if (
            mine.layout is None
            and its.layout is not None
            and mine.same_work(its)
            and its.settings.training.precision == "auto"
        ):
            mine.compute_in(its.how)
        if not mine.chance and its.chance and mine.layout is not None and mine.same_start(its):
            mine.chance = its.chance


def by_turns(courses: list[Course], together: Together, budget: SharedBudget) -> Iterator[bool]:
    """Rounds until all have ended; yields whether everything rests, so that the caller waits a moment."""
    going = list(courses)
    while going:
        least = min(each.step for each in going)
        ahead = [each for each in going if each.step > least]
        turned = together.listen([each.letters for each in going], [each.letters for each in ahead])
        budget.begin_round(len(going), turned)
        now, rests = time.monotonic(), True
        due = any(each.recorder.overdue(now) for each in going)
        for each in list(going):
            if each in ahead:
                each.recorder.note("Waits for its twin", least / each.step)
                continue
            for other in going:
                each.agree(other)
            each.recorder.share, each.recorder.decided = len(going), due  # weights are kept of both, or of none
            if each.advance():
                rests &= each.at is not None and each.at.paused and each.at.snapshot is None
            else:
                going.remove(each)
        for each in going:
            if each not in ahead:
                each.recorder.status.reason = ""
        yield rests
