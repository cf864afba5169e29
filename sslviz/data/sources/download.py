"""Fetch one file, telling how far it is; where there is no network, or next to none, give up in seconds."""

import hashlib
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from torchvision.datasets.utils import check_integrity

from sslviz.data.sources import decoded


@dataclass(frozen=True)
class Archive:
    """One file to download: from where, to which place below the downloads folder, its MD5 or how its SHA-256 begins,
    if known.
    """

    url: str
    place: str
    md5: str | None = None
    sha256: str = ""

    def is_whole(self, path: Path) -> bool:
        if not self.sha256:
            return bool(check_integrity(path, self.md5))
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest().startswith(self.sha256)


@dataclass(frozen=True)
class Patience:
    """When to give up: seconds without an answer, and the bytes per second below which waiting is no use."""

    seconds: float = 8.0
    slowest: float = 20_000.0


def fetch(archive: Archive, to: Path, patience: Patience, progress: Callable[[float], None]) -> None:
    """Download one file to `to`; nothing is there until all of it is, checked. Raises OSError or HTTPException."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with (
        _answer(archive.url, patience.seconds) as answer,
        tempfile.TemporaryDirectory(prefix=decoded.UNFINISHED, dir=to.parent, ignore_cleanup_errors=True) as scratch,
    ):
        total, got = answer.length or 0, 0
        fresh = Path(scratch) / to.name
        with fresh.open("wb") as file:
            since, before = time.monotonic(), 0
            while block := answer.read1(1 << 16):  # what has arrived, so that a trickle is noticed
                got += file.write(block)
                if total:
                    progress(min(1.0, got / total))
                seconds = time.monotonic() - since
                if seconds > patience.seconds:
                    speed = (got - before) / seconds
                    if speed < patience.slowest:
                        raise TimeoutError(f"only {speed / 1000:,.1f} kB arrive per second")
                    since, before = time.monotonic(), got
        if got < total:
            raise OSError(f"only {got:,} of {total:,} bytes arrived")
        if not archive.is_whole(fresh):
            raise OSError(f"what arrived, {got:,} bytes, is not the archive")
        fresh.replace(to)


def _answer(url: str, seconds: float) -> Any:
    """urlopen with one time limit for all of it: a slow name server knows nothing of a socket's timeout."""
    box: SimpleQueue[Any] = SimpleQueue()

    def ask() -> None:
        request = urllib.request.Request(url, headers={"User-Agent": "sslviz"})
        try:
            box.put(urllib.request.urlopen(request, timeout=seconds))
        except Exception as error:
            box.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = box.get(timeout=seconds)
    except Empty:
        raise TimeoutError(f"no answer in {seconds:g} s") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def why(error: BaseException) -> str:
    """What `fetch` has raised, in a few words."""
    reason = getattr(error, "reason", None) or error
    return str(getattr(reason, "strerror", None) or reason)
