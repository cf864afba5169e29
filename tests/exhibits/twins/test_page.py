"""The twins' page: what it shows before anybody has started anything, what it starts, and what its buttons say."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sslviz.data.dataset import Dataset
from sslviz.exhibits.twins import words
from sslviz.exhibits.twins.values import PRESETS, Preset
from sslviz.runs import twins
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.runs.shelf import list_runs
from sslviz.training.worker import Wishes, run_together
from sslviz.views.controls import server
from tests import pages
from tests.pages import text

pytestmark = pytest.mark.slow

Pair = tuple[RunFolder, RunFolder]


def opened(**query: str):
    return pages.opened("twin", every="0", **query)


def trained(runs: Path, tiny: Dataset, one: RunSettings, other: RunSettings) -> Pair:
    pair = twins.create(runs, one, other)
    assert [s.state for s in run_together(pair, runs, [Wishes(run) for run in pair], loaded=tiny)] == ["done", "done"]
    return pair


@pytest.fixture
def quick_tiny(quick: RunSettings) -> RunSettings:
    return quick.model_copy(update={"data": "tiny"})


@pytest.fixture
def pair(runs: Path, tiny: Dataset, quick_tiny: RunSettings) -> Pair:
    return trained(runs, tiny, quick_tiny.change(temperature=0.07), quick_tiny.change(temperature=0.5))


@pytest.fixture
def gallery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A gallery without any run, in place of the one that ships."""
    monkeypatch.setattr(server, "GALLERY", tmp_path / "gallery")
    return server.GALLERY


def test_where_there_are_no_twins_a_pair_can_be_started_and_no_other_runs_are_shown(runs: Path, gallery: Path) -> None:
    shutil.copytree(pages.ROOT / "checkpoints" / "gallery" / "simclr", gallery / "simclr")
    app = opened()
    shown = text(app)
    assert not app.warning
    assert "There are no twins here yet" in shown
    assert "lock-step:" in shown  # what twins are
    assert ":material/link" not in shown
    assert [button.label for button in app.button][: len(PRESETS)] == [preset.label for preset in PRESETS]


def test_it_opens_on_a_recorded_pair(
    runs: Path, gallery: Path, tmp_path: Path, tiny: Dataset, quick_tiny: RunSettings
) -> None:
    one, other = trained(tmp_path / "elsewhere", tiny, quick_tiny.change(temperature=0.07), quick_tiny)
    names = {one.id: "simclr_tau_007", other.id: "simclr_tau_02"}
    for run in (one, other):
        shutil.copytree(run.path, gallery / names[run.id])
        settings = gallery / names[run.id] / "settings.json"
        settings.write_text(settings.read_text().replace(run.settings().twin, names[run.settings().twin]))
    app = opened()
    shown = text(app)
    assert not app.warning
    assert shown.count("recorded example") == 2
    assert "twins in lock-step: Only difference: temperature **0.07 | 0.2**".replace(": O", "] O") in shown
    assert shown.index("**temperature 0.07**") < shown.index("**temperature 0.2**")
    assert "twin_pause" not in [button.key for button in app.button]  # nobody can stop what was recorded
    assert "preset_0" in [button.key for button in app.button]


def test_losses_that_do_not_compare(pair: Pair, runs: Path, quick_tiny: RunSettings) -> None:
    assert "The two losses do not compare**: each divides by its own temperature (0.07 | 0.5)" in text(
        opened(a=pair[0].id, b=pair[1].id)
    )
    other = twins.create(runs, quick_tiny, quick_tiny.change(hue=0.0))
    assert words.losses_unlike(other) == ""
    byol = RunSettings.model_validate({**quick_tiny.model_dump(), "method": "byol"})
    assert words.losses_unlike(twins.create(runs, byol, byol.change(temperature=0.9))) == ""
    assert "SimCLR and BYOL do not compare" in words.losses_unlike(twins.create(runs, quick_tiny, byol))


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.label)
def test_a_preset_is_one_click(preset: Preset, runs: Path) -> None:
    app = opened()
    app.button(key=f"preset_{PRESETS.index(preset)}").click().run()
    assert not app.exception
    assert not app.warning
    one, other = (server.launcher().folder(app.query_params[side]) for side in "ab")
    assert [*server.launcher().queue] == [one.id, other.id]
    assert twins.partner(one).id == other.id  # type: ignore[union-attr]
    turned = {name for name, value in one.values().items() if other.values()[name] != value}
    assert turned == {preset.knob}
    assert (one.values()[preset.knob], other.values()[preset.knob]) == (preset.left, preset.right)
    assert one.settings().seed == other.settings().seed
    assert one.notes().tags == ("twin",)
    assert app.selectbox(key="differ").value == preset.knob
    assert [badge for badge in text(app).splitlines() if "Only difference" in badge]


def test_any_difference_can_be_chosen_and_is_in_the_address(runs: Path) -> None:
    app = opened(method="byol", differ="momentum", left="0.9", right="0.99", crop_scale="0.3", seed="5")
    assert not app.warning
    app.button(key="twin_go").click().run()
    assert not app.exception
    one, other = (server.launcher().folder(app.query_params[side]) for side in "ab")
    assert (one.settings().method, one.settings().seed) == ("byol", 5)
    assert (one.values()["momentum"], other.values()["momentum"]) == (0.9, 0.99)
    assert one.values()["crop_scale"] == other.values()["crop_scale"] == 0.3


@pytest.mark.parametrize(
    ("differ", "right", "reads"),
    [
        ("method", "moco", lambda run: run.settings().method),
        ("seed", 4, lambda run: run.settings().seed),
        ("projector", "linear", lambda run: run.values()["projector"]),
        ("batch_size", 64, lambda run: run.values()["batch_size"]),
        ("nothing", None, lambda run: None),
    ],
)
def test_methods_seeds_choices_and_nothing_can_differ(
    differ: str, right: object, reads: Callable[[RunFolder], object], runs: Path
) -> None:
    app = opened(differ=differ, **({} if right is None else {"right": str(right)}))
    assert not app.warning
    app.button(key="twin_go").click().run()
    assert not app.exception
    one, other = (server.launcher().folder(app.query_params[side]) for side in "ab")
    assert reads(other) == right
    assert (one.settings().model_dump(exclude={"twin"}) == other.settings().model_dump(exclude={"twin"})) == (
        differ == "nothing"
    )


def test_another_knob_begins_with_its_own_values(runs: Path) -> None:
    app = opened(method="simclr", differ="temperature", left="0.3", right="0.4")
    app.selectbox(key="differ").set_value("hue").run()
    assert not app.exception
    assert app.number_input(key="left_simclr_hue").value == 0.5
    assert app.number_input(key="right_simclr_hue").value == 0.0
    app.selectbox(key="method").set_value("mae").run()
    assert not app.exception
    assert app.selectbox(key="differ").value in twins.can_differ("mae")


@pytest.mark.parametrize("wrong", ["nan", "../../etc", "x" * 5000, "<b>a</b>", "1e308", "-5", ""])
def test_addresses_that_make_no_sense_never_raise(wrong: str, runs: Path, gallery: Path) -> None:
    app = opened(**dict.fromkeys(("a", "b", "method", "differ", "left", "right", "size", "map", "colour"), wrong))
    assert not app.exception
    assert app.selectbox(key="method").value == "simclr"
    assert app.number_input(key="left_simclr_temperature").value == 0.07
    assert "There are no twins here yet" in text(app)
    assert all(len(warning.value) < 250 for warning in app.warning)


def test_finished_twins_stand_side_by_side(pair: Pair) -> None:
    one, other = pair
    app = opened(a=one.id, b=other.id)
    shown = text(app)
    assert not app.warning
    assert "**temperature 0.07**" in shown
    assert "**temperature 0.5**" in shown
    assert "twins in lock-step" in shown
    assert "Only difference: temperature **0.07 | 0.5**. Their losses part at step **1**." in shown
    assert shown.count("step **6** of 6") == 2
    assert app.button(key="twin_pause").disabled
    app.select_slider[0].set_value(2).run()
    assert text(app).count("Step **2**") == 1  # the same of both


def test_one_name_in_the_address_finds_its_twin_and_no_name_the_newest(pair: Pair, gallery: Path) -> None:
    one, other = pair
    for query in ({"a": one.id}, {"b": other.id}, {}):
        shown = text(opened(**query))
        assert shown.index("**temperature 0.07**") < shown.index("**temperature 0.5**")
    other.throw_away()
    app = opened(a=one.id, b=other.id)
    assert not app.exception
    assert "There are no twins here yet" in text(app)


def test_twins_without_a_difference_are_called_the_same(runs: Path, tiny: Dataset, quick_tiny: RunSettings) -> None:
    one, other = trained(runs, tiny, quick_tiny, quick_tiny)
    shown = text(opened(a=one.id, b=other.id))
    assert "No difference. Their losses are the same, bit for bit, at all **6** recorded steps." in shown


def test_without_labels_nothing_raises(runs: Path, tiny: Dataset, quick_tiny: RunSettings) -> None:
    from dataclasses import replace

    bare = Dataset("tiny", replace(tiny.train, labels=None, factors={}), replace(tiny.test, labels=None, factors={}))
    one, other = trained(runs, bare, quick_tiny, quick_tiny.change(hue=0.0))
    app = opened(a=one.id, b=other.id)
    assert not app.exception


@pytest.mark.parametrize("method", ["rotation", "mae", "dino"])
def test_other_methods_show_what_they_have(method: str, runs: Path, tiny: Dataset, quick_tiny: RunSettings) -> None:
    settings = RunSettings.model_validate({**quick_tiny.model_dump(), "method": method})
    one, other = trained(runs, tiny, settings, settings.change(learning_rate=1e-3))
    app = opened(a=one.id, b=other.id)
    assert not app.exception
    assert not app.warning


def test_one_bar_for_both(runs: Path, quick_tiny: RunSettings) -> None:
    """Nothing trains here: what is asked for stands in the folders."""
    pair = server.launcher().start_twins(quick_tiny, quick_tiny.change(hue=0.0))
    app = opened(a=pair[0].id, b=pair[1].id)
    for key in ("twin_pause", "twin_step"):
        app.button(key=key).click().run()
        assert not app.exception
    heard = [[wish["do"] for wish in run.control()[0]] for run in pair]
    assert heard == [["pause", "step"], []]  # one is told, both hear it
    app.segmented_control(key="whose").set_value("b").run()
    app.selectbox(key="turned").set_value("temperature").run()
    app.number_input(key=f"to_{pair[1].id}_b_temperature").set_value(0.33)  # and at once, a quick hand
    app.button(key="turn_it").click().run()
    assert not app.exception
    wishes = [run.control()[0] for run in pair]
    assert [wish["do"] for wish in wishes[0]] == ["pause", "step"]
    assert wishes[1] == [{"do": "set", "name": "temperature", "value": 0.33}]
    app.button(key="twin_stop").click().run()
    assert [run.status().state for run in pair] == ["stopped", "stopped"]
    assert app.button(key="twin_stop").label == "Resume"
    app.button(key="twin_stop").click().run()
    assert [run.status().state for run in pair] == ["queued", "queued"]
    assert [*server.launcher().queue] == [run.id for run in pair]


def test_a_new_pair_ends_the_one_that_is_shown(runs: Path, quick_tiny: RunSettings) -> None:
    pair = server.launcher().start_twins(quick_tiny, quick_tiny)
    app = opened(a=pair[0].id, b=pair[1].id)
    app.button(key="preset_0").click().run()
    assert not app.exception
    assert [run.status().state for run in pair] == ["stopped", "stopped"]
    assert len(list_runs(runs)) == 4


def test_a_fork_shows_both_futures(runs: Path, pair: Pair, tiny: Dataset) -> None:
    from sslviz.training.worker import run as train

    parent = pair[0]
    step = parent.weights_steps()[-1]
    child = server.launcher().fork(parent.id, step, parent.settings().change(temperature=0.5, steps=9))
    train(child, runs, Wishes(child), loaded=tiny)
    assert child.metrics()["step"].tolist() == [7, 8, 9]
    app = pages.opened("simclr", run=child.id, every="0")
    assert not app.exception
    (caption,) = (c.value for c in app.caption if "Up to the fork both are one" in c.value)
    assert "temperature 0.07 → 0.5, steps 6 → 9" in caption
    assert f"compare?runs={parent.id},{child.id}&axis=step" in caption
    assert not [c for c in pages.opened("simclr", run=parent.id).caption if "fork" in c.value]
    parent.throw_away()
    gone = pages.opened("simclr", run=child.id, every="0")
    assert not gone.exception
    assert any("which is not here any more" in c.value for c in gone.caption)


def test_pins_say_whose_they_are(runs: Path, quick_tiny: RunSettings) -> None:
    from sslviz.views.method import overlaid

    pair = twins.create(runs, quick_tiny, quick_tiny)
    for run in pair:
        run.append_event(3, "resume", "resumed from step 3")
    pair[1].append_event(5, "set", "hue 0.5 → 0", name="hue", value=0.0)
    pair[0].append_event(6, "refused", "no")
    assert overlaid.changes(pair, ("left", "right")) == ((3, "resumed from step 3"), (5, "right: hue 0.5 → 0"))
    assert words.names(pair) == ("left", "right")


def test_the_moment_and_the_row_of_the_matrix_are_in_the_address(runs: Path) -> None:
    two = {"a": "simclr", "b": "byol"}
    app = opened(**two)
    [moment] = [slider for slider in app.select_slider if slider.label.startswith("Moment")]
    last, before = moment.value, int(moment.options[-2])
    moment.set_value(before).run()
    assert app.query_params["moment"] == str(before)
    again = opened(**two, moment=str(before), row="3")
    assert not again.exception
    assert not again.warning
    assert [slider.value for slider in again.select_slider if slider.label.startswith("Moment")] == [before]
    strange = opened(**two, moment="-1", row="9" * 9)
    assert len(strange.warning) == 1
    assert [slider.value for slider in strange.select_slider if slider.label.startswith("Moment")] == [last]
