from datetime import date, timedelta

import pytest

from civicloop.connectors.air.editions import (
    FOREIGN,
    UnknownRulesError,
    aqi_edition,
    aqi_editions,
    credentials,
    day_rules,
    limit_edition,
    limit_editions,
)
from civicloop.engines.air.editions import edition_on
from civicloop.engines.air.station_days import HourStamp, Windows


@pytest.mark.parametrize("editions", [aqi_editions(), limit_editions()])
def test_every_day_since_2012_has_one_edition(editions):
    days = [date(2012, 2, 29) + timedelta(days=i) for i in range(9000)]

    assert {
        len(each.limits if hasattr(each, "limits") else each.daily)
        for each in (edition_on(day, editions) for day in days)
    } <= {6, 7}


def test_every_input_of_an_index_has_its_table():
    for edition in [*aqi_editions(), *map(aqi_edition, FOREIGN)]:
        asked = {*edition.daily, *edition.realtime, *edition.stand_ins.values()}
        assert asked <= set(edition.scales)


def test_unread_parts_are_marked():
    assert aqi_edition("us_epa_2024").unverified
    assert credentials("eu_eaqi_2025").unverified
    assert credentials("cn_hj633_2026").unverified == ()


def test_days_are_made_by_named_rules():
    assert day_rules("standard").stamp is HourStamp.ENDS
    assert day_rules("standard").valid_above == 160
    assert day_rules("lax").windows is Windows.ENDING
    assert day_rules("lax").valid_above is None


@pytest.mark.parametrize("ask", [aqi_edition, limit_edition, day_rules])
def test_unknown_rules_are_refused_with_those_that_are_known(ask):
    with pytest.raises(UnknownRulesError, match=", "):
        ask("cn_2050")
