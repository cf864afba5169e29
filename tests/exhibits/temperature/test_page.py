"""The temperature page shows the lecture's numbers, keeps its state in the address and survives any address."""

from functools import partial

import pytest

from sslviz.measures import softmax
from tests import pages
from tests.pages import text

opened = partial(pages.opened, "temperature")


def test_it_opens_with_the_lecture() -> None:
    app = opened()
    shown = text(app)
    for row in (
        *("0.90 | 2.460 | 0.536", "0.20 | 1.221 | 0.266", "-0.10 | 0.905 | 0.197"),
        *("0.90 | 8103.1 | 0.99904", "0.20 | 7.389 | 0.00091", "-0.10 | 0.368 | 0.00005", "Loss **0.00096**"),
    ):
        assert row in shown
    assert not app.warning


def test_the_second_case_of_the_lecture_is_a_button() -> None:
    app = opened(n="5", tau2="0.5")
    next(button for button in app.button if "0.2" in button.label).click().run()
    shown = text(app)
    assert "0.20 | 7.389 | 0.48786" in shown
    assert "Loss **0.718**" in shown
    assert softmax.about_log_3() in shown
    assert "P = 0.48786 and the loss is 0.718 nats; these two numbers are ours" in shown
    assert "ln 3 = 1.099" in shown


def test_the_address_is_the_state() -> None:
    app = opened(n="4", s1="0.5", s4="-0.25", panels="3", tau1="0.07", tau2="0.0512", tau3="0.001")
    assert not app.warning
    assert (app.slider(key="s1").value, app.slider(key="s4").value) == (0.5, -0.25)
    assert [app.select_slider(key=f"tau{i}").value for i in (1, 2, 3)] == ["0.07", "0.0512", "0.001"]
    assert "10²¹⁷" in text(app)  # exp(0.5/0.001): nothing overflows
    app.select_slider(key="tau2").set_value("0.3").run()
    assert app.select_slider(key="tau2").value == "0.3"


KEYS = ["n", "s1", "s3", "tau1", "tau2", "panels"]


@pytest.mark.parametrize("wrong", ["nan", "inf", "1e308", "-5", "x" * 5000, "<b>hot</b>", "", "0.1,0.2", "[1]"])
def test_addresses_that_make_no_sense_never_raise(wrong: str) -> None:
    app = opened(**dict.fromkeys([*KEYS, "unknown"], wrong))
    assert "8103.1" in text(app)
    assert len(app.warning) == len(KEYS)  # a note for each, none for the unknown one
    assert all(len(warning.value) < 200 for warning in app.warning)
