"""A run's folder: everything a run ever says, as plain files. This is the only file that knows their names.

Each file has a single writer: the worker (or, once the worker is dead, the launcher), except control.jsonl, to which
viewers append, notes.json, which the server writes for them, and projections/, which the projector writes. What is
replaced is replaced atomically; readers ignore what they cannot understand, so a reader never crashes on a half-written
line or a strange file.
"""

import contextlib
import json
import math
import re
import secrets
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from sslviz.data.sources.contents import Contents
from sslviz.methods import METHODS
from sslviz.runs import checked
from sslviz.runs.files import (
    Array,
    alone,
    append,
    clear,
    npz,
    numbered,
    opened,
    parse_lines,
    read_array,
    read_bytes,
    read_lines,
    read_npz,
    replace,
    written_beside,
)
from sslviz.runs.glance import once
from sslviz.runs.owner import Owner, me
from sslviz.runs.pictures import to_jpeg
from sslviz.runs.records import Notes, ProbeSet, Snapshot, State, Status
from sslviz.runs.settings import RunSettings
from sslviz.runs.versions import Recorded, UnreadableRun, read_settings

BIN = ".trash"  # in the folder of runs
SETTINGS = "settings.json"
MOST_SETTINGS = 2**20  # bytes: a hundred times as long as the longest
PARTS = ("snapshots", "projections", "weights", "evaluations")
SILENCE = 8.0  # seconds without a heartbeat after which a process that cannot be asked for is taken for dead
# what a run may hold, seen from its folder: <file> or <folder>/<file>, of these kinds
MEMBER = re.compile(
    r"([\w.-]+|(snapshots|projections|weights|evaluations)/[\w.-]+)\.(json|jsonl|npz|jpg|safetensors|csv|txt)"
)


class Busy(ValueError):
    """Another process has this run."""


class RunFolder:
    """One run on disk. Cheap to make; reads whatever is there at the moment of asking. A `glance` reads it once."""

    answers: dict[tuple[Any, ...], Any] | None = None  # of a glance: question -> answer

    def __init__(self, path: Path) -> None:
        self.path = path
        self.id = path.name

    def glance(self) -> "RunFolder":
        """The run as it is now, for one drawing of a page: all who draw are told the same. Never kept any longer."""
        now = RunFolder(self.path)
        now.answers = {}
        return now

    @classmethod
    def create(cls, runs: Path, settings: RunSettings, *, name: str = "") -> "RunFolder":
        """A new folder with settings.json and a queued status. Every knob is written down: a default that changes one
        day does not change what a recorded run was. Raises OSError where it cannot be made (FileExistsError or "not
        empty" for a name that is taken); then nothing of it is left.
        """
        settings = settings.model_copy(update={"knobs": settings.method_knobs().model_dump()})
        folder = cls(runs / (name or fresh_name(settings.method)))
        runs.mkdir(parents=True, exist_ok=True)
        with written_beside(folder.path) as path:  # half a run is never listed
            for each in ("snapshots", "projections", "weights"):
                (path / each).mkdir(parents=True)
            replace(path / SETTINGS, settings.model_dump_json(indent=1).encode())
            cls(path).write_status(Status(heartbeat=time.time(), **me().model_dump()))
        return folder

    @property
    def exists(self) -> bool:
        try:
            return (self.path / SETTINGS).is_file()
        except OSError:  # the name is too long for a file
            return False

    def size(self) -> int:
        """Bytes on disk."""
        return sum(path.stat().st_size for path in self.path.rglob("*") if path.is_file())

    # -- settings and status ------------------------------------------------------------------------------------------

    def settings(self) -> RunSettings:
        """Raises UnreadableRun if this version cannot understand them, OSError if they are gone."""
        return self._recorded().settings

    def remarks(self) -> tuple[str, ...]:
        """Sentences about what another version recorded otherwise: knobs that were ignored, knobs that were filled in.
        Raises as `settings` does.
        """
        return self._recorded().remarks

    @once
    def _recorded(self) -> Recorded:
        return read_settings(read_bytes(self.path / SETTINGS, MOST_SETTINGS))

    def unreadable(self) -> str:
        """Why this version cannot read the run, in a few words; "" if it can."""
        try:
            self.settings()
        except UnreadableRun as error:
            return str(error)
        except OSError as error:
            return error.strerror or "its settings cannot be read"
        return ""

    @once
    def status(self) -> Status:
        """The last status; a missing or strange one reads as interrupted."""
        try:
            return Status.model_validate_json(read_bytes(self.path / "status.json"))
        except (OSError, ValidationError):
            return Status(state="interrupted", reason="The status of this run cannot be read.")

    def write_status(self, status: Status) -> None:
        replace(self.path / "status.json", status.model_dump_json().encode())

    def is_taken(self) -> bool:
        """True while another process has it, as far as that can be known from here."""
        status = self.status()
        if status.owner == me():
            return False
        alive = status.owner.alive()
        return (status.at_work and fresh(status)) if alive is None else alive

    def wait_again(self) -> None:
        """Queued once more, whatever ended it; a stop from last time is not for the new worker. Raises Busy while
        another process has it.
        """
        with alone(self.path / ".claim"):
            if self.is_taken():
                raise Busy(
                    f"{self.id} is at work in another process (number {self.status().pid}). Stop it there first."
                )
            again = {"state": "queued", "reason": "", "heartbeat": time.time(), "heard": self.control()[1]}
            self.write_status(self.status().model_copy(update=again | me().model_dump()))

    def end(self, before: Status, state: State, reason: str) -> None:
        """For one whose process is gone, as `before` says: somebody else must write how it ended. Nothing happens if
        the run has gone on since.
        """
        with alone(self.path / ".claim"):
            now = self.status()
            if now.at_work and now.owner == before.owner:
                said = {"state": state, "reason": reason, "eta": None, "next_score": None, "pid": None}
                self.write_status(now.model_copy(update=said))

    def clear(self) -> None:
        """Removes what killed processes have left half written."""
        for folder in (self.path, *(self.path / name for name in PARTS)):
            clear(folder)

    @property
    @once
    def created(self) -> float:
        """When, in Unix time; 0 if it is gone."""
        try:
            return (self.path / SETTINGS).stat().st_mtime
        except OSError:
            return 0.0

    @property
    @once
    def written(self) -> tuple[int, int]:
        """When its settings were written and how long its events are: as long as both stay, so do its knobs."""
        sizes = []
        for name, fact in ((SETTINGS, "st_mtime_ns"), ("events.jsonl", "st_size")):
            try:
                sizes.append(int(getattr((self.path / name).stat(), fact)))
            except OSError:
                sizes.append(0)
        return sizes[0], sizes[1]

    # -- notes, and the bin -------------------------------------------------------------------------------------------

    @once
    def notes(self) -> Notes:
        """None written, or strange ones: empty notes."""
        try:
            return Notes.model_validate_json(read_bytes(self.path / "notes.json"))
        except (OSError, ValidationError):
            return Notes()

    def write_notes(self, notes: Notes) -> None:
        replace(self.path / "notes.json", notes.model_dump_json().encode())

    def throw_away(self) -> None:
        """Into the bin beside it, from which `take_back` fetches it."""
        place = self.path.parent / BIN / self.id
        place.parent.mkdir(exist_ok=True)
        while place.exists():
            place = place.with_name(f"{place.name}-2")
        self.path.rename(place)

    # -- logs: one json object a line ---------------------------------------------------------------------------------

    def append_metrics(self, row: dict[str, float]) -> None:
        """What is not finite is left out: JSON has no NaN, and a curve a gap."""
        append(self.path / "metrics.jsonl", {name: value for name, value in row.items() if math.isfinite(value)})

    def metrics(self) -> pd.DataFrame:
        """One row per recorded step, by step. A step recorded again (after a resume) takes its newest values. What is
        no number is passed over.
        """
        by_step: dict[int, dict[str, Any]] = {}
        for row in read_lines(self.path / "metrics.jsonl"):
            if checked.is_step(step := row.get("step")):
                by_step.setdefault(step, {"step": step}).update(checked.numbers(row))
        return pd.DataFrame([by_step[step] for step in sorted(by_step)])

    @once
    def recorded_bytes(self) -> int:
        """How much has been recorded: grows with every row of `metrics`."""
        path = self.path / "metrics.jsonl"
        return path.stat().st_size if path.exists() else 0

    def append_event(self, step: int, kind: str, text: str, **more: Any) -> None:
        append(self.path / "events.jsonl", {"time": time.time(), "step": step, "kind": kind, "text": text, **more})

    @once
    def events(self) -> list[dict[str, Any]]:
        """What was changed and by which step it took effect: step, time, kind (set, resume, …), text; of a knob that
        was set its name and value, too.
        """
        return list(filter(None, map(checked.event, read_lines(self.path / "events.jsonl", checked.MOST_EVENTS))))

    @once
    def values(self) -> dict[str, Any]:
        """The knobs as they stand now: the settings, and every change that took effect since."""
        settings = self.settings()
        values = settings.values()
        turned = {e["name"]: e["value"] for e in self.events() if e["kind"] == "set" and e["name"] in values}
        for name, value in turned.items():
            with contextlib.suppress(ValueError):  # a value that no knob takes: of another version, or made up
                values[name] = settings.change(**{name: value}).values()[name]
        return values

    # -- control: from the viewers to the worker ----------------------------------------------------------------------

    def send(self, do: str, **message: Any) -> None:
        """pause, play, step, stop, set (name, value), or project (projection_kind, at)."""
        append(self.path / "control.jsonl", {"do": do, **message})

    def control(self, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
        """The messages after byte `offset`, and the offset to go on from."""
        try:
            with opened(self.path / "control.jsonl") as file:
                file.seek(offset)
                data = file.read()
        except OSError:
            return [], offset
        whole = data[: data.rfind(b"\n") + 1]
        return list(parse_lines(whole)), offset + len(whole)

    # -- snapshots and projections ------------------------------------------------------------------------------------

    def write_snapshot(self, snapshot: Snapshot) -> None:
        arrays: dict[str, Any] = {f"exhibit.{name}": value for name, value in snapshot.exhibits.items()}
        if snapshot.views is not None:
            arrays["views"] = to_jpeg(snapshot.views)
        if snapshot.embedding is not None:
            arrays["embedding"] = snapshot.embedding
        finite = {name: value for name, value in snapshot.scores.items() if math.isfinite(value)}
        scores = np.frombuffer(json.dumps(finite).encode(), dtype=np.uint8)
        replace(self._snapshot_path(snapshot.step), npz(scores=scores, **arrays))

    @once
    def snapshot_steps(self) -> list[int]:
        return numbered(self.path / "snapshots", ".npz")

    def snapshot(self, step: int) -> Snapshot | None:
        """The moment recorded at `step`, or None if there is none that can be read."""
        arrays = read_npz(self._snapshot_path(step))
        return None if arrays is None else checked.snapshot(step, arrays)

    def exhibit(self, step: int, name: str) -> Array | None:
        """One recorded array of the moment at `step`, or None: a history asks for two hundred of them."""
        return read_array(self._snapshot_path(step), f"exhibit.{name}")

    def embedding(self, step: int) -> Array | None:
        """h of the probe pictures at `step`, or None if it was not kept."""
        return read_array(self._snapshot_path(step), "embedding")

    def thin_snapshots(self, most: int = 200) -> None:
        """Removes every second of the older snapshots (not the first 20) until `most` are left."""
        steps = self.snapshot_steps()
        if len(steps) > most:
            for step in steps[20:-20:2]:
                self._snapshot_path(step).unlink(missing_ok=True)
                for path in (self.path / "projections").glob(f"{step:06d}.*.npz"):
                    path.unlink(missing_ok=True)

    def write_projection(self, step: int, kind: str, layout: Array) -> None:
        (self.path / "projections").mkdir(exist_ok=True)
        replace(self.path / "projections" / f"{step:06d}.{kind}.npz", npz(layout=layout.astype(np.float32)))

    @once
    def projection_steps(self, kind: str) -> list[int]:
        return numbered(self.path / "projections", f".{kind}.npz")

    def projection(self, step: int, kind: str) -> Array | None:
        """N x 2 (or N x 3) positions of the probe pictures at `step`, or None."""
        array = read_array(self.path / "projections" / f"{step:06d}.{kind}.npz", "layout")
        return None if array is None else checked.layout(array)

    # -- the probe pictures -------------------------------------------------------------------------------------------

    def write_probe(self, probe: ProbeSet) -> None:
        known: dict[str, Any] = {f"factor.{name}": value for name, value in probe.factors.items()}
        if probe.labels is not None:
            known["labels"] = probe.labels
        about = json.dumps({"columns": probe.columns, "tile": probe.tile, "classes": probe.classes}).encode()
        replace(self.path / "probe.jpg", probe.sheet)
        replace(self.path / "probe.npz", npz(about=np.frombuffer(about, dtype=np.uint8), **known))

    def probe(self) -> ProbeSet | None:
        """None as long as they are not written, or if their two files do not belong together."""
        arrays = read_npz(self.path / "probe.npz")
        try:
            return None if arrays is None else checked.probe(arrays, read_bytes(self.path / "probe.jpg"))
        except OSError:
            return None

    def tested(self, *, live: bool = False) -> int | None:
        """On how many pictures k-NN and the linear probe are scored, or the live k-NN.
        None without labels, or if nobody knows yet.
        """
        number = self._labelled()
        return number and min(number, int((live and self.status().live_pictures) or number))

    @once
    def _labelled(self) -> int | None:
        labels = read_array(self.path / "probe.npz", "labels")
        return len(labels) if labels is not None and labels.ndim == 1 and len(labels) else None

    def write_contents(self, contents: Contents) -> None:
        """What the pictures were when they were read: how many, which classes, what was left out."""
        replace(self.path / "contents.json", contents.model_dump_json().encode())

    @once
    def contents(self) -> Contents | None:
        """None if they have not been read yet, or by an earlier version that did not write it down."""
        try:
            return Contents.model_validate_json(read_bytes(self.path / "contents.json"))
        except (OSError, ValidationError):
            return None

    def remark(self) -> str:
        """What the method has to say of these knobs on so few pictures; mostly ""."""
        contents, settings = self.contents(), self.settings()
        return METHODS[settings.method].remark(self.values(), contents.train) if contents and contents.train else ""

    def effective_values(self) -> dict[str, Any]:
        """`values` as they act: a batch is never larger than all pictures there are to train on."""
        values, contents = self.values(), self.contents()
        if contents is not None:
            values["batch_size"] = min(values["batch_size"], contents.train)
        return values

    # -- weights: moments from which the run can go on or be forked ---------------------------------------------------

    def write_weights(self, step: int, tensors: dict[str, Tensor], about: dict[str, Any]) -> None:
        """`tensors` hold the method and the optimiser; `about` the seconds, images and knobs at that moment."""
        replace(self._weights_path(step), save(tensors, {"about": json.dumps(about)}))
        for old in self._thinned(self.weights_steps()):
            self._weights_path(old).unlink(missing_ok=True)

    @once
    def weights_steps(self) -> list[int]:
        return numbered(self.path / "weights", ".safetensors")

    def weights(self, step: int) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
        """The tensors and what was said about them, or None if the file is missing or damaged."""
        if not self._weights_path(step).is_file():  # a pipe would keep us waiting
            return None
        try:
            with safe_open(str(self._weights_path(step)), framework="pt") as file:
                about = checked.about(file.metadata()["about"])
                if about is None:
                    return None
                return {name: file.get_tensor(name) for name in file.keys()}, about  # noqa: SIM118
        except (OSError, SafetensorError, KeyError, ValueError, TypeError):
            return None

    def weights_file(self, step: int) -> Path | None:
        """The file itself, to be taken elsewhere; None if it was not kept."""
        path = self._weights_path(step)
        return path if path.is_file() else None

    def copy_weights(self, step: int, to: "RunFolder") -> None:
        """And what the pictures were, if they are to be the same: a fork must know when they have changed since."""
        with written_beside(to._weights_path(step)) as path:
            shutil.copyfile(self._weights_path(step), path)
        if (found := self.contents()) is not None and to.settings().data == self.settings().data:
            to.write_contents(found)

    # -- evaluations: what was measured afterwards, on kept weights ---------------------------------------------------

    def write_evaluation(self, step: int, name: str, table: pd.DataFrame) -> None:
        """A long table: one row per measured number (judging/evaluation.py says which columns)."""
        path = self.path / "evaluations" / f"{step:06d}.{name}.csv"
        path.parent.mkdir(exist_ok=True)
        replace(path, table.to_csv(index=False).encode())

    def write_evaluation_progress(self, **progress: Any) -> None:
        """What the evaluator is at: step, name, rows; or why it gave up: error. Whoever writes it is the one at it."""
        (self.path / "evaluations").mkdir(exist_ok=True)
        said = {"time": time.time(), "owner": me().model_dump(), **progress}
        replace(self.path / "evaluations" / "progress.json", json.dumps(said).encode())

    @once
    def evaluation_progress(self) -> dict[str, Any]:
        """Empty if nothing was ever evaluated here."""
        return next(iter(read_lines(self.path / "evaluations" / "progress.json")), {})

    def is_measured(self) -> bool:
        """True while somebody evaluates it."""
        now = self.evaluation_progress()
        if not now or {"done", "error"} & now.keys():
            return False
        try:
            alive = Owner.model_validate(now.get("owner", {})).alive()
        except ValidationError:
            alive = None
        since = now.get("time")
        known = isinstance(since, int | float) and abs(time.time() - since) < SILENCE
        return known if alive is None else alive

    @once
    def evaluation(self, step: int, name: str) -> pd.DataFrame | None:
        """What `write_evaluation` has written, or None if that was never measured (or cannot be read)."""
        try:
            with opened(self.path / "evaluations" / f"{step:06d}.{name}.csv", checked.MOST_TABLE) as file:
                return checked.evaluation(pd.read_csv(file))
        except (OSError, ValueError):
            return None

    @once
    def evaluation_steps(self, name: str) -> list[int]:
        return numbered(self.path / "evaluations", f".{name}.csv")

    # -- small things -------------------------------------------------------------------------------------------------

    @property
    def log(self) -> Path:
        return self.path / "log.txt"

    def _snapshot_path(self, step: int) -> Path:
        return self.path / "snapshots" / f"{step:06d}.npz"

    def _weights_path(self, step: int) -> Path:
        return self.path / "weights" / f"{step:06d}.safetensors"

    @staticmethod
    def _thinned(steps: list[int], most: int = 12) -> list[int]:
        """Which to remove so that `most` are left, the newest two and the first always among them."""
        if len(steps) <= most:
            return []
        gaps = {step: after - before for before, step, after in zip(steps, steps[1:-2], steps[2:-1], strict=False)}
        return [min(gaps, key=lambda step: gaps[step] / (step + 1))]


def fresh(status: Status) -> bool:
    """Somebody has said so within the last seconds; a time that is yet to come is nobody's."""
    return abs(time.time() - status.heartbeat) < SILENCE


def fresh_name(method: str) -> str:
    """simclr-261125-101500-3fa2"""
    return f"{method}-{time.strftime('%y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
