"""The knobs of a method's page agree with the run beside them, or say where they do not."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings, recommended
from sslviz.runs.shelf import list_runs
from sslviz.views.controls import server
from sslviz.views.method import live
from tests import pages


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "show", lambda run: None)


def finished(runs: Path, settings: RunSettings, name: str, state: str = "done") -> RunFolder:
    run = RunFolder.create(runs, settings, name=name)
    run.write_status(run.status().model_copy(update={"state": state, "step": 9}))
    return run


def said(app: AppTest, *names: str) -> list[object]:
    assert not app.exception
    return [app.session_state[name] for name in names]


def marks(app: AppTest) -> list[str]:
    """What stands below the knobs, and above them."""
    return [text.value for text in [*app.caption, *app.markdown] if "this run" in text.value]


@pytest.mark.parametrize("named", [True, False], ids=["named in the address", "the latest"])
def test_knobs_say_what_the_run_says_that_is_shown(named: bool, runs: Path) -> None:
    run = finished(runs, recommended("byol", "cifar10", seed=4).change(predictor=False, momentum=0.5, threads=1), "a")
    app = pages.opened("byol", **({"run": run.id} if named else {}))
    assert said(app, "data", "seed", "predictor", "momentum", "hue", "threads") == ["cifar10", 4, False, 0.5, 0.1, 1]
    assert marks(app) == []
    assert not app.warning


def test_knobs_say_what_the_recorded_example_says_except_how_it_was_computed(runs: Path) -> None:
    example = server.recorded("simclr")
    assert example is not None
    app = pages.opened("simclr")
    values = example.values() | {"threads": 0, "precision": "auto"}  # those were of another machine
    assert said(app, *values) == [*values.values()]
    assert marks(app) == []


def test_what_is_turned_is_marked_and_counted_until_it_is_started(runs: Path) -> None:
    run = finished(runs, RunSettings().change(temperature=0.3), "a")
    app = pages.opened("simclr")
    app.slider(key="temperature").set_value(0.5).run()
    app.selectbox(key="projector").set_value("none").run()
    assert marks(app) == [
        ":orange-badge[this run: 0.3] press **Start**",
        ":orange-badge[this run: mlp] press **Start**",
        ":orange-badge[2 knobs differ from this run] press **Start** to train with them",
    ]
    app.button(key="go").click().run()
    [started] = [each for each in list_runs(runs) if each.id != run.id]
    assert (started.values()["temperature"], started.values()["projector"]) == (0.5, "none")
    assert marks(app) == []


def test_pictures_and_seed_are_no_knobs(runs: Path) -> None:
    app = pages.opened("simclr", data="cifar10", seed="7")
    assert said(app, "data", "seed", "hue") == ["cifar10", 7, 0.1]  # hue: what photographs want
    assert marks(app)[-1].startswith(":orange-badge[1 knob and the pictures and the seed differ from this run]")
    assert said(pages.opened("simclr", data="cifar10", hue="0.5"), "hue") == [0.5]  # unless the address says otherwise


def test_the_address_overrules_the_run_even_with_the_recommended_value(runs: Path) -> None:
    finished(runs, RunSettings().change(temperature=0.5), "a")
    assert recommended().values()["temperature"] == 0.2
    app = pages.opened("simclr", temperature="0.2")
    assert said(app, "temperature") == [0.2]
    assert len(marks(app)) == 2


def test_a_knob_of_a_stopped_run_can_be_resumed_with(runs: Path) -> None:
    finished(runs, RunSettings(), "a", state="stopped")
    app = pages.opened("simclr", temperature="0.5", projector="none")
    assert marks(app)[:2] == [
        ":orange-badge[this run: 0.2] press **Start** or **Resume**",
        ":orange-badge[this run: mlp] press **Start**",
    ]


def test_a_live_knob_of_a_run_at_work_needs_no_mark(runs: Path) -> None:
    run = server.launcher().start(RunSettings())
    app = pages.opened("simclr", run=run.id)
    app.slider(key="temperature").set_value(0.5).run()
    assert [(wish["name"], wish["value"]) for wish in run.control()[0]] == [("temperature", 0.5)]
    assert marks(app) == []


def test_an_address_does_not_turn_a_run_at_work(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the live views are what notices
    monkeypatch.setenv("SSLVIZ_RUNS", str(runs))
    run = server.launcher().start(RunSettings().change(temperature=0.3))
    app = pages.opened("simclr", run=run.id, temperature="0.7", projector="linear", every="0")
    assert said(app, "temperature", "projector") == [0.3, "linear"]
    assert run.control()[0] == []


@pytest.mark.parametrize("method", METHODS)
def test_the_recipe_comes_back(method: str, runs: Path) -> None:
    recipe = recommended(method, "digits").values()
    finished(runs, recommended(method, "digits").change(crop_scale=0.77, batch_size=48, weight_decay=0.5), "a")
    app = pages.opened(method)
    assert said(app, "crop_scale", "batch_size") == [0.77, 48]
    app.button(key="recipe").click().run()
    assert said(app, *recipe) == [*recipe.values()]
    assert app.button(key="recipe").disabled


def test_the_recipe_turns_the_live_knobs_of_a_run_at_work(runs: Path) -> None:
    run = server.launcher().start(RunSettings().change(temperature=0.3, projector="linear"))
    pages.opened("simclr", run=run.id).button(key="recipe").click().run()
    assert [(wish["name"], wish["value"]) for wish in run.control()[0]] == [("temperature", 0.2)]


def test_a_newer_run_leaves_what_was_turned(runs: Path) -> None:
    """A classmate starts a run while somebody here turns a knob over the latest one."""
    finished(runs, RunSettings(), "a")
    app = pages.opened("simclr")
    app.slider(key="temperature").set_value(0.5).run()
    finished(runs, RunSettings().change(hue=0.2, temperature=0.1), "b")
    app.run()
    assert said(app, "temperature", "hue") == [0.5, 0.2]


@pytest.mark.parametrize(
    ("name", "wrong", "shown"),
    [
        ("temperature", "9", "0.3"),
        ("temperature", "nan", "0.3"),
        ("encoder", "resnet50", "auto"),
        ("seed", "-1", "5"),
        ("batch_size", "-5", "256"),
        ("learning_rate", "-1", "0.002"),
        ("width", "33", "32"),
        ("normalise", "maybe", "on"),
    ],
)
def test_a_spoilt_address_is_told(name: str, wrong: str, shown: str, runs: Path) -> None:
    run = finished(runs, RunSettings(seed=5).change(temperature=0.3), "a")
    app = pages.opened("simclr", **{name: wrong})
    wanted = f"The address asks for {name} = `{wrong}`, which makes no sense here: {shown} is shown."
    assert [warning.value for warning in app.warning] == [wanted]
    assert said(app, name) == [{**run.values(), "seed": 5}[name]]
    assert marks(app) == []


def test_whole_numbers_stay_whole(runs: Path) -> None:
    app = pages.opened("simclr", batch_size="32.5", steps="20.5")
    app.button(key="go").click().run()
    assert not app.warning
    [run] = list_runs(runs)
    assert (run.values()["batch_size"], run.values()["steps"]) == (32, 20)


def test_a_run_of_another_method_is_told(runs: Path) -> None:
    app = pages.opened("simclr", run="byol")
    [warning] = [warning.value for warning in app.warning]
    assert warning == "The run in the address is one of [BYOL](byol?run=byol); this is the recorded example."
