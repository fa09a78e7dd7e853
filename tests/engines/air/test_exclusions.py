from datetime import date

import pytest

from civicloop.connectors.air.editions import dust_policies
from civicloop.engines.air.exclusions import DUST, DustEvent, Figure, exclusion_for

STORM = DustEvent(
    code="2024-03", city="A", first_day=date(2024, 3, 30), last_day=date(2024, 4, 2), source="note"
)
ELSEWHERE = DustEvent(
    code="2024-03b", city="B", first_day=date(2024, 3, 1), last_day=date(2024, 3, 1), source="note"
)
EARLIER = DustEvent(
    code="2024-02", city="A", first_day=date(2024, 2, 1), last_day=date(2024, 2, 1), source="note"
)


def march(figure):
    return exclusion_for(
        figure,
        city="A",
        events=[STORM, ELSEWHERE, EARLIER],
        policies=dust_policies(),
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


def test_an_event_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="2024-05"):
        DustEvent(
            code="2024-05",
            city="A",
            first_day=date(2024, 5, 2),
            last_day=date(2024, 5, 1),
            source="",
        )
