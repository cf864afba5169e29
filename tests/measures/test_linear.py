import pytest
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sslviz.measures.linear import fit_linear, linear_accuracy


@pytest.fixture(scope="module")
def features():
    """Noisy digits under a frozen random network: 1,200 + 597 vectors of very different scales."""
    x, y = load_digits(return_X_y=True)
    g = torch.Generator().manual_seed(0)
    order = torch.randperm(len(x), generator=g)
    x, y = torch.tensor(x, dtype=torch.float32)[order], torch.tensor(y)[order]
    x = x + 4 * torch.randn(x.shape, generator=g)
    h = (x @ torch.randn(64, 96, generator=g)).relu() * torch.logspace(-2, 2, 96)
    return h[:1200], y[:1200], h[1200:], y[1200:]


def test_within_a_point_of_sklearn(features):
    h, y, test_h, test_y = features
    l2 = 1e-3
    sklearn = make_pipeline(StandardScaler(), LogisticRegression(C=1 / (l2 * len(h)), max_iter=1000))
    theirs = sklearn.fit(h.numpy(), y.numpy()).score(test_h.numpy(), test_y.numpy())
    ours = linear_accuracy(h, y, test_h, test_y, classes=10, l2=l2)
    assert ours == pytest.approx(theirs, abs=0.01)
    assert 0.5 < ours < 0.99


def test_it_arrives_where_features_are_strongly_correlated():
    """As those of a real network: one direction holds a hundred thousand times the variance of another, and what tells
    the classes apart lies in the small ones.
    """
    g, l2 = torch.Generator().manual_seed(0), 1e-4
    y = torch.arange(1500) % 10
    signal = 0.3 * torch.randn(10, 64, generator=g)[y] + torch.randn(1500, 64, generator=g)
    mixed = (signal * torch.logspace(0, -2.5, 64)) @ torch.linalg.qr(torch.randn(64, 64, generator=g))[0]
    h = ((mixed - mixed.mean(0)) / mixed.std(0, correction=0)).double()
    sklearn = LogisticRegression(C=1 / (l2 * len(h)), max_iter=20_000, tol=1e-8).fit(h.numpy(), y.numpy())

    def objective(weight, bias):
        return float(F.cross_entropy(h @ weight.T + bias, y) + l2 / 2 * weight.square().sum())

    weight, bias = fit_linear(h, y, classes=10, l2=l2)
    best = objective(torch.tensor(sklearn.coef_), torch.tensor(sklearn.intercept_))
    assert objective(weight.double(), bias.double()) == pytest.approx(best, abs=1e-3)


def test_it_is_the_minimum(features):
    h, y, _, _ = features
    weight, bias = fit_linear(h, y, classes=10, l2=1e-2, steps=300)
    std = h.std(0, correction=0)
    x = (h - h.mean(0)) / std
    w, b = (weight * std).requires_grad_(), (bias + weight @ h.mean(0)).requires_grad_()
    (F.cross_entropy(x @ w.T + b, y) + 0.005 * w.square().sum()).backward()
    assert w.grad.abs().max() < 1e-3
    assert b.grad.abs().max() < 1e-3


def test_same_answer_every_time_and_no_gradient_into_the_features(features):
    h, y, test_h, test_y = features
    h = h.clone().requires_grad_()
    scores = {linear_accuracy(h, y, test_h, test_y, classes=10) for _ in range(2)}
    assert len(scores) == 1
    assert h.grad is None


def test_works_under_no_grad_and_with_a_dead_feature(features):
    h, y, test_h, test_y = features
    h, test_h = torch.cat([h, torch.ones(len(h), 1)], 1), torch.cat([test_h, torch.ones(len(test_h), 1)], 1)
    with torch.no_grad():
        assert linear_accuracy(h, y, test_h, test_y, classes=10) > 0.5
