"""What a page says about runs of another version: those that cannot be read, and what was read differently."""

import streamlit as st

from sslviz.foreign import in_markdown
from sslviz.runs.folder import RunFolder
from sslviz.runs.shelf import unreadable_runs
from sslviz.sweeps.store import unreadable_sweeps
from sslviz.views.controls import server

NAMED = 3  # unreadable runs that are named


def unread() -> None:
    """One quiet line, if runs of this server cannot be read; they are left out everywhere."""
    found = unreadable_runs(server.launcher().runs)
    if found:
        st.caption(in_words(found))


def unread_sweeps() -> None:
    """The same for the page of sweeps."""
    unread()
    found = unreadable_sweeps(server.launcher().runs)
    if found:
        st.caption(in_words(found, "sweep"))


def in_words(found: dict[str, str], what: str = "run") -> str:
    """found: name -> why it cannot be read."""
    named = [f"{in_markdown(name, 60)}: {in_markdown(reason)}" for name, reason in [*found.items()][:NAMED]]
    more = f"; and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return f"{len(found)} {what}{'s' * (len(found) > 1)} cannot be read by this version: {'; '.join(named)}{more}."


def refused(run_id: str) -> str:
    """A sentence, if a run that somebody asks for is here but cannot be read; else ""."""
    reason = server.unreadable(run_id)
    return f"{in_markdown(run_id, 60)} cannot be read by this version: {in_markdown(reason)}." if reason else ""


def remarks(*runs: RunFolder) -> None:
    """What these runs recorded otherwise than this version does: a quiet line each."""
    for run in runs:
        for remark in run.remarks():
            st.caption(f"{in_markdown(run.id, 60)}: {in_markdown(remark, 400)}")
