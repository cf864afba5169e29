"""The page that judges a run: what was measured is shown, what was not can be asked for, nothing else."""

from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from sslviz.data.dataset import Dataset
from sslviz.judging.evaluation import evaluate
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.training.worker import Wishes, run
from sslviz.views.controls import server
from tests import pages

pytestmark = pytest.mark.slow

opened = partial(pages.opened, "judge")


@pytest.fixture
def finished(runs: Path, tiny: Dataset, quick: RunSettings) -> RunFolder:
    folder = RunFolder.create(runs, quick.model_copy(update={"data": "tiny"}))
    assert run(folder, runs, Wishes(folder), loaded=tiny).state == "done"
    return folder


def test_it_opens_on_a_recorded_example_which_nobody_can_measure_again(runs: Path) -> None:
    app = opened()
    assert not app.exception
    assert "(recorded)" in app.selectbox(key="judged").options[0]
    assert not app.button


def test_a_run_that_is_not_here_is_told(runs: Path) -> None:
    app = opened(judged="../x")
    assert [warning.value for warning in app.warning] == [
        "The address asks for judged = `../x`, which is not here: another run is shown."
    ]
    assert not app.run().warning  # once


def test_a_run_of_ones_own_can_be_measured(finished: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(judged=finished.id)
    assert not app.exception
    assert app.selectbox(key="judged").value == finished.id
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(server.launcher(), "evaluate", lambda run_id, step, names: asked.append((run_id, step, names)))
    app.button(key="ask_linear").click().run()
    assert not app.exception
    assert asked == [(finished.id, finished.weights_steps()[-1], ("linear",))]


def test_what_was_measured_is_shown_and_no_longer_asked_for(finished: RunFolder, tiny: Dataset) -> None:
    table = evaluate(finished, finished.weights_steps()[-1], finished.path, names=("knn", "linear"), loaded=tiny)
    app = opened(judged=finished.id)
    assert not app.exception
    shown = app.dataframe[0].value
    assert list(shown["evaluation"]) == ["Evaluated k-NN", "Linear probe"]
    linear = table[(table.evaluation == "linear") & (table.target == "class") & (table.features == "h")]
    by_encoder = dict(zip(linear.encoder, linear.score, strict=True))
    assert shown["this run"][1] == f"{by_encoder['trained']:.1%}"
    assert shown["random weights"][1] == f"{by_encoder['random']:.1%}"
    assert shown["raw pixels"][1] == f"{by_encoder['pixels']:.1%}"
    keys = {button.key for button in app.button}
    assert "ask_fewshot" in keys
    assert "ask_knn" not in keys


def test_references_are_asked_for_by_name_only_and_shown_beside_the_run(
    finished: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(server.launcher(), "evaluate", lambda run_id, step, names: asked.append(names))
    app = opened(judged=finished.id)
    assert "code of its authors" in app.button(key="ask_references").help
    next(button for button in app.button if button.label == "Measure everything").click().run()
    assert "references" not in asked[0]

    step = finished.weights_steps()[-1]
    row = {"evaluation": "references", "step": step, "features": "h", "target": "class", "chance": 0.25}
    scores = {"trained": 0.5, "random": 0.3, "pixels": 0.35, "supervised": 0.9, "resnet18": 0.625}
    rows = [row | {"encoder": name, "probe": "linear", "score": score} for name, score in scores.items()]
    rows += [row | {"encoder": name, "probe": "knn", "k": 20, "score": score / 2} for name, score in scores.items()]
    finished.write_evaluation(
        step, "linear", pd.DataFrame([row | {"evaluation": "linear", "encoder": "trained", "score": 0.5}])
    )
    finished.write_evaluation(step, "references", pd.DataFrame([*rows, {"encoder": "dinov2", "note": "No network."}]))
    app = opened(judged=finished.id)
    assert not app.exception
    assert [warning.value for warning in app.warning] == ["No network."]
    shown = app.dataframe[0].value
    assert list(shown["ResNet-18"]) == ["62.5%"]
    assert list(shown["supervised"]) == ["90.0%"]
    assert "ask_references" in {button.key for button in app.button}  # not all is measured: it can be tried again


def test_progress_and_failures_are_told(finished: RunFolder) -> None:
    step = finished.weights_steps()[-1]
    finished.write_evaluation_progress(step=step, name="linear", rows=3)
    app = opened(judged=finished.id)
    assert any("Linear probe: 3 numbers" in info.value for info in app.info)
    finished.write_evaluation_progress(step=step, name="references", rows=3, doing="Downloading resnet18.pth: 12%")
    app = opened(judged=finished.id)
    assert any("Downloading resnet18.pth: 12%" in info.value for info in app.info)
    assert not app.button
    finished.write_evaluation_progress(step=step, error="The pictures are gone.")
    app = opened(judged=finished.id)
    assert any("gone" in warning.value for warning in app.warning)


@pytest.mark.parametrize("wrong", ["../../etc", "nan", "inf", "-1", "1e308", "<b>x</b>", "x" * 5000])
def test_addresses_that_make_no_sense_never_raise(runs: Path, wrong: str) -> None:
    app = opened(judged=wrong, first=wrong, every=wrong)
    assert not app.exception
