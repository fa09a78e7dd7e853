from dataclasses import replace
from datetime import date

import pytest

from civicloop.connectors.air.editions import event_policies
from civicloop.engines.air.exclusions import (
    DUST,
    AirEvent,
    EventKind,
    Figure,
    UnprovenEventError,
    days_of_events,
    events_within,
    exclusion_for,
)
from civicloop.engines.air.pollutants import Pollutant

STORM = AirEvent(
    code="2024-03", city="A", first_day=date(2024, 3, 30), last_day=date(2024, 4, 2), source="note"
)
ELSEWHERE = AirEvent(
    code="2024-03b", city="B", first_day=date(2024, 3, 1), last_day=date(2024, 3, 1), source="note"
)
EARLIER = AirEvent(
    code="2024-02", city="A", first_day=date(2024, 2, 1), last_day=date(2024, 2, 1), source="note"
)


def march(figure):
    return exclusion_for(
        figure,
        city="A",
        events=[STORM, ELSEWHERE, EARLIER],
        policies=event_policies(),
        first_day=date(2024, 3, 1),
        last_day=date(2024, 3, 31),
    )


@pytest.mark.parametrize("figure", [Figure.CONCENTRATIONS, Figure.COMPOSITE_INDEX])
def test_particles_leave_out_the_days_of_an_event(figure):
    exclusion = march(figure)

    assert exclusion.days == {date(2024, 3, 30): DUST, date(2024, 3, 31): DUST}
    assert exclusion.events == ("2024-03",)


@pytest.mark.parametrize("figure", [Figure.GOOD_DAYS, Figure.HEAVY_DAYS])
def test_counts_of_days_keep_them(figure):
    exclusion = march(figure)

    assert (exclusion.days, exclusion.events) == ({}, ())


SMOKE = AirEvent(
    code="2024-s", city="A", first_day=date(2024, 3, 31), last_day=date(2024, 3, 31),
    source="note", kind=EventKind.EXCEPTIONAL, pollutants=(Pollutant.PM25, Pollutant.O3),
    evidence="satellite picture 7",
)  # fmt: skip


def test_events_of_one_day_leave_out_what_either_names():
    found = exclusion_for(
        Figure.CONCENTRATIONS, city="A", events=[STORM, SMOKE], policies=event_policies(),
        first_day=date(2024, 3, 31), last_day=date(2024, 3, 31),
    )  # fmt: skip

    assert found.days == {date(2024, 3, 31): (Pollutant.PM10, Pollutant.PM25, Pollutant.O3)}
    assert found.events == ("2024-03", "2024-s")


def test_the_days_of_events_are_known():
    within = events_within(
        [STORM, ELSEWHERE, EARLIER],
        city="A",
        first_day=date(2024, 3, 1),
        last_day=date(2024, 3, 31),
    )

    assert within == [STORM]
    assert days_of_events([SMOKE, EARLIER]) == {date(2024, 3, 31), date(2024, 2, 1)}


def test_an_exceptional_event_needs_evidence_and_pollutants():
    with pytest.raises(UnprovenEventError):
        replace(SMOKE, evidence="")
    with pytest.raises(ValueError, match="no pollutant"):
        replace(SMOKE, pollutants=())


def test_an_event_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="2024-05"):
        AirEvent(
            code="2024-05",
            city="A",
            first_day=date(2024, 5, 2),
            last_day=date(2024, 5, 1),
            source="",
        )
