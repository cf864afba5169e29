"""The slow-motion room: any run, any stage, steps taken by hand, any address."""

import re
from functools import partial
from pathlib import Path
from threading import current_thread
from typing import Any

import pytest
import torch

from sslviz.data import DataError
from sslviz.data.dataset import Dataset
from sslviz.exhibits.slow_motion import ahead, page
from sslviz.exhibits.slow_motion import step as slow_motion
from sslviz.exhibits.slow_motion import taken as taken_by_hand
from sslviz.exhibits.slow_motion.step import SlowStep
from sslviz.knobs import describe
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.training.trainer import Diverged, Trainer
from sslviz.training.worker import Wishes, run
from sslviz.views.controls import choose_run, server
from tests import pages
from tests.pages import text

pytestmark = pytest.mark.slow

opened = partial(pages.opened, "slow_motion")


@pytest.fixture
def finished(runs: Path, tiny: Dataset, quick: RunSettings, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    folder = RunFolder.create(runs, quick.model_copy(update={"method": "byol", "data": "tiny"}))
    assert run(folder, runs, Wishes(folder), loaded=tiny).state == "done"
    monkeypatch.setattr(choose_run, "pictures", lambda name: tiny)
    return folder


def test_it_opens_on_a_recorded_run_and_walks_to_the_end(runs: Path) -> None:
    app = opened()
    assert "N × 3 × H × W = 8 × 3 × 32 × 32" in text(app)
    assert "were not kept with these weights" in text(app)  # recorded examples keep no optimiser
    assert "a tenth of it at first" in text(app)
    assert "forward, to the loss" in text(app)
    names = app.segmented_control(key="stage").options
    assert names[:7] == ["Pictures", "Views", "Encoder", "Projector", "Similarity", "Softmax", "Loss"]
    assert names[7:] == ["← ∂L/∂s", "← ∂L/∂z", "← ∂L/∂h", "← ∂L/∂x", "Weights", "After"]
    for number in range(2, len(names) + 1):
        app.button(key="stage_on").click().run()
        assert f"Stage **{number}** of 13" in text(app)
    assert app.button(key="stage_on").disabled
    assert app.query_params["stage"] == "after"


def test_steps_of_student_and_teacher_are_taken_and_kept(finished: RunFolder) -> None:
    app = opened(walked=finished.id, n="4", stage="ema")
    assert "AdamW" not in "".join(caption.value for caption in app.caption)  # it goes on as it has trained
    start = (str(finished.path), finished.weights_steps()[-1], 4, 0)
    taken = ()
    for number, who in enumerate(("student", "teacher", "both"), 1):
        app.button(key=f"take_{who}").click().run()
        assert f"{number} taken" in text(app)
        taken = app.session_state["_slow_taken"]
        assert [each for each, _ in taken] == ["student", "teacher", "both"][:number]
    # the page's numbers are those of the steps themselves, taken again from the start
    _, last = taken_by_hand.stepped(start, taken, taken[-1][1])
    assert f"loss of this batch now **{last.loss:.4g}**" in text(app)
    assert f"The student has moved: the teacher was {last.distance('before'):.3f} away" in text(app)
    app.button(key="forget").click().run()
    assert "0 taken" in text(app)
    app.button(key="take_both").click().run()
    app.slider(key="draw").set_value(3).run()  # another batch: from the start
    assert "0 taken" in text(app)


def test_a_control_draws_nothing_but_the_walk_anew(runs: Path) -> None:
    app = opened(walked="simclr", stage="views")
    before = re.search("loss of this batch now .*", text(app))
    app.slider(key="draw").set_value(3).run()
    assert "Stage **2**" in text(app)
    assert not app.slider
    assert not app.selectbox
    after = re.search("loss of this batch now .*", text(app))
    assert before
    assert after
    assert before[0] != after[0]
    app.run()
    assert app.slider(key="draw").value == 3
    assert app.selectbox(key="walked").value == "simclr"


def test_what_may_come_next_is_computed_while_the_viewer_looks(
    finished: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    where: list[str] = []
    take = slow_motion.slow_step

    def noted(*args: Any, **knobs: Any) -> tuple[Trainer, SlowStep]:
        where.append(current_thread().name.partition("_")[0])
        return take(*args, **knobs)

    monkeypatch.setattr(slow_motion, "slow_step", noted)
    app = opened(walked=finished.id, n="4", stage="ema")
    ahead._thread.submit(int).result()  # its turn comes after all that was to be computed
    # the step itself; then the one after it, after either half of it, and with other pictures
    assert where[1:] == ["ahead"] * 4
    for who in ("student", "teacher", "both"):
        where.clear()
        app.button(key=f"take_{who}").click().run()
        assert set(where) <= {"ahead"}
        ahead._thread.submit(int).result()
    where.clear()
    app.slider(key="draw").set_value(1).run()
    assert set(where) <= {"ahead"}


def test_the_shared_network_never_moves(finished: RunFolder) -> None:
    app = opened(walked=finished.id)
    step = finished.weights_steps()[-1]
    kept = finished.weights(step)
    assert kept is not None
    for _ in range(2):
        app.button(key="take_both").click().run()
    for trainer in (
        taken_by_hand.loaded(str(finished.path), step),
        taken_by_hand.beginning((str(finished.path), step, 8, 0)),
    ):
        for name, value in trainer.method.state_dict().items():
            assert torch.equal(value, kept[0][f"method.{name}"])


def test_the_address_is_the_state(runs: Path) -> None:
    app = opened(walked="byol", start="random weights", n="5", draw="7", slow_momentum="0.5", stage="ema")
    assert not app.warning
    assert "N × 3" not in text(app)
    assert "follows a little" in text(app)
    assert "AdamW has seen no gradient yet" in text(app)
    assert app.slider(key="n").value == 5
    assert app.slider(key="slow_momentum").value == 0.5
    assert app.segmented_control(key="stage").value == "ema"
    _, step = taken_by_hand.stepped((str(server.GALLERY / "byol"), None, 5, 7), (), knobs_of(app))
    assert step.distance("before") == 0  # at the very start the teacher is the student
    assert step.distance("after") == pytest.approx(0.5 * step.distance("between"), rel=1e-4)


def test_the_moment_is_in_the_address(finished: RunFolder) -> None:
    kept = finished.weights(finished.weights_steps()[-1])
    assert kept is not None
    finished.write_weights(3, *kept)
    first, last = finished.weights_steps()
    app = opened(walked=finished.id)
    assert app.query_params["moment"] == str(last)
    app = opened(walked=finished.id, moment="3")
    assert app.select_slider[0].value == first == 3
    app.select_slider[0].set_value(last).run()
    assert app.query_params["moment"] == str(last)
    app = opened(walked=finished.id, moment="nan")
    assert app.select_slider[0].value == last


def knobs_of(app) -> tuple:
    app.button(key="take_both").click().run()
    return app.session_state["_slow_taken"][0][1]


def test_another_run_brings_its_own_knobs(runs: Path) -> None:
    app = opened(walked="simclr", slow_temperature="0.9")
    assert app.slider(key="slow_temperature").value == 0.9
    app.selectbox(key="walked").set_value("moco").run()
    assert app.slider(key="slow_temperature").value == server.find("moco").values()["temperature"]


def test_a_knob_that_was_turned_is_turned_as_far_again_within_its_range() -> None:
    table = {name: knob for name, knob in describe(METHODS["simclr"].Knobs).items() if knob.live}
    names = {"learning_rate": 0.01, "normalise": True, "temperature": 0.2}

    def on(before: float, now: float) -> dict:
        knobs = [tuple(sorted((names | {"temperature": value}).items())) for value in (before, now)]
        return dict(page.turned_on(*knobs, {name: table[name] for name in names if name in table}))

    assert on(0.1, 0.2) == names | {"temperature": 0.3}
    assert on(0.3, 0.2) == names | {"temperature": 0.1}
    assert on(0.2, 0.2) == names
    low, high = table["temperature"].low, table["temperature"].high
    assert on(0.1, high) == names | {"temperature": high}
    assert on(high, 0.1) == names | {"temperature": low}
    another_run = (("momentum", 0.9),)
    assert page.turned_on((("temperature", 0.1),), another_run, {}) == another_run


WRONG = ["nan", "inf", "-1", "1e308", "<b>x</b>", "x" * 5000, "../../etc", ""]
KEYS = ["walked", "start", "n", "draw", "stage", "slow_temperature", "slow_learning_rate", "slow_normalise", "unknown"]


@pytest.mark.parametrize("wrong", WRONG)
def test_addresses_that_make_no_sense_never_raise(runs: Path, wrong: str) -> None:
    app = opened(**dict.fromkeys(KEYS, wrong))
    assert "Stage **1** of 13" in text(app)
    assert all(len(warning.value) < 200 for warning in app.warning)


def test_a_step_that_diverges_is_told_and_taken_back(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened()
    app.button(key="take_both").click().run()

    def ruined(*_: object) -> None:
        raise Diverged("The loss became nan at step 158.")

    with monkeypatch.context() as patch:
        patch.setattr(page, "stepped", ruined)
        app.run()
        assert not app.exception
        assert "became nan" in app.warning[0].value
        app.button(key="forget").click()
    app.run()
    assert "0 taken" in text(app)


def test_without_runs_or_pictures_there_is_a_sentence(
    finished: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(name: str) -> Dataset:
        raise DataError("The pictures are gone.")

    monkeypatch.setattr(choose_run, "pictures", gone)
    taken_by_hand.loaded.clear()
    taken_by_hand.beginning.clear()
    taken_by_hand.stepped.clear()
    app = opened(walked=finished.id)
    assert not app.exception
    assert "gone" in app.warning[0].value
    for path in (finished.path / "weights").iterdir():
        path.unlink()
    monkeypatch.setattr(server, "GALLERY", tmp_path / "nothing")
    app = opened(walked=finished.id)
    assert "No run has kept its weights" in app.info[0].value
