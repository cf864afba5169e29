"""The page on masking: the method's own masks, the paper's numbers as the paper's, any address, any upload."""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from streamlit.testing.v1 import AppTest

from sslviz.views.controls import server
from sslviz.views.method import masking_cost, masking_net
from tests import pages

opened = partial(pages.opened, "masking")


def text(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.value for element in [*app.markdown, *app.latex, *app.caption])


def test_it_opens_with_the_papers_ratio() -> None:
    shown = text(opened())
    assert "| tokens the encoder sees | 17 of 65 | 50 of 197 |" in shown
    assert "| paper's wall-clock, at 75% | – | 2.8× shorter |" in shown
    assert "| paper's FLOPs, at 75% | – | 3.3× fewer |" in shown


def test_measured_numbers_are_those_that_were_recorded() -> None:
    recorded = pd.read_csv(server.GALLERY / masking_cost.RECORDED)
    row = recorded[(recorded["mask ratio"] - 0.5).abs() < 0.01].iloc[0]
    shown = text(opened(mask_ratio="0.5"))
    assert f"{row['step']:.1f} ms, **{row['step faster']:.2f}×** faster" in shown
    assert str(row["machine"]) in shown


def test_without_a_record_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "GALLERY", tmp_path)
    app = opened()
    assert "benchmarks.masking" in app.info[0].value
    assert "measured:" not in text(app)


def test_the_address_is_the_state() -> None:
    app = opened(mask_ratio="0.9", mask_type="block", draw="3", set="digits", picture="7")
    assert not app.warning
    assert "**90% hidden:** 7 of 65" in text(app)
    assert app.segmented_control(key="mask_type").value == "block"


@pytest.mark.parametrize("kind", ["random", "block", "grid"])
def test_the_mask_is_the_methods_own(kind: str) -> None:
    mae = masking_net.method(0.6, kind)
    mae.augment.seed(4, 0)
    _, expected = mae.views(torch.zeros(1, 3, 32, 32, dtype=torch.uint8))
    found = masking_net.visible(kind, 0.6, 4)
    np.testing.assert_array_equal(found, expected[0].numpy())
    assert (found == masking_net.visible(kind, 0.6, 5)).all() == (kind == "grid")  # the lattice has no dice


def test_our_sizes_are_those_of_the_trained_network() -> None:
    net = masking_net.ours()
    assert (net.patches, net.pixels, net.width, net.depth, net.decoder_width, net.decoder_depth) == (
        *(64, 48, 128, 4),
        *(64, 1),
    )


WRONG = ["nan", "inf", "1e308", "-5", "x" * 5000, "<b>half</b>", "", "0.1,nan", "[1]"]
KEYS = ["mask_ratio", "mask_type", "draw", "set", "picture"]


@pytest.mark.parametrize("wrong", WRONG)
def test_addresses_that_make_no_sense_never_raise(wrong: str) -> None:
    app = opened(**dict.fromkeys([*KEYS, "unknown"], wrong))
    assert "**75% hidden:** 17 of 65" in text(app)
    assert len(app.warning) == len(KEYS)
    assert all(len(warning.value) < 200 for warning in app.warning)


def test_the_dice_of_a_grid_cannot_be_thrown() -> None:
    assert opened(mask_type="grid").slider(key="draw").disabled
    assert not opened(mask_type="block").slider(key="draw").disabled
