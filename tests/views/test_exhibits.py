"""What lies in a closed expander is not drawn; when it is opened, it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from sslviz.views import panel, server

ROOT = Path(__file__).parents[2]


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of all panels that the pages draw, in order."""
    monkeypatch.setenv("SSLVIZ_RUNS", str(tmp_path))
    monkeypatch.setenv("SSLVIZ_SPARE", "0")
    server.launcher.clear()
    names: list[str] = []
    one = panel.one
    monkeypatch.setattr(panel, "one", lambda each, found: (names.append(each.name), one(each, found)))
    yield names
    server.launcher().close()
    server.launcher.clear()


def test_the_health_of_a_representation_is_drawn_only_for_those_who_look(drawn: list[str]) -> None:
    app = AppTest.from_file(str(ROOT / "pages" / "barlow_twins.py"), default_timeout=60).run()
    assert not app.exception
    assert drawn == ["correlation"]
    drawn.clear()
    app.session_state["health"] = True
    app.run()
    assert not app.exception
    assert drawn == ["correlation", "spectrum", "channels", "plane"]
