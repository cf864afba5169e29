"""What labels cost: a calculator with the lecture's table in it, and what the same money buys otherwise."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from sslviz.exhibits.labels import maths
from sslviz.exhibits.labels.figures import HOW_TO_READ, ranges
from sslviz.exhibits.labels.maths import TASKS, Range
from sslviz.views import address
from sslviz.views.plot.plot import plot

MOST_IMAGES, MOST_COST = 1e10, 1e5
START = maths.BOX
FIELDS = ("images_from", "images_to", "usd_from", "usd_to")


def show() -> None:
    st.header("What labels cost", anchor=False)
    st.markdown(
        "Pictures are free; knowing **what is in them** is not. Pick a row of the lecture's table, then change its "
        "numbers."
    )
    with st.container(horizontal=True):
        for i, (name, task) in enumerate(TASKS.items()):
            st.button(name, key=f"preset_{i}", help=task.what, on_click=take, args=(name,))
    images, cost = asked()
    left, right = st.columns(2, gap="large")
    with left:
        share = address.number(
            "Images that get a label (%)",
            "share",
            100,
            1,
            100,
            help="A network pre-trained without labels needs only a few.",
        )
    with right:
        wage = address.number("Wage (USD per hour, yours to choose)", "wage", 15, 1, 200)
    money = maths.total(images, share / 100, cost)
    years = maths.person_years(money, wage)
    figures = st.columns(3)
    figures[0].metric("Total (USD)", f"{money}")
    figures[1].metric("Person-years", f"{years}", help="At that wage; one year is 50 weeks of 40 hours.")
    figures[2].metric("Minutes per label", f"{maths.minutes(cost, wage)}", help="If the wage is the only cost.")
    formula = maths.latex(images, share / 100, cost, wage)
    st.latex(formula)
    with st.container(key="heading"):  # a narrow window shows one below the other
        left, right = st.columns(2, gap="large")
    with left:
        plot(totals(money), key="totals", alt="Total cost of each row of the lecture's table and of yours")
    with right:
        plot(otherwise(money), key="otherwise", alt="How many labels of each kind the same money buys")
    st.caption(
        f"How to read this: {HOW_TO_READ} Images and prices are the lecture's; a total is one times the other. For "
        f"ImageNet in masks the lecture gives a total only, about 500 M USD: {maths.QUOTED_MASKS / 14e6:.0f} USD a "
        "mask, near the low end of its range of prices; the bar is ours."
    )
    address.export("labels", maths.table(money, wage), formula)


def take(name: str) -> None:
    """Puts a line of the lecture's table into the four fields."""
    task = TASKS[name]
    values = (task.images.low, task.images.high, task.cost.low, task.cost.high)
    for key, value in zip(FIELDS, values, strict=True):
        st.session_state[key] = value


def asked() -> tuple[Range, Range]:
    """Images and cost, each from … to; the other way round is understood as well."""
    task = TASKS[START]
    columns = st.columns(4)
    with columns[0]:
        first = field("Images, from", FIELDS[0], task.images.low, 1.0, MOST_IMAGES, whole=True)
    with columns[1]:
        last = field("Images, to", FIELDS[1], task.images.high, 1.0, MOST_IMAGES, whole=True)
    with columns[2]:
        cheap = field("USD each, from", FIELDS[2], task.cost.low, 0.01, MOST_COST)
    with columns[3]:
        dear = field("USD each, to", FIELDS[3], task.cost.high, 0.01, MOST_COST)
    return Range(min(first, last), max(first, last)), Range(min(cheap, dear), max(cheap, dear))


def field(label: str, key: str, default: float, low: float, high: float, *, whole: bool = False) -> float:
    """A number to type, from low to high; lives in the URL as `key`."""
    address.check(key, lambda text: low <= address.finite(text) <= high, f"{default:g}")
    value = st.number_input(
        label,
        low,
        high,
        default,
        step=1.0 if whole else 0.5,  # a widget of whole numbers would fall over an address that asks for infinity
        format="%.0f" if whole else "%.2f",
        key=key,
        bind="query-params",
    )
    return float(round(value) if whole else value)


def totals(money: Range) -> go.Figure:
    """What each line of the lecture's table costs, and yours."""
    names, values = ["yours", *TASKS], [money, *(task.total for task in TASKS.values())]
    return ranges(
        names,
        np.array([value.low for value in values]),
        np.array([value.high for value in values]),
        [f"{value} USD" for value in values],
        title="What it costs",
        subtitle="yours, then the lecture's",
        x_title="total (USD)",
        marked=0,
        line=(maths.QUOTED_MASKS, "lecture: ≈ 500 M", names.index(maths.MASKS)),
        height=340,
    )


def otherwise(money: Range) -> go.Figure:
    """How many labels of each kind the same money buys."""
    bought = maths.otherwise(money)
    return ranges(
        [f"{name} ({TASKS[name].cost} USD)" for name in bought],
        np.array([value.low for value in bought.values()]),
        np.array([value.high for value in bought.values()]),
        [format(value) for value in bought.values()],
        title="What the same money buys",
        subtitle="from little money at high prices to much money at low prices",
        x_title="labelled images",
        height=340,
    )
