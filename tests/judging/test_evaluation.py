"""Evaluations of a finished run: what they measure is what the live scores measure, and it is measured once."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import torch

from sslviz.judging import evaluation
from sslviz.judging.evaluation import EVALUATIONS, embedded, evaluate, set_up
from sslviz.runs.folder import RunFolder
from sslviz.training.worker import Wishes, run

pytestmark = pytest.mark.slow


@pytest.fixture
def finished(tmp_path: Path, tiny, quick) -> RunFolder:
    folder = RunFolder.create(tmp_path, quick.model_copy(update={"data": "tiny"}))
    assert run(folder, tmp_path, Wishes(folder), loaded=tiny).state == "done"
    return folder


def judged(folder, tiny, *names, **more):
    return evaluate(folder, folder.weights_steps()[-1], folder.path, names=names, loaded=tiny, **more)


def test_knn_of_h_is_the_score_that_the_run_has_recorded(finished, tiny):
    table = judged(finished, tiny, "knn")
    row = table[(table.encoder == "trained") & (table.features == "h") & (table.target == "class") & (table.k == 20)]
    assert row.score.item() == finished.snapshot(finished.snapshot_steps()[-1]).scores["knn"]
    random = table[(table.encoder == "random") & (table.features == "h") & (table.target == "class") & (table.k == 20)]
    assert random.score.item() == finished.status().knn_random_init
    assert set(table.features) == {"h", "z"}
    assert set(table.target) == {"class", "hue"}


def test_chance_counts_what_can_be_answered_and_the_balanced_accuracy_stands_beside_it(
    tmp_path, tiny, quick, monkeypatch
):
    """The most frequent class of the test pictures has no training pictures: nobody can answer it."""
    monkeypatch.setattr(evaluation, "TUNE_STEPS", 3)
    labels = torch.zeros(len(tiny.train), dtype=torch.long)
    labels[::10] = 2
    asked = torch.ones(len(tiny.test), dtype=torch.long)
    asked[: len(asked) // 4] = 0
    rare = replace(tiny, train=replace(tiny.train, labels=labels), test=replace(tiny.test, labels=asked))
    folder = RunFolder.create(tmp_path, quick.model_copy(update={"data": "tiny"}))
    assert run(folder, tmp_path, Wishes(folder), loaded=rare).state == "done"
    table = judged(folder, rare, "knn", "linear", "finetune")
    probes = table[(table.target == "class") & (table.evaluation != "finetune")]
    assert probes.chance.tolist() == pytest.approx([0.25] * len(probes), abs=0.01)
    assert (probes.score <= probes.chance + 1e-6).all()
    assert probes.balanced.between(0, 1).all()


def test_the_network_is_that_of_the_kept_weights(finished, tiny):
    step = finished.weights_steps()[-1]
    bench = set_up(finished, step, tiny)
    h = embedded(bench.trainer.method, bench.tests)
    recorded = finished.snapshot(step).embedding
    torch.testing.assert_close(h, torch.from_numpy(recorded).float(), atol=2e-3, rtol=2e-3)


def test_linear_probes_ask_h_z_random_weights_and_raw_pixels(finished, tiny):
    table = judged(finished, tiny, "linear")
    assert set(zip(table.encoder, table.features, strict=True)) == {
        ("trained", "h"), ("trained", "z"), ("random", "h"), ("random", "z"), ("pixels", "h"),
    }  # fmt: skip
    pixels = table[(table.encoder == "pixels") & (table.target == "class")]
    assert pixels.score.item() > 0.9  # four flat colours


def test_what_was_measured_is_not_measured_again(finished, tiny, monkeypatch):
    first = judged(finished, tiny, "knn", "attention")  # no ViT: no attention, and that is an answer, too
    monkeypatch.setattr(evaluation, "set_up", lambda *_: pytest.fail("measured again"))
    again = judged(finished, tiny, "knn", "attention")
    pd.testing.assert_frame_equal(first, again, check_dtype=False)


def test_few_shot_compares_with_learning_from_scratch_on_the_same_labels(finished, tiny, monkeypatch):
    monkeypatch.setattr(evaluation, "FEW_STEPS", 2)
    heard = []
    table = judged(finished, tiny, "fewshot", on_progress=lambda name, rows: heard.append((name, rows)))
    assert set(table.encoder) == {"trained", "random", "scratch"}
    by_encoder = {name: set(zip(g.labels, g.draw, strict=True)) for name, g in table.groupby("encoder")}
    assert by_encoder["trained"] == by_encoder["scratch"]
    assert len(by_encoder["scratch"]) == 5 * len(set(table.labels))
    assert heard[-1] == ("fewshot", len(table))


def test_without_masks_or_a_vit_there_is_no_attention_and_without_labels_no_class(finished, tiny):
    assert len(judged(finished, tiny, "attention")) == 0
    bare = replace(tiny, train=replace(tiny.train, labels=None), test=replace(tiny.test, labels=None))
    step = finished.weights_steps()[-1]
    bench = set_up(finished, step, bare)
    assert list(EVALUATIONS["fewshot"](bench)) == []
    assert list(EVALUATIONS["finetune"](bench)) == []
    assert {row["target"] for row in EVALUATIONS["knn"](bench)} == {"hue"}


def test_a_moment_without_weights_is_a_lookup_error(finished, tiny):
    with pytest.raises(LookupError, match="step 3"):
        evaluate(finished, 3, finished.path, names=("knn",), loaded=tiny)
