"""Tokens and FLOPs of MAE: to the last operation what PyTorch counts on our own network, and the paper's network."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from sslviz.measures import masking
from sslviz.methods.mae import MAE
from sslviz.views.method import masking_net


def counted(work: Callable[[], Tensor]) -> int:
    """Attention as plain matrix products: PyTorch 2.14 does not count its own fused one on the CPU."""
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        work()
    return counter.get_total_flops()


@pytest.fixture(scope="module")
def mae() -> MAE:
    return masking_net.method(0.75, "random")


@pytest.mark.parametrize("ratio", [0.1, 0.33, 0.5, 0.75, 0.95])
def test_our_network_costs_what_pytorch_counts(mae: MAE, ratio: float) -> None:
    net = masking_net.ours()
    mae.knobs = MAE.Knobs(mask_ratio=ratio)
    x, visible = mae.views(torch.zeros(1, 3, 32, 32, dtype=torch.uint8))
    v = visible.shape[1]
    assert v == masking.visible(net, ratio)
    assert counted(lambda: mae.encoder.tokens(x, visible)) == masking.encoder(net, v)
    assert counted(lambda: mae.predict(x, visible)) == masking.encoder(net, v) + masking.decoder(net, v)


def test_nothing_hidden_costs_what_pytorch_counts(mae: MAE) -> None:
    net = masking_net.ours()
    assert counted(lambda: mae.encoder.tokens(torch.zeros(1, 3, 32, 32))) == masking.encoder(net, net.patches)


def test_every_ratio_leaves_as_many_patches_as_the_method(mae: MAE) -> None:
    net = masking_net.ours()
    for ratio in masking.GRID[masking.GRID >= 0.1]:
        mae.knobs = MAE.Knobs(mask_ratio=float(ratio))
        assert mae.views(torch.zeros(1, 3, 32, 32, dtype=torch.uint8))[1].shape[1] == masking.visible(net, ratio)
    assert masking.visible(net, 0) == 63
    assert masking.visible(net, 1) == 1


def test_the_paper() -> None:
    """ViT-L/16 at 224 is usually counted as 61.6 billion multiply-adds; He et al. report 3.3 times fewer FLOPs."""
    net = masking.PAPER
    assert masking.encoder(net, net.patches) / 2e9 == pytest.approx(61.6, rel=0.005)
    found = masking.cost(net, masking.PUBLISHED_RATIO)
    assert found["encoder tokens"] == 50
    assert found["times fewer tokens"] == pytest.approx(3.94)
    assert found["times fewer encoder FLOPs"] == pytest.approx(4.0, abs=0.01)
    assert found["times fewer FLOPs"] == pytest.approx(masking.PUBLISHED_FLOPS, rel=0.03)
    assert masking.PUBLISHED_SPEEDUP < found["times fewer FLOPs"] < found["times fewer encoder FLOPs"]


def test_the_curve_falls_and_the_formula_is_that_of_the_curve() -> None:
    for net in (masking_net.ours(), masking.PAPER):
        table = masking.curve(net)
        assert (np.diff(table["FLOPs"]) <= 0).all()
        assert table["attention share"].between(0, 0.1).all()
        row = table[table["mask ratio"] == 0.75].iloc[0]
        text = masking.formulae(net, 0.75)
        assert f"= {row['encoder tokens']:.0f} " in text
        assert masking.written(row["encoder FLOPs"]) in text
        assert masking.written(row["decoder FLOPs"]) in text


def test_attention_takes_over_when_tokens_outnumber_six_widths() -> None:
    assert masking.attention(6 * 128, 128) == masking.linear(6 * 128, 128)
