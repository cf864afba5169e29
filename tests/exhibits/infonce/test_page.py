"""The InfoNCE worksheet as a page: it opens alive, its address holds everything, and no address breaks it."""

import json
import math
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from sslviz.exhibits.infonce import edits
from sslviz.measures import softmax
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Snapshot
from sslviz.runs.settings import RunSettings
from sslviz.views.controls import server
from tests import pages

opened = partial(pages.opened, "infonce")


@pytest.fixture(autouse=True)
def nothing_recorded(runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "GALLERY", tmp_path / "gallery")


def drawn(app: AppTest) -> dict[str, Any]:
    """What the browser is sent."""
    (component,) = app.get("bidi_component")
    return dict(json.loads(component.proto.json))


def recorded(runs: Path, quick: RunSettings) -> RunFolder:
    run = RunFolder.create(runs, quick.model_copy(update={"method": "simclr"}), name="mine")
    z = np.random.default_rng(0).normal(size=(12, 3))
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    views = np.zeros((2, 6, 32, 32, 3), np.uint8)
    for step in (0, 5):
        run.write_snapshot(Snapshot(step, exhibits={"similarity": (z @ z.T).astype(np.float16)}, views=views))
    return run


def test_it_opens_with_four_pictures_on_a_circle() -> None:
    app = opened()
    assert not app.exception
    assert not app.warning
    data = drawn(app)
    assert len(data["names"]) == 8
    assert data["true_circle"]
    assert "same class" in data["relation"][0]
    assert data["ceiling"] == pytest.approx(math.log(7))
    assert np.isclose(np.sum(data["probability"], 1), 1, atol=1e-5).all()


@pytest.mark.parametrize("anchor", ["z₃", "2a"])  # the lecture's name of a view, and ours in older links
def test_the_lectures_example_by_its_address(anchor: str) -> None:
    app = opened(source="lecture easy", anchor=anchor)
    data = drawn(app)
    assert not app.warning
    assert data["names"] == ["z₁", "z₂", "z₃", "z₄"]  # in the lecture's order: partners side by side
    assert data["partner"] == [1, 0, 3, 2]
    assert (data["anchor"], data["mean_loss"]) == (2, pytest.approx(0.00096, abs=5e-6))
    assert data["term"][0] == ["", "8103.1", "7.389", "0.368"]
    assert not data["true_circle"]
    assert any("z₁ and z₂ are the views of picture 1" in caption.value for caption in app.caption)


def test_edits_and_anchors_follow_the_names_of_the_example() -> None:
    app = opened(source="lecture easy", edit="0,3,-0.25", anchor="z₄")  # 1a and 2b: z₁ and z₄
    data = drawn(app)
    assert data["similarity"][0][3] == data["similarity"][3][0] == -0.25
    assert data["code"] == [0, 1, 2, 3]
    app.segmented_control(key="source").set_value("circle").run()
    assert not app.exception
    assert drawn(app)["names"][drawn(app)["anchor"]] == "2b"


def test_the_hard_example_says_what_the_lecture_says_and_what_is_ours() -> None:
    shown = pages.text(opened(source="lecture hard"))
    assert softmax.about_log_3() in shown
    for other in ({"tau": "0.2"}, {"edit": "0,1,0.5"}, {"source": "lecture easy"}):
        assert softmax.about_log_3() not in pages.text(opened(**({"source": "lecture hard"} | other)))


def test_controls_that_would_change_nothing_cannot_be_moved() -> None:
    app = opened(source="lecture easy")
    assert not [slider for slider in app.slider if slider.key == "n"]  # always two pictures
    assert app.toggle(key="same").disabled
    app = opened()
    assert not app.toggle(key="same").disabled


@pytest.mark.parametrize("n", ["2", "16"])
def test_the_smallest_and_the_largest_at_the_lowest_temperature(n: str) -> None:
    app = opened(n=n, tau="0.01", anchor="2b", same="false")
    data = drawn(app)
    assert not app.exception
    assert len(data["names"]) == 2 * int(n)
    assert np.isfinite(data["loss"]).all()
    assert np.isfinite(data["gradient"]).all()
    assert "same class" not in np.unique(data["relation"])


def test_a_change_of_n_keeps_the_address_in_order() -> None:
    app = opened(n="8", anchor="7b")
    app.slider(key="n").set_value(3).run()
    assert not app.exception
    assert drawn(app)["anchor"] == 0


def test_edited_cells_are_symmetric_and_go_with_their_views() -> None:
    for n in (4, 9):
        data = drawn(opened(n=str(n), edit="0,3,-0.25"))  # 1a and 2b
        names = data["names"]
        i, j = names.index("1a"), names.index("2b")
        assert data["similarity"][i][j] == data["similarity"][j][i] == -0.25
        assert not data["true_circle"]


def test_undoing_all_edits_brings_the_circle_back() -> None:
    app = opened(edit="0,3,-0.25")
    next(button for button in app.button if "Undo" in button.label).click().run()
    assert drawn(app)["true_circle"]
    assert "edit" not in app.query_params


@pytest.mark.parametrize(
    "query",
    [
        {"tau": value, "n": value}
        for value in ("nan", "inf", "1e308", "-1", "0", "", "abc", "<b>x</b>", "9" * 5000, "0x10", "1,2", "²")
    ]
    + [{"anchor": value, "source": value} for value in ("9z", "", "nan", "recorded run", "<script>", "x" * 5000, "1,1")]
    + [
        {"edit": value}
        for value in (
            "1",
            "0,0,1",
            "0,1,5",
            "0.5,1,0",
            "-1,1,0",
            "0,1,nan",
            "31,99,0",
            "",
            ",",
            "a,b,c",
            "0,1,0," * 3000,
        )
    ]
    + [{"same": "perhaps", "step": "1e308", "run": "../../etc", "unknown": "1"}],
    ids=lambda query: next(iter(query.items()))[0] + "=" + next(iter(query.values()))[:8],
)
def test_addresses_that_make_no_sense_never_raise(query: dict[str, str]) -> None:
    app = opened(**query)
    data = drawn(app)
    assert not app.exception
    assert 0.01 <= data["tau"] <= 1
    assert 4 <= len(data["names"]) <= 32
    assert np.abs(data["similarity"]).max() <= 1
    assert 0 <= data["anchor"] < len(data["names"])
    assert app.warning


def test_a_recorded_run_at_a_chosen_step(runs: Path, quick: RunSettings) -> None:
    run = recorded(runs, quick)
    app = opened(source="recorded run", run=run.id, step="0", n="3")
    assert not app.exception
    assert not app.warning
    data = drawn(app)
    assert len(data["names"]) == 6
    assert data["sheet"].startswith("data:image/jpeg;base64,")
    assert any("run mine at step 0" in caption.value for caption in app.caption)
    s = run.snapshot(0).exhibits["similarity"]
    assert data["similarity"][0][3] == pytest.approx(float(s[0, 6]), abs=1e-5)  # partner of 1a among six pictures
    assert app.slider(key="n").max == 6  # more were not recorded


def test_a_run_with_fewer_pictures_than_were_shown(runs: Path, quick: RunSettings) -> None:
    recorded(runs, quick)
    app = opened(n="16")
    app.segmented_control(key="source").set_value("recorded run").run()
    assert not app.exception
    assert len(drawn(app)["names"]) == 12


@pytest.mark.parametrize("query", [{"step": "3"}, {"step": "-1"}, {"n": "99"}, {"run": "no-such-run"}])
def test_a_strange_moment_of_a_run_is_noted(query: dict[str, str], runs: Path, quick: RunSettings) -> None:
    recorded(runs, quick)
    app = opened(source="recorded run", **query)
    assert not app.exception
    assert len(app.warning) == 1


@pytest.mark.parametrize(
    "sent", [[0, 3, 0.5], [0, 3, 7], [0, 0, 0.5], ["x"], [], None, "abc", [0, 99, 0.1], [1.5, 2, 0]]
)
def test_what_the_browser_sends_is_checked(sent: object, monkeypatch: pytest.MonkeyPatch) -> None:
    address: dict[str, str] = {"edit": "0,3,0.1,2,5,0.4"}
    monkeypatch.setattr(edits.st, "query_params", address)
    state = {"infonce": {"edit": sent}, "anchor": "2a"}
    monkeypatch.setattr(edits.st, "session_state", state)
    edits.edited()
    assert state["anchor"] == ("1a" if sent == [0, 3, 0.5] else "2a")  # the row of the edited cell
    assert address["edit"] == ("0,3,0.5,2,5,0.4" if sent == [0, 3, 0.5] else "0,3,0.1,2,5,0.4")
