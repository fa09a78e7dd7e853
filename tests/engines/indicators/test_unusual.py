"""Limits that chance seldom breaks, measured on series of known kind with a fixed seed."""

import math

import numpy as np
import pytest

from civicloop.engines.indicators.unusual import (
    NotEnoughHistoryError,
    mean_errors,
    movement_of_counts,
    movement_of_values,
)

YEARS, SERIES = 3, 150


def seasons(seed, kind):
    """Monthly series with a season, a slow rise and noise of a kind; the last value is to be judged."""
    random = np.random.default_rng(seed)
    month = np.arange(YEARS * 12 + 1)
    for _ in range(SERIES):
        level = random.uniform(20, 200)
        turn = random.uniform(0, 6)
        mean = level * (1 + 0.3 * np.sin(2 * math.pi * month / 12 + turn)) * (1 + 0.004 * month)
        if kind == "poisson":
            yield random.poisson(mean).tolist()
        elif kind == "negative binomial":
            yield random.negative_binomial(20, 20 / (20 + mean)).tolist()
        else:
            yield (mean + random.normal(0, 0.05 * level, len(mean))).tolist()


@pytest.mark.parametrize(
    ("kind", "judge", "most"),
    [
        ("normal", movement_of_values, 0.02),
        ("poisson", movement_of_counts, 0.02),
        ("negative binomial", movement_of_counts, 0.04),
    ],
)
def test_chance_alone_seldom_breaks_the_limits(kind, judge, most):
    alarms = sum(judge(each[:-1], each[-1]).is_unusual for each in seasons(7, kind))

    assert alarms / SERIES <= most


def test_a_count_that_triples_is_seen():
    seen = sum(
        movement_of_counts(each[:-1], 3 * each[-1]).is_unusual for each in seasons(8, "poisson")
    )

    assert seen / SERIES >= 0.95


def test_a_value_is_compared_with_its_own_season():
    season = [10, 10, 10, 20, 30, 40, 50, 40, 30, 20, 10, 10]

    usual = movement_of_values(season * 3 + season[:6], 50)
    unusual = movement_of_values(season * 3, 50)

    assert (usual.expected, usual.naive, usual.is_unusual) == (50, 50, False)
    assert (unusual.expected, unusual.naive, unusual.is_unusual) == (10, 10, True)


def test_a_silent_series_does_not_alarm_at_one():
    assert not movement_of_counts([0] * 36, 1).is_unusual
    assert movement_of_counts([0] * 36, 9).is_unusual


def test_the_naive_value_stands_beside_the_expected_one():
    rising = [float(n) for n in range(48)]

    ours, naive = mean_errors(rising)

    assert naive == 12.0
    assert ours < naive


def test_two_years_are_needed():
    with pytest.raises(NotEnoughHistoryError):
        movement_of_values([1.0] * 23, 1.0)
    with pytest.raises(NotEnoughHistoryError):
        movement_of_counts([1] * 23, 1)
    with pytest.raises(NotEnoughHistoryError):
        mean_errors([1.0] * 24)
