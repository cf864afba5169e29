"""Who is ahead: by which evaluation, with which settings, and at what cost."""

import pandas as pd
import streamlit as st

from sslviz.exhibits.compare import figures_parallel, figures_ranks, scores
from sslviz.figures import compare as figures
from sslviz.foreign import in_markdown
from sslviz.measures.scores import LIVE
from sslviz.views.controls import runs_here
from sslviz.views.controls.runs_here import AXES, Shown
from sslviz.views.plot.plot import plot

MOST_SETTINGS, MOST_SCORES = 6, 3  # axes of the parallel coordinates
MOST_RANKED = 6  # evaluations in the picture, unless others are asked for


def ranking(runs: list[Shown]) -> pd.DataFrame:
    """Who is ahead, by each evaluation; returns all scores."""
    table = scores.scores(runs)
    ranked = [str(name) for name in table.columns[table.notna().sum() > 1]]
    if not ranked:
        st.info("No two of these runs have been evaluated in the same way yet.", icon=":material/leaderboard:")
        return table
    some = ranked
    if len(ranked) > MOST_RANKED:
        some = st.multiselect("Evaluations", ranked, ranked[:MOST_RANKED], key="evaluations") or ranked[:MOST_RANKED]
    part = table[some]
    plot(
        figures_ranks.ranks(part.to_numpy(), list(part.index), some),
        key="ranks",
        alt="Rank of each run by each evaluation",
    )
    least = scores.noise(runs)
    crossings, clear = scores.flips(part, 0), scores.flips(part, least)
    st.markdown(
        "\n".join(
            f"- **{a}** is ahead of {b} by *{by}*, behind it by *{but}*."
            for a, b, by, but in (map(in_markdown, flip) for flip in clear[:4])
        )
    )
    rest = f" (here the first 4 of {len(clear)})" if len(clear) > 4 else ""
    st.caption(
        f"{figures_ranks.HOW_TO_READ} Crossings: {len(crossings)}; clear ones: {len(clear)}{rest}. A crossing is not "
        f"clear if a difference below {least:.1%} takes part: with so many test pictures it may be chance (two "
        "standard errors)."
    )
    return table


def differences(runs: list[Shown]) -> pd.DataFrame:
    """The settings in which they differ; returns the table."""
    table = runs_here.differing(runs)
    st.markdown("**Only the settings that differ**")
    if table.empty:
        st.caption("None: these runs were started alike.")
    else:
        st.dataframe(table, height=min(38 + 35 * len(table), 460), alt="Settings that differ")
    return table


def parallels(runs: list[Shown], table: pd.DataFrame) -> None:
    """Every run a line over the settings that differ and the scores that two of them have."""
    axes = [figures_parallel.Axis(name, values) for name, values in runs_here.unlike(runs).items()][:MOST_SETTINGS]
    scored = [str(name) for name in table.columns[table.notna().sum() > 1]][:MOST_SCORES]
    axes += [
        figures_parallel.Axis(name, [None if pd.isna(v) else float(v) for v in table[name]], score=True)
        for name in scored
    ]
    if len(runs) < 2 or len(axes) < 2:
        return
    names = [each.name for each in runs]
    plot(
        figures_parallel.parallel(axes, names),
        key="parallel",
        alt="Runs over the settings that differ and their scores",
    )
    st.caption(figures_parallel.HOW_TO_READ)


def budget(runs: list[Shown]) -> None:
    """What the same accuracy costs: in seconds on the machine it ran on, and in pictures looked at."""
    for column, axis in zip(st.columns(2, gap="medium"), ("seconds", "images"), strict=True):
        drawn = scores.lines(runs, "knn", axis)
        title = f"{LIVE.title} against {axis}"
        with column:
            plot(
                figures.over(drawn, title=title, x_title=AXES[axis], y_title="accuracy", percent=True, height=380),
                key=f"budget_{axis}",
                alt=title,
            )
    where = {in_markdown(f"{each.status.device or '?'}, {each.status.precision or '?'}") for each in runs}
    st.caption(
        "The same accuracy further to the left is cheaper. Images are the same currency everywhere; seconds only on "
        f"one machine with nothing else to do (here: {'; '.join(sorted(where))})."
    )
