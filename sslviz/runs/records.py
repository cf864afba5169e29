"""What a run records: where it stands, one moment of it, the pictures it is looked at with, what people say of it."""

from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict

from sslviz.runs.files import Array
from sslviz.runs.owner import Owner
from sslviz.runs.pictures import unsheet

State = Literal["queued", "starting", "running", "paused", "done", "stopped", "failed", "interrupted"]
AT_WORK: tuple[State, ...] = ("queued", "starting", "running", "paused")


class Status(BaseModel):
    """status.json: where the run is now. `heartbeat` is Unix time; `reason` a sentence, when there is something to
    say. host, pid, started: whose the run is: of the launcher while it waits, then of the process that trains it. Only
    its owner writes; others may when the owner is gone.
    """

    model_config = ConfigDict(extra="ignore")

    state: State = "queued"
    step: int = 0
    images: int = 0
    seconds: float = 0.0  # spent training and measuring, pauses not counted
    images_per_second: float = 0.0
    eta: float | None = None
    loss: float | None = None
    knn: float | None = None  # live k-NN; training/observer.py says what each of these scores is
    knn_random_init: float | None = None
    live_pictures: float | None = None  # that the live k-NN stands on; None: measured by an earlier version
    next_score: float | None = None  # seconds after the heartbeat, as planned
    exam: float | None = None  # final k-NN
    exam_random_init: float | None = None
    linear: float | None = None  # linear probe at the end
    linear_random_init: float | None = None
    device: str = ""
    precision: str = ""
    host: str = ""
    pid: int | None = None
    started: str = ""
    heartbeat: float = 0.0
    heard: int = 0  # bytes of control.jsonl that were for an earlier worker
    reason: str = ""

    @property
    def at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def owner(self) -> Owner:
        return Owner(host=self.host, pid=self.pid, started=self.started)


class Notes(BaseModel):
    """notes.json: what people say about a run: the name under which it is shown, tags, a remark."""

    model_config = ConfigDict(extra="ignore")

    name: str = ""
    tags: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True)
class Snapshot:
    """One recorded moment.

    scores: name -> number. exhibits: name -> array (raw similarities, before temperature). views: uint8 V x N x H x W
    x 3, the augmented pictures behind the exhibits. embedding: float16 M x d of the probe pictures, or None.
    """

    step: int
    scores: dict[str, float] = field(default_factory=dict)
    exhibits: dict[str, Array] = field(default_factory=dict)
    views: Array | None = None
    embedding: Array | None = None


@dataclass(frozen=True)
class ProbeSet:
    """The fixed pictures that every snapshot embeds: one contact sheet (JPEG bytes) and what is known about each
    picture.
    """

    sheet: bytes
    columns: int
    tile: int
    labels: Array | None
    factors: dict[str, Array]
    classes: tuple[str, ...]

    def pictures(self) -> Array:
        """The pictures of the sheet: uint8, M x tile x tile x 3 (the last row of the sheet is filled up with black)."""
        return unsheet(self.sheet, self.tile)
