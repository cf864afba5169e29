"""Writes down what a training says: metrics, events, snapshots, weights, and a status that is never stale."""

import os
import shutil
import time

import torch

from sslviz.runs.folder import RunFolder
from sslviz.runs.records import State, Status
from sslviz.runs.settings import RunSettings
from sslviz.training.loop import Progress

KEEP_EVERY = 10.0  # seconds between two kept weights
BEAT_EVERY = 0.5  # seconds between two status files
LEAST_DISK = 50e6  # bytes that must be free to go on


class DiskFull(OSError):
    """Too little room is left to record a run."""


class Recorder:
    """Writes what training says into the run folder."""

    def __init__(self, folder: RunFolder, device: torch.device) -> None:
        self.folder = folder
        self.status = folder.status().model_copy(
            update={"state": "starting", "pid": os.getpid(), "device": device_name(device), "reason": ""}
        )
        self.kept = self.beaten = self.measured = time.monotonic()
        self.measured_images = -1
        self.share = 1  # runs that go by turns in this process
        self.decided: bool | None = None  # by those: whether weights are kept at this step; None: by the clock
        self.beat()

    def record(self, progress: Progress) -> None:
        trainer, s, now = progress.trainer, self.status, time.monotonic()
        if self.measured_images < 0 or progress.paused:
            self.measured, self.measured_images = now, trainer.images_seen
        elif now - self.measured > 2:
            s.images_per_second = (trainer.images_seen - self.measured_images) / (now - self.measured)
            self.measured, self.measured_images = now, trainer.images_seen
        state_before, s.state = s.state, "paused" if progress.paused else "running"
        s.step, s.images, s.seconds, s.precision = trainer.step, trainer.images_seen, trainer.seconds, trainer.precision
        s.loss, s.knn = progress.metrics.get("loss", s.loss), progress.metrics.get("knn", s.knn)
        s.knn_random_init = progress.metrics.get("knn_random_init", s.knn_random_init)
        s.live_pictures = progress.metrics.get("live_pictures", s.live_pictures)
        s.next_score = None if progress.next_score is None else max(progress.next_score, 0) * self.share
        left = seconds_left(trainer.settings, s)
        s.eta = None if left is None else left * self.share
        if progress.metrics:
            self.folder.append_metrics({"step": s.step, "seconds": s.seconds, "images": s.images, **progress.metrics})
        for event in progress.events:
            self.folder.append_event(event.step, event.kind, event.text, **event.more)
        if progress.snapshot is not None:
            self.folder.write_snapshot(progress.snapshot)
            self.folder.thin_snapshots()
        due = self.overdue(now) if self.decided is None else self.decided
        if due or (s.state != state_before and progress.paused):
            self.keep(progress)
        if now - self.beaten > BEAT_EVERY or progress.snapshot is not None or s.state != state_before:
            self.beat()

    def overdue(self, now: float) -> bool:
        return now - self.kept > KEEP_EVERY

    def keep(self, progress: Progress) -> None:
        """Keeps the weights, if they are worth going on from."""
        if not progress.trainer.finite:
            return
        if shutil.disk_usage(self.folder.path).free < LEAST_DISK:
            raise DiskFull
        about = {**progress.trainer.about(), "run": self.folder.id}
        self.folder.write_weights(progress.trainer.step, progress.trainer.tensors(), about)
        self.kept = time.monotonic()

    def beat(self) -> None:
        self.status.heartbeat, self.beaten = time.time(), time.monotonic()
        self.folder.write_status(self.status)

    def note(self, text: str, share: float) -> None:
        """What keeps the run from starting: "downloading … 40 %"."""
        if time.monotonic() - self.beaten > BEAT_EVERY:
            self.status.reason = f"{text}: {share:.0%}"
            self.beat()

    def end(self, state: State, reason: str = "") -> Status:
        s = self.status
        s.state, s.reason, s.eta, s.next_score, s.pid = state, reason, None, None, None
        if s.seconds > 0:
            s.images_per_second = s.images / s.seconds  # from now on the average
        self.beat()
        return s


def device_name(device: torch.device) -> str:
    """ "cpu", or the name of the accelerator."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type


def seconds_left(settings: RunSettings, status: Status) -> float | None:
    """Until the last step or the last second, whichever comes first."""
    if not status.images_per_second or not status.step:
        return None
    steps = (settings.training.steps - status.step) * status.seconds / status.step
    return steps if settings.seconds is None else min(steps, settings.seconds - status.seconds)
