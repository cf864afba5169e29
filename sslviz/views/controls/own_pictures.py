"""Pictures that a visitor brings: looked at when they are chosen, shown in a small table, or refused in a sentence.

What they hold is said before anything is trained on them (as their names tell, until they have been decoded), and
beside every run that was trained on them.
"""

import time
from pathlib import Path

import streamlit as st

from sslviz import data
from sslviz.data import SOURCES, Contents, DataError
from sslviz.data.sources.contents import LONGEST
from sslviz.foreign import in_markdown
from sslviz.place import expand
from sslviz.runs.folder import RunFolder
from sslviz.views.controls import server

FRESH = 60.0  # seconds after which a folder is looked through again: a change deep inside shows nowhere else
LONGEST_NOTE = 300  # characters of a sentence
ROWS = 8  # classes in the table


def describe(source: str) -> None:
    """Below the chooser: what the chosen pictures are, or what is wrong with them."""
    if refusal := st.session_state.get("_refusal"):
        st.error(in_markdown(refusal, LONGEST_NOTE), icon=":material/broken_image:")
    if source in SOURCES:
        st.caption(SOURCES[source].description)
    elif isinstance(found := contents(source), str):
        st.error(in_markdown(found, LONGEST_NOTE), icon=":material/broken_image:")
    else:
        st.markdown(table(found))
        st.caption(f"**{in_markdown(found.name)}**: {written(found)}")


def table(found: Contents) -> str:
    """How many pictures of each class there are to train on and to test on, as a Markdown table."""
    rows = [(in_markdown(name, LONGEST), *n) for name, n in zip(found.classes, found.of_class, strict=False)]
    if len(rows) > ROWS:
        rest = rows[ROWS - 1 :]
        more = f"{len(rest):,} more classes"
        rows = [*rows[: ROWS - 1], (more, sum(train for _, train, _ in rest), sum(test for *_, test in rest))]
    head = "| class | train | test |\n|:--|--:|--:|"
    lines = [f"| {name} | {train:,} | {test:,} |" for name, train, test in rows]
    return "\n".join([head, *lines, f"| **all pictures** | {found.train:,} | {found.test:,} |"])


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
        path = expand(source)
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
