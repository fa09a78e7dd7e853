import numpy as np
import pytest

from civicloop.engines.hotness.alarm_values import WEEK
from civicloop.engines.hotness.baseline import Baseline, City, Expected

WEEKDAYS = np.array([14.0, 12, 10, 10, 10, 8, 6])


def learned(totals: np.ndarray, people: np.ndarray) -> Expected:
    """What is expected of the week after the totals; people have shape (weeks, topics, places)."""
    baseline = Baseline(totals, topics=people.shape[1], places=people.shape[2])
    start = len(totals) // WEEK * WEEK
    for week in range(9, start // WEEK):
        baseline.city.learn_week(week * WEEK)
    for week in range(len(people) - 1):
        baseline.add_week(week * WEEK, people[week])
    return baseline.expect(start)


def test_weekdays_are_learned():
    city = City(np.tile(WEEKDAYS, 12))

    city.learn_week(84)

    assert city.expected[84:91] == pytest.approx(WEEKDAYS)


def test_a_holiday_is_left_out_and_an_ordinary_quiet_day_is_not():
    totals = np.tile(WEEKDAYS * 5, 20)
    totals[100], totals[107] = 5, 45
    city = City(totals)
    for start in range(63, 140, 7):
        city.learn_week(start)

    assert np.flatnonzero(city.is_usual[:140] == 0).tolist() == [100]
    assert city.expected[133:140] == pytest.approx(WEEKDAYS * 5, rel=0.03)


def test_a_topics_rate_and_a_places_share_are_learned():
    totals = np.tile(WEEKDAYS, 60)
    people = np.zeros((60, 2, 3))  # places: whole city, two townships
    people[:, 0] = [42, 28, 14]
    people[:, 1] = [14, 7, 7]

    expected = learned(totals, people)

    week = expected.per_appeal * expected.appeals.sum()
    assert week[0] == pytest.approx([42, 28, 14], rel=0.1)
    assert week[1] == pytest.approx([14, 7, 7], rel=0.15)


def test_a_place_without_any_people_borrows_the_share_of_all_topics():
    totals = np.tile(WEEKDAYS, 60)
    people = np.zeros((60, 2, 3))
    people[:, 0] = [65, 40, 25]
    people[::10, 1] = [1, 1, 0]

    expected = learned(totals, people)

    week = expected.per_appeal * expected.appeals.sum()
    assert 0 < week[1, 2] < week[1, 1]
    assert expected.variance[1, 2] > expected.variance[0, 2]


def test_a_season_that_came_last_year_is_expected():
    totals = np.tile(WEEKDAYS * 4, 62)
    people = np.zeros((62, 2, 2))
    people[:, 0] = 260
    people[:, 1] = 20
    people[9:13, 1] = 60  # weeks 9 to 12 of last year; this is week 62, which was week 10

    expected = learned(totals, people)

    week = expected.per_appeal * expected.appeals.sum()
    assert week[1, 0] > 35
    assert week[0, 0] == pytest.approx(260, rel=0.1)


def test_a_hotline_that_fell_silent_is_expected_to_stay_silent():
    totals = np.concatenate([np.tile(WEEKDAYS * 5, 12), np.zeros(70)])
    city = City(totals)

    for start in range(63, 161, 7):
        city.learn_week(start)

    assert city.expected[154:161].tolist() == [0.0] * 7
