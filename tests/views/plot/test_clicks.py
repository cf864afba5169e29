"""A chart sends its last clicks with every click: Python hears each once, also where it was too busy for one of two."""

from types import SimpleNamespace
from typing import Any

import pytest

from sslviz.views.plot import plot as module
from sslviz.views.plot.plot import Click, tell


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    known: dict[str, Any] = {}
    monkeypatch.setattr(module, "st", SimpleNamespace(session_state=known))
    return known


def test_each_click_is_heard_once_and_none_is_lost(state: dict[str, Any]) -> None:
    sent = [{"row": row, "column": row + 1, "at": 1000.0 + row} for row in range(4)]
    heard: list[Click] = []
    for some in (sent[:1], sent[:3], sent[1:4]):  # the second message was lost: the server was busy
        state["puzzle"] = {"click": some}
        tell("puzzle", heard.append)
    assert heard == [Click(row, row + 1) for row in range(4)]
    state["other"] = {"click": sent[:1]}
    tell("other", heard.append)
    assert heard[-1] == Click(0, 1)
