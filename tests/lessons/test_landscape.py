"""All methods have a place, and the benchmark is the lecture's."""

import pandas as pd
import pytest

from sslviz.lessons import CARDS, landscape, zoo
from sslviz.lessons.landscape import ACCURACY, DETECTION, IDEAS
from sslviz.lessons.supervised import REFERENCE
from sslviz.methods import METHODS

PLACES = {name: card.place for name, card in CARDS.items() if card.place}


def test_every_method_stands_on_one_idea_but_the_reference() -> None:
    assert {name for name in METHODS if landscape.place(name, METHODS[name].family)} == set(METHODS) - {REFERENCE}
    for place in PLACES.values():
        assert place.idea in IDEAS
        assert place.also in {"", *IDEAS} - {place.idea}


def test_a_new_method_goes_where_its_family_is() -> None:
    place = landscape.place("thirteenth", "contrastive")
    assert place is not None
    assert place.idea == landscape.TWICE
    assert landscape.place("thirteenth", "test fixtures") is None
    for name, place in PLACES.items():  # a card says otherwise only where the family's idea is borrowed from
        assert landscape.BY_FAMILY.get(METHODS[name].family, place.idea) in (place.idea, place.also)


def test_the_lectures_benchmark() -> None:
    rows = {row.method: (row[3], row[4]) for row in landscape.BENCHMARK.itertuples()}
    assert rows == {
        "supervised": (76.1, 38),
        "SimCLR": (69, 36),
        "MoCo-v3": (76, 39),
        "MAE": (76, 54),
        "DINOv2": (86, 52),
    }
    assert landscape.ranked(ACCURACY)["method"].tolist() == ["DINOv2", "supervised", "MoCo-v3", "MAE", "SimCLR"]
    assert landscape.ranked(DETECTION)["method"].tolist() == ["MAE", "DINOv2", "MoCo-v3", "supervised", "SimCLR"]


def test_the_zoo() -> None:
    table = zoo.zoo(METHODS)
    assert list(table.index) == [name for name in METHODS if CARDS[name].zoo]
    assert zoo.changed(table, "simclr").loc["moco"].sum() == 4
    assert zoo.changed(table, "byol").loc["simsiam"].tolist() == [True, False, False, False, False, True]
    shown = zoo.written(table, "byol", {"byol": "BYOL"})
    assert shown.iloc[0]["method"] == "BYOL"
    assert shown.iloc[0]["changed"] == "0 of 6"
    assert not shown.iloc[0].str.contains("·").any()


@pytest.mark.parametrize("table", [landscape.BENCHMARK, landscape.FIELDS, landscape.PROTOCOLS])
def test_latex(table: pd.DataFrame) -> None:
    text = landscape.latex(table)
    assert text.startswith(r"\begin{tabular}{l")
    assert text.count(r"\\") == len(table) + 1
    assert "76.1 & 38" in landscape.latex(landscape.BENCHMARK)
