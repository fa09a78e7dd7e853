from datetime import date, timedelta

import pytest

from civicloop.apps.issues import queries
from civicloop.apps.issues.actions.hot_issues import record_hot_issues
from civicloop.apps.issues.models import Event
from civicloop.apps.issues.queries import (
    event_details,
    event_numbers,
    events_page,
    hot_lists,
    last_appeal_day,
    latest_hot_list,
)

pytestmark = pytest.mark.django_db
DAY = date(2023, 11, 15)


def test_pages_of_events_follow_each_other_both_ways_without_gap(make_event, now, monkeypatch):
    monkeypatch.setattr(queries, "EVENTS_PER_PAGE", 2)
    for _ in range(5):
        make_event(received_at=now)  # all equally late: the number decides
    newest_first = list(Event.objects.order_by("-id"))

    first = events_page()
    second = events_page(after=first.older)
    third = events_page(after=second.older)
    back = events_page(before=third.newer)

    assert first.events + second.events + third.events == newest_first
    assert (first.newer, third.older) == ("", "")
    assert back.events == second.events
    assert events_page(before=second.newer).newer == ""


def test_rankings_are_listed_with_the_whole_history_last(make_event, now):
    make_event()
    for window in (0, 28, 7):
        record_hot_issues(day=DAY, window_days=window, now=now)

    assert [known.window_days for known in hot_lists()] == [7, 28, 0]
    assert latest_hot_list().window_days == 28


def test_an_event_shows_every_day_from_its_first_appeal_to_its_last(make_event, make_appeal, now):
    event = make_event(size=2, received_at=now)
    late = make_appeal("青禾苑油烟", received_at=now + timedelta(days=2))
    event.members.create(appeal=late)

    details = event_details(event.pk)

    assert [count for _day, count in details.daily_counts] == [2, 0, 1]
    assert [member.pk for member in details.members][-1] == late.pk


def test_appeals_that_stand_alone_get_clusters_of_their_own(make_event, make_appeal):
    event = make_event(size=2)
    make_appeal(source="other")
    make_appeal()

    assert [cluster for _number, cluster in event_numbers()][:2] == [event.pk, event.pk]
    assert len({cluster for _number, cluster in event_numbers()}) == 3
    assert [number for number, _ in event_numbers(source="other")] == ["A003"]


def test_the_last_day_is_the_local_one(make_appeal, now):
    assert last_appeal_day() is None

    make_appeal(received_at=now.replace(hour=23, minute=59))

    assert last_appeal_day() == date(2023, 11, 14)
