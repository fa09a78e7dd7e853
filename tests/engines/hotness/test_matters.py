import numpy as np
import pytest

from civicloop.engines.hotness.matters import fit_joining


def test_the_rate_of_joining_is_found_again():
    chance = np.random.default_rng(1)
    rates = chance.gamma(0.2, 1 / 14.0, size=200_000)  # shape 0.2, per day

    found = fit_joining(chance.poisson(rates * 28))

    assert found.shape == pytest.approx(0.2, rel=0.05)
    assert found.days == pytest.approx(14, rel=0.15)


def test_bursts_do_not_touch_the_rate():
    joined = np.array([0] * 950 + [1] * 30 + [2] * 20)
    burst = np.array([0] * 950 + [1] * 30 + [40] * 20)

    assert fit_joining(burst) == fit_joining(joined)


def test_matters_that_all_draw_alike_are_nearly_poisson():
    found = fit_joining(np.array([0] * 50 + [1] * 50))

    one = np.ones(1)
    assert found.shape >= 1
    assert found.expected(-one, 0 * one, 28 * one)[0] > 0.5


def test_nobody_ever_joined():
    found = fit_joining(np.zeros(0))

    one = np.ones(1)
    assert 0 < found.chance(2 * one, -one, 0 * one, 7 * one)[0] < 1


def test_who_drew_many_is_expected_to_draw_more():
    found = fit_joining(np.array([0] * 900 + [1] * 50 + [2] * 50))

    few, many = (
        found.chance(np.array([3.0]), np.array([n]), np.array([30.0]), np.array([7.0]))[0]
        for n in (0.0, 20.0)
    )
    assert many > 10 * few


def test_many_drew_some_and_none_drew_one():
    found = fit_joining(np.array([0] * 900 + [3] * 100))

    one = np.ones(1)
    assert found.chance(one, -one, 0 * one, 28 * one)[0] == pytest.approx(0.1, rel=0.02)
