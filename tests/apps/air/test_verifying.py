"""Days and periods of air are worked out again from what they were made from."""

from datetime import date
from decimal import Decimal

import pytest
from tests.apps.air.files import days_file
from tests.apps.air.kept import keep, keep_hours
from tests.guards import unguarded

from civicloop.apps.air.models import CityDay, CityPeriod
from civicloop.apps.air.verifying import verify_air
from civicloop.engines.air.exclusions import AirEvent

pytestmark = pytest.mark.django_db
MONTHS = {"first": date(2026, 2, 1), "last": date(2026, 3, 31)}


def departed():
    return [
        (str(each.city), place, reason.what)
        for each in verify_air()
        for place, reason in each.departed
    ]


def test_what_was_kept_follows_also_where_it_was_revised_later(tmp_path):
    storm = AirEvent(
        code="storm",
        city="甲",
        first_day=date(2026, 3, 30),
        last_day=date(2026, 3, 31),
        source="notice",
    )
    keep_hours(tmp_path)
    keep(days_file(tmp_path, **MONTHS))
    keep(days_file(tmp_path, first=date(2026, 3, 20), last=date(2026, 4, 2)), events=(storm,))

    found = list(verify_air())

    assert [str(each.city) for each in found] == ["hours", "乙", "甲"]
    assert all(each.day_count and each.period_count for each in found)
    assert departed() == []


def test_a_period_that_was_changed_is_named_with_what_it_should_be(tmp_path):
    keep(days_file(tmp_path, **MONTHS))
    with unguarded():
        CityPeriod.objects.filter(city__name="甲", kind="month").update(index=Decimal("1.00"))

    [found] = [each for each in verify_air() if each.departed]

    places = dict(found.departed)
    assert set(places) == {"2026-02-01/2026-02-28", "2026-03-01/2026-03-31"}
    reason = places["2026-03-01/2026-03-31"]
    assert (reason.what, reason.stored) == ("index", "1.00")
    assert Decimal(reason.found) > 1


def test_a_day_that_was_changed_is_named_and_so_are_its_periods(tmp_path):
    keep(days_file(tmp_path, **MONTHS))
    day = CityDay.objects.get(city__name="甲", day=date(2026, 3, 2))
    with unguarded():
        exact = day.exact | {"pm25_24h": [500, 1, 1]}
        CityDay.objects.filter(pk=day.pk).update(exact=exact)

    found = departed()

    assert ("甲", "2026-03-02", "aqi") in found
    assert ("甲", "2026-03-01/2026-03-31", "index") in found
    assert {city for city, _, _ in found} == {"甲"}
    assert not any(place == "2026-03-03" for _, place, _ in found)
