import math

import pytest
import torch
import torch.nn.functional as F
from lightly.loss.emp_ssl_loss import invariance_loss, tcr_loss

from sslviz.methods.emp_ssl import EMPSSL, coding_rate, largest_rate
from tests.methods.given import Given, build


def on_vectors(**knobs):
    return build(EMPSSL, Given().requires_grad_(False), projector="none", **knobs)


def vectors(views=3, n=24, seed=0):
    chance = torch.Generator().manual_seed(seed)
    shared = torch.randn(n, 16, generator=chance)
    return [shared + 0.5 * torch.randn(n, 16, generator=chance) for _ in range(views)]


def by_hand(views, weight, epsilon_squared, expand=True):
    """Picture by picture and view by view; the determinant from its eigenvalues."""
    z = [[v / v.norm() for v in view.double()] for view in views]
    total = 0.0
    for view in z:
        gram = torch.zeros(16, 16, dtype=torch.float64)
        cosine = 0.0
        for i, v in enumerate(view):
            gram += torch.outer(v, v)
            mean = sum(other[i] for other in z) / len(z)
            cosine += float(v @ mean / mean.norm()) / len(view)
        eigenvalues = torch.linalg.eigvalsh(gram * 16 / (len(view) * epsilon_squared))
        rate = sum(0.5 * math.log(1 + float(value)) for value in eigenvalues)
        total -= (rate * expand + weight * cosine) / len(z)
    return total


@pytest.mark.parametrize("views", [2, 5])
@pytest.mark.parametrize(("weight", "epsilon_squared"), [(200.0, 0.2), (1.0, 0.05)])
def test_loss_is_the_sum_on_the_blackboard(views, weight, epsilon_squared):
    x = vectors(views)
    ours = on_vectors(agreement_weight=weight, epsilon_squared=epsilon_squared).step(*x).loss
    assert float(ours) == pytest.approx(by_hand(x, weight, epsilon_squared), rel=1e-5)
    without = on_vectors(agreement_weight=weight, expand=False).step(*x).loss
    assert float(without) == pytest.approx(by_hand(x, weight, 1.0, expand=False), rel=1e-5)


def test_both_terms_agree_with_lightly():
    """With its two terms: its EMPSSLLoss adds the coding rate where paper and official code subtract it."""
    z = F.normalize(torch.stack(vectors()), dim=2)
    rate, agreement = coding_rate(z, 0.2).mean(), on_vectors().step(*z).metrics["agreement"]
    assert float(rate) == pytest.approx(float(tcr_loss(z, eps=0.2)), rel=1e-5)
    assert float(agreement) == pytest.approx(-float(invariance_loss(z)), rel=1e-5)


@pytest.mark.parametrize(("b", "d"), [(16, 16), (64, 16), (8, 16)])
def test_an_even_spread_takes_all_the_room_and_one_answer_hardly_any(b, d):
    even = torch.eye(d).repeat(max(1, b // d), 1)[:b]
    most = largest_rate(b, d, 0.2)
    assert float(coding_rate(even[None], 0.2)) == pytest.approx(most, rel=1e-5)
    one = torch.eye(d)[:1].repeat(b, 1)
    assert float(coding_rate(one[None], 0.2)) == pytest.approx(0.5 * math.log(1 + d / 0.2), rel=1e-5)
    random = F.normalize(torch.randn(b, d, generator=torch.Generator().manual_seed(0)))
    assert float(coding_rate(random[None], 0.2)) < most


def test_metrics_are_means_over_pairs_of_views():
    x = vectors(4)
    step, z = on_vectors().step(*x), F.normalize(torch.stack(x), dim=2)
    pairs = [(z[i] * z[j]).sum(1).mean() for i in range(4) for j in range(4) if i != j]
    assert float(step.metrics["positive_cosine"]) == pytest.approx(float(sum(pairs) / 12), rel=1e-5)
    share = coding_rate(z, 0.2).mean() / largest_rate(24, 16, 0.2)
    assert float(step.metrics["coding_rate_share"]) == pytest.approx(float(share), rel=1e-5)
    first = torch.cat([z[0], z[1]])
    torch.testing.assert_close(step.exhibits["similarity"], first @ first.T)


def test_the_number_of_views_is_a_live_knob():
    images = torch.randint(0, 256, (8, 3, 16, 16), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    method = on_vectors()
    assert len(method.views(images)) == 3
    method.knobs = EMPSSL.Knobs(number_of_views=7, projector="none")
    views = method.views(images)
    assert len(views) == 7
    assert all(view.shape == (8, 3, 16, 16) for view in views)
    assert not torch.equal(views[5], views[6])


@pytest.mark.slow
def test_with_the_coding_rate_pictures_move_apart_without_it_views_only_attract():
    """Gradient steps on z itself."""

    def room(expand, steps):
        method, x = on_vectors(expand=expand, agreement_weight=20.0), [v.requires_grad_() for v in vectors()]
        optimizer = torch.optim.SGD(x, lr=20)
        for _ in range(steps):
            optimizer.zero_grad()
            method.step(*x).loss.backward()
            optimizer.step()
        last = method.step(*x).metrics
        return float(last["coding_rate_share"]), float(last["agreement"])

    before, _ = room(True, 0)
    apart, _ = room(True, 200)
    attracted, agreement = room(False, 200)
    assert agreement > 0.999
    assert attracted < before + 0.01 < apart
