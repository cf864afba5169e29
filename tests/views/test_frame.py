"""The frame of all pages: the title of the browser's tab, addresses without a page, and what does not come along."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from sslviz.methods import METHODS
from sslviz.views import address as worksheet
from tests.pages import FRAME, ROOT, opened


def frame() -> AppTest:
    return AppTest.from_file(str(FRAME), default_timeout=60)


def page_of(app: AppTest, name: str) -> AppTest:
    return app.switch_page(f"../../pages/{name}.py")


@pytest.fixture
def titles(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the browser's tab was called, at each drawing."""
    found: list[str] = []

    def titled(*, page_title: str = "", **_: object) -> None:
        found.extend([page_title] if page_title else [])  # the first call gives only the icon

    monkeypatch.setattr(st, "set_page_config", titled)
    return found


def test_a_tab_is_called_by_its_page(titles: list[str]) -> None:
    app = frame().run()
    page_of(app, "chooser").run()
    page_of(app, "ema").run()
    assert titles == ["Start here · sslviz", "Which method? · sslviz", "EMA · sslviz"]


def test_an_address_without_a_page_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    app = frame().run()
    assert not app.warning
    monkeypatch.setattr(PagesManager, "intended_page_name", "nosuch`page")
    app = frame().run()
    assert not app.exception
    assert [warning.value for warning in app.warning] == [
        "There is no page called `nosuch'page`. Those that there are lie behind the doors on the left."
    ]
    assert len(app.header) == 1  # home stands below


KINDS = ("slider", "select_slider", "number_input", "toggle", "selectbox", "segmented_control", "text_input")


def controls_of(app: AppTest) -> dict[str, object]:
    """Key -> value of everything that can be turned and has a name of its own."""
    assert not app.exception
    return {each.key: each.value for kind in KINDS for each in app.get(kind) if each.key is not None}


def turn_everything(app: AppTest) -> None:
    """Every slider, number and switch goes elsewhere; so does every list."""
    for each in [*app.slider, *app.number_input]:
        if not isinstance(each.value, tuple):
            each.set_value(each.max if each.value != each.max else each.min)
    for each in app.toggle:
        each.set_value(not each.value)
    for each in app.selectbox:
        if each.key not in (None, "data"):  # pictures come along: see below
            each.select_index((each.index or 0) - 1)


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the controls of a method's page are looked at here."""
    from sslviz.views.method import live

    monkeypatch.setattr(live, "show", lambda run: None)


def go(app: AppTest, name: str) -> AppTest:
    """As by a link of the navigation, which leads to a bare address."""
    app.query_params = {}
    return page_of(app, name).run()


FILES = [path.stem for path in sorted((ROOT / "pages").glob("*.py"))]  # AppTest goes to no other page
LIKE = {"moco", "byol", "dino", "mae"}  # stand for the methods' other pages, all drawn by one function


@pytest.mark.slow
def test_nothing_of_a_page_is_left_on_the_next(runs: Path, no_pictures: None) -> None:
    """So every page finds itself as if it were opened first, whichever was open before."""
    app = go(frame().run(), "chooser")
    usual = set(app.session_state.to_dict())
    for name in [name for name in FILES if name not in METHODS.keys() - LIKE | {"home", "chooser"}]:
        assert not go(app, name).exception
        go(app, "chooser")
        assert (name, set(app.session_state.to_dict()) - usual - set(worksheet.TRAVELS)) == (name, set())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("infonce", "temperature"),
        ("temperature", "infonce"),
        ("geometry", "infonce"),
        ("simclr", "moco"),
        ("mae", "simclr"),
    ],
)
def test_a_page_is_the_same_after_another_with_knobs_of_its_names(
    one: str, other: str, runs: Path, no_pictures: None
) -> None:
    fresh, app = controls_of(opened(other)), go(frame().run(), one)
    assert controls_of(app).keys() & fresh.keys()
    turn_everything(app)
    app.run()
    assert controls_of(go(app, other)) == fresh


@pytest.mark.parametrize(("page", "address", "key"), [("temperature", {"n": "4"}, "n"), ("infonce", {"n": "3"}, "n")])
def test_plain_names_work_in_the_address_of_a_page(page: str, address: dict[str, str], key: str, runs: Path) -> None:
    app = opened(page, **address)
    assert not app.exception
    assert not app.warning
    assert app.session_state[key] == int(address[key])


def test_the_pictures_chosen_come_along(runs: Path, no_pictures: None) -> None:
    app = frame().run()
    page_of(app, "simclr").run()
    app.selectbox(key="data").set_value("cifar10").run()
    app.slider(key="hue").set_value(0.3).run()
    go(app, "moco")
    assert app.session_state["data"] == "cifar10"
    assert app.session_state["hue"] == 0.1  # what is recommended for them, not what was turned
    go(app, "twin")
    assert not app.exception
    assert app.selectbox(key="data").value == "cifar10"
