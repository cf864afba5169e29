"""A step in slow motion is the trainer's own step: same weights, same gradients, and the teacher's and student's halves
of it add up.
"""

import numpy as np
import pytest
import torch

from sslviz.data.dataset import Dataset
from sslviz.exhibits.slow_motion import start
from sslviz.exhibits.slow_motion import step as slow_motion
from sslviz.lessons import CARDS, card_of
from sslviz.lessons.terms import Exhibits, Terms, Values
from sslviz.methods import METHODS
from sslviz.methods.byol import BYOL
from sslviz.methods.simclr import SimCLR
from sslviz.runs.settings import RunSettings
from sslviz.training.trainer import Trainer

N = 4
WITH_TERMS = [name for name, card in CARDS.items() if card.slow_motion.terms]


def beginning(method: str, tiny: Dataset, quick: RunSettings, steps: int = 1, memory: str = "optimizer.") -> Trainer:
    """A trainer that has trained for a moment, so that its optimiser remembers, with N pictures. memory "": it has kept
    nothing but its weights.
    """
    settings = quick.model_copy(update={"method": method, "data": "tiny"})
    trained = Trainer(settings, tiny, torch.device("cpu"))
    trained.choose_precision()
    for _ in range(steps):
        trained.train_step()
    wanted = ("method.", memory) if memory else "method."
    kept = {name: value.clone() for name, value in trained.tensors().items() if name.startswith(wanted)}
    return start.with_batch(start.start(settings, tiny, (kept, trained.about())), N, 5)


def terms_of(method: str, exhibits: Exhibits, values: Values) -> Terms | None:
    return card_of(method).slow_motion.terms_of(exhibits, values)


def state(trainer: Trainer) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in trainer.tensors().items()}


def equal(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor]) -> bool:
    return one.keys() == two.keys() and all(torch.equal(value, two[name]) for name, value in one.items())


@pytest.mark.parametrize("method", METHODS)
def test_it_moves_everything_as_the_trainer_does(method: str, tiny: Dataset, quick: RunSettings) -> None:
    begin = beginning(method, tiny, quick)
    before = state(begin)
    after, step = slow_motion.slow_step(begin)
    assert equal(state(begin), before)  # a copy has moved
    plain = start.copied(begin)
    metrics = plain.train_step()
    assert equal(state(after), state(plain))  # bit for bit, the optimiser's memory too
    assert metrics["loss"] == step.loss
    assert after.step == begin.step  # the clock is held
    assert not equal(state(after), before)
    with torch.no_grad():
        plain.step = begin.step
        plain.method.augment.seed(plain.settings.seed, plain.step + 1)
        order = np.random.default_rng((plain.settings.seed, plain.step)).choice(N, N, replace=False, shuffle=False)
        labels = None if plain.labels is None else plain.labels[order]
        again = plain.method.step(*plain.method.views(plain.images[order], labels))
    assert again.loss.item() == pytest.approx(step.loss_after, rel=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_the_gradients_are_autograds(method: str, tiny: Dataset, quick: RunSettings) -> None:
    begin = beginning(method, tiny, quick)
    _, step = slow_motion.slow_step(begin)
    plain = start.copied(begin)
    plain.optimizer.step = lambda: None
    plain.train_step()
    expected = {name: p.grad for name, p in plain.method.named_parameters() if p.grad is not None}
    by_layer: dict[str, float] = {}
    for name, grad in expected.items():
        layer = name.rpartition(".")[0] or name
        by_layer[layer] = by_layer.get(layer, 0.0) + grad.square().sum().item()
    assert list(step.layers["layer"]) == list(by_layer)
    np.testing.assert_allclose(step.layers["gradient"], np.sqrt(list(by_layer.values())), rtol=1e-5)
    assert "encoder" in step.parts
    assert step.parts["encoder"].gradient is not None
    assert all(np.isfinite(passed.value).all() for passed in step.parts.values())


def test_the_gradient_of_the_similarities_is_belief_minus_truth(tiny: Dataset, quick: RunSettings) -> None:
    """(p − y) / (2N τ), with τ turned by hand."""
    _, step = slow_motion.slow_step(beginning("simclr", tiny, quick), temperature=0.3)
    found = terms_of(
        "simclr", {"similarity": step.exhibits["similarity"].value}, {"temperature": 0.3, "negatives": 1.0}
    )
    assert found is not None
    assert found.probability is not None
    y = np.eye(2 * N)[found.right]
    np.testing.assert_allclose(
        step.exhibits["similarity"].gradient, (found.probability - y) / (2 * N * 0.3), rtol=1e-4, atol=1e-7
    )
    z = torch.from_numpy(step.parts["projector"].value)
    unit = torch.nn.functional.normalize(z)
    np.testing.assert_allclose(step.exhibits["similarity"].value, unit @ unit.T, atol=1e-6)
    # and on to z, by the chain rule: both s_ij and s_ji hold z_i
    ds = torch.from_numpy(step.exhibits["similarity"].gradient)
    to_unit = (ds + ds.T) @ unit
    to_z = (to_unit - (to_unit * unit).sum(1, keepdim=True) * unit) / z.norm(dim=1, keepdim=True)
    np.testing.assert_allclose(step.parts["projector"].gradient, to_z, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("method", WITH_TERMS)
def test_the_terms_make_up_the_loss(method: str, tiny: Dataset, quick: RunSettings) -> None:
    knobs = {"negatives": 0.4} if method in ("simclr", "byol") else {}
    after, step = slow_motion.slow_step(beginning(method, tiny, quick), **knobs)
    shown = {name: passed.value for name, passed in step.exhibits.items()}
    for exhibits, loss in ((shown, step.loss), (step.after, step.loss_after)):
        found = terms_of(method, exhibits, after.settings.values())
        assert found is not None
        assert found.factor * found.terms.mean() == pytest.approx(loss, abs=1e-4)


def test_these_losses_have_terms() -> None:
    assert set(WITH_TERMS) >= {"simclr", "moco", "byol", "simsiam", "rotation", "jigsaw", "supervised"}


def test_label_smoothing_is_in_the_terms(tiny: Dataset, quick: RunSettings) -> None:
    _, step = slow_motion.slow_step(beginning("supervised", tiny, quick), label_smoothing=0.3)
    shown = {name: passed.value for name, passed in step.exhibits.items()}
    found = terms_of("supervised", shown, {"label_smoothing": 0.3})
    assert found is not None
    assert found.terms.mean() == pytest.approx(step.loss, abs=1e-5)


@pytest.mark.parametrize("method", ["swav", "dino", "mae", "colorization", "barlow_twins", "emp_ssl"])
def test_other_losses_have_no_terms(method: str) -> None:
    assert terms_of(method, {}, {}) is None


@pytest.mark.parametrize("method", ["byol", "moco", "dino"])
def test_student_and_teacher_step_apart(method: str, tiny: Dataset, quick: RunSettings, monkeypatch) -> None:
    begin = beginning(method, tiny, quick)
    slow = {"byol": "target", "moco": "key_network", "dino": "teacher"}[method]
    old = dict(begin.method.named_parameters())

    def moved(trainer: Trainer) -> set[bool]:
        """Of the weights of the slow copy: True; of all others: False."""
        now = trainer.method.named_parameters()
        return {name.startswith(f"{slow}.") for name, weight in now if not torch.equal(weight, old[name])}

    def apart(trainer: Trainer) -> float:
        """‖θ − ξ‖, of the weights themselves."""
        net = trainer.method
        parts = [net.encoder, *([net.head, net.last] if method == "dino" else [net.projector])]
        pairs = zip([w for part in parts for w in part.parameters()], getattr(net, slow).parameters(), strict=True)
        return sum((a - b).square().sum().item() for a, b in pairs) ** 0.5

    knobs = {"momentum": 0.95} | ({"momentum_steps": 10**6} if method == "dino" else {})  # where it would rise
    both, step = slow_motion.slow_step(begin, **knobs)
    before = state(begin)
    student, loss, alone = slow_motion.half_step(begin, both, step, "student", **knobs)
    teacher, _, still = slow_motion.half_step(begin, both, step, "teacher", **knobs)
    assert equal(state(begin), before)
    assert (moved(both), moved(student), moved(teacher)) == ({True, False}, {False}, {True})
    counts = [each.optimizer.state_dict()["state"][0]["step"].item() for each in (begin, teacher, student, both)]
    assert counts == [1, 1, 2, 2]  # the optimiser has not noticed the teacher's step
    for half, owner, name in ((student, "method", "after_step"), (teacher, "optimizer", "step")):
        plain = start.copied(begin)  # the trainer's own step, one half left out
        plain.change(**knobs)
        monkeypatch.setattr(getattr(plain, owner), name, lambda *_: None)
        plain.train_step()
        assert equal(state(half), state(plain))  # bit for bit, buffers and the optimiser's memory too
    assert [alone, still, step.distance("after")] == pytest.approx(
        [apart(student), apart(teacher), apart(both)], rel=1e-5
    )
    assert still == pytest.approx(0.95 * step.distance("before"), rel=1e-3)
    _, following = slow_motion.slow_step(student, **knobs)  # it goes on from there
    assert following.distance("before") == pytest.approx(alone, rel=1e-5)
    assert following.loss == pytest.approx(loss, rel=1e-5)


def test_the_teacher_gets_the_share_that_the_equation_says(tiny: Dataset, quick: RunSettings) -> None:
    _, step = slow_motion.slow_step(beginning("byol", tiny, quick), momentum=0.75)
    np.testing.assert_allclose(step.teacher["after"], 0.75 * step.teacher["between"], rtol=1e-4)
    assert step.parts["target"].gradient is None  # stop-gradient
    assert step.parts["predictor"].gradient is not None


def test_without_stop_gradient_the_teachers_side_gets_one(tiny: Dataset, quick: RunSettings) -> None:
    _, step = slow_motion.slow_step(beginning("byol", tiny, quick), stop_gradient=False)
    assert step.parts["target"].gradient is not None
    assert isinstance(beginning("byol", tiny, quick).method, BYOL)


def test_random_weights_are_those_the_run_began_with(tiny: Dataset, quick: RunSettings) -> None:
    settings = quick.model_copy(update={"data": "tiny"})
    trainer = start.start(settings, tiny)
    assert isinstance(trainer.method, SimCLR)
    fresh = Trainer(settings, tiny, torch.device("cpu"))
    assert equal(state(trainer), state(fresh))
    assert not start.forgotten(trainer)  # there is nothing to remember: the run's first step, all of it
    assert slow_motion.slow_step(start.with_batch(trainer, N, 5))[1].share == 1


def test_without_its_memory_adamw_takes_this_batchs_share_of_a_step(tiny: Dataset, quick: RunSettings) -> None:
    """m / √v with m = 0 before: (1 − β₁^k) of a step whose running means are corrected for having begun at 0."""
    assert not start.forgotten(beginning("mae", tiny, quick))
    begin = beginning("mae", tiny, quick, memory="")
    assert start.forgotten(begin)
    full = start.copied(begin)
    full.train_step()
    after, step = slow_motion.slow_step(begin)
    assert step.share == pytest.approx(0.1)
    decay = full.settings.training.weight_decay * step.rate
    now, whole = dict(after.method.named_parameters()), dict(full.method.named_parameters())
    for name, old in begin.method.named_parameters():
        by_gradient = whole[name] - (1 - decay) * old
        torch.testing.assert_close(now[name], (1 - decay) * old + 0.1 * by_gradient, rtol=1e-4, atol=1e-7)
    assert slow_motion.slow_step(after)[1].share == pytest.approx(1 - 0.9**2)


def test_of_a_step_that_was_too_long_the_share_is_found_that_lowers_the_loss(tiny: Dataset, quick: RunSettings) -> None:
    begin = beginning("mae", tiny, quick, memory="")  # along this batch's own gradient
    after, step = slow_motion.slow_step(begin, learning_rate=1.0)
    assert step.loss_after > step.loss
    assert step.shorter is not None
    assert 0 < step.shorter < 1
    for share, lower in ((step.shorter, True), (2 * step.shorter, False)):
        there = start.copied(after)
        with torch.no_grad():
            for new, old in zip(there.method.parameters(), begin.method.parameters(), strict=True):
                new.copy_(old.lerp(new, share))
        assert (slow_motion.step_again(there.method, step.halfway.inputs).loss.item() < step.loss) == lower


def test_knobs_out_of_range_are_refused(tiny: Dataset, quick: RunSettings) -> None:
    begin = beginning("simclr", tiny, quick)
    with pytest.raises(ValueError, match="temperature"):
        slow_motion.slow_step(begin, temperature=-1.0)
    with pytest.raises(ValueError, match="projector"):
        slow_motion.slow_step(begin, projector="none")
