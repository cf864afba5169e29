"""The projection head's page: h against z of recorded runs and of the visitor's own; what is missing is asked for."""

from functools import partial
from pathlib import Path

import pytest

from sslviz.data.dataset import Dataset
from sslviz.exhibits.projection_head import figures
from sslviz.exhibits.projection_head import page as room
from sslviz.judging.evaluation import evaluate
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.training.worker import Wishes, run
from sslviz.views.controls import server
from tests import pages
from tests.pages import end, example, text

opened = partial(pages.opened, "projection_head")


@pytest.fixture
def headless(runs: Path, tiny: Dataset, quick: RunSettings) -> RunFolder:
    """A finished SimCLR without a head."""
    settings = quick.change(projector="none").model_copy(update={"data": "tiny"})
    folder = RunFolder.create(runs, settings)
    assert run(folder, runs / "cache", Wishes(folder), loaded=tiny).state == "done"
    return folder


def test_the_recorded_run_is_shown_and_what_is_not_recorded_is_said(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "RECORDED", room.RECORDED | {"none": "not-here", "linear": "not-here-either"})
    app = opened()
    assert app.query_params["run"] == "simclr"
    assert app.segmented_control(key="head").value == "mlp"
    assert "[none](simclr?projector=none) and [linear](simclr?projector=linear)" in text(app)
    assert not app.button  # nobody can measure a recorded example again
    rows = server.example("simclr").evaluation(int(app.query_params["moment"]), "linear")
    trained = rows[(rows["encoder"] == "trained") & (rows["features"] == "z")].set_index("target")["score"]
    shown = app.dataframe[0].value.set_index("asked for")
    assert shown.loc["background hue", "MLP: z"] == pytest.approx(100 * trained["background_hue"])
    assert shown["none: h"].isna().all()
    paper = app.dataframe[1].value
    assert list(paper["g(h) = z"]) == [97.4, 25.6, 59.6, 56.3]
    app = opened(run="byol", probe="evaluated k-NN")  # the address is the state
    assert app.selectbox(key="run").value == "byol"
    assert app.segmented_control(key="head").value is None
    assert app.segmented_control(key="probe").value == "evaluated k-NN"
    assert "evaluated k-NN, on shapes" in text(app)


def test_every_missing_head_leads_to_a_page_where_it_can_be_trained(runs: Path) -> None:
    for head in ("none", "linear"):
        assert pages.opened("simclr", projector=head).selectbox(key="projector").value == head


def test_a_run_without_a_head_is_measured_and_then_h_is_z(
    headless: RunFolder, tiny: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "RECORDED", room.RECORDED | {"none": "not-here"})
    asked: list[tuple[str, int, tuple[str, ...]]] = []
    monkeypatch.setattr(server.launcher(), "evaluate", lambda *request: asked.append(request))
    app = opened(probe="evaluated k-NN")
    app.segmented_control(key="head").set_value("none").run()
    assert app.query_params["run"] == app.selectbox(key="run").value == headless.id
    assert app.segmented_control(key="head").value == "none"
    assert not app.warning
    app.button(key="measure").click().run()
    step = headless.weights_steps()[-1]
    assert asked == [(headless.id, step, ("knn", "linear"))]

    evaluate(headless, step, headless.path, names=("knn", "linear"), loaded=tiny)
    app = opened(run=headless.id)
    assert "Without a head z is h" in text(app)
    assert not app.button
    shown = app.dataframe[0].value.set_index("asked for")
    assert list(shown["none: h"].dropna()) == list(shown["none: z"].dropna()) != []
    app.segmented_control(key="head").set_value("mlp").run()
    assert app.query_params["run"] == app.selectbox(key="run").value == "simclr"


def test_what_the_evaluator_does_is_told(headless: RunFolder) -> None:
    headless.write_evaluation_progress(step=headless.weights_steps()[-1], name="linear", rows=3)
    app = opened(run=headless.id)
    assert any("Linear probe: 3 numbers" in info.value for info in app.info)
    assert not app.button


def test_only_methods_that_tell_z_from_h_can_be_chosen(runs: Path) -> None:
    offered = [name for name in ("simclr", "byol", "dino", "mae", "supervised") if room.has_head(server.example(name))]
    assert offered == ["simclr", "byol", "dino"]


@pytest.mark.parametrize("wrong", ["../../etc", "nan", "-1", "<b>x</b>", "mae"])
def test_addresses_that_make_no_sense_never_raise(runs: Path, wrong: str) -> None:
    app = opened(run=wrong, moment=wrong, probe=wrong)
    assert not app.exception
    assert app.query_params["run"] == "simclr"


def test_each_pair_of_bars_holds_what_was_measured() -> None:
    rows = example("simclr").evaluation(end("simclr"), "linear")
    figure = figures.pairs(rows, title="x")
    bars = {trace.name: list(trace.y) for trace in figure.data if trace.type == "bar"}
    for name, features in (("h, kept", "h"), ("z, seen by the loss", "z")):
        some = rows[(rows["encoder"] == "trained") & (rows["features"] == features)]
        assert bars[name] == pytest.approx(list(some["score"]))
