"""The MAE room: the mask lives in the address, a stroke changes what is painted, and nothing strange raises."""

import io
import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from sslviz.data.dataset import Dataset
from sslviz.exhibits.mae_room import answer, mask, networks, page, painter, picture, ratios
from sslviz.exhibits.mae_room.answer import Asked
from sslviz.exhibits.mae_room.paint import Painted
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Status
from sslviz.runs.settings import RunSettings
from sslviz.training.trainer import Trainer
from sslviz.views.controls import choose_run, server
from tests import pages

opened = partial(pages.opened, "mae_room")
MASK = "00183c7e7e3c1800"  # a disc
pytestmark = pytest.mark.usefixtures("runs")


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Asked, Painted]]:
    """The masks under which the answer was drawn, and the answers."""
    found: list[tuple[Asked, Painted]] = []
    usual = answer.show

    def show(network, asked, painted, **more) -> None:
        found.append((asked, painted))
        usual(network, asked, painted, **more)

    monkeypatch.setattr(answer, "show", show)
    return found


def finished(runs: Path, tiny: Dataset, quick: RunSettings, **knobs: object) -> RunFolder:
    """A run of one step, with its weights and nothing else."""
    settings = quick.model_copy(update={"method": "mae", "data": "tiny"}).change(**knobs)
    folder, trainer = RunFolder.create(runs, settings), Trainer(settings, tiny, torch.device("cpu"))
    trainer.choose_precision()
    trainer.train_step()
    folder.write_weights(1, trainer.tensors(), {**trainer.about(), "run": folder.id})
    folder.write_status(Status(state="done", step=1))
    return folder


@pytest.fixture
def mine(runs: Path, tiny: Dataset, quick: RunSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunFolder]:
    monkeypatch.setattr(choose_run, "pictures", lambda name: tiny)
    picture.pool.clear()
    yield finished(runs, tiny, quick)
    picture.pool.clear()


def sent(app: AppTest) -> dict[str, Any]:
    """What exhibits/mae_room/painter.js is sent."""
    data = [component.proto.json for component in app.get("bidi_component")]
    return dict(next(json.loads(text) for text in data if text and "mask" in text))


# -- the mask and the address -----------------------------------------------------------------------------------------


def test_digits_are_the_way_there_and_back() -> None:
    for seed in range(20):
        mask = np.random.default_rng(seed).random(64) < seed / 20
        digits = painter.digits(mask)
        assert len(digits) == 16
        np.testing.assert_array_equal(painter.read(digits, 64), mask)
    assert painter.digits(np.arange(64) == 0) == "8" + 15 * "0"
    assert painter.digits(np.arange(64) == 63) == 15 * "0" + "1"


def test_the_mask_of_the_address_is_painted_and_stays_when_the_picture_changes(seen) -> None:
    app = opened(mask=MASK)
    assert not app.exception
    assert not app.warning
    np.testing.assert_array_equal(seen[-1][0].hidden, painter.read(MASK, 64))
    assert sent(app)["mask"] == MASK
    app.slider(key="picture").set_value(9).run()
    assert app.query_params["mask"] == MASK
    assert sent(app)["mask"] == MASK


def test_turned_knobs_draw_a_new_mask(seen) -> None:
    app = opened(mask=MASK)
    app.slider(key="mask_ratio").set_value(0.5).run()
    assert "mask" not in app.query_params
    assert seen[-1][0].hidden.sum() == 32
    app.query_params["mask"] = MASK  # as a stroke does
    app.run()
    assert sent(app)["mask"] == MASK
    app.segmented_control(key="mask_type").set_value("block").run()
    assert sent(app)["mask"] == painter.digits(mask.drawn("block", 0.5, 0))
    assert sent(app)["next"] == painter.digits(mask.drawn("block", 0.5, 1))


def test_only_what_is_hidden_differs_from_the_truth(seen) -> None:
    opened(mask=MASK)
    asked, painted = seen[-1]
    shown, hidden = asked.shown(painted), painter.read(MASK, 64)
    under = hidden.reshape(8, 8).repeat(4, 0).repeat(4, 1)
    np.testing.assert_array_equal(shown[~under], asked.upright[~under])
    assert (shown[under] != asked.upright[under]).any()
    more = "80" + MASK[2:]
    opened(mask=more)  # one patch more
    asked, painted = seen[-1]
    shown_more = asked.shown(painted)
    still = ~painter.read(more, 64).reshape(8, 8).repeat(4, 0).repeat(4, 1)
    np.testing.assert_array_equal(shown_more[still], asked.upright[still])
    assert (shown_more[:4, :4] != asked.upright[:4, :4]).any()
    assert (shown_more[under] != shown[under]).any()


def test_unpasted_the_visible_patches_are_what_the_decoder_says(seen) -> None:
    opened(mask=MASK, pasted="false")
    asked, painted = seen[-1]
    np.testing.assert_array_equal(asked.shown(painted), painted.prediction[0].permute(1, 2, 0).numpy())


def test_the_object_is_where_the_data_set_says(seen) -> None:
    app = opened()
    asked = seen[-1][0]
    figure = painter.read(sent(app)["figure"], 64)
    mask = choose_run.pictures("shapes").test.masks[3].numpy()
    for patch, covered in enumerate(figure):
        row, column = divmod(patch, 8)
        assert covered == mask[4 * row : 4 * row + 4, 4 * column : 4 * column + 4].any()
    assert 0 < figure.sum() < 64
    assert asked.truth.shape == (3, 32, 32)
    assert sent(opened(set="digits"))["figure"] == ""  # nobody knows


@pytest.mark.parametrize(("mask", "says"), [("0" * 16, "Nothing is hidden"), ("f" * 16, "Nothing is visible")])
@pytest.mark.parametrize("show", page.BELOW)
def test_nothing_or_everything_hidden_gets_a_sentence(mask: str, says: str, show: str) -> None:
    app = opened(mask=mask, show=show)
    assert says in pages.text(app)
    assert not app.warning


WRONG = ["nan", "inf", "1e308", "-5", "x" * 5000, "<b>x</b>", "", "0x12", MASK[:-1], MASK.upper(), "²" * 16]
KEYS = ["mask", "mask_ratio", "mask_type", "draw", "set", "picture", "step", "show", "pasted", "run", "beside"]


@pytest.mark.parametrize("wrong", WRONG)
def test_addresses_that_make_no_sense_never_raise(wrong: str) -> None:
    app = opened(**dict.fromkeys([*KEYS, "unknown", "every"], wrong))
    assert painter.read(sent(app)["mask"], 64).sum() == 48  # the usual mask
    assert all(len(warning.value) < 250 for warning in app.warning)
    assert len(app.warning) >= 8
    assert not app.exception


# -- which network ----------------------------------------------------------------------------------------------------


def test_it_opens_on_the_recorded_run_with_many_moments(seen) -> None:
    app = opened()
    assert app.selectbox(key="run").value == "mae_lapse"
    recorded = RunFolder(server.GALLERY / "mae_lapse")
    assert recorded.size() <= 8_000_000
    assert len(recorded.weights_steps()) == 8
    slider = next(one for one in app.select_slider if "Moment" in one.label)
    assert [int(step) for step in slider.options] == [0, *recorded.weights_steps()]
    late = seen[-1][1].means["masked_error"]
    slider.set_value(0).run()
    assert app.query_params["step"] == "0"
    assert seen[-1][1].means["masked_error"] > 3 * late
    slider = next(one for one in app.select_slider if "Moment" in one.label)
    slider.set_value(recorded.weights_steps()[-1]).run()
    assert "step" not in app.query_params
    assert seen[-1][1].means["masked_error"] == pytest.approx(late)


def test_the_moments_of_a_run_are_asked_under_one_mask(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[list[int], list[float]]] = []
    usual = networks.mae.lapse

    def lapse(steps: list[int], means: list[float], levels: dict[str, float]):
        drawn.append((steps, means))
        return usual(steps, means, levels)

    monkeypatch.setattr(networks.mae, "lapse", lapse)
    opened(mask=MASK)
    (steps, means) = drawn[-1]
    assert steps == [0, *RunFolder(server.GALLERY / "mae_lapse").weights_steps()]
    assert means[0] > 5 * means[-1]


def test_a_run_of_ones_own_its_pictures_and_its_neighbours(mine: RunFolder, seen) -> None:
    app = opened(run=mine.id, show="runs", beside="mae,nonsense")
    assert not app.exception
    assert app.selectbox(key="run").value == mine.id
    assert next(one for one in app.segmented_control if one.key == "set").options == [
        "the run's own",
        "shapes",
        "digits",
    ]
    assert app.multiselect[0].value == ["mae"]
    assert len(app.multiselect[0].options) == 2
    assert app.query_params["beside"] == "mae"
    app.multiselect[0].set_value([]).run()
    assert "beside" not in app.query_params
    assert not app.exception


def test_normalised_pixels_are_explained_with_the_numbers_on_the_page(
    runs: Path, tiny: Dataset, quick: RunSettings, monkeypatch: pytest.MonkeyPatch, seen
) -> None:
    monkeypatch.setattr(choose_run, "pictures", lambda name: tiny)
    picture.pool.clear()
    normal = finished(runs, tiny, quick, normalised_pixels=True)
    shown = pages.text(opened(run=normal.id))
    _, painted = seen[-1]
    loss = float(painted.normalised[0][painted.hidden[0]].mean())
    assert f"the loss is {loss:.2f}, and 1 for whoever" in shown
    picture.pool.clear()


def test_a_run_without_kept_weights_gets_a_sentence(runs: Path, quick: RunSettings) -> None:
    fresh = RunFolder.create(runs, quick.model_copy(update={"method": "mae"}))
    app = opened(run=fresh.id)
    assert not app.exception
    assert any("No weights of the run in the address" in warning.value for warning in app.warning)
    assert any("no masked autoencoder" in warning.value for warning in opened(run="simclr").warning)


def test_of_a_run_at_work_the_newest_weights_paint(mine: RunFolder, seen) -> None:
    mine.write_status(Status(state="running", step=1, heartbeat=time.time()))
    app = opened(run=mine.id, mask=MASK)
    before = seen[-1][1].means["masked_error"]
    tensors, about = mine.weights(1) or ({}, {})
    changed = {name: 0.5 * value if value.is_floating_point() else value for name, value in tensors.items()}
    mine.write_weights(20, changed, {**about, "step": 20})
    app.run()
    assert not app.exception
    assert next(one for one in app.select_slider if "Moment" in one.label).value == 20
    assert seen[-1][1].means["masked_error"] != before
    mine.write_status(Status(state="done", step=20))
    assert not app.run().exception


def test_spoilt_weights_get_a_sentence(mine: RunFolder) -> None:
    step = mine.weights_steps()[-1]
    (mine.path / "weights" / f"{step:06d}.safetensors").write_bytes(b"half a file")
    app = opened(run=mine.id)
    assert not app.exception
    assert any("cannot be read" in warning.value for warning in app.warning)


def test_with_nothing_recorded_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "GALLERY", tmp_path)
    assert any("train one" in info.value for info in opened().info)


# -- own pictures -----------------------------------------------------------------------------------------------------


def encoded(kind: str, size: tuple[int, int], mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 200 if mode == "L" else 1 if mode == "1" else (250, 120, 10)).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "fine"),
    [
        (encoded("PNG", (90, 50)), "a.png", True),
        (encoded("JPEG", (90, 50)), "a.jpg", True),
        (encoded("JPEG", (8000, 6250), "L"), "large.jpg", True),  # 50 megapixels, unpacked at an eighth
        (encoded("PNG", (8000, 6250), "1"), "large.png", False),
        (encoded("PNG", (90, 50))[:70], "corrupt.png", False),
        (b"words", "words.png", False),
    ],
    ids=["png", "jpeg", "50 megapixels, jpeg", "50 megapixels, png", "corrupt", "text"],
)
def test_an_upload_gives_its_picture_or_a_sentence(data: bytes, name: str, fine: bool, seen) -> None:
    app = opened(mask=MASK)
    before = seen[-1][0].truth
    app.file_uploader(key="own_picture_0").upload(name, data, "image/png").run()
    assert not app.exception
    truth = seen[-1][0].truth
    if fine:
        assert not app.warning
        assert truth.std(axis=(1, 2)).max() < 3  # one colour
        assert sent(app)["figure"] == ""
    else:
        assert len(app.warning) == 1
        assert "cannot be used" in app.warning[0].value
        np.testing.assert_array_equal(truth, before)
    assert sent(app)["mask"] == MASK


# -- mask ratios ------------------------------------------------------------------------------------------------------


def test_papers_numbers_stand_apart_and_ours_only_if_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratios, "measured", lambda: None)
    app = opened(show="mask ratios")
    assert any("benchmarks.mask_ratio" in info.value for info in app.info)
    assert "| random | 75% | 84.9 % | 73.5 % |" in pages.text(app)
    row = {"mask_type": "block", "mask_ratio": 0.5, "seed": 0, "steps": 7, "linear": 0.4, "linear_random_init": 0.3}
    errors = ("masked_error", "patch_mean_error", "common_error", "common_patch_mean_error")
    table = pd.DataFrame([{**row, **dict.fromkeys(errors, 0.1)}])
    monkeypatch.setattr(ratios, "measured", lambda: table)
    ratios.picture.clear()
    app = opened(show="mask ratios")
    assert not app.info
    assert "different tasks" in pages.text(app)
    ratios.picture.clear()


def test_the_cost_is_that_of_the_painted_mask() -> None:
    shown = pages.text(opened(mask="ffffffff00000000", show="cost"))
    assert "**50% hidden:** 33 of 65 tokens" in shown
    assert "**Measured**" in shown
