"""Files that a visitor uploads: kept under their own names as long as somebody may need them, then removed."""

import contextlib
import hashlib
import re
import time
from pathlib import Path
from typing import Protocol

import streamlit as st

from sslviz.runs import files
from sslviz.runs.shelf import list_runs
from sslviz.views.controls import own_pictures, server

OLD = 30 * 86_400.0  # seconds after which an upload goes that no run was trained on
LONGEST_NAME = 120  # bytes of a file name
NO_FILE_NAME = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


class Upload(Protocol):
    """What st.file_uploader gives."""

    name: str

    def getbuffer(self) -> memoryview: ...


def keep(upload: Upload) -> str | None:
    """Keeps an upload and returns its path; None if its pictures cannot be used, or there is no room. The same file
    under the same name is kept once.
    """
    whole = upload.getbuffer()
    digest = hashlib.blake2b(whole, digest_size=8).hexdigest()
    path = server.launcher().cache / "uploads" / digest / file_name(upload.name)
    known = path.exists()
    try:
        if known:
            path.touch()  # it is wanted again
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            files.replace(path, bytes(whole))
    except OSError as error:
        st.session_state["_refusal"] = f"{path.name} could not be kept ({error.strerror or error})."
        return None
    accepted = own_pictures.accept(str(path), "")
    if not accepted and not known:
        path.unlink(missing_ok=True)
    clear(server.launcher().cache / "uploads", {accepted})
    return accepted or None


def clear(uploads: Path, needed: set[str]) -> None:
    """Removes uploads that are old and that no run names: a run that was trained on one may go on."""
    needed = needed | {run.settings().data for run in list_runs(server.launcher().runs)}
    for path in uploads.glob("*/*"):
        with contextlib.suppress(OSError):  # somebody else removes it, or holds it open
            if str(path) not in needed and time.time() - path.stat().st_mtime > OLD:
                path.unlink()
        with contextlib.suppress(OSError):  # not empty
            path.parent.rmdir()


def file_name(given: str) -> str:
    """The name that a visitor's file has there, as a file may be called here: "Katzen & Hunde.zip"."""
    last = given.replace("\\", "/").rpartition("/")[2]
    stem = NO_FILE_NAME.sub(" ", re.sub(r"\.zip$", "", last, flags=re.IGNORECASE)).strip(" .") or "pictures"
    return stem.encode()[:LONGEST_NAME].decode(errors="ignore").strip(" .") + ".zip"
