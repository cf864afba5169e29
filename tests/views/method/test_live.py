"""A run that ends while the page is being drawn: buttons drawn for a run at work must not stay."""

import time
from pathlib import Path
from typing import Any

import pytest

from sslviz.exhibits.twins import transport
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.views.controls import method_knobs, server
from sslviz.views.method import curves
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
    between(method_knobs, "show", monkeypatch, run.id)
    app = pages.opened("simclr", run=run.id, every="0")  # no timer: nothing else would ever draw them anew
    assert not app.exception
    assert run.status().state == "stopped"
    assert app.button(key="end").label == "Resume"


def test_twins_that_stop_below_their_buttons(runs: Path, quick: RunSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = quick.model_copy(update={"data": "tiny"})
    pair = server.launcher().start_twins(settings, settings.change(hue=0.0))
    between(transport, "turn_a_knob", monkeypatch, pair[0].id)
    app = pages.opened("twin", a=pair[0].id, b=pair[1].id, every="0")
    assert not app.exception
    assert [run.status().state for run in pair] == ["stopped", "stopped"]
    assert app.button(key="twin_stop").label == "Resume"


@pytest.mark.parametrize(
    ("known", "says"),
    [
        ({"state": "starting"}, "The first score is measured before the first step."),
        ({"state": "running", "knn": 0.2, "next_score": 500.0}, "Next score in "),
        ({"state": "running", "knn": 0.2, "next_score": 0.0}, "Next score: now."),
        ({"state": "paused", "knn": 0.2}, "Paused: the next score comes with the next step."),
    ],
)
def test_the_page_says_when_the_next_score_comes(
    runs: Path, quick: RunSettings, known: dict[str, Any], says: str
) -> None:
    run = server.launcher().start(quick.model_copy(update={"data": "digits"}))
    run.write_status(run.status().model_copy(update=known | {"heartbeat": time.time()}))
    app = pages.opened("simclr", run=run.id, every="0")
    assert not app.exception
    (said,) = [each.value for each in app.caption if "score" in each.value and each.value.startswith(says)]
    if known.get("next_score"):
        assert 400 < int(said.split()[3]) <= 500


def test_scores_of_two_definitions_are_two_curves_each_with_its_own_words(tmp_path: Path, quick: RunSettings) -> None:
    run = RunFolder.create(tmp_path, quick)
    for step, more in ((0, {}), (9, {}), (20, {"live_pictures": 1000}), (30, {"live_pictures": 1000})):
        run.append_metrics({"step": step, "seconds": float(step), "knn": 0.5, "knn_hue": 0.4} | more)
    series, ways = curves.live_scores(run)
    assert [(one.name, one.step.tolist()) for one in series] == [
        *(("class", [0, 9]), ("class", [20, 30])),
        *(("hue", [0, 9]), ("hue", [20, 30])),
    ]
    assert ways == [
        "2,000 test pictures ask 5,000 training pictures",
        "each of 1,000 test pictures asks the others",
    ]
    assert [one.note for one in series] == ways * 2


@pytest.mark.parametrize(
    ("every", "is_told"), [("0", False), ("0.3", False), ("0.0001", True), ("-1", True), ("soon", True)]
)
def test_how_often_a_page_may_be_drawn_anew(every: str, is_told: bool, runs: Path) -> None:
    app = pages.opened("simclr", every=every)
    assert not app.exception
    told = [warning.value for warning in app.warning]
    wanted = f"The address asks for every = `{every}`, which makes no sense here: 1 (seconds; 0 is never) is shown."
    assert told == [wanted] * is_told
