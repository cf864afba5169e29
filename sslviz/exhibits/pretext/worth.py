"""What the features of the pretext tasks are worth: recorded linear probes, beside those of the contrastive methods."""

from collections import Counter

import pandas as pd
import streamlit as st

from sslviz.exhibits.pretext import figures_worth
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.views.controls import server
from sslviz.views.plot.plot import encode, plot

SHOWN = ("rotation", "jigsaw", "colorization", "simclr", "moco", "barlow_twins", "byol")
CAUTION = (
    "Drawn shapes lie nearly upright, so whoever knows which side is up nearly knows the shape: another set of "
    "pictures may put these methods in another order."
)
MUCH = 0.05  # seconds that differ by more than this share are said to differ


def show() -> None:
    table = recorded(str(server.GALLERY))
    if table.empty:
        st.info("The recorded examples are not installed: nothing to compare with.")
        return
    left, right = st.columns(2, gap="medium")  # the table needs 415 pixels
    with left:
        plot(drawn(table), key="worth", alt="Linear probe of the recorded runs: " + in_words(table))
        st.caption(figures_worth.HOW_TO_READ)
    with right:
        st.markdown(differences(table))
        st.dataframe(written(table), hide_index=True, width="stretch")


@st.cache_data(max_entries=4, show_spinner=False)
def drawn(table: pd.DataFrame) -> bytes:
    return encode(figures_worth.worth(table))


@st.cache_data(max_entries=4, show_spinner=False)
def recorded(gallery: str) -> pd.DataFrame:
    """method, kind, linear, random, exam, encoder, width, seconds, images, device: read from the recorded runs."""
    rows = [row(name, run) for name in SHOWN if (run := server.recorded(name)) is not None]
    table = pd.DataFrame([each for each in rows if each is not None])
    return table if len(table) else pd.DataFrame(columns=["method", "linear"])


def row(name: str, run: RunFolder) -> dict[str, object] | None:
    """None if no probe of this run was recorded."""
    settings, status = run.settings(), run.status()
    linear, random = status.linear, status.linear_random_init
    steps = run.evaluation_steps("linear")
    measured = run.evaluation(steps[-1], "linear") if steps else None
    if measured is not None:
        some = measured[(measured["target"] == "class") & (measured["features"] == "h")].set_index("encoder")["score"]
        linear, random = some.get("trained", linear), some.get("random", random)
    if linear is None:
        return None
    return {
        "method": METHODS[name].title,
        "kind": METHODS[name].family if METHODS[name].family == "pretext task" else "views compared",
        "linear": linear,
        "random": random,
        "exam": status.exam,
        "encoder": f"{settings.encoder}, width {settings.training.width}",
        "seconds": status.seconds,
        "images": status.images,
        "pictures": f"{settings.data}, seed {settings.seed}",
        "device": status.device,
    }


def differences(table: pd.DataFrame) -> str:
    """What is the same for all, and who differs: a comparison is fair only in what is the same."""
    words = []
    for column in ("encoder", "pictures", "device"):
        usual, _ = Counter(table[column]).most_common(1)[0]
        others = table[table[column] != usual]
        words.append(f"{column} **{usual}**" + named(others, column))
    seconds = table["seconds"].median()
    others = table[(table["seconds"] / seconds - 1).abs() > MUCH]
    words.append(f"**{seconds:.0f} seconds** of training" + named(others, "seconds"))
    return f"The same for all: {'; '.join(words)}. In that time they saw unequal numbers of pictures. {CAUTION}"


def named(others: pd.DataFrame, column: str) -> str:
    if others.empty:
        return ""
    return " (but " + ", ".join(f"{m}: {v}" for m, v in zip(others["method"], others[column], strict=True)) + ")"


def written(table: pd.DataFrame) -> pd.DataFrame:
    shown = table.sort_values("linear", ascending=False)
    percent = {column: shown[column].map(lambda score: "" if pd.isna(score) else f"{score:.1%}") for column in SCORES}
    return pd.DataFrame(
        {"method": shown["method"], **{SCORES[column]: values for column, values in percent.items()}}
        | {"seconds": shown["seconds"].round(), "images": shown["images"]}
    )


SCORES = {"linear": "linear probe", "random": "random weights"}


def in_words(table: pd.DataFrame) -> str:
    return ", ".join(f"{m} {v:.0%}" for m, v in zip(table["method"], table["linear"], strict=True))
