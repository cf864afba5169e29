"""The worksheet's numbers: the lecture's digits, torch's autograd, and our own SimCLR."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from sslviz.measures import infonce, infonce_views
from sslviz.measures.infonce import InfoNCE
from sslviz.methods.simclr import SimCLR

TEMPERATURES = (0.01, 0.07, 0.2, 1.0)


def embeddings(pictures: int, seed: int = 0) -> torch.Tensor:
    chance = torch.Generator().manual_seed(seed)
    return F.normalize(torch.randn(2 * pictures, 5, generator=chance, dtype=torch.float64))


def simclr_loss(z: torch.Tensor, temperature: float) -> torch.Tensor:
    """The step of the app's own SimCLR, fed with embeddings instead of pictures."""
    network = {"encoder": lambda x: x, "projector": lambda h: h, "unit": F.normalize}
    knobs = SimCLR.Knobs(temperature=temperature)
    stub = SimpleNamespace(knobs=knobs, temperature=temperature, agreement=lambda z, partner: {}, **network)
    return SimCLR.step(stub, *z.chunk(2)).loss


@pytest.mark.parametrize(("kind", "digits"), [("easy", (0.99904, 0.00096)), ("hard", (0.48786, 0.718))])
def test_the_lectures_examples(kind: str, digits: tuple[float, float]) -> None:
    """The digits of "hard" are ours: the lecture says only that its loss is about log 3."""
    sheet = InfoNCE(infonce_views.lecture(kind), 0.1)
    assert sheet.similarity[0, [2, 1, 3]] == pytest.approx(infonce_views.LECTURE[kind])
    for anchor in range(4):
        p = sheet.probability[anchor, sheet.partner[anchor]]
        assert (round(p, 5), round(sheet.loss[anchor], 5 if kind == "easy" else 3)) == digits


def test_the_lectures_exponentials() -> None:
    assert [infonce.written_exp(s / 0.1) for s in (0.9, 0.2, -0.1)] == ["8103.1", "7.389", "0.368"]
    assert infonce.written_exp(100) == "2.688e+43"
    assert infonce.written_exp(-1e5).endswith("e-43430")


@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("pictures", [2, 5, 16])
def test_loss_and_gradient_against_autograd_and_our_simclr(pictures: int, temperature: float) -> None:
    z = embeddings(pictures)
    s = (z @ z.T).requires_grad_()
    logits = (s / temperature).masked_fill(torch.eye(len(s), dtype=torch.bool), -torch.inf)
    rows = F.cross_entropy(logits, torch.arange(len(s)).roll(pictures), reduction="none")
    (gradient,) = torch.autograd.grad(rows.mean(), s)
    sheet = InfoNCE(s.detach().numpy(), temperature)
    np.testing.assert_allclose(sheet.loss, rows.detach(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(sheet.gradient, gradient, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(sheet.probability, logits.softmax(1).detach(), rtol=1e-9)
    assert sheet.mean_loss == pytest.approx(float(simclr_loss(z, temperature)))


@pytest.mark.parametrize("temperature", [1e-6, 0.01, 1.0])
def test_nothing_overflows_and_all_shares_add_up(temperature: float) -> None:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        s = infonce_views.edited(infonce_views.cosines(infonce_views.circle(4)[0]), [(0, 4, -1.0), (0, 1, 1.0)])
        sheet = InfoNCE(s, temperature)
        for array in (sheet.loss, sheet.gradient, sheet.probability, sheet.entropy, sheet.effective):
            assert np.isfinite(array).all()
    np.testing.assert_allclose(sheet.probability.sum(1), 1)
    np.testing.assert_allclose(sheet.push.sum(1), 1)
    np.testing.assert_allclose(sheet.gradient.sum(1), 0, atol=1e-9 / temperature)
    assert ((sheet.effective >= 1 - 1e-12) & (sheet.effective <= 6 + 1e-12)).all()
    assert sheet.loss[0] >= 2 / temperature  # the partner opposite, a negative on top of the anchor


@pytest.mark.parametrize("pictures", range(2, 17))
def test_equal_similarities_cost_the_guess(pictures: int) -> None:
    sheet = InfoNCE(np.full((2 * pictures, 2 * pictures), 0.3), 0.07)
    assert sheet.mean_loss == pytest.approx(sheet.ceiling) == math.log(2 * pictures - 1)
    np.testing.assert_allclose(sheet.effective, 2 * pictures - 2)
    np.testing.assert_allclose(sheet.entropy, sheet.ceiling)


@pytest.mark.parametrize("pictures", range(2, 17))
def test_the_made_circle_has_true_angles_near_partners_and_false_negatives(pictures: int) -> None:
    angles, labels = infonce_views.circle(pictures)
    sheet = InfoNCE(infonce_views.cosines(angles), 0.2)
    assert (len(angles), len(labels)) == (2 * pictures, pictures)
    apart = np.abs(angles[:, None] - angles[None, :])
    np.testing.assert_allclose(sheet.angle, np.minimum(apart, 360 - apart), atol=1e-4)
    assert ("same class" in infonce_views.relations(labels)) == (pictures > 2)
    assert sheet.mean_loss < sheet.ceiling


def test_positions_keep_every_angle_to_the_anchor() -> None:
    z = embeddings(4)
    sheet = InfoNCE((z @ z.T).numpy(), 0.2)
    place = infonce_views.positions(sheet.angle)
    off_diagonal = ~np.eye(8, dtype=bool)
    np.testing.assert_allclose(np.abs(place)[off_diagonal], sheet.angle[off_diagonal])
    assert not place.diagonal().any()


def test_names_relations_table_and_latex() -> None:
    assert [infonce_views.name(i, 3) for i in range(6)] == ["1a", "2a", "3a", "1b", "2b", "3b"]
    kinds = infonce_views.relations(np.array([0, 1, 0]))
    assert (kinds[0, 0], kinds[0, 3], kinds[0, 2], kinds[0, 1]) == ("self", "partner", "same class", "negative")
    sheet = InfoNCE(infonce_views.lecture("easy"), 0.1)
    table = sheet.table(np.array([0, 1]))
    assert len(table) == 12
    assert table["probability"].sum() == pytest.approx(4)
    assert r"-\ln 0.99904 = 0.00096" in sheet.latex(0)
    assert r"\frac{e^{0.90/0.1}}{e^{0.90/0.1} + e^{0.20/0.1} + e^{-0.10/0.1}}" in sheet.latex(0)
