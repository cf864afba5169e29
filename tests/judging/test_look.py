"""What a transformer does with a picture: DINO's teacher answers, not its student, and rows of attention sum to 1."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sslviz.judging.evaluation import evaluate
from sslviz.judging.look import look, vit_of
from sslviz.measures.attention import overlap
from sslviz.runs.folder import RunFolder
from sslviz.training.loaded import load_network
from sslviz.training.trainer import Trainer


def trained(tmp_path, pictures, quick, method="dino", encoder="vit"):
    """A run of two steps, of which nothing but the weights was recorded."""
    settings = quick.model_copy(update={"method": method, "data": "tiny"}).change(encoder=encoder)
    folder, trainer = RunFolder.create(tmp_path, settings), Trainer(settings, pictures, torch.device("cpu"))
    trainer.choose_precision()
    for _ in range(2):
        trainer.train_step()
    folder.write_weights(trainer.step, trainer.tensors(), trainer.about())
    return folder


def test_dinos_teacher_is_looked_at_and_every_row_sums_to_one(tmp_path, tiny, quick):
    folder = trained(tmp_path, tiny, quick)
    loaded = load_network(folder, folder.weights_steps()[-1], tiny)
    teacher = loaded.method.teacher.copy[0]
    assert vit_of(loaded.method) is teacher
    found = look(loaded.method, tiny.test.images[:3])
    x = loaded.method.augment.plain(tiny.test.images[:3])
    assert torch.equal(torch.from_numpy(found.attention), teacher.attention(x))
    assert torch.equal(torch.from_numpy(found.tokens), teacher.tokens(x)[:, 1:])
    assert torch.equal(torch.from_numpy(found.class_tokens), loaded.method.embed(x))  # what is kept of the run
    for token in (0, 17):
        asked = found.asked_by(token)
        assert asked.shape == (3, 2, 64)
        np.testing.assert_allclose(asked.sum(-1), 1, rtol=1e-5)
        np.testing.assert_allclose(
            asked[1, 0] * found.attention[1, 0, token, 1:].sum(), found.attention[1, 0, token, 1:]
        )


def test_a_conv_net_has_no_attention(tmp_path, tiny, quick):
    folder = trained(tmp_path, tiny, quick, "simclr", "conv")
    assert vit_of(load_network(folder, folder.weights_steps()[-1], tiny).method) is None


def test_the_evaluation_measures_the_same_attention(tmp_path, tiny, quick):
    masks = torch.zeros(len(tiny.test), 32, 32, dtype=torch.bool)
    masks[:, 8:24, 4:20] = True
    masked = replace(tiny, test=replace(tiny.test, masks=masks))
    folder = trained(tmp_path, masked, quick)
    step = folder.weights_steps()[-1]
    table = evaluate(folder, step, tmp_path, names=("attention",), loaded=masked)
    maps = torch.from_numpy(look(load_network(folder, step, masked).method, masked.test.images).asked_by(0))
    by_head = overlap(maps, masks)
    scores = table[table.encoder == "trained"].sort_values("head").score.tolist()
    assert scores == pytest.approx(by_head.tolist(), abs=1e-4)
