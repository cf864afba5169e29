"""The lecture's worked EMA to its last digit, and what half-life, lag and noise claim, by simulation."""

import math

import numpy as np
import pytest

from sslviz.exhibits.ema import maths


def test_the_lecture() -> None:
    found = maths.teacher(np.array(maths.EXAMPLE), maths.EXAMPLE_MOMENTUM)
    np.testing.assert_allclose(found, [[10, 2], [10.2, 2.1], [10.28, 2.39]], rtol=1e-12)
    text = maths.formulae(np.array(maths.EXAMPLE), maths.EXAMPLE_MOMENTUM)
    assert r"0.9 \cdot (10,\, 2) + 0.1 \cdot (12,\, 3) = (10.2,\, 2.1)" in text
    assert r"= (10.28,\, 2.39)" in text


def test_the_two_ends() -> None:
    student = maths.walk(50, 0.1, 3)
    np.testing.assert_array_equal(maths.teacher(student, 0.0), student)
    np.testing.assert_array_equal(maths.teacher(student, 1.0), np.full(51, student[0]))
    assert (maths.half_life(0), maths.memory(0), maths.lag(0), maths.noise_left(0)) == (0, 1, 0, 1)
    assert (maths.half_life(1), maths.memory(1), maths.lag(1), maths.noise_left(1)) == (math.inf, math.inf, math.inf, 0)


@pytest.mark.parametrize("m", [0.5, 0.9, 0.99])
def test_half_life_lag_and_noise_are_what_they_say(m: float) -> None:
    assert m ** maths.half_life(m) == pytest.approx(0.5)
    steady = np.arange(5000.0)
    assert steady[-1] - maths.teacher(steady, m)[-1] == pytest.approx(maths.lag(m))
    assert maths.lag(m) == pytest.approx(maths.memory(m) - 1)
    noise = np.random.default_rng(0).standard_normal(200_000)
    assert maths.teacher(noise, m)[5000:].std() == pytest.approx(maths.noise_left(m), rel=0.05)


def test_a_rising_momentum_ends_at_one() -> None:
    m = maths.rising(0.996, 100)
    assert len(m) == 100
    assert (np.diff(m) > 0).all()
    assert m[0] > 0.996
    assert m[49] == pytest.approx(0.998)
    assert m[-1] == 1
    assert len(maths.teacher(maths.walk(100, 0.1, 0), m)) == 101


def test_a_seed_is_a_way() -> None:
    np.testing.assert_array_equal(maths.walk(100, 0.1, 7), maths.walk(100, 0.1, 7))
    assert (maths.walk(100, 0.1, 7) != maths.walk(100, 0.1, 8)).any()


def test_half_lives_are_written_with_their_numbers():
    text = maths.half_lives([0, 0.9, 0.996, 1])
    assert r"t_{1/2}(0.9) &= \frac{\ln 1/2}{\ln 0.9} = 6.579, \qquad \frac{1}{1 - 0.9} = 10" in text
    assert r"= 172.9" in text
    assert text.count("t_{1/2}") == 2
