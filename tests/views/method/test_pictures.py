"""What lies in a closed expander is not drawn; when it is opened, it is."""

from pathlib import Path

import pytest

from sslviz.views.method import panel
from tests.pages import opened


@pytest.fixture
def drawn(runs: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of all panels that the pages draw, in order."""
    names: list[str] = []
    draw = panel.draw
    monkeypatch.setattr(panel, "draw", lambda each, *args: (names.append(each.name), draw(each, *args)))
    return names


def test_the_health_of_a_representation_is_drawn_only_for_those_who_look(drawn: list[str]) -> None:
    app = opened("barlow_twins")
    assert not app.exception
    assert drawn == ["correlation"]
    drawn.clear()
    app.session_state["health"] = True
    app.run()
    assert not app.exception
    assert drawn == ["correlation", "spectrum", "channels", "plane"]
