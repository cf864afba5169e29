"""What is asked of every method: `step` changes nothing, the gradient reaches all that learns, h and z fit the loss."""

import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import sslviz.methods
from sslviz.knobs import describe
from sslviz.methods import METHODS
from sslviz.methods.method import Method
from sslviz.nets import ENCODERS
from sslviz.nets.momentum import SlowCopy
from tests.methods.given import build, changed, state, touched

PAIRS = [(name, encoder) for name, method in METHODS.items() for encoder in method.encoders]
NOTES = {"running_mean", "running_var", "num_batches_tracked"}  # what BatchNorm writes down


def positions(kind: str) -> list[tuple[str, str, Any]]:
    """Every position of every method's knobs of one kind: (method, knob, position)."""
    return [
        (name, knob.name, value)
        for name, method in METHODS.items()
        for knob in describe(method.Knobs).values()
        if knob.kind == kind
        for value in (knob.choices or (True, False))
    ]


def awake(name: str, encoder: str | None = None, **knobs: Any) -> Any:
    """A method in which nothing is frozen at first."""
    method = METHODS[name]
    thawed = {knob: 0 for knob in method.Knobs.model_fields if knob.startswith("freeze_")}
    return build(method, ENCODERS[encoder or method.encoders[0]](16), **thawed | knobs)


def looks(method: Method, pictures: Tensor, labels: Tensor) -> tuple[Tensor, ...]:
    return method.views(pictures, labels) if method.labelled else method.views(pictures)


def check_purity(method: Method, pictures: Tensor, labels: Tensor) -> None:
    """The same views cost the same twice, in training and after it; nothing but BatchNorm notes anything."""
    views = looks(method, pictures, labels)
    random = method.augment.random.get_state()
    norms = any(isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d) for module in method.modules())
    for training in (False, True):
        method.train(training)
        before = state(method)
        first, second = method.step(*views), method.step(*views)
        assert first.loss.isfinite()
        assert torch.equal(first.loss, second.loss)
        kinds = {name.rsplit(".", 1)[-1] for name in changed(method, before)}
        assert kinds == (NOTES if training and norms else set())
    assert torch.equal(method.augment.random.get_state(), random)


def check_gradient(method: Method, pictures: Tensor, labels: Tensor) -> None:
    """It reaches every weight but those of slow copies; what is kept for later takes none along."""
    step = method.step(*looks(method, pictures, labels))
    step.loss.backward()
    slow = {id(p) for copy in method.modules() if isinstance(copy, SlowCopy) for p in copy.parameters()}
    assert touched(method) == {name for name, p in method.named_parameters() if id(p) not in slow}
    assert all(p.grad is None for p in method.parameters() if id(p) in slow)
    kept = [*method.buffers(), *step.update.values(), *step.metrics.values()]
    assert not any(tensor.requires_grad for tensor in kept)


def test_every_file_is_in_the_catalogue_under_its_name() -> None:
    files = {path.stem for path in Path(sslviz.methods.__file__).parent.glob("*.py")} - {"__init__", "method"}
    assert {name: method.__module__ for name, method in METHODS.items()} == {
        name: f"sslviz.methods.{name}" for name in files
    }


@pytest.mark.parametrize(("name", "encoder"), PAIRS)
def test_step_changes_nothing_but_batch_norm_statistics(
    name: str, encoder: str, pictures: Tensor, labels: Tensor
) -> None:
    check_purity(awake(name, encoder), pictures, labels)


@pytest.mark.parametrize(("name", "knob", "value"), positions("bool") + positions("choice"))
def test_step_is_as_pure_in_every_position_of_its_switches(
    name: str, knob: str, value: Any, pictures: Tensor, labels: Tensor
) -> None:
    check_purity(awake(name, **{knob: value}), pictures, labels)


@pytest.mark.parametrize(("name", "encoder"), PAIRS)
def test_gradient_reaches_all_that_learns(name: str, encoder: str, pictures: Tensor, labels: Tensor) -> None:
    check_gradient(awake(name, encoder), pictures, labels)


@pytest.mark.parametrize(("name", "knob", "value"), positions("choice"))
def test_gradient_reaches_all_that_learns_whatever_is_chosen(
    name: str, knob: str, value: Any, pictures: Tensor, labels: Tensor
) -> None:
    check_gradient(awake(name, **{knob: value}), pictures, labels)


@pytest.mark.parametrize(("name", "encoder"), PAIRS)
def test_h_has_the_width_of_the_encoder_and_z_is_what_the_projector_makes_of_it(
    name: str, encoder: str, pictures: Tensor
) -> None:
    method = awake(name, encoder).eval()
    x = method.augment.plain(pictures)
    assert method.embed(x).shape == (8, 64) == (8, method.encoder.dim)
    assert method.projects == (method.project(method.embed(x)) is not None)
    if hasattr(method, "projector"):
        assert method.projects
        assert torch.equal(method.project(method.embed(x)), method.projector(method.encoder(x)))


@pytest.mark.parametrize(
    ("name", "kind"), [(name, kind) for name, knob, kind in positions("choice") if knob == "projector"]
)
def test_z_fits_the_loss_whatever_the_projector(name: str, kind: str, pictures: Tensor) -> None:
    method = awake(name, projector=kind).eval()
    x = method.augment.plain(pictures)
    width = 64 if kind == "none" else vars(sys.modules[METHODS[name].__module__]).get("WIDTH", 64)
    assert method.project(method.embed(x)).shape == (8, width)
    assert method.step(*method.views(pictures)).loss.isfinite()
