from datetime import date

import pytest

from civicloop.engines.clocks import (
    BusinessHours,
    DayKind,
    InvalidHoursError,
    MissingCalendarYearError,
)
from tests.engines.clocks.calendars import china


def test_each_day_is_what_the_notice_says():
    calendar = china()

    assert calendar.kind_of(date(2023, 10, 7)) == DayKind.MAKE_UP
    assert calendar.kind_of(date(2023, 10, 6)) == DayKind.HOLIDAY
    assert calendar.kind_of(date(2023, 11, 18)) == DayKind.REST
    assert calendar.kind_of(date(2023, 11, 17)) == DayKind.WORKING
    assert calendar.name_of(date(2023, 11, 17)) == ""


def test_a_day_of_an_unknown_year_is_not_guessed():
    with pytest.raises(MissingCalendarYearError, match="2027"):
        china().is_worked(date(2027, 1, 4))


@pytest.mark.parametrize(
    "spans",
    [
        (),
        ((600, 600),),
        ((720, 600),),
        ((510, 720), (700, 1080)),
        ((-1, 600),),
        ((600, 1441),),
    ],
)
def test_hours_that_cannot_be_are_refused(spans):
    with pytest.raises(InvalidHoursError):
        BusinessHours(spans=spans)
