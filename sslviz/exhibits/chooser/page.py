"""The chooser: what one has and wants -> a method, the reason, and the rule that it came from."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from sslviz.exhibits.chooser import maths
from sslviz.exhibits.chooser.figures import HOW_TO_READ, advice_map
from sslviz.exhibits.chooser.maths import COMPUTE, DOMAINS, IMAGES, LABELS, TASKS, Situation
from sslviz.exhibits.chooser.rules import RULES
from sslviz.lessons import landscape
from sslviz.lessons.numerals import short
from sslviz.views import address, catalogue
from sslviz.views.plot.plot import plot


def show() -> None:
    st.header("Which method for me?", anchor=False)
    with st.container(key="heading"):  # a narrow window shows one below the other
        left, right = st.columns(2, gap="large")
    with left:
        case = asked()
    number = maths.choose(case, RULES)
    rule = RULES[number]
    with right:
        with st.container(border=True):
            st.subheader(rule.advice, anchor=False)
            st.markdown(f"{rule.why}\n\n**Rule {number + 1}** · if {rule.condition()} · rests on: *{rule.source}*")
            if rule.method:
                catalogue.link(rule.method)
        plot(picture(case), key="advice", alt="The advice for other counts of labels and of images")
        st.caption(f"How to read this: {HOW_TO_READ}")
    read = maths.read(case, RULES)
    st.markdown(
        "**All rules**, read from the top: the first that fits is taken. The column *here* says why the others are not."
    )
    st.table(emphasised(read, number), hide_index=True)
    address.export("chooser", read, landscape.latex(read))


def asked() -> Situation:
    """The five questions."""
    usual = Situation()
    domain = address.choice(
        "Pictures",
        "domain",
        DOMAINS,
        usual.domain,
        help="unlike photos: X-ray, satellite, microscope; colour decides: stained tissue, minerals, ripe fruit",
    )
    task = address.choice("What for", "task", TASKS, usual.task)
    labels = count("Labels per class", "labels", LABELS, usual.labels)
    images = count("Images without labels", "images", IMAGES, usual.images)
    compute = address.choice("Computer", "compute", COMPUTE, usual.compute)
    return Situation(labels, images, task, compute, domain)


def count(label: str, key: str, options: Sequence[int], default: int) -> int:
    """One of a few round numbers; lives in the URL as `key`, written as 100k."""
    names = [brief(n) for n in options]
    return options[names.index(address.choice(label, key, names, brief(default)))]


def brief(n: int) -> str:
    """100000 -> 100k."""
    return short(n).replace(" ", "")


def emphasised(read: pd.DataFrame, number: int) -> pd.DataFrame:
    """The rule that is taken, in bold."""
    bold = read.astype(object)
    bold.iloc[number] = [f"**{value}**" for value in read.iloc[number]]
    return bold.astype(str)


def picture(case: Situation) -> go.Figure:
    """The advice around the situation."""
    cells = maths.around(case, RULES)
    return advice_map(
        cells["labels"].map(LABELS.index).to_numpy(),
        cells["images"].map(IMAGES.index).to_numpy(),
        [RULES[i].advice for i in cells["rule"]],
        (LABELS.index(case.labels), IMAGES.index(case.images)),
        x_names=[brief(n) for n in LABELS],
        y_names=[brief(n) for n in IMAGES],
        x_title="labels per class",
        y_title="images without labels",
        title="What if you had more?",
    )
