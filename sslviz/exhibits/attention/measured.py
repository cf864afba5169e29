"""What was measured about attention: DINO beside its references, with seeds, and the teacher between its two walls."""

import pandas as pd
import streamlit as st

from sslviz.exhibits.attention import figures_measured as figures
from sslviz.exhibits.attention.figures_measured import DINO, DISC, NETWORKS, RANDOM, SUPERVISED
from sslviz.figures import teacher
from sslviz.views import address
from sslviz.views.controls import server
from sslviz.views.plot.plot import encode, plot

RECORDED = "attention.csv"  # in the gallery; benchmarks/attention.py writes it
WALLS = "dino_walls.csv"  # in the gallery; benchmarks/walls.py writes it


def overlap() -> None:
    rows = recorded(RECORDED)
    if rows is None:
        st.info("Nothing has been measured yet: python -m benchmarks.attention --gallery.")
        return
    left, right = st.columns([1, 1.6], gap="medium")
    with left:
        st.markdown(verdict(rows))
        st.caption(f"{figures.HOW_TO_READ} {rows['about'].iloc[0]}")
    with right:
        plot(drawn(str(server.GALLERY / RECORDED)), key="measured", alt="Jaccard of attention and mask, per network")


def verdict(rows: pd.DataFrame) -> str:
    """Does DINO's best head beat the others'? In words, with the numbers, whichever way it came out."""
    best = {name: rows.loc[rows["network"] == name, "best"] for name in NETWORKS}

    def written(name: str) -> str:
        scores = best[name]
        spread = f" ({scores.min():.3f} … {scores.max():.3f})" if len(scores) > 1 else ""
        return f"{NETWORKS[name]} **{scores.mean():.3f}**{spread}"

    rivals = [name for name in (SUPERVISED, RANDOM) if len(best[name])]
    ahead = all(best[DINO].min() > best[name].max() for name in rivals)
    numbers = ", ".join(written(name) for name in (DINO, *rivals))
    lead = "**Yes, on these pictures**" if ahead else "**Not at this scale**"
    how = "every seed of DINO is ahead of every seed of the others" if ahead else "DINO is not ahead with every seed"
    disc = best[DISC]
    trivial = f" A disc in the middle, which looks at nothing, has {disc.mean():.3f}." if len(disc) else ""
    example = rows.loc[(rows["network"] == DINO) & (rows["seed"] == 0), "best"]  # the one that is shipped
    seed = (
        f" The recorded example is seed 0, on which the recipe was chosen, with {example.iloc[0]:.3f}."
        if len(example)
        else ""
    )
    return f"{lead}: {how}. Jaccard of the best head: {numbers}.{trivial}{seed}"


def walls() -> None:
    runs = recorded(WALLS)
    if runs is None:
        st.info("Nothing has been recorded yet: python -m benchmarks.walls --gallery.")
        return
    left, right = st.columns([1, 1.6], gap="medium")
    with left:
        st.markdown(
            "The teacher's answer is pulled to two walls: **all outputs alike**, which sharpening prevents, and **one "
            "output wins every picture**, which centring prevents. Take one away and see."
        )
        centring = switch("Centring", "centring")
        sharpening = switch("Sharpening", "sharpening")
        st.caption(f"{teacher.HOW_TO_READ_WALLS} {runs['about'].iloc[0]}")
    with right:
        plot(walled(str(server.GALLERY / WALLS), centring, sharpening), key="walls", alt="Entropy of the teacher")


def switch(label: str, key: str) -> bool:
    address.check(key, lambda text: text.lower() in ("true", "false"), "on")
    return st.toggle(label, value=True, key=key, bind="query-params")


@st.cache_data(max_entries=8, show_spinner=False)
def drawn(path: str) -> bytes:
    return encode(figures.measured(pd.read_csv(path)))


@st.cache_data(max_entries=16, show_spinner=False)
def walled(path: str, centring: bool, sharpening: bool) -> bytes:
    runs = pd.read_csv(path)
    return encode(teacher.walls(runs, centring, sharpening, int(runs["outputs"].iloc[0])))


def recorded(name: str) -> pd.DataFrame | None:
    try:
        found = pd.read_csv(server.GALLERY / name)
    except (OSError, ValueError):
        return None
    return found if len(found) else None
