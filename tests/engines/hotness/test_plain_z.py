from dataclasses import replace

import numpy as np
import pytest

from civicloop.engines.hotness.plain_z import PlainWatch
from tests.engines.hotness.cities import assemble, burst_free_city, with_burst

DAY = 500


def test_the_z_score_is_the_distance_from_eight_weeks_in_their_deviation():
    # two appeals a week, and nine in the last one
    day = np.sort(
        np.concatenate(
            [np.arange(0, 70, 7), np.arange(3, 70, 7), [70, 71, 72, 72, 73, 74, 75, 76, 76]]
        )
    )
    size = len(day)
    facts = assemble(
        day=day, topic=np.full(size, 1), township=np.full(size, 1), event=np.arange(size)
    )

    alarms = PlainWatch(facts, first_day=70, last_day=76).alarms(3.0)

    # (3 - 2) / 0.5 = 2 on day 71, (5 - 2) / 0.5 = 6 on day 72; told once
    assert [(each.day, each.score) for each in alarms] == [(72, pytest.approx(-6.0))]


def test_the_loosest_threshold_that_is_allowed_is_found():
    city = with_burst(burst_free_city(1), day=DAY, people=12, days=2)
    watch = PlainWatch(city, first_day=448, last_day=559)

    alarms = watch.loosest(lambda told: len(told) <= 20)

    assert 10 < len(alarms) <= 20
    assert len(watch.alarms(-alarms[0].bound)) == len(alarms)
    assert watch.loosest(lambda told: False) == []


def test_appeals_of_one_citizen_count_each():
    city = with_burst(burst_free_city(1), day=DAY, people=12, days=2)
    caller = city.caller.copy()
    caller[city.event == city.event.max()] = caller.max() + 1
    city = replace(city, caller=caller)

    alarms = PlainWatch(city, first_day=DAY, last_day=DAY + 3).alarms(8.0)

    assert any(
        np.isin(each.rows, np.flatnonzero(city.event == city.event.max())).sum() >= 6
        for each in alarms
    )


def test_a_city_where_nothing_happens_has_no_alarm_of_any_threshold():
    facts = assemble(
        day=np.arange(0, 90, 30),
        topic=np.zeros(3, dtype=np.int64),
        township=np.zeros(3, dtype=np.int64),
        event=np.arange(3),
    )

    watch = PlainWatch(facts, first_day=63, last_day=89)

    assert watch.loosest(lambda told: True) == []


def test_every_alarm_may_be_allowed():
    city = burst_free_city(1, days=90, per_day=10.0)

    watch = PlainWatch(city, first_day=63, last_day=89)

    assert len(watch.loosest(lambda told: True)) > len(watch.alarms(6.0)) > 0
