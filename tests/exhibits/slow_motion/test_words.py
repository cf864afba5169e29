"""The stages of a slow step: for every method, what is said is true of the step, and rows are what they are called."""

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image

from sslviz.data.dataset import Dataset
from sslviz.exhibits.slow_motion import start
from sslviz.exhibits.slow_motion import step as slow_motion
from sslviz.exhibits.slow_motion.backward import risen
from sslviz.exhibits.slow_motion.stage import Picture, Stage
from sslviz.exhibits.slow_motion.stages import stages
from sslviz.exhibits.slow_motion.step import SlowStep
from sslviz.figures.reconstruction import HIDDEN
from sslviz.lessons import card_of
from sslviz.methods import METHODS
from sslviz.runs.settings import RunSettings
from sslviz.training.trainer import Trainer

N = 4


@pytest.fixture
def walked(tiny: Dataset, quick: RunSettings):
    """Step and stages of a method after two steps of training; `forgetful`: as of a run that kept its weights alone."""

    def walk(method: str, forgetful: bool = False, **knobs) -> tuple[SlowStep, dict[str, Stage]]:
        settings = quick.model_copy(update={"method": method, "data": "tiny"})
        trained = Trainer(settings, tiny, torch.device("cpu"))
        trained.choose_precision()
        for _ in range(2):
            trained.train_step()
        kept = {k: v.clone() for k, v in trained.tensors().items() if not forgetful or k.startswith("method.")}
        begin = start.with_batch(start.start(settings, tiny, (kept, trained.about())), N, 5)
        after, step = slow_motion.slow_step(begin, **knobs)
        return step, {stage.name: stage for stage in stages(step, after)}

    return walk


def heats(stage: Stage) -> list[Picture]:
    return [picture for picture in stage.draw() if picture.figure.data[0].type == "heatmap"]


def image(trace) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(trace.source.partition(",")[2]))).convert("RGB"))


@pytest.mark.parametrize("method", METHODS)
def test_what_is_said_is_true_of_every_method(method: str, walked) -> None:
    _, found = walked(method)
    told = {name: stage.told for name, stage in found.items()}
    assert ("ignore what differs" in told["views"]) == (card_of(method).zoo is not None)  # it compares views
    assert ("without labels" in told["pictures"]) == (not METHODS[method].labelled)
    everything = " ".join([*told.values(), *(p.how_to_read for stage in found.values() for p in stage.draw())])
    for wrong in ("forth", "Nobody", "pays", "guess", "ask each other", "should move", "questions"):
        assert wrong not in everything
    assert ("hidden patches" in everything) == (method == "mae")
    for letter in {stage.title for stage in found.values() if stage.way == "backward"} - {"∂L/∂x"}:
        assert any(letter.removeprefix("∂L/∂") in stage.shape for stage in found.values() if stage.way == "forward")
    assert all(stage.told for stage in found.values())
    assert len({stage.title for stage in found.values()}) == len(found)


@pytest.mark.parametrize("method", METHODS)
def test_rows_are_what_they_are_called(method: str, walked) -> None:
    step, found = walked(method)
    views = {N * k for k in range(1, len(step.views) + 1)}
    rows = {
        "view": views,
        "picture": {N},
        "query": {N},
        "prediction": views,
        "large crop": {2 * N},
        "tile": {9 * N},
        "patch": {64},
        "token": {17, 65},
        "channel of view a": {64, 128, 256},
    }
    for stage in found.values():
        for picture in heats(stage):
            (trace,), axis = picture.figure.data, picture.figure.layout.yaxis
            called = axis.title.text.removesuffix(" i (anchor)")
            assert trace.z.shape[0] in rows[called], (stage.name, called, trace.z.shape)
            if trace.customdata is not None and picture.how_to_read.startswith("One row"):
                assert picture.how_to_read.startswith(f"One row per {called}")
                assert len({row[0] for row in trace.customdata}) == trace.z.shape[0]  # each by its own name
            if axis.ticktext is not None and len(axis.ticktext) == trace.z.shape[0]:
                assert len(set(axis.ticktext)) == trace.z.shape[0]


def test_mae_is_walked_from_the_mask_to_the_error_of_what_is_hidden(walked) -> None:
    step, found = walked("mae", mask_ratio=0.5)
    forward = [name for name, stage in found.items() if stage.way == "forward"]
    assert forward == [
        *("pictures", "views", "mask", "encoder", "narrow", "tokens"),
        *("decoder", "paint", "prediction", "patch_error", "loss"),
    ]
    mask = step.exhibits["mask"].value.astype(bool)
    assert mask.sum(1).tolist() == [32] * N
    assert "32 are hidden" in found["mask"].told
    _, visible = (image(trace) for trace in found["mask"].draw()[0].figure.data)
    grey = (visible == HIDDEN).all(2)
    patches = mask[0].reshape(8, 8).repeat(4, 0).repeat(4, 1)
    assert (grey[:32, :32] >= patches).all()
    # the mask tokens are the same before they are told their position; visible ones are not
    given = step.given["decoder"][0]
    assert given.shape == (65, step.parts["narrow"].value.shape[2])
    names = [row[0] for row in heats(found["tokens"])[0].figure.data[0].customdata]
    assert names[0] == "class"
    assert [name.endswith("hidden") for name in names[1:]] == mask[0].tolist()
    seen = [row[0] for row in heats(found["encoder"])[0].figure.data[0].customdata]
    assert seen == ["class", *(f"patch {i + 1}" for i in np.flatnonzero(~mask[0]))]
    three = [image(trace) for trace in found["prediction"].draw()[0].figure.data]
    assert (three[0] != three[2]).any()
    assert (three[1] != three[2]).any()
    assert (three[1][:32, :32][~patches] == three[2][:32, :32][~patches]).all()  # what was visible is left as it was
    error = found["patch_error"].draw()[0].figure.data[-1].z
    assert np.isfinite(error).sum() == mask.sum()
    bars = found["loss"].draw()[0].figure.data[0].y
    assert bars.mean() == pytest.approx(step.loss, rel=1e-4)
    before, after = (bar.y.mean() for bar in found["after"].draw()[0].figure.data)
    assert [before, after] == pytest.approx([step.loss, step.loss_after], rel=1e-4)


def test_mae_says_so_when_visible_patches_count_too(walked) -> None:
    step, found = walked("mae", loss_on_all=True)
    assert "every patch" in found["patch_error"].told
    assert np.isfinite(found["patch_error"].draw()[0].figure.data[-1].z).sum() == 64 * N
    assert found["loss"].draw()[0].figure.data[0].y.mean() == pytest.approx(step.loss, rel=1e-4)


def test_it_is_said_when_only_this_batchs_share_of_the_step_is_shown(walked) -> None:
    _, found = walked("simclr")
    assert "which were not kept" not in found["weights"].told
    _, found = walked("simclr", forgetful=True)
    assert "**10%** of a full step" in found["weights"].told


def test_a_rising_loss_is_explained_by_what_was_measured(walked) -> None:
    step, found = walked("mae", learning_rate=1.0)
    assert step.loss_after > step.loss
    assert step.shorter is not None
    assert risen(step) in found["after"].told
    assert "fitted" not in found["after"].told
    if 0 < step.shorter < 1:
        assert f"1/{1 / step.shorter:.0f} of it would have lowered the loss" in found["after"].told
    step, found = walked("mae", learning_rate=1e-4)
    assert step.loss_after < step.loss
    assert step.shorter is None
    assert "gone up" not in found["after"].told
