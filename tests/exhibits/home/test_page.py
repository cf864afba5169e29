"""The first page plays a recorded run, trains a visitor's own in its place, and leads to every page."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from sslviz.exhibits.home import stage
from sslviz.lessons.path import AFTERWARDS, LECTURE, WAYS
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.views import catalogue
from sslviz.views.controls import server
from tests.pages import FRAME, opened


@pytest.fixture(scope="module")
def home() -> AppTest:
    app = opened(FRAME)
    assert not app.exception
    return app


def test_the_lecture_has_eight_steps_in_its_order(home: AppTest) -> None:
    links = [link.proto.label for link in home.get("page_link")]
    steps = ["What labels cost", "Pretext room", "InfoNCE worksheet", "Temperature", "SimCLR", "Projection head"]
    steps += ["BYOL", "EMA", "MAE room"]
    numbered = [label.split(". ", 1) for label in links if label[0].isdigit()]
    assert [name for _, name in numbered] == steps
    assert [int(number) for number, _ in numbered] == [1, 2, 3, 4, 5, 6, 7, 7, 8]
    after = links.index("8. MAE room") + 1
    assert links[after : after + 3] == ["Compare", "Judge a run", "Landscape"]


def test_every_page_has_a_card_with_a_picture(home: AppTest) -> None:
    links = {link.proto.page for link in home.get("page_link")}
    assert links >= set(catalogue.names())
    assert len(home.get("image")) == len(catalogue.names())


def test_what_is_named_is_there() -> None:
    named = [name for stop in (*LECTURE, *AFTERWARDS) for name in stop.pages]
    named += [name for way in WAYS for name in way.pages]
    assert set(named) <= set(catalogue.names())


def test_the_recorded_run_plays_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(stage.clock, "show", lambda *_, **more: told.append(more))
    opened("home")
    assert [more["plays"] for more in told] == [True]


def test_the_button_trains_with_the_temperature_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[RunSettings] = []

    def start(settings: RunSettings) -> RunFolder:
        wanted.append(settings)
        raise OSError("no disk")

    monkeypatch.setattr(server.launcher(), "start", start)
    app = opened("home")
    app.slider(key="temperature").set_value(0.5)
    app.run()
    app.button(key="go").click().run()
    assert not app.exception
    assert [(one.method, one.values()["temperature"]) for one in wanted] == [("simclr", 0.5)]
    assert len(app.warning) == 1  # what could not be done is said
