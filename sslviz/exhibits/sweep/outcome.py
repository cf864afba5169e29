"""One sweep: how far it is, its map or curve beside what papers report, the runs behind a cell, and the numbers."""

import json
from functools import partial
from typing import Any
from urllib.parse import quote

import pandas as pd
import streamlit as st

from sslviz.exhibits.sweep import figures
from sslviz.exhibits.sweep.buttons import buttons
from sslviz.exhibits.sweep.papers import REPORTED
from sslviz.exhibits.sweep.results import SCORES, WORDS, Results, find, lasting
from sslviz.foreign import in_markdown
from sslviz.measures.scores import FINAL, LIVE
from sslviz.runs.shelf import list_runs
from sslviz.sweeps import progress
from sslviz.views import address
from sslviz.views.controls import server
from sslviz.views.controls.runs_here import MOST
from sslviz.views.plot.plot import Click, plot

HELP = (
    f"{FINAL.meaning} Linear: a linear probe at the end; hue: the last {LIVE.name}, asked for the hue, on drawn "
    "shapes; loss: mean of the last 10 steps."
)


def is_busy(name: str) -> bool:
    """True while a run of this sweep is at work or will be."""
    results = find(name)
    return results is not None and progress.at_work(results.table)


def show(name: str, was_busy: bool) -> None:
    """One refresh. When the sweep has begun or ended, the page is drawn anew."""
    results = find(name)
    if results is None:
        st.warning("This sweep has been removed.")
        return
    if progress.at_work(results.table) != was_busy or st.session_state.pop("_swept", False):
        st.rerun()
    headline(results)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        score = SCORES[address.choice("Score", "by_score", list(SCORES), FINAL.name, help=HELP)]
        buttons(results)
    reported = REPORTED.get(results.preset)
    columns = st.columns([2.4, 1], gap="medium") if reported else [st.container()]
    with columns[0]:
        picture(results, score)
    if reported:
        with columns[1]:
            st.markdown(reported.markdown())
            st.caption(f"{reported.where}. Compare the pattern, not the numbers: none of these is ours.")
    behind(results, score)
    export(results)


def headline(results: Results) -> None:
    """Done, at work, time left, and a bar."""
    table, sweep = results.table, results.sweep
    done, total = int((table["state"] == "done").sum()), len(table)
    if sweep is None:
        st.markdown(f":violet-badge[:material/movie: recorded example] {total} runs · {results.about}")
        return
    busy = progress.at_work(table)
    left = progress.left(table)
    badge = ":green-badge[:material/play_arrow: at work]" if busy else ":gray-badge[:material/check: finished]"
    if not busy and left:
        badge = ":orange-badge[:material/pause: not finished]"
    facts = [f"**{done} of {total}** runs done", results.about]
    if failed := int((table["state"] == "failed").sum()):
        facts.append(f"{failed} failed")
    if busy:
        usual = progress.pace_of(list_runs(server.launcher().runs), sweep.base) if not done else None
        seconds = progress.seconds_left(sweep, table, usual, server.launcher().slots)
        facts.append("time left is known after the first run" if seconds is None else f"{lasting(seconds)} left")
    st.markdown(f"{badge} {' · '.join(facts)}")
    if busy or left:
        now = table[table["state"].isin(["starting", "running", "paused"])]
        words = "; ".join(f"training {in_markdown(row['cell'])}, seed {row['seed']}" for row in now.to_dict("records"))
        st.progress(min(1.0, float(table["share"].fillna(0).sum()) / total), words or None)


def picture(results: Results, score: str) -> None:
    """The map, or the curve of a single knob."""
    percent, cells, reference = score != "loss", results.cells(score), results.reference(score)
    metric = WORDS[score]
    if not results.known(score) and not any(cell.going for cell in cells):
        st.info("Nothing to show for this score yet." if results.sweep else "This score was not recorded here.")
    heading = f"{metric[0].upper()}{metric[1:]}"
    heading += " (%)" if percent and results.y else ""
    if results.mirrored:
        heading += " after training with two augmentations"
    else:
        heading += f" over {results.x.title}" + (f" and {results.y.title}" if results.y else "")
    note = results.about
    if results.y is None:
        figure = figures.curve(
            cells, results.x, metric=metric, title=heading, subtitle=note, percent=percent, reference=reference
        )
        how = figures.HOW_TO_READ_CURVE
    else:
        note += f"; random weights {reference:.1%}" if reference is not None else ""
        figure = figures.heat(
            cells,
            results.x,
            results.y,
            metric=metric,
            title=heading,
            subtitle=note,
            percent=percent,
            mirrored=results.mirrored,
        )
        how = figures.HOW_TO_READ_MIRRORED if results.mirrored else figures.HOW_TO_READ_MAP
    plot(figure, key="swept", alt=f"{heading}: {results.about}", of=results.id, on_click=open_cell)
    if score == "loss":
        how += " Losses at different settings are different things: a lower one need not be better."
    st.caption(how)


def open_cell(at: Click) -> None:
    st.query_params["cell"] = f"{at.row},{at.column}"


def behind(results: Results, score: str) -> None:
    """The cell that was clicked: its numbers, and its runs on the page that compares them."""
    try:
        row, column = (int(part) for part in st.query_params.get("cell", "").split(","))
    except ValueError:
        return
    places = {(row, column), (column, row)} if results.mirrored else {(row, column)}
    for cell in results.cells(score):
        if (cell.row, cell.column) in places:
            unit = " %" if score != "loss" else ""
            number = f"{WORDS[score]} {cell.written(score != 'loss')}{unit}" if cell.values else "nothing finished yet"
            line = f"**{in_markdown(cell.name)}**: {number}, {len(cell.values)} of {cell.planned} runs"
            there = [name for name in cell.runs if server.find(name) is not None][:MOST]
            if there:
                line += f" · [compare these runs](compare?runs={quote(','.join(there), safe=',')})"
            st.markdown(line)


def export(results: Results) -> None:
    """A row per run; and everything, with the settings that reproduce it."""
    numbers = results.table.drop(columns=["overhead", "share"], errors="ignore")
    with st.expander("All runs of this sweep", icon=":material/table_rows:"):
        st.dataframe(numbers, hide_index=True, height=min(38 + 35 * len(numbers), 320), alt="All runs of this sweep")
    with st.container(horizontal=True):
        text = numbers.to_csv(index=False)
        st.download_button("Numbers as CSV", text, f"{results.id}.csv", "text/csv", key="sweep_csv")
        whole = partial(everything, results, numbers)
        address.download("Everything as JSON", lambda: json.dumps(whole()), f"{results.id}.json", "sweep_json")


def everything(results: Results, numbers: pd.DataFrame) -> dict[str, Any]:
    rows = json.loads(numbers.to_json(orient="records"))
    sweep = results.sweep
    return {
        "about": results.about,
        "recorded_example": sweep is None,
        "sweep": None if sweep is None else sweep.model_dump(mode="json"),
        "runs": rows,
    }
