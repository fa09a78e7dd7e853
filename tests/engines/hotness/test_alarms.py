from dataclasses import replace

import numpy as np
import pytest

from civicloop.engines.hotness.alarm_values import NOTHING, AlarmInputError
from civicloop.engines.hotness.alarms import watch
from tests.engines.hotness.cities import assemble, burst_free_city, with_burst

DAY = 500


def test_a_burst_of_one_matter_is_told_once_on_the_day_it_shows():
    city = with_burst(burst_free_city(1), day=DAY, people=9, days=2)

    found = watch(city, first_day=DAY - 20, last_day=DAY + 20)

    event = int(city.event.max())
    [alarm] = [each for each in found.alarms if each.key.event == event]
    assert alarm.day == DAY
    assert (alarm.people, alarm.appeals, alarm.window_days) == (5, 5, 1)
    assert alarm.score <= alarm.bound
    about = [each for each in found.alarms if np.isin(each.rows, alarm.rows).any()]
    assert about == [alarm]


def test_a_burst_of_many_matters_is_told_of_its_topic_at_its_place():
    quiet = burst_free_city(1)
    city = with_burst(quiet, day=DAY, people=9, days=3, topic=7, township=4)
    city = replace(city, event=np.arange(len(city.day)))

    found = watch(city, first_day=DAY, last_day=DAY + 6)

    told = [each for each in found.alarms if np.isin(each.rows, _new(quiet, city)).sum() >= 3]
    assert [(each.key.topic, each.key.place, each.day) for each in told] == [(7, 9, DAY)]


def test_one_citizen_with_many_appeals_raises_no_alarm():
    quiet = burst_free_city(1)
    city = with_burst(quiet, day=DAY, people=30, days=3)
    caller = city.caller.copy()
    caller[_new(quiet, city)] = caller.max() + 1
    city = replace(city, caller=caller)

    found = watch(city, first_day=DAY, last_day=DAY + 6)

    assert not any(each.key.event == city.event.max() for each in found.alarms)


def test_what_comes_later_changes_no_alarm():
    city = with_burst(burst_free_city(2), day=DAY, people=6, days=2)
    until = city.day <= DAY + 1
    known = replace(
        city,
        **{
            name: getattr(city, name)[until]
            for name in ("day", "caller", "topic", "place", "event")
        },
    )

    early = watch(known, first_day=DAY - 60, last_day=DAY + 1).alarms
    late = watch(city, first_day=DAY - 60, last_day=DAY + 40).alarms

    told = [(each.day, each.key, each.score) for each in late if each.day <= DAY + 1]
    assert [(each.day, each.key, each.score) for each in early] == told


def _until(city, rows):
    """The city as it is known right after an appeal."""
    names = ("day", "caller", "topic", "place", "event")
    return replace(city, **{name: getattr(city, name)[:rows] for name in names})


def test_a_check_right_after_the_appeal_that_told_raises_the_alarm_and_one_before_it_does_not():
    city = with_burst(burst_free_city(1), day=DAY, people=9, days=1)
    burst = np.flatnonzero(city.event == city.event.max())
    [alarm] = [
        each
        for each in watch(city, first_day=DAY, last_day=DAY).alarms
        if each.key.event == city.event.max()
    ]

    after = watch(_until(city, alarm.told_by + 1), first_day=DAY, last_day=DAY).alarms
    before = watch(_until(city, alarm.told_by), first_day=DAY, last_day=DAY).alarms

    assert alarm.told_by == burst[2]  # the third citizen; six more came that day
    assert [each.people for each in after if each.key == alarm.key] == [3]
    assert [each for each in before if each.key == alarm.key] == []


def test_what_another_alarm_explains_is_told_when_enough_is_left():
    quiet = burst_free_city(1)
    matter = with_burst(quiet, day=DAY, people=6, days=1, topic=7, township=4)
    city = with_burst(matter, day=DAY, people=14, days=1, topic=7, township=10)
    later = _new(matter, city)
    event = city.event.copy()
    event[later] = event.max() + np.arange(len(later))
    city = replace(city, event=event)

    alarms = watch(city, first_day=DAY, last_day=DAY).alarms

    [topic] = [each for each in alarms if each.key.topic == 7]
    assert [each.key.event for each in alarms if each.key.event >= 0] == [matter.event.max()]
    assert topic.told_by > later[1]  # the six of the matter alone do not tell of the topic


def test_a_day_alone_tells_what_a_longer_watch_tells_of_it():
    city = with_burst(burst_free_city(3), day=DAY, people=8, days=2)

    whole = watch(city, first_day=DAY - 80, last_day=DAY + 1)
    warm = watch(city, first_day=DAY - 35, last_day=DAY + 1)

    days = (DAY, DAY + 1)
    assert [each.key for each in warm.alarms if each.day in days] == [
        each.key for each in whole.alarms if each.day in days
    ]


@pytest.mark.parametrize("per_day", [10.0, 40.0, 120.0])
@pytest.mark.parametrize("per_week", [1.0, 4.0])
def test_a_city_without_bursts_raises_no_more_alarms_than_allowed(per_day, per_week):
    rates = []
    for seed in range(3):
        found = watch(
            burst_free_city(seed, per_day=per_day), first_day=63, last_day=559, per_week=per_week
        )
        rates.append(len(found.alarms) / found.weeks)

    # 213 weeks: four standard deviations above a rate that used up the whole bound
    assert np.mean(rates) <= per_week + 4 * np.sqrt(per_week / 213)
    assert np.mean(rates) >= per_week / 20  # and the bound is no idle one


def test_a_burst_is_told_again_after_a_quiet_week_only():
    city = with_burst(burst_free_city(1), day=DAY, people=8, days=2)
    again = with_burst(city, day=DAY + 25, people=8, days=2)
    event = city.event.max()
    again = replace(again, event=np.where(again.event > event, event, again.event))

    found = watch(again, first_day=DAY, last_day=DAY + 40)

    burst = np.flatnonzero(again.event == event)
    assert [each.day for each in found.alarms if np.isin(burst, each.rows).any()] == [
        DAY,
        DAY + 25,
    ]


def test_past_bursts_are_not_learned_from():
    quiet = replace(burst_free_city(1), event=np.arange(len(burst_free_city(1).day)))
    city = quiet
    for day in (300, 340, 380, 420, 460):
        city = with_burst(city, day=day, people=20, days=2)
    city = replace(city, event=np.arange(len(city.day)))

    days = {each.day: each for each in watch(city, first_day=290, last_day=470).alarms}

    told = [days[day] for day in (300, 340, 380, 420, 460)]
    assert told[-1].expected < 2 * told[0].expected


def test_the_curve_holds_the_days_before_and_after_the_alarm():
    city = with_burst(burst_free_city(1), day=DAY, people=9, days=2)

    [alarm] = [
        each
        for each in watch(city, first_day=DAY, last_day=DAY + 3).alarms
        if each.key.event == city.event.max()
    ]

    assert alarm.curve is not None
    assert alarm.curve.first_day == DAY - 62
    assert alarm.curve.people[-4:] == (5, 4, 0, 0)
    assert sum(alarm.curve.people[:-4]) == 0
    assert alarm.curve.expected[0] == 0.0 < alarm.curve.expected[-1]
    assert alarm.peak_day == DAY


def test_a_topics_curve_expects_weekdays():
    quiet = burst_free_city(1)
    city = with_burst(quiet, day=DAY, people=30, days=1, topic=7)
    city = replace(city, event=np.arange(len(city.day)))

    alarm = watch(city, first_day=DAY, last_day=DAY).alarms[0]

    assert alarm.curve is not None
    assert len(set(alarm.curve.expected[-7:])) > 3
    assert min(np.subtract(alarm.curve.upper, alarm.curve.expected)) >= -0.5


@pytest.mark.parametrize("per_week", [0.0, -1.0, float("nan")])
def test_a_bound_that_is_no_bound_is_refused(per_week):
    with pytest.raises(AlarmInputError):
        watch(burst_free_city(1, days=70), first_day=63, last_day=69, per_week=per_week)


def test_nine_weeks_of_history_are_needed():
    with pytest.raises(AlarmInputError):
        watch(burst_free_city(1, days=50), first_day=0, last_day=49)


def test_columns_must_be_of_one_length_and_in_order():
    city = burst_free_city(1, days=70)
    with pytest.raises(AlarmInputError):
        replace(city, day=city.day[:-1])
    with pytest.raises(AlarmInputError):
        replace(city, day=city.day[::-1].copy())


def _new(quiet, city):
    """Rows of the citizens that the quiet city does not have."""
    return np.flatnonzero(city.caller > quiet.caller.max())


def test_a_matter_without_topic_or_place_is_told_and_goes_on():
    quiet = burst_free_city(1)
    city = with_burst(quiet, day=DAY, people=12, days=3)
    new = _new(quiet, city)
    topic, place = city.topic.copy(), city.place.copy()
    place[new[:4]], topic[new[4:]] = NOTHING, NOTHING
    city = replace(city, topic=topic, place=place)

    found = watch(city, first_day=DAY, last_day=DAY + 10)

    [alarm] = [each for each in found.alarms if each.key.event == city.event.max()]
    assert alarm.last_day > alarm.day


def test_a_place_that_rises_no_more_than_its_topic_is_not_told_beside_it():
    quiet = burst_free_city(1)
    day = DAY + np.arange(400) % 2
    city = assemble(
        day=np.concatenate([quiet.day, day]),
        topic=np.concatenate([quiet.topic, np.full(400, 7)]),
        township=np.concatenate([quiet.place, np.arange(400) % 24]),
        event=np.arange(len(quiet.day) + 400),
    )

    found = watch(city, first_day=DAY, last_day=DAY + 1)

    about = [each for each in found.alarms if each.key.topic in (7, 47) and each.day == DAY]
    assert about[0].key.place == 0
    assert len(about) <= 3  # of 29 places with the topic and as many with its first level


def test_what_a_told_topic_leaves_of_a_matter_is_judged_alone():
    quiet = burst_free_city(1)
    city = with_burst(quiet, day=DAY, people=8, days=1, topic=7, township=4)
    city = replace(city, event=np.arange(len(city.day)))
    city = with_burst(city, day=DAY + 1, people=10, days=1, topic=7, township=4)
    matter = np.flatnonzero(city.event == city.event.max())
    topic = city.topic.copy()
    topic[matter[:5]] = NOTHING
    city = replace(city, topic=topic)

    found = watch(city, first_day=DAY, last_day=DAY + 1)

    told = [each for each in found.alarms if np.isin(each.rows, _new(quiet, city)).any()]
    assert [(each.day, each.key.topic) for each in told] == [(DAY, 7), (DAY + 1, NOTHING)]


def test_days_after_the_last_appeal_are_quiet():
    city = burst_free_city(1)
    newest = int(city.day[-1])

    found = watch(city, first_day=newest + 1, last_day=newest + 400)

    assert (found.alarms, found.last_day) == ([], newest + 400)
