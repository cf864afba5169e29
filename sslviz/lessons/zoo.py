"""The zoo of methods that compare views: the same six parts, and which of them each method changes.

In our own words, not the lecture's; where a paper has variants, the one that our code follows.
"""

from collections.abc import Iterable
from dataclasses import astuple

import pandas as pd

from sslviz.lessons import card_of

PARTS = ["second view goes through", "negatives", "predictor", "gradient flows into", "views are compared by"]
PARTS.append("what keeps it from collapse")


def zoo(methods: Iterable[str]) -> pd.DataFrame:
    """One row for each of the methods that has one on its card, in this order; a column for each part."""
    rows = {name: astuple(row) for name in methods if (row := card_of(name).zoo)}
    return pd.DataFrame.from_dict(rows, orient="index", columns=PARTS)


def changed(table: pd.DataFrame, base: str) -> pd.DataFrame:
    """True where a method's part is another one than that of `base`."""
    return table.ne(table.loc[base], axis="columns")


def written(table: pd.DataFrame, base: str, titles: dict[str, str]) -> pd.DataFrame:
    """The zoo for reading: changed parts in bold, equal ones as dots; first `base` itself in full."""
    differs = changed(table, base)
    shown = table.map(lambda text: f"**{text}**").where(differs, "·")
    shown.loc[base] = table.loc[base]
    shown.insert(0, "method", [titles.get(name, name) for name in shown.index])
    shown["changed"] = differs.sum(axis="columns").map(lambda n: f"{n} of {len(PARTS)}")
    order = [base, *(name for name in shown.index if name != base)]
    return shown.loc[order].reset_index(drop=True)
