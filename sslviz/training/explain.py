"""What went wrong, in a sentence or two, and what to do about it."""

import contextlib
import errno
import traceback
from pathlib import Path

import torch

from sslviz.data.dataset import DataError
from sslviz.runs.folder import RunFolder
from sslviz.training.recorder import DiskFull


def is_full(error: BaseException) -> bool:
    """No room is left on the disk, or none for this user."""
    return isinstance(error, DiskFull) or (isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT))


def write_story(folder: RunFolder, error: Exception) -> None:
    """The traceback of the error at hand, into the run's log.txt, if it can be written and says more than the error."""
    if isinstance(error, DataError):
        return
    with contextlib.suppress(OSError), folder.log.open("a", encoding="utf-8") as log:
        traceback.print_exc(file=log)


def explain(error: Exception) -> str:
    """What went wrong, and what to do, in a sentence or two."""
    if isinstance(error, DataError):
        return str(error)
    if is_full(error):
        return "The disk is full. Everything recorded so far is kept: make room, then resume."
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "allocate memory" in str(error):
        return "Out of memory. Lower the batch size or the encoder width, then resume."
    return f"{type(error).__name__}: {error} (the whole story is in the run's log.txt)"


def refusal(error: Exception) -> str:
    """Why something could not be begun or written: a file or folder that cannot be made, a disk without room."""
    if is_full(error):
        return "The disk is full. Make room, then try again."
    if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) and error.filename:
        where = Path(error.filename).parent
        return f"Nothing can be written in {where} ({error.strerror}). SSLVIZ_RUNS and SSLVIZ_CACHE name other folders."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)
