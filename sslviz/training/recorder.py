"""Writes down what a training says: metrics, events, snapshots, weights, and a status that is never stale."""

import contextlib
import shutil
import threading
import time
from collections.abc import Iterator

import torch

from sslviz.runs.folder import RunFolder
from sslviz.runs.owner import me
from sslviz.runs.records import State, Status
from sslviz.runs.settings import RunSettings
from sslviz.training.loop import Progress

KEEP_EVERY = 10.0  # seconds between two kept weights
BEAT_EVERY = 0.5  # seconds between two status files
LEAST_DISK = 50e6  # bytes that must be free to go on


class DiskFull(OSError):
    """Too little room is left to record a run."""


class TakenOver(Exception):
    """Another process has this run: it must not get two writers."""


class Recorder:
    """Writes what training says into the run folder. `begin` before anything else, `end` after everything."""

    def __init__(self, folder: RunFolder, device: torch.device) -> None:
        self.folder = folder
        self.status = folder.status().model_copy(
            update={"state": "starting", "device": device_name(device), "reason": "", **me().model_dump()}
        )
        self.kept = self.beaten = self.said = self.measured = time.monotonic()
        self.measured_images = -1
        self.share = 1  # runs that go by turns in this process
        self.decided: bool | None = None  # by those: whether weights are kept at this step; None: by the clock
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self.unwritten = False  # the last word: the disk is full, or the run has another owner

    def begin(self) -> None:
        """Says whose run it is now, and tidies up after a process that was killed."""
        self.write()
        self.folder.clear()

    @contextlib.contextmanager
    def beating(self) -> Iterator[None]:
        """Signs of life from a thread meanwhile: a slow step, or the exam at the end, is not silence."""

        def beat() -> None:
            while not self._ended.wait(BEAT_EVERY):
                with self._lock, contextlib.suppress(OSError, TakenOver):  # who trains will hear of it
                    silence = time.monotonic() - self.beaten
                    if silence > BEAT_EVERY and not self._ended.is_set():
                        if self.status.next_score is not None:  # seconds after the heartbeat
                            self.status.next_score = max(0.0, self.status.next_score - silence)
                        self.beat()

        thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()

    def record(self, progress: Progress) -> None:
        """Raises TakenOver, before anything is written, if the run has another owner now."""
        with self._lock:
            if time.monotonic() - self.beaten > BEAT_EVERY:  # it may have been long: a laptop asleep, Ctrl-Z
                self.check()
            self._record(progress)

    def _record(self, progress: Progress) -> None:
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
        if now - self.said > BEAT_EVERY or progress.snapshot is not None or s.state != state_before:
            self.said = now
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

    def check(self) -> None:
        """Raises TakenOver if the run has another owner now. Nobody's run (its owner had been taken for dead) is ours
        again.
        """
        now = self.folder.status()
        if now.pid is not None and now.owner != self.status.owner:
            raise TakenOver

    def beat(self) -> None:
        self.check()
        self.write()

    def write(self) -> None:
        self.status.heartbeat, self.beaten = time.time(), time.monotonic()
        self.folder.write_status(self.status)

    def note(self, text: str, share: float) -> None:
        """What keeps the run from starting: "downloading … 40 %"."""
        if time.monotonic() - self.beaten > BEAT_EVERY:
            self.status.reason = f"{text}: {share:.0%}"
            with contextlib.suppress(OSError, TakenOver):  # the next step will hear of it
                self.beat()

    def end(self, state: State, reason: str = "") -> Status:
        """The last word. Where it cannot be written, it still stands in `status`."""
        with self._lock:
            self._ended.set()
            s, owner = self.status, self.status.owner
            s.state, s.reason, s.eta, s.next_score, s.pid = state, reason, None, None, None
            if s.seconds > 0:
                s.images_per_second = s.images / s.seconds  # from now on the average
            now = self.folder.status()
            if now.pid is None or now.owner == owner:
                with contextlib.suppress(OSError):
                    self.write()
                    return s
            self.unwritten = True
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
