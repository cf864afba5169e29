"""Pictures that a visitor brings: looked at when they are chosen, refused in a sentence, kept under their own name.

What they hold is said before anything is trained on them (as their names tell, until they have been decoded), and
beside every run that was trained on them.
"""

import hashlib
import re
import time
from pathlib import Path
from typing import Protocol

import streamlit as st

from sslviz import data
from sslviz.data import SOURCES, Contents, DataError
from sslviz.foreign import in_markdown
from sslviz.runs import files
from sslviz.runs.folder import RunFolder
from sslviz.views.controls import server

FRESH = 60.0  # seconds after which a folder is looked through again: a change deep inside shows nowhere else
LONGEST_NAME = 120  # bytes of a file name
LONGEST_NOTE = 300  # characters of a sentence
NO_FILE_NAME = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


class Upload(Protocol):
    """What st.file_uploader gives."""

    name: str

    def getbuffer(self) -> memoryview: ...


def describe(source: str) -> None:
    """Below the chooser: what the chosen pictures are, or what is wrong with them."""
    if refusal := st.session_state.get("_refusal"):
        st.error(in_markdown(refusal, LONGEST_NOTE), icon=":material/broken_image:")
    if source in SOURCES:
        st.caption(SOURCES[source].description)
    elif isinstance(found := contents(source), str):
        st.error(in_markdown(found, LONGEST_NOTE), icon=":material/broken_image:")
    else:
        st.caption(f"**{in_markdown(found.name)}**: {written(found)}")


def require(source: str) -> None:
    """Before anything is trained on them: an address can name any path. Raises ValueError, in a sentence."""
    if source not in SOURCES and isinstance(found := contents(source), str):
        raise ValueError(found)


def of_runs(*runs: RunFolder) -> None:
    """What the pictures of these runs were, where there is something to say: once for runs on the same pictures."""
    seen = dict.fromkeys(found for run in runs if (found := run.contents()) is not None and found.notes)
    for found in seen:
        st.caption(f"**{in_markdown(found.name)}**: {written(found)}")


def written(found: Contents) -> str:
    """All that is known, as Markdown: a line each."""
    return "  \n".join(in_markdown(sentence, LONGEST_NOTE) for sentence in found.sentences)


def contents(source: str) -> Contents | str:
    """What a path holds; a sentence if that cannot be used."""
    cache = server.launcher().cache
    decoded = cache / "decoded"
    try:
        path = Path(source).expanduser()
        stamps = [at.stat().st_mtime_ns if at.exists() else 0 for at in (path, decoded)]
    except (OSError, ValueError, RuntimeError):  # a name that no file can have
        stamps = [0, 0]
    age = int(time.monotonic() / FRESH) if Path(source).suffix.lower() != ".zip" else 0
    return _contents(source, cache, (*stamps, age))


@st.cache_data(max_entries=32, show_spinner="Looking at the pictures …")
def _contents(source: str, _cache: Path, stamps: tuple[int, ...]) -> Contents | str:
    try:
        return data.look(source, cache=_cache)
    except DataError as error:
        return str(error)
    except OSError as error:
        return f"{data.title(source)} cannot be read ({error.strerror or error})."


def accept(source: str, before: str) -> str:
    """The pictures to go on with: these, by a path that leads there from everywhere; those before, if these cannot be
    used. Then the page says why.
    """
    st.session_state.pop("_refusal", None)
    if not source or source in SOURCES:
        return source
    source = data.absolute(source)
    if isinstance(found := contents(source), str):
        st.session_state["_refusal"] = found
        return before
    return source


def keep(upload: Upload) -> str | None:
    """Keeps an upload and returns its path; None if its pictures cannot be used, or there is no room. The same file
    under the same name is kept once.
    """
    whole = upload.getbuffer()
    digest = hashlib.blake2b(whole, digest_size=8).hexdigest()
    path = server.launcher().cache / "uploads" / digest / file_name(upload.name)
    known = path.exists()
    try:
        if not known:
            path.parent.mkdir(parents=True, exist_ok=True)
            files.replace(path, bytes(whole))
    except OSError as error:
        st.session_state["_refusal"] = f"{path.name} could not be kept ({error.strerror or error})."
        return None
    accepted = accept(str(path), "")
    if not accepted and not known:
        path.unlink(missing_ok=True)
    return accepted or None


def file_name(given: str) -> str:
    """The name that a visitor's file has there, as a file may be called here: "Katzen & Hunde.zip"."""
    last = given.replace("\\", "/").rpartition("/")[2]
    stem = NO_FILE_NAME.sub(" ", re.sub(r"\.zip$", "", last, flags=re.IGNORECASE)).strip(" .") or "pictures"
    return stem.encode()[:LONGEST_NAME].decode(errors="ignore").strip(" .") + ".zip"
