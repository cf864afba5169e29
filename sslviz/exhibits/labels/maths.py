"""What labels cost: images × cost of one label, and what else the same money would buy.

    total = images · share · cost       every cost is a range, so every total is one: low · low … high · high

The costs are the lecture's table. No other number stands here: wage and hours are the reader's own.
"""

from dataclasses import dataclass

import pandas as pd

from sslviz.lessons.numerals import short


@dataclass(frozen=True)
class Range:
    """From `low` to `high`, both > 0."""

    low: float
    high: float

    def __mul__(self, other: "Range | float") -> "Range":
        if isinstance(other, Range):
            return Range(self.low * other.low, self.high * other.high)
        return Range(self.low * other, self.high * other)

    def __truediv__(self, other: "Range | float") -> "Range":
        """The widest that can come out: little money at high prices … much money at low ones."""
        if isinstance(other, Range):
            return Range(self.low / other.high, self.high / other.low)
        return Range(self.low / other, self.high / other)

    def __format__(self, spec: str) -> str:
        if self.low == self.high:
            return short(self.low)
        return f"{short(self.low)} – {short(self.high)}"


@dataclass(frozen=True)
class Task:
    """One line of the lecture's table: how many images, and USD for the label of one image."""

    name: str
    what: str  # one label of it, in words
    images: Range
    cost: Range

    @property
    def total(self) -> Range:
        return self.images * self.cost


CLASS, BOX, MASK, MEDICAL, MASKS = "class", "boxes", "mask", "medical", "ImageNet in masks"
TASKS = {
    task.name: task
    for task in (
        Task(CLASS, "ImageNet: one word for the picture", Range(14e6, 14e6), Range(0.5, 0.5)),
        Task(BOX, "a box around each object", Range(200e3, 200e3), Range(5.0, 20.0)),
        Task(MASK, "the outline of each object", Range(10e3, 10e3), Range(30.0, 100.0)),
        Task(MEDICAL, "a physician's reading", Range(1e3, 10e3), Range(50.0, 500.0)),
        # the lecture has a total for this one, QUOTED_MASKS; images × price is ours
        Task(MASKS, "outlines for all of ImageNet", Range(14e6, 14e6), Range(30.0, 100.0)),
    )
}
PRICES = (CLASS, BOX, MASK, MEDICAL)  # the four kinds of label; the fifth line is ImageNet's images at the mask's price
QUOTED_MASKS = 500e6  # USD: what the lecture says for all of ImageNet in masks
HOURS_A_YEAR = 50 * 40  # a person-year: 50 weeks of 40 hours


def total(images: Range, share: float, cost: Range) -> Range:
    """USD for labelling `share` (0 … 1) of the images."""
    return images * share * cost


def person_years(money: Range, wage: float) -> Range:
    """How long the money employs one person at `wage` USD an hour."""
    return money / (wage * HOURS_A_YEAR)


def minutes(cost: Range, wage: float) -> Range:
    """How long one label may take, if the wage is all that it costs."""
    return cost / wage * 60


def otherwise(money: Range) -> dict[str, Range]:
    """How many labels of each kind the same money buys, at the table's prices."""
    return {name: money / TASKS[name].cost for name in PRICES}


def table(money: Range, wage: float) -> pd.DataFrame:
    """All numbers of the page: one row per line of the lecture's table, and what `money` buys of its labels."""
    rows = []
    for name, task in TASKS.items():
        bought = money / task.cost
        rows.append(
            {"label": name, "images from": task.images.low, "images to": task.images.high}
            | {"USD per image from": task.cost.low, "USD per image to": task.cost.high}
            | {"total USD from": task.total.low, "total USD to": task.total.high}
            | {"your budget buys from": bought.low, "your budget buys to": bought.high}
            | {"minutes per label from": minutes(task.cost, wage).low}
            | {"minutes per label to": minutes(task.cost, wage).high}
        )
    return pd.DataFrame(rows)


def latex(images: Range, share: float, cost: Range, wage: float) -> str:
    """The formula with the current numbers in it."""
    money = total(images, share, cost)
    years = person_years(money, wage)
    year = rf"{wage:g}\;\text{{USD/h}} \times {HOURS_A_YEAR:g}\;\text{{h}}"
    return (
        r"\begin{aligned}" + "\n"
        rf"\text{{total}} &= {_tex(images)} \;\text{{images}} \times {100 * share:g}\,\% \times {_tex(cost)}"
        r"\;\text{USD} \\" + "\n"
        rf"&= {_tex(money)} \;\text{{USD}} \\" + "\n"
        rf"\text{{person-years}} &= \frac{{{_tex(money)}\;\text{{USD}}}}{{{year}}}"
        rf" = {_tex(years)}" + "\n"
        r"\end{aligned}"
    )


def _tex(values: Range) -> str:
    def one(value: float) -> str:
        return f"{value:,.0f}".replace(",", "{,}") if value >= 100 else f"{value:.3g}"

    return one(values.low) if values.low == values.high else rf"({one(values.low)} \ldots {one(values.high)})"
