"""Linear probe: can one linear layer read the label off the frozen representation?

Multinomial logistic regression with a small l2 penalty on standardised features, fitted to all of them at once by
L-BFGS: no learning rate to tune, the same answer every time. The features of a real network are strongly correlated
(MAE's most of all), so L-BFGS works in the coordinates in which the loss is about equally curved in all directions: a
hundred steps then come as far as thousands. The minimum is the same.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

CURVATURE = 0.25  # the largest second derivative of a cross-entropy in one of its logits is p(1 − p) ≤ 1/4
LEAST = 1e-8


@torch.enable_grad()
def fit_linear(h: Tensor, labels: Tensor, *, classes: int, l2: float = 1e-4, steps: int = 150) -> tuple[Tensor, Tensor]:
    """Weights C x d and biases C that act on the raw h: M x d, (M). Minimises mean cross-entropy + l2/2 |weights|²."""
    h = h.detach().float()
    mean, std = h.mean(0), h.std(0, correction=0).clamp(min=1e-6)
    x, y = (h - mean) / std, labels.long()
    level = levelled(x, l2)  # d x d
    easy = x @ level
    v = torch.zeros(classes, h.shape[1], device=h.device, requires_grad=True)  # weights = v levelᵀ
    b = torch.zeros(classes, device=h.device, requires_grad=True)
    solver = torch.optim.LBFGS(
        [v, b], max_iter=steps, history_size=10, line_search_fn="strong_wolfe", tolerance_change=1e-9
    )

    def loss() -> float:
        solver.zero_grad()
        value = F.cross_entropy(F.linear(easy, v, b), y) + l2 / 2 * (v @ level.T).square().sum()
        value.backward()
        return float(value.detach())

    solver.step(loss)
    weight = (v.detach() @ level.T) / std
    return weight, b.detach() - weight @ mean


def levelled(x: Tensor, l2: float) -> Tensor:
    """Coordinates of equal curvature: eigenvectors of the covariance of x (M x d), divided by the root of the loss's
    curvature along each of them, d x d.
    """
    covariance = (x.T @ x / len(x)).cpu().double()
    spread, axes = torch.linalg.eigh(covariance)
    curved = CURVATURE * spread.clamp(min=0) + l2
    level: Tensor = (axes * curved.clamp(min=LEAST).rsqrt()).to(x)
    return level


def linear_predict(h: Tensor, labels: Tensor, test_h: Tensor, *, classes: int, l2: float = 1e-4) -> Tensor:
    """The label that a probe fitted to h (M x d, (M)) reads off each test picture: N x d -> int64, N."""
    weight, bias = fit_linear(h, labels, classes=classes, l2=l2)
    return F.linear(test_h.float(), weight, bias).argmax(1)


def linear_accuracy(
    h: Tensor, labels: Tensor, test_h: Tensor, test_labels: Tensor, *, classes: int, l2: float = 1e-4
) -> float:
    """Share of test pictures whose label the probe reads correctly, 0 … 1."""
    predicted = linear_predict(h, labels, test_h, classes=classes, l2=l2)
    return float((predicted == test_labels).float().mean())
