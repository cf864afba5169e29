"""Up to six runs side by side: curves on one axis, pictures under one clock, and who is ahead by which evaluation.

The address holds everything: `?runs=a,b,c`, the axis, the metric, the smoothing and the moment.
"""

import json
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from sslviz.exhibits.compare import clocked, scores, verdict
from sslviz.exhibits.compare import table as compare_table
from sslviz.figures import compare as figures
from sslviz.foreign import in_markdown, path_end
from sslviz.measures.scores import LIVE
from sslviz.views import address, net
from sslviz.views.controls import other_versions, own_pictures, run_title, runs_here, server
from sslviz.views.controls.runs_here import AXES, MOST, Shown
from sslviz.views.plot import clock
from sslviz.views.plot.plot import plot

# On a narrow window two runs still stand side by side.
STYLE = """<style>
@media (max-width: 1100px) {
  .st-key-side [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
  .st-key-side [data-testid="stColumn"] { min-width: 46%; }
}
</style>"""


def show() -> None:
    st.html(STYLE)
    st.header("Compare", anchor=False)
    ids = chooser(runs_here.asked())
    runs = runs_here.shown(ids)
    own_pictures.of_runs(*(each.run for each in runs))
    other_versions.remarks(*(each.run for each in runs))
    other_versions.unread()
    warnings(runs)
    net.fragment("The pictures under one clock", under_one_clock)(runs)
    # Closed, it costs nothing; an address that filters opens it.
    if "find" in st.query_params:
        st.session_state.setdefault("all_runs", True)
    every = address.folded("All runs: sort, filter, name, tag, delete", "table_rows", "all_runs")
    if every.open:
        with every:
            compare_table.show(ids)
    with st.container(key="heading"):
        table = verdict.ranking(runs)
        settings = verdict.differences(runs)
        verdict.parallels(runs, table)
        verdict.budget(runs)
    with st.container(horizontal=True):
        for label, name, numbers in (("Scores", "scores", table), ("Settings", "settings", settings)):
            text = numbers.to_csv()
            st.download_button(f"{label} as CSV", text, f"compare-{name}.csv", "text/csv", key=f"{name}_csv")


def chooser(ids: list[str]) -> list[str]:
    """The chosen runs as chips; a run that is added or taken away changes the address."""
    names = {run.id: run_title.title(run) for run in runs_here.every()}
    options = list(dict.fromkeys([*ids, *names]))
    # the address was changed by somebody else (the table, a link), or we come back from another page
    if "chips" not in st.session_state or st.session_state.get("_compared") != ids:
        st.session_state["chips"] = ids
    chosen = st.multiselect(
        f"Runs (up to {MOST})",
        options,
        key="chips",
        format_func=lambda name: names.get(name, name),
        max_selections=MOST,
        on_change=chips_were_changed,
    )
    st.session_state["_compared"] = chosen or list(runs_here.EXAMPLES)
    return chosen or ids


def chips_were_changed() -> None:
    """Into the address before the page is drawn: a second chip that is taken away while the page still answers to the
    first would else look like an address of somebody else's, which still names both.
    """
    if chosen := st.session_state["chips"]:
        runs_here.choose(chosen)


def warnings(runs: list[Shown]) -> None:
    """What makes a comparison unfair, or old."""
    data = {each.run.settings().data for each in runs}
    if len(data) > 1:
        names = ", ".join(in_markdown(path_end(name)) for name in sorted(data))
        st.warning(f"These runs see different pictures ({names}): their scores cannot be compared.")
    if any(each.status.at_work for each in runs) and st.button(
        "Some of these runs are still training: look again", icon=":material/refresh:"
    ):
        st.rerun()


def under_one_clock(runs: list[Shown]) -> None:
    """Everything that the clock moves."""
    runs = [replace(each, run=each.run.glance()) for each in runs]  # a fragment outlives the page's glances
    with st.container(horizontal=True, vertical_alignment="bottom"):
        axis = address.choice("Axis", "axis", list(AXES), "seconds")
        metrics = scores.metrics_of(runs) or ["knn"]
        address.check("metric", lambda text: text in metrics, metrics[0])
        metric = str(st.selectbox("Metric", metrics, key="metric", bind="query-params", width=160))
        log = address.choice("Logarithmic", "log", ["none", "x", "y", "both"], "none")
        seeds = address.choice("Seeds", "seeds", ["each", "mean ± std"], "each", help="runs that differ in the seed")
        with st.container(width=160):
            smoothing = address.number("Smoothing", "smoothing", 0.0, 0.0, 0.95, step=0.05)
    end, known = max((each.end(axis) for each in runs), default=0.0), clocked.pasts(runs)
    amount = clock.show(known, axis, end, eager=True)
    drawn = scores.lines(runs, metric, axis, smoothing=smoothing, seeds=seeds != "each")
    plot(
        figures.over(
            drawn,
            title=f"{metric} over {axis}" if metric != "knn" else f"{LIVE.title} over {axis}",
            x_title=AXES[axis],
            y_title="accuracy" if scores.is_share(metric) else f"{metric} (as the method defines it)",
            at=end,  # the clock moves the line from here
            references=scores.references(runs, metric),
            percent=scores.is_share(metric),
            log=log,
            height=300,
        ),
        key="curves",
        alt=f"{metric} of {len(drawn)} runs over {axis}",
    )
    band = " The band is mean ± one standard deviation." if any(line.low is not None for line in drawn) else ""
    unlike = (
        " Losses of different methods are different quantities: compare shapes, not heights."
        if metric == "loss"
        else ""
    )
    st.caption(f"{figures.HOW_TO_READ}{band}{unlike}")
    clocked.show(runs, known, axis, amount)
    kind = str(st.session_state.get("map") or "umap")
    with st.container(horizontal=True):
        long = partial(scores.long, runs, metrics)  # thousands of numbers
        address.download("Curves as CSV", lambda: long().to_csv(index=False), "compare-curves.csv", "curves_csv")
        whole = partial(everything, runs, metrics, axis, amount, kind)
        address.download("Everything shown as JSON", lambda: json.dumps(whole()), "compare.json", "everything_json")


def everything(runs: list[Shown], metrics: list[str], axis: str, amount: float, kind: str) -> dict[str, Any]:
    """All that the page shows, as plain numbers."""
    table = scores.scores(runs)
    return {
        "axis": axis,
        "moment": amount,
        "runs": {
            each.run.id: {
                "name": each.name,
                "recorded_example": not server.is_ours(each.run),
                "settings": each.run.settings().model_dump(mode="json"),
                "knobs_now": each.run.values(),
                "status": each.status.model_dump(mode="json"),
                "notes": each.run.notes().model_dump(),
                "scores": table.loc[each.name].dropna().to_dict(),
                "at_the_moment": clocked.numbers(each, axis, amount, kind),
                "curves": {
                    str(name): [None if pd.isna(value) else value for value in column]
                    for name, column in scores.long([each], metrics).items()
                    if name not in ("run", "name")
                },
            }
            for each in runs
        },
    }
