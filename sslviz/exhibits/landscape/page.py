"""The landscape: four ideas with all our methods on them, other fields, the benchmark, the zoo, the evaluations."""

import pandas as pd
import streamlit as st

from sslviz.exhibits.landscape import figures as pictures
from sslviz.lessons import landscape, zoo
from sslviz.lessons.landscape import ACCURACY, DETECTION, FIELDS, IDEAS, PROTOCOLS
from sslviz.methods import METHODS
from sslviz.views import address, catalogue
from sslviz.views.plot.plot import plot


def show() -> None:
    st.header("The landscape", anchor=False)
    part = address.choice("Show", "part", list(PARTS), next(iter(PARTS)))
    table = PARTS[part]()
    address.export("landscape", table, landscape.latex(table))


def ideas() -> pd.DataFrame:
    """The four ideas with all our methods on them, as a picture and as links."""
    found = {name: landscape.place(name, method.family) for name, method in METHODS.items()}
    names, order = list(found), list(IDEAS)
    st.markdown(
        "Nobody labels anything, so the answer must come from the data. There are four ways to get it: "
        "predict **the future**, **the missing part**, **the same thing twice**, or **what a teacher thinks**."
    )
    names.sort(key=lambda name: order.index(place.idea) if (place := found[name]) else len(order))
    places = [found[name] for name in names]
    plot(
        pictures.placed(
            [METHODS[name].title for name in names],
            order,
            [order.index(place.idea) if place else -1 for place in places],
            [order.index(place.also) if place and place.also else -1 for place in places],
            [place.why if place else "" for place in places],
            height=140 + 30 * len(names),
        ),
        key="ideas",
        alt="Which of the four ideas each method stands on",
    )
    cards = st.container(horizontal=True)  # four in a row, or as many as the window has room for
    for idea in order:
        with cards.container(border=True, width=232, height="stretch"):
            st.markdown(f"**{idea.capitalize()}**  \n{IDEAS[idea]}")
            mine = [name for name in names if (place := found[name]) and place.idea == idea]
            for name in mine:
                catalogue.link(name)
            if not mine:
                st.caption("None of ours: a single picture has no next moment. This idea is at home in text.")
    st.caption("The supervised reference uses none of the four: people tell it what is in the pictures.")
    for name in names:
        if found[name] is None:
            catalogue.link(name)
    return pd.DataFrame(
        [
            (METHODS[name].title, place.idea, place.also, place.why) if place else (METHODS[name].title, "none", "", "")
            for name, place in zip(names, places, strict=True)
        ],
        columns=["method", "idea", "borrows from", "why"],
    )


def benchmark() -> pd.DataFrame:
    """The lecture's numbers as a table to sort and as a chart."""
    by = address.choice("Sort by", "by", [ACCURACY, DETECTION], ACCURACY)
    table = landscape.ranked(by)
    st.markdown(
        "**The lecture's numbers, not ours** (2026). On the linear probe, supervised, MoCo-v3 and MAE are level (about "
        "76); in detection they are not (38, 39, 54). *The networks differ too: no row shows the method alone.*"
    )
    plot(
        pictures.scores(
            [f"{row.method}, {row.network}" for row in table.itertuples()],
            table[ACCURACY].to_numpy(),
            table[DETECTION].to_numpy(),
            (ACCURACY, DETECTION),
            title="What a representation is good for",
            subtitle="numbers of the lecture, 2026",
        ),
        key="benchmark",
        alt="Linear accuracy and detection score of five methods",
    )
    st.caption(f"How to read this: {pictures.HOW_TO_READ_SCORES}")
    percent = {name: st.column_config.NumberColumn(name, format="%.1f") for name in (ACCURACY, DETECTION)}
    st.dataframe(table, hide_index=True, column_config=dict(percent))
    st.caption("Click a heading to sort the table.")
    return table


def the_zoo() -> pd.DataFrame:
    """Which part each method changes."""
    table = zoo.zoo(METHODS)
    titles = {name: METHODS[name].title for name in table.index}
    names = {title: name for name, title in titles.items()}
    base = names[address.choice("Compare with", "base", list(names), next(iter(names)))]
    st.markdown(f"How each method differs from **{titles[base]}**: changed parts in bold; · means the same.")
    st.table(zoo.written(table, base, titles), hide_index=True)
    return table.rename(index=titles).rename_axis("method").reset_index()


def fields() -> pd.DataFrame:
    """Modality by modality: the dominant recipe."""
    st.markdown(
        "The same four ideas beyond pictures: what is hidden and where the answer comes from depend on the field."
    )
    shown = FIELDS.assign(example=[f"[{row.example}]({row.paper})" for row in FIELDS.itertuples()])
    st.table(shown.drop(columns="paper"), hide_index=True)
    return FIELDS


def evaluations() -> pd.DataFrame:
    """What is frozen in each evaluation."""
    st.markdown(
        "Pre-training is over, the projector is thrown away, h is kept. **How good is h?** Four ways to measure "
        "it, and they do not agree: the more is trained on top, the less the result says about h itself."
    )
    st.table(PROTOCOLS, hide_index=True)
    return PROTOCOLS


PARTS = {
    "Four ideas": ideas,
    "Benchmark": benchmark,
    "Contrastive zoo": the_zoo,
    "Other fields": fields,
    "Evaluations": evaluations,
}
