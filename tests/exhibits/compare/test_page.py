"""The compare page: any runs, any address; notes and the bin; what differs, and who is ahead by which evaluation."""

import json
import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sslviz.exhibits.compare import page, scores
from sslviz.exhibits.compare import table as compare_table
from sslviz.runs.folder import RunFolder
from sslviz.runs.owner import Owner, here, started
from sslviz.runs.records import Notes, Snapshot
from sslviz.runs.settings import RunSettings
from sslviz.runs.shelf import list_runs
from sslviz.views.controls import runs_here, server
from tests import pages
from tests.pages import end, example, text

pytestmark = pytest.mark.slow


def opened(**query: str):
    return pages.opened("compare", **query)


def words(app) -> str:
    """What stands under each run of the clock's moment."""
    assert not app.exception
    return "\n".join(found.proto.body for found in app.get("html") if "sslviz-now" in found.proto.body)


def recorded(runs: Path, name: str, *, seed: int = 0, state: str = "done", steps: int = 10, **knobs) -> RunFolder:
    """A run of `steps` steps, of which every one is a snapshot; k-NN climbs from 0.1 by 0.05, and by the seed."""
    folder = RunFolder.create(runs, RunSettings(seed=seed).change(**knobs), name=name)
    chance = np.random.default_rng(seed)
    for step in range(steps):
        row = {"step": step, "seconds": 2.0 * step, "images": 64 * step, "loss": 5.0 - step / 10, "std": 0.1}
        folder.append_metrics({**row, "knn": 0.1 + 0.05 * step + 0.01 * seed})
        similarity = chance.uniform(-1, 1, (16, 16)).astype(np.float16)
        views = np.zeros((2, 8, 32, 32, 3), np.uint8)
        embedding = chance.normal(size=(20, 4)).astype(np.float16)
        folder.write_snapshot(Snapshot(step, {}, {"similarity": similarity}, views, embedding))
    status = folder.status().model_copy(update={"state": state, "step": steps - 1, "knn": 0.5, "linear": 0.6})
    folder.write_status(status)
    return folder


def test_it_opens_alive_on_the_recorded_examples(runs: Path) -> None:
    app = opened()
    shown = text(app)
    assert not app.warning
    assert app.multiselect(key="chips").value == list(runs_here.EXAMPLES)
    for method in ("SimCLR", "BYOL", "SwAV", "MAE"):
        assert f"**{method} (recorded)**" in shown
    assert words(app).count("live k-NN ") == 4
    for name in runs_here.EXAMPLES:  # the clock rests where the longest ends
        assert re.search(rf"step {end(name):,}(, ended)?<", words(app)), name


def test_the_address_is_the_state(runs: Path) -> None:
    recorded(runs, "one")
    recorded(runs, "two", steps=5, temperature=0.07)
    app = opened(runs="two,one,byol", axis="step", moment="50", smoothing="0.5", metric="loss", log="x")
    assert not app.warning
    assert app.multiselect(key="chips").value == ["two", "one", "byol"]
    assert app.slider(key="smoothing").value == 0.5
    assert app.selectbox(key="metric").value == "loss"
    assert "step 4, ended" in words(app)
    assert "step 9, ended" in words(app)
    half = max(step for step in example("byol").snapshot_steps() if step <= end("byol") / 2)
    assert f"step {half}<" in words(app)


def test_choosing_others_changes_the_address(runs: Path) -> None:
    app = opened()
    app.multiselect(key="chips").set_value(["dino", "moco"]).run()
    assert not app.exception
    assert app.query_params["runs"] == "dino,moco"
    assert "**MoCo (recorded)**" in text(app)
    assert "**SimCLR (recorded)**" not in text(app)


@pytest.mark.parametrize("wrong", ["nan", "../../etc", "x" * 5000, "<b>a</b>", ",,,", "1e308", "-5"])
def test_addresses_that_make_no_sense_never_raise(wrong: str, runs: Path) -> None:
    keys = ("runs", "axis", "metric", "smoothing", "log", "seeds", "moment", "picture", "map", "colour", "find")
    app = opened(**dict.fromkeys(keys, wrong))
    assert not app.exception
    assert app.multiselect(key="chips").value == list(runs_here.EXAMPLES)
    assert app.slider(key="smoothing").value == 0
    assert "moment" not in app.query_params
    assert len(app.warning) >= 8
    assert all(len(warning.value) < 250 for warning in app.warning)


def test_seven_runs_are_too_many(runs: Path) -> None:
    app = opened(runs="simclr,byol,mae,dino,moco,swav,rotation")
    assert len(app.warning) == 1
    assert len(app.multiselect(key="chips").value) == 6


def test_runs_with_nothing_recorded_are_shown_as_such(runs: Path) -> None:
    RunFolder.create(runs, RunSettings(), name="empty")
    (runs / "strange").mkdir()
    (runs / "strange" / "settings.json").write_text('{"method": "of a later version"}')
    app = opened(runs="empty")
    assert not app.exception
    assert any("Nothing recorded yet" in info.value for info in app.info)
    assert "strange" not in app.multiselect(key="chips").options


def test_the_clock_takes_the_last_moment_before_the_same_amount(runs: Path) -> None:
    recorded(runs, "one")
    [one] = runs_here.shown(["one"])
    assert [one.step_at("seconds", amount) for amount in (0, 3.9, 4, 99)] == [0, 1, 2, 9]
    assert [one.step_at("images", amount) for amount in (0, 63, 64, 640)] == [0, 0, 1, 9]
    assert one.row(3)["knn"] == pytest.approx(0.25)


def test_only_the_settings_that_differ(runs: Path) -> None:
    recorded(runs, "one")
    recorded(runs, "two", seed=3, temperature=0.07)
    one, two = runs_here.shown(["one", "two"])
    table = runs_here.differing([one, two])
    assert table.index.tolist() == ["seed", "temperature"]
    assert table[two.name].tolist() == ["3", "0.07"]
    assert runs_here.differing([one]).empty


def test_seeds_become_a_mean_with_a_band(runs: Path) -> None:
    for seed in range(3):
        recorded(runs, f"seed{seed}", seed=seed)
    recorded(runs, "other", temperature=0.07)
    shown = runs_here.shown(["seed0", "seed1", "seed2", "other"])
    mean, single = scores.lines(shown, "knn", "step", seeds=True)
    assert single.low is None
    assert (mean.y[0], mean.y[-1]) == (pytest.approx(0.11), pytest.approx(0.56))
    assert mean.low is not None
    np.testing.assert_allclose(mean.y - mean.low, 0.01)  # the standard deviation of 0, 0.01, 0.02
    assert len(scores.lines(shown, "knn", "step")) == 4
    app = opened(runs="seed0,seed1,seed2", seeds="mean ± std")
    assert "The band is mean ± one standard deviation" in text(app)


def test_flips_are_counted_when_both_differences_are_large_enough() -> None:
    table = pd.DataFrame({"knn": [0.9, 0.5, 0.51], "linear": [0.4, 0.8, 0.79]}, index=["a", "b", "c"])
    assert scores.flips(table, 0.05) == [("a", "b", "knn", "linear"), ("a", "c", "knn", "linear")]
    assert ("c", "b", "knn", "linear") in scores.flips(table, 0)
    assert scores.flips(table.assign(linear=np.nan), 0) == []


def test_every_evaluation_that_was_made_is_a_column(runs: Path) -> None:
    one = recorded(runs, "one")
    recorded(runs, "two")
    few = [
        {"encoder": encoder, "target": "class", "labels": 10, "draw": draw, "score": score}
        for encoder, draw, score in (("trained", 0, 0.4), ("trained", 1, 0.6), ("scratch", 0, 0.9))
    ]
    one.write_evaluation(9, "fewshot", pd.DataFrame(few))
    linear = [
        {"encoder": "trained", "features": features, "target": "hue", "score": score}
        for features, score in (("h", 0.7), ("z", 0.2))
    ]
    one.write_evaluation(4, "linear", pd.DataFrame(linear).assign(score=0.0))
    one.write_evaluation(9, "linear", pd.DataFrame(linear))
    table = scores.scores(runs_here.shown(["one", "two"]))
    first, second = table.to_dict("records")
    assert first["few-shot, 10 a class"] == pytest.approx(0.5)
    assert first["linear probe, hue"] == 0.7
    assert np.isnan(second["linear probe, hue"])
    assert first["linear probe, at the end"] == 0.6
    assert not opened(runs="one,two").exception


def test_the_table_is_filtered_by_words_of_any_column(runs: Path) -> None:
    recorded(runs, "one", state="failed")
    recorded(runs, "two").write_notes(Notes(tags=("lecture",)))
    table = compare_table.overview(["two"])
    assert compare_table.matching(table, "simclr FAILED")["id"].tolist() == ["one"]
    assert compare_table.matching(table, "lecture")["id"].tolist() == ["two"]
    assert len(compare_table.matching(table, "")) == len(table) == 2 + len(server.examples())
    assert table.set_index("id")["shown"].to_dict()["two"]
    app = opened(find="failed")
    assert app.dataframe[0].value["id"].tolist() == ["one"]
    assert not opened().dataframe or "id" not in opened().dataframe[0].value  # closed, it is not even made


def ticked(app, *rows: int):
    key = compare_table.key(app.dataframe[0].value["id"].tolist())
    app.session_state[key] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    return app.run()


def test_a_run_is_named_tagged_deleted_and_put_back(runs: Path) -> None:
    folder = recorded(runs, "one")
    app = ticked(opened(find="one"), 0)
    name, tags, remark = [field for field in app.text_input if field.label in ("Name", "Tags", "Notes")]
    name.set_value("Cold")
    tags.set_value("lecture, cold, lecture")
    remark.set_value("diverges")
    next(button for button in app.button if button.label == "Save").click().run()
    assert folder.notes() == Notes(name="Cold", tags=("lecture", "cold"), remark="diverges")
    app = ticked(opened(find="cold"), 0)
    app.button(key="delete").click().run()
    assert not app.exception
    assert list_runs(runs) == []
    assert server.find("one") is None
    app.button(key="undo_one").click().run()
    assert not app.exception
    assert server.find("one").notes().name == "Cold"


def test_ticked_rows_are_compared(runs: Path) -> None:
    recorded(runs, "one")
    recorded(runs, "two")
    app = ticked(opened(find="simclr done"), 0, 1)
    app.button(key="compare").click().run()
    assert not app.exception
    assert sorted(app.multiselect(key="chips").value) == ["one", "two"]


def test_examples_cannot_be_changed(runs: Path) -> None:
    app = ticked(opened(find="dino recorded"), 0)
    assert app.button(key="delete").disabled
    assert "cannot be renamed" in text(app)
    assert not any(field.label == "Name" for field in app.text_input)


def test_a_run_at_work_cannot_be_deleted(runs: Path) -> None:
    folder = RunFolder.create(runs, RunSettings(), name="busy")
    somebody = Owner(host=here(), pid=os.getppid(), started=started(os.getppid()) or "")  # another process
    folder.write_status(folder.status().model_copy(update={"state": "running", **somebody.model_dump()}))
    with pytest.raises(ValueError, match="at work"):
        server.launcher().delete("busy")
    app = ticked(opened(find="busy"), 0)
    app.button(key="delete").click().run()
    assert any("Stop it first" in warning.value for warning in app.warning)
    assert server.find("busy") is not None


@pytest.mark.parametrize("name", ["", "..", "../one", ".trash", "none"])
def test_nothing_outside_the_folder_is_thrown_away_or_taken_back(name: str, runs: Path) -> None:
    recorded(runs, "one")
    with pytest.raises(LookupError):
        server.launcher().delete(name)
    with pytest.raises(LookupError):
        server.launcher().undelete(name)
    assert server.find("one") is not None


def test_strange_notes_read_as_none(runs: Path) -> None:
    folder = recorded(runs, "one")
    (folder.path / "notes.json").write_text('{"tags": 7}')
    assert folder.notes() == Notes()


def test_everything_shown_is_exported_as_numbers(runs: Path) -> None:
    recorded(runs, "one")
    shown = runs_here.shown(["one", "byol"])
    metrics = scores.metrics_of(shown)
    back = json.loads(json.dumps(page.everything(shown, metrics, "step", 5.0, "pca"), allow_nan=False))
    one = back["runs"]["one"]
    assert one["at_the_moment"]["step"] == 5
    assert one["at_the_moment"]["known"]["knn"] == pytest.approx(0.35)
    assert np.shape(one["at_the_moment"]["similarity_of_views"]) == (16, 16)
    assert one["curves"]["loss"][-1] == pytest.approx(4.1)
    assert one["scores"]["linear probe, at the end"] == 0.6
    assert back["runs"]["byol"]["recorded_example"] is True
    assert np.shape(back["runs"]["byol"]["at_the_moment"]["map_positions"]) == (2000, 2)
    table = scores.long(shown, metrics)
    assert {"run", "name", "step", "images", "seconds", "loss", "knn"} <= set(table.columns)
    assert table.groupby("run").size()["one"] == 10
