"""The examples that ship are recorded from a table: cut off and gone on, alone and as twins."""

from pathlib import Path

import pytest

from benchmarks import record_gallery
from benchmarks.record_gallery import EXAMPLES, LEAST_SCORES, Example, moments, record, scores
from sslviz.data.dataset import Dataset
from sslviz.measures import projection
from sslviz.methods import METHODS
from sslviz.runs import twins
from sslviz.runs.folder import RunFolder
from sslviz.training import recorder

TINY = {"batch_size": 32, "width": 16, "warmup_steps": 2, "precision": "float32"}


def test_the_table_holds_every_method_the_twins_and_the_heads_within_its_bytes() -> None:
    assert {example.method for example in EXAMPLES.values()} == set(METHODS) <= set(EXAMPLES)
    assert sum(example.most_bytes for example in EXAMPLES.values()) <= 110e6
    for name, example in EXAMPLES.items():
        settings = example.settings()
        assert settings.seconds is None
        assert settings.training.steps == example.steps
        assert settings.augment == EXAMPLES[example.method].settings().augment or settings.encoder == "vit"
        assert len(moments(example.steps)) > LEAST_SCORES
        assert max(example.weights, default=0) < example.steps
        if example.twin:
            assert EXAMPLES[example.twin].twin == name
    simclr = EXAMPLES["simclr"].settings()
    for name, knob, value in (
        ("simclr_tau_007", "temperature", 0.07),
        ("simclr_tau_05", "temperature", 0.5),
        ("simclr_head_none", "projector", "none"),
        ("simclr_head_linear", "projector", "linear"),
    ):
        its = EXAMPLES[name].settings()
        assert its.values() == {**simclr.values(), knob: value}
        assert its.seed == simclr.seed
    lapse, vit = EXAMPLES["mae_lapse"], EXAMPLES["dino_vit"]
    assert (lapse.settings().training.width, vit.settings().encoder) == (16, "vit")


def test_it_is_looked_at_often_and_early() -> None:
    for steps in (100, 400, 1500):
        planned = moments(steps)
        assert steps in planned
        assert 0 not in planned
        assert sum(step <= steps / 4 for step in planned) > len(planned) / 3


@pytest.mark.slow
def test_a_run_that_was_cut_off_goes_on_and_twins_ship_as_twins(
    tmp_path: Path, tiny: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = {
        "alone": Example("simclr", 16, TINY, (3,), data="tiny"),
        "left": Example("simclr", 16, {**TINY, "temperature": 0.07}, data="tiny", twin="right"),
        "right": Example("simclr", 16, {**TINY, "temperature": 0.5}, data="tiny", twin="left"),
    }
    runs, gallery = tmp_path / "runs", tmp_path / "gallery"
    monkeypatch.setattr(projection, "umap_layout", lambda h, before=None: projection.pca(h))  # it is compiled first
    monkeypatch.setattr(record_gallery, "EVALUATIONS", ("knn",))

    def make(name: str) -> list[RunFolder]:
        return record(examples, name, runs, gallery, command="the command", loaded=tiny, cache=tmp_path)

    write, full = RunFolder.append_metrics, [True]

    def cut(self: RunFolder, row: dict[str, float]) -> None:
        if row["step"] == 7 and full:
            raise KeyboardInterrupt
        write(self, row)

    monkeypatch.setattr(recorder.RunFolder, "append_metrics", cut)
    with pytest.raises(KeyboardInterrupt):
        make("alone")
    assert not (gallery / "alone").exists()
    full.clear()
    (small,) = make("alone")
    assert small.path == gallery / "alone"
    assert small.status().state == "done"
    assert [event["text"] for event in small.events() if event["kind"] == "resume"] == ["resumed from step 4"]
    assert small.weights_steps() == [3, 16]
    assert scores(small) >= LEAST_SCORES
    assert small.metrics()["live_pictures"].dropna().eq(80).all()
    (about,) = [event for event in small.events() if event["kind"] == "recorded"]
    assert about["command"] == "the command"
    assert {"machine", "torch", "seconds"} <= about.keys()
    table = small.evaluation(16, "knn")
    assert set(table["features"]) == {"h", "z"}
    assert {"class", "hue"} <= set(table["target"])

    pair = make("right")
    assert [each.id for each in pair] == ["left", "right"]
    assert twins.partner(pair[0]).path == pair[1].path
    steps = [each.metrics().dropna(subset="knn")["step"].tolist() for each in pair]
    assert steps[0] == steps[1]
    assert [each.values()["temperature"] for each in pair] == [0.07, 0.5]
    before = pair[0].status().heartbeat
    assert make("left")[0].status().heartbeat == before  # what is done is not trained again
    with pytest.raises(ValueError, match="other settings"):
        record({"alone": Example("simclr", 17, TINY, data="tiny")}, "alone", runs, gallery, command="", loaded=tiny)
    monkeypatch.setattr(record_gallery, "LEAST_SCORES", 1000)
    with pytest.raises(RuntimeError, match="only"):
        make("alone")
