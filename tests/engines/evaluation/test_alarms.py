from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from civicloop.engines.evaluation.alarms import (
    AlarmGoldError,
    KnownBurst,
    ToldAlarm,
    burst_told,
    score_alarms,
)

BURSTS = [
    KnownBurst(first_day=10, peak_day=13),
    KnownBurst(first_day=50, peak_day=50),
    KnownBurst(first_day=90),
    KnownBurst(first_day=99, peak_day=101),
]


def test_recall_false_alarms_and_lead_are_counted():
    alarms = [
        ToldAlarm(day=12, burst=0),
        ToldAlarm(day=11, burst=0),
        ToldAlarm(day=52, burst=1),
        ToldAlarm(day=95, burst=2),
        ToldAlarm(day=20, burst=None),
    ]

    score = score_alarms(alarms, BURSTS, weeks=10)

    assert (score.bursts, score.alarms) == (4, 5)
    assert (score.recall, score.recall_1_day, score.recall_2_days) == (0.75, 0.25, 0.5)
    assert score.false_per_week == 0.1
    assert score.median_lead_days == 0  # 2 days before one peak, 2 after the other


def test_48_hours_count_from_the_first_appeal_to_the_check():
    first = datetime(2023, 11, 14, 9, 30, tzinfo=UTC)
    bursts = [replace(burst, first_at=first) for burst in BURSTS]
    soon, late = first + timedelta(hours=48), first + timedelta(hours=48, minutes=1)
    alarms = [
        ToldAlarm(day=12, burst=0, checked_at=late),
        ToldAlarm(day=11, burst=0, checked_at=soon),
        ToldAlarm(day=52, burst=1, checked_at=late),
        ToldAlarm(day=95, burst=2),
    ]

    score = score_alarms(alarms, bursts, weeks=10)

    assert score.recall_48_hours == 0.25
    assert score_alarms(alarms, BURSTS, weeks=10).recall_48_hours is None


def test_nothing_told_has_no_lead():
    score = score_alarms([], BURSTS, weeks=1)

    assert (score.recall, score.median_lead_days) == (0, None)


@pytest.mark.parametrize(("bursts", "weeks"), [([], 1.0), (BURSTS, 0.0)])
def test_nothing_to_measure_on_is_an_error(bursts, weeks):
    with pytest.raises(AlarmGoldError):
        score_alarms([], bursts, weeks=weeks)


def test_an_alarm_tells_the_burst_that_makes_up_half_of_its_excess():
    bursts = [{1, 2, 3, 4}, {5, 6}]

    assert burst_told({1, 2, 3, 5}, 0.1, bursts) == 0
    assert burst_told({5, 6, 7, 8}, 0.1, bursts) == 1
    assert burst_told({5, 6, 7, 8, 9, 10}, 0.1, bursts) is None
    assert burst_told({5, 6, 7, 8, 9, 10}, 3.0, bursts) == 1
    assert burst_told({1, 7}, 0.1, bursts) is None
    assert burst_told({1, 2}, 0.1, []) is None
