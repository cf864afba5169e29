"""The pretext room: three tasks, any picture, any order of tiles, any address."""

import io
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from sslviz.data import DataError
from sslviz.data.dataset import Dataset
from sslviz.exhibits.pretext import ask, failures, figures, jigsaw, page, worth
from sslviz.views.controls import choose_run, server
from tests import pages
from tests.pages import text

opened = partial(pages.opened, "pretext_room")


def loaded(task: str):
    run = server.find(task)
    step = run.weights_steps()[-1]
    return choose_run.network(run, step), str(run.path), step


def test_rotation_says_what_the_network_says(runs: Path) -> None:
    app = opened(picture="9", angle="180")
    network, _, _ = loaded("rotation")
    x = network.method.augment.plain(choose_run.pictures("shapes").test.images[9:10])
    p = network.method.step(*(torch.rot90(x, k, (2, 3)) for k in range(4))).exhibits["angle_logits"].softmax(1)[2]
    assert f"It answers **{90 * int(p.argmax())}°**, {float(p.max()):.0%} sure" in text(app)
    app.slider(key="angle").set_value(200).run()
    assert "nearest to the 200° of this picture: 180°" in text(app)


def test_tiles_are_shuffled_swapped_and_put_in_order(runs: Path) -> None:
    app = opened(task="jigsaw", order="8,7,6,5,4,3,2,1,0")
    shown = text(app)
    assert "this order is not one of the 64 that it knows" in shown or "is one of the 64" in shown
    app.button(key="in_order").click().run()
    assert app.query_params["order"] == "0,1,2,3,4,5,6,7,8"
    app.pills(key="swap").set_value(["1", "9"]).run()
    assert app.query_params["order"] == "8,1,2,3,4,5,6,7,0"
    assert app.pills(key="swap").value == []
    app.button(key="shuffle").click().run()
    order = [int(tile) for tile in app.query_params["order"].split(",")]
    known = loaded("jigsaw")[0].method.permutations.tolist()
    assert order in known
    assert "is one of the 64 that it knows" in text(app)
    assert not app.warning


def test_a_shuffle_always_gives_another_order(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[list[int]] = []
    monkeypatch.setattr(jigsaw, "set_order", given.append)
    one, other = [0, 1, 2, 3], [3, 2, 1, 0]
    for _ in range(20):
        jigsaw.shuffle(one, np.array([one, other]))
        jigsaw.shuffle(one[:2])
    assert given == [other, [1, 0]] * 20


def test_a_click_holds_a_tile_and_the_next_one_swaps() -> None:
    assert jigsaw.swapped((0, 1, 2, 3), 1, 3) == [0, 3, 2, 1]
    picture = np.arange(4 * 4 * 3, dtype=np.uint8).reshape(4, 4, 3)
    tiles = jigsaw.cells(picture, 2)
    np.testing.assert_array_equal(tiles[1], picture[:2, 2:])
    np.testing.assert_array_equal(tiles[2], picture[2:, :2])


def test_colours_and_the_bets_of_a_place(runs: Path) -> None:
    app = opened(task="colorization", anneal="1", place="2,3", picture="1")
    network, _, _ = loaded("colorization")
    found = ask.colours(network.method, choose_run.pictures("shapes").test.images[1:2], 1.0)
    hit = (found.probability[0].argmax(0) == found.truth[0]).mean()
    assert f"the true one at **{hit:.0%}** of 64 places" in text(app)
    assert not app.warning


@pytest.mark.parametrize("task", ["rotation", "jigsaw", "colorization"])
def test_failures_are_failures_and_the_surest_come_first(task: str, runs: Path) -> None:
    network, path, step = loaded(task)
    some = page.pool("shapes")[:25]
    found = failures.answers(path, step, 0, task, network, some)
    images = torch.from_numpy(some.copy())
    cases = sorted(found.wrong, key=lambda case: -case.sure)
    assert found.asked == {"rotation": 100, "jigsaw": 25, "colorization": 25}[task]
    for case in cases[:3]:
        number = case.controls["picture"]
        if task == "rotation":
            turn = case.controls["angle"] // 90
            x = torch.rot90(network.method.augment.plain(images[number : number + 1]), turn, (2, 3))
            p = network.method.head(network.method.encoder(x)).softmax(1)[0]
            assert int(p.argmax()) != turn
            assert float(p.max()) == pytest.approx(case.sure, abs=1e-5)
        elif task == "jigsaw":
            order = np.array([int(tile) for tile in case.address["order"].split(",")])
            p = ask.puzzle(network.method, images[number : number + 1], order[None])
            assert not (p.permutations[p.probability[0].argmax()] == order).all()
        else:
            p = ask.colours(network.method, images[number : number + 1])
            assert p.sure_and_wrong[0] == pytest.approx(case.sure, abs=1e-5)


def test_a_mistake_is_loaded_into_the_room(runs: Path) -> None:
    app = opened(picture="6", angle="0")
    app.segmented_control(key="mistake_rotation").set_value("2").run()
    assert "✗" in text(app)
    assert (app.slider(key="picture").value, app.slider(key="angle").value) != (6, 0)
    before = app.slider(key="picture").value
    app.slider(key="picture").set_value(6).run()  # and it does not come back by itself
    assert app.slider(key="picture").value == 6 != before


def test_a_mistake_takes_the_place_of_an_uploaded_picture(runs: Path) -> None:
    app, own = opened(), io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8)).save(own, "PNG")
    app.file_uploader(key="own_picture_0").upload("own.png", own.getvalue(), "image/png").run()
    assert "Your own picture is in the room" in text(app)
    app.segmented_control(key="mistake_rotation").set_value("2").run()
    assert "Your own picture is in the room" not in text(app)
    assert not app.exception


def test_what_features_are_worth_is_read_from_the_recorded_runs(runs: Path) -> None:
    table = worth.recorded(str(server.GALLERY)).set_index("method")
    assert set(table.index) == {"Rotation", "Jigsaw", "Colorization", "SimCLR", "MoCo", "Barlow Twins", "BYOL"}
    run = server.find("simclr")
    measured = pd.read_csv(next((run.path / "evaluations").glob("*.linear.csv")))
    rows = measured[(measured.target == "class") & (measured.features == "h")].set_index("encoder")["score"]
    assert (table.linear["SimCLR"], table.random["SimCLR"]) == (rows["trained"], rows["random"])
    assert table.exam["SimCLR"] == run.status().exam
    assert "conv, width 32" in worth.differences(table.reset_index())


def test_differences_are_named() -> None:
    rows = {"method": ["A", "B", "C"], "encoder": ["conv", "conv", "vit"], "seconds": [90.0, 91.0, 200.0]}
    table = pd.DataFrame({**rows, "pictures": "shapes", "device": "cpu"})
    said = worth.differences(table)
    assert "encoder **conv** (but C: vit)" in said
    assert "(but C: 200" in said


def test_a_tray_can_be_clicked_cell_by_cell() -> None:
    pictures = np.zeros((5, 8, 8, 3), np.uint8)
    figure = figures.tray(pictures, title="t", columns=3, captions=["a", "b", "c", "d", "e"], chosen=4)
    z = np.array(figure.data[1].z, float)
    assert z.shape == (2, 3)
    assert np.isnan(z[1, 2])
    assert np.isfinite(z).sum() == 5
    box = figure.layout.shapes[0]
    assert (box.x0, box.y0) == (0.5, 0.5)  # row 1, column 1


WRONG = ["nan", "inf", "-1", "1e308", "<b>x</b>", "x" * 5000, "../../etc", "", "0,0,0", "0.5,1", "1,2,3,4,5,6,7,8,9"]
KEYS = ["task", "rotation_run", "picture", "angle", "order", "place", "anneal", "jigsaw_run", "colorization_run"]


@pytest.mark.parametrize("task", ["rotation", "jigsaw", "colorization"])
@pytest.mark.parametrize("wrong", WRONG)
def test_addresses_that_make_no_sense_never_raise(task: str, wrong: str, runs: Path) -> None:
    app = opened(**(dict.fromkeys(KEYS, wrong) | {"task": task}))
    assert text(app)
    assert all(len(warning.value) < 200 for warning in app.warning)


def test_without_weights_or_pictures_there_is_a_sentence(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(name: str) -> Dataset:
        raise DataError("The pictures are gone.")

    with monkeypatch.context() as patch:
        patch.setattr(choose_run, "pictures", gone)
        assert "gone" in opened().warning[0].value
    monkeypatch.setattr(server, "GALLERY", tmp_path / "nothing")
    app = opened(task="jigsaw")
    assert not app.exception
    said = [info.value for info in app.info]
    assert any("No weights of a run of Jigsaw" in each for each in said)
    assert any("not installed" in each for each in said)
