"""The table of all runs: sorted by its headings, filtered by words; rows ticked in it are compared, named or deleted.

What people write about a run lies in its folder; a deleted run lies in a bin, from which one click fetches it. The
recorded examples can be compared, but nobody can change them.
"""

import zlib

import pandas as pd
import streamlit as st

from sslviz import data
from sslviz.foreign import SENTENCE, in_markdown
from sslviz.measures.scores import FINAL, LIVE
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Notes
from sslviz.views.controls import run_title, runs_here, server
from sslviz.views.controls.runs_here import MOST

LONGEST, TAGS = 60, 8  # characters of a name or tag; tags of a run
LONGEST_REMARK = 500
COLUMNS = {
    "id": None,
    "shown": st.column_config.CheckboxColumn("shown", help="one of the runs on this page"),
    LIVE.name: st.column_config.NumberColumn(LIVE.name, format="%.1f%%", help=LIVE.meaning),
    FINAL.name: st.column_config.NumberColumn(FINAL.name, format="%.1f%%", help=FINAL.meaning),
    "linear": st.column_config.NumberColumn("linear", format="%.1f%%", help="linear probe at the end"),
    "images/s": st.column_config.NumberColumn("images/s", format="%.0f"),
    "seconds": st.column_config.NumberColumn("seconds", format="%.0f", help="spent training and measuring"),
    "tags": st.column_config.ListColumn("tags"),
}


def show(chosen: list[str]) -> None:
    """The table, and what can be done with the rows that are ticked."""
    words = st.text_input(
        "Filter", key="find", bind="query-params", placeholder="words from any column, for example: simclr done"
    )
    table = matching(overview(chosen), words)
    ids = [str(each) for each in table["id"]]
    state = st.dataframe(
        table,
        key=key(ids),
        hide_index=True,
        height=min(38 + 35 * max(len(table), 1), 320),
        column_config=COLUMNS,
        on_select="rerun",
        selection_mode="multi-row",
        placeholder="–",
        alt="All runs",
    )
    ticked = [ids[row] for row in state["selection"]["rows"] if row < len(ids)]
    mine = [run for name in ticked if (run := server.find(name)) is not None and server.is_ours(run)]
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(f"Compare the {len(ticked)} ticked", disabled=not 0 < len(ticked) <= MOST, key="compare"):
            runs_here.choose(ticked)
            st.rerun()
        if st.button(f"Delete {len(mine)} of mine", disabled=not mine, key="delete", icon=":material/delete:"):
            delete(mine)
            st.rerun()
        for run in server.launcher().deleted()[:MOST]:
            if st.button(f"Undo: put back {in_markdown(run.id, 60)}", key=f"undo_{run.id}", icon=":material/undo:"):
                put_back(run.id)
                st.rerun()
    if problem := st.session_state.pop("_bin_problem", ""):
        st.warning(in_markdown(problem, SENTENCE))
    if len(ticked) == 1:
        write_about(mine[0]) if mine else st.caption("A recorded example cannot be renamed or deleted.")
    elif not ticked:
        st.caption(f"Tick up to {MOST} rows to compare them, one to name or tag it. Click a heading to sort.")


def key(ids: list[str]) -> str:
    """Other rows are another table, in which nothing is ticked."""
    return f"table_{zlib.crc32(','.join(ids).encode())}"


def overview(chosen: list[str]) -> pd.DataFrame:
    """A row for each run."""
    rows = []
    for run in runs_here.every():
        settings, status, notes = run.settings(), run.status(), run.notes()
        rows.append(
            {
                "id": run.id,
                "shown": run.id in chosen,
                "name": run_title.short(run),
                "state": status.state if server.is_ours(run) else "recorded",
                "method": METHODS[settings.method].title,
                "data": data.title(settings.data),
                "seed": settings.seed,
                LIVE.name: percent(status.knn),
                FINAL.name: percent(status.exam),
                "linear": percent(status.linear),
                "images/s": status.images_per_second or None,
                "seconds": status.seconds,
                "tags": list(notes.tags),
                "notes": notes.remark,
            }
        )
    return pd.DataFrame(rows)


def percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def matching(table: pd.DataFrame, words: str) -> pd.DataFrame:
    """The rows in which every one of the words occurs somewhere."""
    wanted = (words or "").lower().split()
    texts = [" ".join(map(str, row)).lower() for row in table.itertuples(index=False)]
    return table[[all(word in text for word in wanted) for text in texts]]


def write_about(run: RunFolder) -> None:
    """Name, tags and a remark; they lie in the folder of the run."""
    notes = run.notes()
    with st.form(f"notes_{run.id}"):
        left, middle, right = st.columns([1, 1, 2])
        name = left.text_input("Name", notes.name, max_chars=LONGEST, placeholder=run_title.short(run))
        tags = middle.text_input("Tags", ", ".join(notes.tags), placeholder="separated by commas")
        remark = right.text_input("Notes", notes.remark, max_chars=LONGEST_REMARK)
        if st.form_submit_button("Save", icon=":material/save:"):
            each = tuple(dict.fromkeys(tag.strip()[:LONGEST] for tag in tags.split(",") if tag.strip()))[:TAGS]
            try:
                run.write_notes(Notes(name=name.strip(), tags=each, remark=remark.strip()))
            except OSError as error:
                st.session_state["_bin_problem"] = f"This could not be written: {error.strerror}."
            st.rerun()


def delete(runs: list[RunFolder]) -> None:
    problems = []
    for run in runs:
        try:
            server.launcher().delete(run.id)
        except (ValueError, LookupError, OSError) as error:
            problems.append(f"{run_title.short(run) if run.exists else run.id}: {error}")
    st.session_state["_bin_problem"] = " ".join(problems)


def put_back(run_id: str) -> None:
    try:
        server.launcher().undelete(run_id)
    except (LookupError, OSError) as error:
        st.session_state["_bin_problem"] = str(error)
