"""Linear probe: can one linear layer read the label off the frozen representation?

Multinomial logistic regression with a small l2 penalty on standardised features, fitted to all of them at once by
L-BFGS: no learning rate to tune, the same answer every time.
"""

import torch
import torch.nn.functional as F
from torch import Tensor


@torch.enable_grad()
def fit_linear(h: Tensor, labels: Tensor, *, classes: int, l2: float = 1e-4, steps: int = 100) -> tuple[Tensor, Tensor]:
    """Weights C x d and biases C that act on the raw h: M x d, (M). Minimises mean cross-entropy + l2/2 |weights|²."""
    h = h.detach().float()
    mean, std = h.mean(0), h.std(0, correction=0).clamp(min=1e-6)
    x, y = (h - mean) / std, labels.long()
    w = torch.zeros(classes, h.shape[1], device=h.device, requires_grad=True)
    b = torch.zeros(classes, device=h.device, requires_grad=True)
    solver = torch.optim.LBFGS([w, b], max_iter=steps, history_size=10, line_search_fn="strong_wolfe")

    def loss() -> float:
        solver.zero_grad()
        value = F.cross_entropy(F.linear(x, w, b), y) + l2 / 2 * w.square().sum()
        value.backward()
        return float(value.detach())

    solver.step(loss)
    weight = w.detach() / std
    return weight, b.detach() - weight @ mean


def linear_accuracy(
    h: Tensor, labels: Tensor, test_h: Tensor, test_labels: Tensor, *, classes: int, l2: float = 1e-4
) -> float:
    """Share of test pictures whose label the probe reads correctly, 0 … 1."""
    weight, bias = fit_linear(h, labels, classes=classes, l2=l2)
    predicted = F.linear(test_h.float(), weight, bias).argmax(1)
    return float((predicted == test_labels).float().mean())
