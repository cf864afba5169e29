"""The map room without a browser: what is asked of the projector, what is shown of strange runs and addresses."""

import base64
import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from sslviz.exhibits.maps import picture as maps_picture
from sslviz.exhibits.maps import side
from sslviz.exhibits.maps.colours import TRUE
from sslviz.measures.projection import pca
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import ProbeSet, Snapshot
from sslviz.runs.settings import RunSettings
from sslviz.views.controls import server
from sslviz.views.plot import picked
from tests import pages
from tests.pages import end, text

opened = partial(pages.opened, "maps")
N = 64
GALLERY = server.GALLERY / "simclr"
END = end("simclr")


def made(runs: Path, name: str = "mine", *, labels: bool = True, h: tuple[bool, ...] = (True, True, True)) -> RunFolder:
    """A run of three moments of 64 pictures, with PCA of all of them; `h`: where the embedding was kept."""
    folder = RunFolder.create(runs, RunSettings(), name=name)
    sheet = RunFolder(GALLERY).probe().sheet
    known = np.arange(N) % 3 if labels else None
    folder.write_probe(ProbeSet(sheet, 50, 32, known, {}, ("a", "b", "c") if labels else ()))
    chance, before = np.random.default_rng(0), None
    for step, kept in zip((0, 10, 20), h, strict=True):
        folder.append_metrics({"step": step, "seconds": step, "images": step, "std": 0.1})
        embedding = chance.normal(size=(N, 5)).astype(np.float16)
        folder.write_snapshot(Snapshot(step, embedding=embedding if kept else None))
        before = pca(embedding.astype(np.float32), before)
        folder.write_projection(step, "pca", before)
    folder.write_status(folder.status().model_copy(update={"state": "done", "step": 20}))
    return folder


@pytest.fixture
def asked(runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, int]]:
    """What the projector is asked for."""
    monkeypatch.setattr(server.launcher(), "cache", tmp_path / "cache")
    found: list[tuple[str, str, int]] = []
    monkeypatch.setattr(server.launcher(), "project", lambda run, kind, step: found.append((run.id, kind, step)))
    return found


def test_it_opens_on_a_recorded_run_before_and_after_training_and_asks_for_nothing(asked: list) -> None:
    app = opened()
    shown = text(app)
    assert not app.warning
    assert [box.value for box in app.selectbox if box.key in ("run1", "run2")] == ["simclr", "simclr"]
    moments = {slider.key: slider.value for slider in app.select_slider if "step" in slider.key}
    assert [value for key, value in sorted(moments.items())] == [END, 0]
    assert "left map ↔ its h" in shown
    assert "h was not kept of SimCLR, step 0" in shown
    assert asked == []


def test_another_map_is_asked_for_and_shown_when_it_is_there(runs: Path, asked: list) -> None:
    run = made(runs)
    query = {"run1": "mine", "map1": "UMAP", "neighbours1": "30", "apart1": "0.5", "step1": "10", "run2": "none"}
    app = opened(**query)
    assert not app.exception
    assert asked == [("mine", "umap-n30-d0.5", 10)]
    run.write_projection(10, "umap-n30-d0.5", np.random.default_rng(0).normal(size=(N, 2)))
    asked.clear()
    assert "map ↔ its h" in text(opened(**query))
    assert asked == []


def test_of_a_recorded_run_other_maps_are_made_of_the_end_only(asked: list) -> None:
    app = opened(map1="t-SNE", step1="0", run2="none")
    assert f"Only step {END}" in text(app)
    assert asked == [("simclr", "tsne", END)]
    assert not list((GALLERY / "projections").glob("*tsne*"))


def test_further_maps_of_recorded_runs_are_found_in_the_cache(runs: Path, asked: list) -> None:
    run = RunFolder(GALLERY)
    spare = server.launcher().spare_maps(run)
    assert server.launcher().cache in spare.path.parents
    spare.path.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(0).normal(size=(2000, 3))
    spare.write_projection(END, "umap-n200-d0.99-3d", chance)
    found = side.layouts(run, "umap-n200-d0.99-3d")
    assert {step: place.path for step, place in found.items()} == {END: spare.path}
    assert set(side.layouts(run, "umap")) == set(run.projection_steps("umap"))
    app = opened(neighbours1="200", apart1="0.99", space1="true", run2="none")
    assert not app.exception
    assert asked == []


def test_the_scores_are_the_shares_that_a_loop_counts(runs: Path, asked: list) -> None:
    run = made(runs)
    shown = text(opened(run1="mine", run2="mine", map1="PCA", map2="PCA", step1="20", step2="0", trails="none"))
    h = [run.snapshot(step).embedding.astype(np.float64) for step in (20, 0)]
    layouts = [run.projection(step, "pca") for step in (20, 0)]

    def near(points: np.ndarray, metric: str) -> list[set[int]]:
        model = NearestNeighbors(n_neighbors=15, metric=metric, algorithm="brute").fit(points)
        return [set(row) for row in model.kneighbors(return_distance=False)]

    def share(a: list[set[int]], b: list[set[int]]) -> str:
        return f"{np.mean([len(x & y) / 15 for x, y in zip(a, b, strict=True)]):.1%}"

    in_h, on_map = [near(x, "cosine") for x in h], [near(x, "euclidean") for x in layouts]
    assert f"| left map ↔ its h | {share(in_h[0], on_map[0])} |" in shown
    assert f"| right map ↔ its h | {share(in_h[1], on_map[1])} |" in shown
    assert f"| left map ↔ right map | {share(*on_map)} |" in shown
    assert f"| left h ↔ right h | {share(*in_h)} |" in shown
    assert f"by chance {15 / (N - 1):.1%}" in shown


def test_runs_without_labels_without_h_and_diverged_ones_get_a_sentence(runs: Path, asked: list) -> None:
    made(runs, "bare", labels=False, h=(False, False, False))
    shown = text(opened(run1="bare", map1="PCA", run2="none"))
    assert "h was not kept of SimCLR bare, step 20" in shown
    app = opened(run1="bare", map1="UMAP", run2="none", colour="class")  # no layout, and none can be made
    assert any("There is no UMAP of step 20" in info.value for info in app.info)
    assert asked == []
    broken = made(runs, "nan", h=(True, True, False))
    broken.write_snapshot(Snapshot(20, embedding=np.full((N, 5), np.nan, np.float16)))
    app = opened(run1="nan", map1="UMAP", run2="none", step1="20")
    assert any("diverged" in info.value for info in app.info)
    RunFolder.create(runs, RunSettings(), name="empty")
    app = opened(run1="empty", run2="mine-is-gone")
    assert not app.exception
    assert any("Nothing was recorded" in info.value for info in app.info)
    assert len(app.warning) == 1


@pytest.mark.parametrize("wrong", ["nan", "../../etc", "x" * 5000, "<b>a</b>", "-5", "1e308"])
def test_addresses_that_make_no_sense_never_raise(wrong: str, asked: list) -> None:
    parts = ("run", "map", "space", "neighbours", "apart", "step")
    app = opened(
        **{f"{part}{i}": wrong for part in parts for i in (1, 2)}, colour=wrong, trails=wrong, perplexity1=wrong
    )
    assert not app.exception
    assert len(app.warning) >= 10
    assert all(len(warning.value) < 250 for warning in app.warning)
    assert app.selectbox(key="run1").value == "simclr"


def test_the_buttons_show_what_the_sentences_say(asked: list) -> None:
    app = opened(map1="PCA", map2="PCA", run2="byol")
    app.button(key="misread_0").click().run()
    assert not app.exception
    assert {app.selectbox(key=key).value for key in ("run1", "run2")} == {"simclr"}
    assert [app.select_slider(key=f"neighbours{i}").value for i in (1, 2)] == ["5", "100"]
    assert {kind for _, kind, _ in asked} == {"umap-n5", "umap-n100"}
    app.button(key="misread_1").click().run()
    assert app.selectbox(key="colour").value == "hue"
    moments = sorted((s.key, s.value) for s in app.select_slider if "step" in s.key)
    assert [value for _, value in moments] == [0, END]
    app.button(key="misread_2").click().run()
    assert not app.exception
    assert app.selectbox(key="colour").value == TRUE


def test_pictures_of_which_less_is_known_change_what_can_be_asked(runs: Path, asked: list) -> None:
    made(runs)
    app = opened(colour="hue")
    app.selectbox(key="run1").set_value("mine").run()  # of which no hue is known
    assert not app.exception
    assert app.selectbox(key="colour").value == "class"
    app.button(key="misread_1").click().run()
    assert not app.exception
    assert app.selectbox(key="colour").value == "class"
    assert {app.selectbox(key=key).value for key in ("run1", "run2")} == {"mine"}


def test_trails_join_the_places_of_the_points_that_moved_most(runs: Path, asked: list) -> None:
    run = made(runs)
    places = tuple((str(run.path), step) for step in (0, 10, 20))
    map_of_20 = maps_picture.Asked("t", places[2][0], 20, "pca", None, places[:2], places)
    picture = json.loads(maps_picture.figure(run, map_of_20))
    line = picture["data"][0]
    assert line["mode"] == "lines"
    first, last = run.projection(0, "pca"), run.projection(20, "pca")
    most = int(np.linalg.norm(last - first, axis=1).argmax())
    x = np.frombuffer(base64.b64decode(line["x"]["bdata"]), "<f4")
    np.testing.assert_allclose(x[:3], [run.projection(s, "pca")[most, 0] for s in (0, 10, 20)])
    assert np.isnan(x[3])
    assert len(x) == 4 * 60
    assert picture["layout"]["meta"]["link"] == picked.group(run.probe())


def test_maps_of_the_same_pictures_are_one_group_and_the_grid_knows_their_classes(runs: Path) -> None:
    simclr, byol = (RunFolder(server.GALLERY / name).probe() for name in ("simclr", "byol"))
    mine = made(runs, labels=False).probe()
    assert picked.group(simclr) == picked.group(byol)
    few = json.loads(picked.about(RunFolder(GALLERY), simclr, 600, "hint"))
    assert (few["sprite"]["rows"], len(few["labels"])) == (2000 // simclr.columns, 600)
    about = json.loads(picked.about(RunFolder(GALLERY), simclr, 2000, "hint"))
    assert about["labels"] == simclr.labels.tolist()
    assert (about["total"], len(about["classes"])) == (2000, 10)
    assert json.loads(picked.about(RunFolder(GALLERY), mine, N, ""))["labels"] is None
    assert picked.count(simclr) == 2000


def test_the_numbers_behind_both_maps_can_be_had(runs: Path, asked: list) -> None:
    run = made(runs)
    kinds = (side.MapKind("pca"), side.MapKind("umap"))
    sides = [side.Side(i + 1, run, kind, 20) for i, kind in enumerate(kinds)]
    table = maps_picture.positions(sides)  # of UMAP there is none yet
    assert list(table.columns) == ["map", "picture", "x", "y", "label"]
    np.testing.assert_array_equal(table[["x", "y"]].to_numpy(np.float32), run.projection(20, "pca"))
    assert len(maps_picture.positions(sides[1:])) == 0


def test_a_map_that_cannot_be_read_is_told(runs: Path) -> None:
    run = made(runs)
    with (run.path / "projections" / "000020.pca.npz").open("wb") as file:
        np.savez(file, layout=np.float32(3.5))  # no axis
    app = opened(run1="mine", map1="PCA", step1="20", run2="none")
    assert [warning.value for warning in app.warning] == ["The map of step 20 cannot be read."]
