"""The lecture's prices, to the digits that it gives."""

import pytest

from sslviz.exhibits.labels import maths
from sslviz.exhibits.labels.maths import TASKS, Range


def test_the_lectures_table() -> None:
    assert TASKS["class"].total == Range(7e6, 7e6)  # 14 M × 0.5 USD
    assert TASKS["boxes"].total == Range(1e6, 4e6)  # 200 k × 5 … 20 USD
    assert TASKS["mask"].total == Range(300e3, 1e6)  # 10 k × 30 … 100 USD
    assert TASKS["medical"].total == Range(50e3, 5e6)  # 1 … 10 k × 50 … 500 USD
    all_masks = TASKS["ImageNet in masks"].total
    assert all_masks == Range(420e6, 1.4e9)
    assert all_masks.low < maths.QUOTED_MASKS == 500e6 < all_masks.high


def test_the_same_money_in_other_labels() -> None:
    bought = maths.otherwise(Range(7e6, 7e6))
    assert bought["class"] == Range(14e6, 14e6)
    assert bought["boxes"] == Range(350e3, 1.4e6)
    assert bought["mask"] == Range(70e3, pytest.approx(7e6 / 30))
    assert bought["medical"] == Range(14e3, 140e3)


def test_time_at_a_wage() -> None:
    assert maths.person_years(Range(7e6, 7e6), 35) == Range(100, 100)
    assert maths.minutes(Range(0.5, 20), 15) == Range(2, 80)


def test_a_share_of_the_images() -> None:
    assert maths.total(Range(14e6, 14e6), 0.01, Range(0.5, 0.5)).low == pytest.approx(70e3)


@pytest.mark.parametrize(
    ("value", "text"), [(7e6, "7 M"), (999.9e3, "1 M"), (1.4e9, "1.4 G"), (0.5, "0.5"), (233_333, "233 k")]
)
def test_numbers_are_written_short(value: float, text: str) -> None:
    assert maths.short(value) == text


def test_latex_holds_the_numbers() -> None:
    text = maths.latex(Range(14e6, 14e6), 1, Range(0.5, 0.5), 35)
    assert r"14{,}000{,}000 \;\text{images} \times 100\,\% \times 0.5" in text
    assert r"7{,}000{,}000 \;\text{USD}" in text
    assert text.count("{") == text.count("}")
    assert len(maths.table(Range(1, 2), 15)) == len(TASKS)
