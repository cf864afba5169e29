"""The page on the slow teacher shows the lecture's numbers, keeps its state in the address and survives any address."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from sslviz.exhibits.ema import page
from tests import pages
from tests.pages import text

opened = partial(pages.opened, "ema")


def test_it_opens_with_the_lecture() -> None:
    app = opened()
    shown = text(app)
    assert r"\xi_{1} &= 0.9 \cdot (10,\, 2) + 0.1 \cdot (12,\, 3) = (10.2,\, 2.1)" in shown
    assert r"\xi_{2} &= 0.9 \cdot (10.2,\, 2.1) + 0.1 \cdot (11,\, 5) = (10.28,\, 2.39)" in shown
    assert "never changes" in shown
    assert "68.97" in shown
    assert not app.warning


def test_the_address_is_the_state() -> None:
    app = opened(m="0.9963", theta="1,2,3,-4", ms=["0", "0.999"], schedule="m rises to 1", seed="5", noise="0")
    assert not app.warning
    shown = text(app)
    assert r"0.9963 \cdot (1,\, 2) + 0.0037 \cdot (3,\, -4)" in shown
    assert "no teacher at all" in shown
    assert "| 0.999 |" in shown
    assert r"\cos" in shown
    assert app.query_params["theta"] in ("1,2,3,-4", ["1,2,3,-4"])


def test_no_teacher_chosen_is_fine() -> None:
    app = opened()
    app.pills(key="ms").set_value([]).run()
    assert not app.exception
    assert app.segmented_control(key="schedule").disabled  # no teacher, no schedule


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ([[1, 2], [None, 3], [4, 5]], [[1, 2], [4, 5]]),
        ([[1, 2], ["x", 3], [4, 1e300]], None),
        ([[1, 2]], None),
        ([], None),
        ([[0, 0]] * 50, [[0, 0]] * 12),
    ],
)
def test_a_table_is_read_as_far_as_it_makes_sense(rows: list[list[object]], left: list[list[float]] | None) -> None:
    found = page.sensible(pd.DataFrame(rows, columns=["θ first weight", "θ second weight"]))
    if left is None:
        assert found is None
    else:
        assert found is not None
        np.testing.assert_array_equal(found, left)


WRONG = ["nan", "inf", "1e308", "-5", "x" * 5000, "<b>slow</b>", "", "0.1,nan", "1,2", "1,2,3", "[1]"]


KEYS = ["m", "theta", "ms", "schedule", "steps", "noise", "seed"]


@pytest.mark.parametrize("wrong", WRONG)
def test_addresses_that_make_no_sense_never_raise(wrong: str) -> None:
    app = opened(**dict.fromkeys([*KEYS, "unknown"], wrong))
    assert r"(10.28,\, 2.39)" in text(app)
    assert len(app.warning) == len(KEYS)  # a note for each, none for the unknown one
    assert all(len(warning.value) < 200 for warning in app.warning)


def test_a_seed_without_noise_cannot_be_moved() -> None:
    assert opened(noise="0").slider(key="seed").disabled
    assert not opened().slider(key="seed").disabled
