"""The forces on the views: torch's autograd, closed forms, and what a hundred steps of each loss end in."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from sslviz.exhibits.geometry import maths
from sslviz.measures.geometry import alignment
from sslviz.measures.infonce import InfoNCE

KNOBS = {"NT-Xent": 0.2, "alignment + uniformity": 0.5, "attraction only": 0.5}
EVERY = [
    *(("NT-Xent", tau) for tau in (0.01, 0.07, 0.2, 1.0)),
    *(("alignment + uniformity", weight) for weight in (0.0, 0.5, 1.0, 2.0)),
    *(("attraction only", overlap) for overlap in (0.0, 0.3, 1.0)),
]


def by_torch(z: Tensor, loss: str, knob: float) -> tuple[Tensor, Tensor]:
    """The two parts of a loss, written with distances and torch's own functions. z: 2N x d, any length."""
    z = F.normalize(z)
    half = len(z) // 2
    near = (z[:half] - z[half:]).square().sum(1).mean()
    picture = torch.arange(len(z)) % half
    squared = torch.cdist(z, z, compute_mode="donot_use_mm_for_euclid_dist").square()
    far = squared[picture[:, None] != picture]
    if loss == "NT-Xent":
        logits = (z @ z.T / knob).masked_fill(torch.eye(len(z), dtype=torch.bool), -torch.inf)
        return -F.cosine_similarity(z[:half], z[half:]).mean() / knob, logits.logsumexp(1).mean()
    if loss == "alignment + uniformity":
        return near, knob * ((-2 * far).logsumexp(0) - math.log(len(far)))
    return (1 - knob) * near, knob * far.mean()


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("pictures", [2, 5, 8])
@pytest.mark.parametrize(("loss", "knob"), EVERY)
def test_losses_and_gradients_against_autograd(loss: str, knob: float, pictures: int, d: int) -> None:
    """Because torch normalises too, its gradients have no part along z: they lie on the sphere, like ours."""
    start = maths.start(pictures, d, seed=1)
    found = maths.forces(start, loss, knob)
    z = torch.from_numpy(start).requires_grad_()
    partner, others = by_torch(z, loss, knob)
    assert (found.partner, found.others) == pytest.approx((partner.item(), others.item()), rel=1e-9, abs=1e-9)
    assert found.loss == pytest.approx((partner + others).item(), rel=1e-9, abs=1e-9)
    for part, ours in ((partner, found.partner_gradient), (others, found.others_gradient)):
        (theirs,) = torch.autograd.grad(part, z, retain_graph=True)
        np.testing.assert_allclose(ours, theirs, rtol=1e-7, atol=1e-9)


def test_nt_xent_is_the_worksheets() -> None:
    z = maths.start(4, 3, seed=0)
    assert maths.forces(z, "NT-Xent", 0.1).loss == InfoNCE(z @ z.T, 0.1).mean_loss


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("loss", maths.LOSSES)
def test_in_one_place_nothing_moves(loss: str, d: int) -> None:
    """NT-Xent is ln(2N − 1) there, the others are 0; and no direction is better than another."""
    z = np.tile(maths.start(2, d, 0)[:1], (10, 1))
    found = maths.forces(z, loss, KNOBS[loss])
    assert found.loss == pytest.approx(math.log(9) if loss == "NT-Xent" else 0, abs=1e-12)
    np.testing.assert_allclose(found.gradient, 0, atol=1e-12)
    assert maths.facts(z) == pytest.approx({"align": 0, "uniform": 0, "partners": 1, "others": 1}, abs=1e-12)


def test_two_pictures_opposite_each_other_by_hand() -> None:
    z = np.array([[1.0, 0], [-1, 0], [1, 0], [-1, 0]])  # 1a, 2a, 1b, 2b
    tau = 0.5
    assert maths.forces(z, "NT-Xent", tau).loss == pytest.approx(math.log(1 + 2 * math.exp(-2 / tau)))
    assert maths.forces(z, "alignment + uniformity", 0.5).loss == pytest.approx(0.5 * -8)  # |z_i − z_k|² = 4, t = 2
    assert maths.forces(z, "attraction only", 0.25).loss == pytest.approx(0.25 * 4)


def test_align_is_what_is_measured_of_runs() -> None:
    z = maths.start(6, 3, seed=2)
    first, second = torch.from_numpy(z).chunk(2)
    assert maths.facts(z)["align"] == pytest.approx(alignment(first, second), rel=1e-6)


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("tau", [0.01, 1e-4])
def test_the_lowest_temperature_does_not_overflow(tau: float, d: int) -> None:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        z = maths.start(8, d, seed=0)
        for _ in range(20):
            found = maths.forces(z, "NT-Xent", tau)
            assert np.isfinite(found.loss)
            np.testing.assert_allclose((found.gradient * z).sum(1), 0, atol=1e-12 / tau)
            z = maths.step(z, found.gradient, 0.05)
            np.testing.assert_allclose(np.linalg.norm(z, axis=1), 1)


def after(steps: int, loss: str, knob: float, pictures: int, d: int, seed: int, eta: float = 0.05) -> np.ndarray:
    """The losses on the way are checked to go down; where the points are in the end."""
    z = maths.start(pictures, d, seed)
    for _ in range(steps):
        before = maths.forces(z, loss, knob)
        z = maths.step(z, before.gradient, eta)
        assert maths.forces(z, loss, knob).loss <= before.loss + 1e-9
    return z


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("pictures", [2, 4, 8])
@pytest.mark.parametrize("loss", maths.LOSSES)
def test_every_step_reduces_the_loss(loss: str, pictures: int, d: int) -> None:
    for seed in range(3):
        first, last = maths.start(pictures, d, seed), after(60, loss, KNOBS[loss], pictures, d, seed)
        assert maths.forces(last, loss, KNOBS[loss]).loss < maths.forces(first, loss, KNOBS[loss]).loss


@pytest.mark.parametrize("d", [2, 3])
def test_attraction_only_collapses_and_the_others_do_not(d: int) -> None:
    for seed in range(5):
        ends = {loss: maths.facts(after(100, loss, KNOBS[loss], 4, d, seed)) for loss in maths.LOSSES}
        assert -0.02 < ends["attraction only"]["uniform"] <= 1e-9
        assert max(ends["NT-Xent"]["uniform"], ends["alignment + uniformity"]["uniform"]) < -1.5


def test_without_overlap_only_the_partners_meet() -> None:
    """Free points have no network that ties pictures together: the page says so."""
    end = maths.facts(after(200, "attraction only", 0.0, 4, 3, seed=0))
    assert end["align"] < 1e-6
    assert end["uniform"] < -1


def test_the_start_of_a_picture_does_not_depend_on_the_others() -> None:
    few, many = maths.start(3, 2, 5), maths.start(8, 2, 5)
    np.testing.assert_array_equal(few, many[[0, 1, 2, 8, 9, 10]])
    assert not np.allclose(few, maths.start(3, 2, 6))


def test_angles() -> None:
    np.testing.assert_allclose(maths.at_degrees(np.array([[90.0], [180]])), [[0, 1], [-1, 0]], atol=1e-15)
    sphere = maths.at_degrees(np.array([[0.0, 90], [90, 0], [180, 45]]))
    np.testing.assert_allclose(sphere, [[0, 0, 1], [0, 1, 0], [-math.sqrt(0.5), 0, math.sqrt(0.5)]], atol=1e-15)


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("loss", maths.LOSSES)
def test_the_export(loss: str, d: int) -> None:
    z = maths.start(3, d, 0)
    found, table = maths.forces(z, loss, KNOBS[loss]), maths.table(z, loss, KNOBS[loss])
    assert table["view"].tolist() == ["1a", "2a", "3a", "1b", "2b", "3b"]
    axes = "xyz"[:d]
    forces = table[[f"force_{axis}" for axis in axes]].to_numpy()
    np.testing.assert_allclose(forces, -found.gradient)
    parts = [table[[f"{part}_force_{axis}" for axis in axes]].to_numpy() for part in ("partner", "others")]
    np.testing.assert_allclose(sum(parts), forces)
    assert f"= {found.loss:.5f}, \\qquad" in maths.latex(z, loss, KNOBS[loss])
