"""The map on a page of a method: t-SNE of a run at rest is asked for, shown once it is there, or named impossible."""

from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Snapshot
from sslviz.views.controls import server
from sslviz.views.method import layouts, live
from sslviz.views.method import map as view
from tests.exhibits.maps.test_page import made
from tests.pages import end, opened

EXAMPLE = RunFolder(server.GALLERY / "simclr")
END = end("simclr")
Asked = list[tuple[RunFolder, str, int]]


@pytest.fixture
def asked(runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the projector is asked for, on an empty cache."""
    st.cache_data.clear()
    found: Asked = []
    monkeypatch.setattr(server.launcher(), "cache", tmp_path / "cache")
    monkeypatch.setattr(server.launcher(), "project", lambda run, kind, step: found.append((run, kind, step)))
    return found


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Kind and step of the maps that are drawn."""
    found: list[tuple[str, int]] = []
    figure = view.map_figure

    def seen(path: str, place: str, step: int, kind: str, *rest: object) -> bytes:
        found.append((kind, step))
        return figure(path, place, step, kind, *rest)

    monkeypatch.setattr(view, "map_figure", seen)
    return found


@pytest.fixture
def timers(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the pictures refresh by themselves, at each run of the page."""
    found: list[bool] = []
    refreshed = live.refreshed
    monkeypatch.setattr(
        live, "refreshed", lambda draw, usual, on, *args: (found.append(on), refreshed(draw, usual, on, *args))[1]
    )
    return found


def answer(asked: Asked) -> None:
    """The projector's part: what was asked for last lies where the launcher would have it."""
    run, kind, step = asked[-1]
    place = run if server.is_ours(run) else server.launcher().spare_maps(run)
    place.path.mkdir(parents=True, exist_ok=True)
    place.write_projection(step, kind, np.random.default_rng(0).normal(size=(len(run.embedding(step)), 2)))


def notes(app: AppTest) -> list[str]:
    assert not app.exception
    return [caption.value for caption in app.caption if "t-SNE of step" in caption.value or "no t-SNE" in caption.value]


def test_tsne_of_a_recorded_example_is_made_into_the_cache_and_shown(
    asked: Asked, drawn: list, timers: list[bool]
) -> None:
    before = sorted((EXAMPLE.path / "projections").iterdir())
    app = opened("simclr", map="t-SNE")
    assert {(run.id, kind, step) for run, kind, step in asked} == {("simclr", "tsne", END)}
    [note] = notes(app)
    assert f"t-SNE of step {END} is being computed" in note
    assert f"Until then: PCA, step {END}" in note
    assert drawn[-1] == ("pca", END)
    assert timers[-1]  # the page looks again by itself
    answer(asked)
    app.run()
    assert notes(app) == []
    assert drawn[-1] == ("tsne", END)
    assert not timers[-1]
    assert sorted((EXAMPLE.path / "projections").iterdir()) == before


def test_the_map_room_and_the_method_page_find_the_same_layout(asked: Asked, drawn: list) -> None:
    opened("maps", map1="t-SNE", run2="none")
    answer(asked)
    asked.clear()
    assert notes(opened("simclr", map="t-SNE")) == []
    assert drawn == [("tsne", END)]
    assert asked == []


def test_tsne_of_ones_own_finished_run_comes_without_a_click(
    runs: Path, asked: Asked, drawn: list, timers: list[bool]
) -> None:
    made(runs).write_projection(20, "umap", np.zeros((64, 2)))
    app = opened("simclr", run="mine")
    assert not timers[-1]
    app.segmented_control(key="map").set_value("tsne").run()
    assert timers[-1]
    assert asked[-1][1:] == ("tsne", 20)
    answer(asked)
    app.run()
    assert drawn[-1] == ("tsne", 20)
    assert notes(app) == []
    assert not timers[-1]


def test_where_no_tsne_can_be_made_the_page_says_so_and_does_not_wait(
    runs: Path, asked: Asked, drawn: list, timers: list[bool]
) -> None:
    run = made(runs)
    run.write_snapshot(Snapshot(20, embedding=np.full((64, 5), np.nan, np.float16)))
    [note] = notes(opened("simclr", run="mine", map="t-SNE"))
    assert "none can be made" in note
    assert "Instead: PCA, step 20" in note
    assert asked == []
    assert not any(timers)


def test_a_layout_that_was_made_later_is_in_the_history(runs: Path, asked: Asked) -> None:
    run = made(runs)
    for step, number in ((20, 1), (10, 2)):
        run.write_projection(step, "tsne", np.zeros((64, 2)))
        known, found = layouts.positions(layouts.places(run, "tsne", 20), "tsne")
        assert len(known) == len(found) == number
