"""A run that ends while the page is being drawn: buttons drawn for a run at work must not stay."""

from pathlib import Path
from typing import Any

import pytest

from sslviz.runs.settings import RunSettings
from sslviz.views import controls, server, twin_transport
from tests import pages


def between(module: Any, name: str, monkeypatch: pytest.MonkeyPatch, *ids: str) -> None:
    """The runs stop when the buttons have been drawn, and the pictures have not."""
    usual = getattr(module, name)

    def stopping(*args: Any) -> None:
        usual(*args)
        for run_id in ids:
            server.launcher().stop(run_id)

    monkeypatch.setattr(module, name, stopping)


def test_a_run_that_stops_below_its_buttons(runs: Path, quick: RunSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    run = server.launcher().start(quick.model_copy(update={"data": "digits"}))
    assert run.status().at_work
    between(controls, "knobs", monkeypatch, run.id)
    app = pages.opened("simclr", run=run.id, every="0")  # no timer: nothing else would ever draw them anew
    assert not app.exception
    assert run.status().state == "stopped"
    assert app.button(key="end").label == "Resume"


def test_twins_that_stop_below_their_buttons(runs: Path, quick: RunSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = quick.model_copy(update={"data": "tiny"})
    pair = server.launcher().start_twins(settings, settings.change(hue=0.0))
    between(twin_transport, "turn_a_knob", monkeypatch, pair[0].id)
    app = pages.opened("twin", a=pair[0].id, b=pair[1].id, every="0")
    assert not app.exception
    assert [run.status().state for run in pair] == ["stopped", "stopped"]
    assert app.button(key="twin_stop").label == "Resume"
