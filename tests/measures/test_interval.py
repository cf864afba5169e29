"""Wilson's interval at the places where it can be written down by hand."""

import math

import pytest

from sslviz.measures.interval import Z, doubt, margin, wilson


@pytest.mark.parametrize("n", [1, 8, 100, 2000])
def test_at_its_ends_and_in_the_middle(n: int) -> None:
    assert wilson(1.0, n) == pytest.approx((n / (n + Z * Z), 1.0))
    assert wilson(0.0, n) == pytest.approx((0.0, Z * Z / (n + Z * Z)))
    half = Z / (2 * math.sqrt(n + Z * Z))
    assert wilson(0.5, n) == pytest.approx((0.5 - half, 0.5 + half))


@pytest.mark.parametrize("share", [0.1, 0.37, 0.9])
def test_its_ends_are_the_shares_that_are_just_not_surprising(share: float) -> None:
    for end in wilson(share, 50):
        assert abs(share - end) == pytest.approx(Z * math.sqrt(end * (1 - end) / 50))


def test_the_margin_is_the_longer_side() -> None:
    assert margin(1.0, 8) == pytest.approx(Z * Z / (8 + Z * Z))
    assert margin(0.5, 8) == pytest.approx(Z / (2 * math.sqrt(8 + Z * Z)))


def test_it_is_said_where_it_is_wide() -> None:
    assert doubt(8, 1.0) == "8 test pictures: ± 32 points"
    assert doubt(1, 1.0) == "1 test picture: ± 79 points"
    assert doubt(8, None, 0.5) == "8 test pictures: ± 28 points"
    assert doubt(1000, 0.5) == ""
    assert doubt(500, 0.5) == "500 test pictures: ± 4 points"
    assert doubt(None, 0.5) == doubt(8) == doubt(8, None) == doubt(0, 0.5) == ""


@pytest.mark.parametrize(("share", "n"), [(0.5, 0), (1.1, 8), (math.nan, 8)])
def test_no_share(share: float, n: int) -> None:
    with pytest.raises(ValueError, match="a share between 0 and 1"):
        wilson(share, n)
