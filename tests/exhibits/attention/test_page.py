"""The attention room: it shows what the measures say, a patch that asks changes the maps, any address is fine."""

import base64
import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest

from sslviz.data.dataset import Dataset
from sslviz.exhibits.attention import figures, measured, over_time, page
from sslviz.exhibits.attention import seen as attention_seen
from sslviz.judging.look import look
from sslviz.measures.attention import jaccard, kept
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Status
from sslviz.runs.settings import RunSettings
from sslviz.training.loaded import load_network
from sslviz.training.trainer import Trainer
from sslviz.views.controls import choose_run, server
from sslviz.views.plot.plot import Click
from tests import pages

pytestmark = pytest.mark.slow

opened = partial(pages.opened, "attention_room")


@pytest.fixture
def masked(tiny: Dataset, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """The tiny pictures, with a box as the figure, found by name."""
    masks = torch.zeros(len(tiny.test), 32, 32, dtype=torch.bool)
    masks[:, 8:24, 4:20] = True
    found, real = replace(tiny, test=replace(tiny.test, masks=masks)), choose_run.pictures
    monkeypatch.setattr(choose_run, "pictures", lambda name: found if name == "tiny" else real(name))
    return found


def kept_run(runs: Path, pictures: Dataset, settings: RunSettings) -> RunFolder:
    """A finished run of two steps, of which nothing but the weights was recorded: two moments."""
    folder = RunFolder.create(runs, settings)
    trainer = Trainer(settings, pictures, torch.device("cpu"))
    trainer.choose_precision()
    for _ in range(2):
        trainer.train_step()
        folder.write_weights(trainer.step, trainer.tensors(), trainer.about())
    folder.write_status(Status(state="done", step=trainer.step))
    return folder


@pytest.fixture
def trained(runs: Path, masked: Dataset, quick: RunSettings):
    def train(method: str = "dino", encoder: str = "vit") -> RunFolder:
        settings = quick.model_copy(update={"method": method, "data": "tiny"}).change(encoder=encoder)
        return kept_run(runs, masked, settings)

    return train


def chart(app: AppTest, key: str) -> dict:
    """The figure that a component has been given."""
    assert not app.exception
    (one,) = [c for c in app.get("bidi_component") if c.proto.id.endswith(f"-{key}")]
    figure: dict = json.loads(one.proto.bytes.split(b"\n", 1)[1])
    return figure


def numbers(encoded: dict) -> np.ndarray:
    """A typed array as plotly writes it."""
    shape = [int(n) for n in str(encoded.get("shape", "-1")).split(",")]
    return np.frombuffer(base64.b64decode(encoded["bdata"]), encoded["dtype"]).reshape(shape)


def captions(app: AppTest, key: str) -> list[str]:
    """The captions below the tiles."""
    return [text for trace in chart(app, key)["data"] for text in trace.get("text") or () if trace["type"] == "scatter"]


def seen(folder: RunFolder, pictures: Dataset, number: int):
    """The network's answer, worked out here."""
    method = load_network(folder, folder.weights_steps()[-1], pictures).method
    return look(method, pictures.test.images[number : number + 1])


def test_the_overlap_that_is_shown_is_that_of_the_measures(trained, masked: Dataset) -> None:
    folder = trained()
    app = opened(run=folder.id, picture="3", share="0.5")
    heads = seen(folder, masked, 3).asked_by(0)[0]
    expected = []
    for one in (heads.mean(0), *heads):
        places = kept(torch.from_numpy(one), 0.5).reshape(8, 8).repeat_interleave(4, 0).repeat_interleave(4, 1)
        expected.append(f"J {float(jaccard(places[None], masked.test.masks[3][None])):.2f}")
    assert captions(app, "maps")[: len(expected)] == expected


def test_the_map_is_the_attention_of_whoever_asks(trained, masked: Dataset) -> None:
    folder = trained()
    for query, token in ({}, 0), ({"asks": "a patch", "patch": "11"}, 12):
        app = opened(run=folder.id, picture="2", **query)
        shown = numbers(chart(app, "asker")["data"][0]["z"])
        np.testing.assert_allclose(shown.ravel(), seen(folder, masked, 2).asked_by(token)[0].mean(0), rtol=1e-5)


def test_a_clicked_patch_asks_and_every_map_changes(trained, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(run=trained().id)
    before = {key: chart(app, key)["data"] for key in ("asker", "maps", "features")}
    with monkeypatch.context() as patched:
        patched.setattr(st, "session_state", app.session_state)
        page.ask(8)(Click(row=6, column=3))
        page.ask(8)(Click(row=8, column=0))  # there is none
    app.run()
    assert app.slider(key="patch").value == 51
    assert all(chart(app, key)["data"] != data for key, data in before.items())
    assert "row 7, column 4" in chart(app, "asker")["layout"]["title"]["subtitle"]["text"]


def test_the_supervised_transformer_stands_beside_if_there_is_one(trained) -> None:
    mine = trained()
    rows = {text for axis in (chart(opened(run=mine.id), "maps")["layout"]["yaxis"]["ticktext"],) for text in axis}
    assert {"this run", "random weights"} <= rows
    assert "supervised" not in rows
    trained("supervised", "conv")
    attention_seen.supervised_vit.clear()
    app = opened(run=mine.id)
    assert "supervised" not in chart(app, "maps")["layout"]["yaxis"]["ticktext"]
    assert any("No supervised transformer on these pictures" in text.value for text in app.caption)
    trained("supervised", "vit")
    attention_seen.supervised_vit.clear()
    assert "supervised" in chart(opened(run=mine.id), "maps")["layout"]["yaxis"]["ticktext"]


def test_runs_without_a_transformer_are_not_offered_and_none_at_all_is_a_sentence(
    trained, runs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(server, "GALLERY", tmp_path / "empty")
    conv = trained("simclr", "conv")
    app = opened(run=conv.id)
    assert not app.exception
    assert "No run with a vision transformer" in app.info[0].value
    trained()
    app = opened(run=conv.id)
    assert conv.id not in "".join(app.selectbox(key="run").options)


def test_every_kept_moment_is_measured(trained, masked: Dataset) -> None:
    folder = trained()
    steps = folder.weights_steps()
    loaded = load_network(folder, steps[-1], masked)
    for untrained, method in ((False, loaded.method), (True, loaded.untrained)):
        heads = torch.from_numpy(look(method, masked.test.images[:64]).asked_by(0))
        best = 0.0
        for head in range(heads.shape[1]):
            places = kept(heads[:, head]).reshape(-1, 8, 8).repeat_interleave(4, 1).repeat_interleave(4, 2)
            best = max(best, float(jaccard(places, masked.test.masks[:64]).mean()))
        assert over_time.scores(str(folder.path), steps[-1], untrained)[0] == pytest.approx(best, abs=1e-5)
    assert over_time.through(
        str(folder.path), tuple(steps), masked.test.images[0].numpy().tobytes(), (3, 32, 32), None, 0.6
    )
    curve = json.loads(over_time.emergence(str(folder.path), tuple(steps), None))
    assert numbers(curve["data"][0]["x"]).tolist() == [0, *steps]


@pytest.mark.parametrize(("supervised", "begins"), [(0.30, "**Yes"), (0.41, "**Not at this scale")])
def test_the_verdict_says_what_was_measured(supervised: float, begins: str) -> None:
    scores = {"dino": (0.40, 0.42), "supervised": (0.29, supervised), "random": (0.25, 0.26), "disc": (0.51,)}
    rows = [{"network": name, "seed": i, "best": s} for name, some in scores.items() for i, s in enumerate(some)]
    found = measured.verdict(pd.DataFrame(rows))
    assert found.startswith(begins)
    assert "DINO **0.410** (0.400 … 0.420)" in found
    assert "has 0.510" in found
    assert found.endswith("The recorded example is seed 0, on which the recipe was chosen, with 0.400.")


def test_without_records_it_says_so(trained, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(server, "GALLERY", tmp_path / "empty")
    app = opened(run=trained().id)
    assert not app.exception
    said = " ".join(info.value for info in app.info)
    assert "benchmarks.attention" in said
    assert "benchmarks.walls" in said


def test_what_was_recorded_is_shown_and_a_switch_changes_the_walls(
    trained, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(server, "GALLERY", tmp_path)
    rows = [("dino", 0.4), ("supervised", 0.3), ("random", 0.2), ("whole", 0.24), ("disc", 0.5)]
    table = pd.DataFrame([{"network": n, "seed": 0, "best": s, "mean": s, "map": s, "about": "here"} for n, s in rows])
    table.to_csv(tmp_path / measured.RECORDED, index=False)
    runs = [
        {"centring": c, "sharpening": s, "step": t, "one": t * c + s, "mean": 2.0, "outputs": 256, "about": "here"}
        for c in (True, False)
        for s in (True, False)
        for t in (1, 2, 3)
    ]
    pd.DataFrame(runs).to_csv(tmp_path / measured.WALLS, index=False)
    app = opened(run=trained().id)
    assert "**Yes, on these pictures**" in " ".join(text.value for text in app.markdown)
    assert numbers(chart(app, "measured")["data"][0]["y"]) == pytest.approx([score for _, score in rows])

    def thick() -> list[float]:
        lines = [t for t in chart(app, "walls")["data"] if t["showlegend"] and t["name"] == "one picture"]
        return numbers(lines[0]["y"]).tolist()

    assert thick() == [2, 3, 4]
    app.toggle(key="centring").set_value(False).run()
    assert thick() == [1, 1, 1]


KEYS = ["run", "moment", "picture", "asks", "patch", "share", "centring", "sharpening", "unknown"]


@pytest.mark.parametrize("wrong", ["nan", "inf", "1e308", "-5", "x" * 5000, "<b>half</b>", "", "../../etc"])
def test_addresses_that_make_no_sense_never_raise(runs: Path, wrong: str) -> None:
    app = opened(**dict.fromkeys(KEYS, wrong))
    assert not app.exception
    assert all(len(warning.value) < 200 for warning in app.warning)
    assert app.slider(key="picture").value == 0
    chart(app, "maps")


def test_an_edge_is_drawn_round_the_mask_and_what_is_not_kept_is_dim() -> None:
    picture, mask = np.full((32, 32, 3), 200, np.uint8), np.zeros((32, 32), bool)
    mask[8:16, 8:16] = True
    found, zoom = figures.covered(picture, np.arange(64) < 8, mask), figures.ZOOM
    assert (found[: 4 * zoom, 10 * zoom : 20 * zoom] == 200).all()  # the first row of patches
    assert (found[25 * zoom :, 25 * zoom :] == int(200 * figures.DIM)).all()
    assert (found[8 * zoom, 8 * zoom : 16 * zoom] == figures.EDGE).all()
