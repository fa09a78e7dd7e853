from datetime import date, datetime
from decimal import Decimal

import pytest

from civicloop.engines.clocks import (
    Extension,
    ExtensionAfterDueError,
    ExtensionRule,
    ExtensionTooLongError,
    ExtensionUnitError,
    LongCycleExceededError,
    TimeUnit,
    TooManyExtensionsError,
    check_extension,
)
from tests.engines.clocks.calendars import at

LUELIANG = ExtensionRule(count=3, n=Decimal(3), unit=TimeUnit.WORKING_DAY)
LONG_CYCLE = ExtensionRule(count=3, n=Decimal(180), unit=TimeUnit.CALENDAR_DAY, longest_days=180)
DUE = at("2023-11-22 00:00")


def days(n: int, unit: TimeUnit = TimeUnit.WORKING_DAY) -> Extension:
    return Extension(n=Decimal(n), unit=unit)


def check(
    asked: Extension,
    rule: ExtensionRule = LUELIANG,
    asked_at: datetime = DUE,
    granted: int = 0,
    last_day: date = date(2023, 11, 24),
) -> None:
    check_extension(
        asked,
        asked_at=asked_at,
        due_at=DUE,
        rule=rule,
        granted=[days(3)] * granted,
        started_day=date(2023, 11, 14),
        last_day=last_day,
    )


def test_three_days_asked_in_the_last_moment_are_granted_three_times():
    for granted in range(3):
        check(days(3), granted=granted)


def test_a_fourth_extension_is_refused():
    with pytest.raises(TooManyExtensionsError):
        check(days(1), granted=3)


def test_more_time_asked_after_due_is_refused():
    with pytest.raises(ExtensionAfterDueError):
        check(days(1), asked_at=at("2023-11-22 00:01"))


def test_an_extension_longer_than_allowed_is_refused():
    with pytest.raises(ExtensionTooLongError):
        check(days(4))


def test_an_extension_in_another_unit_is_refused():
    with pytest.raises(ExtensionUnitError):
        check(days(1, TimeUnit.CALENDAR_DAY))


def test_a_long_cycle_matter_ends_within_180_days_of_its_start():
    asked = days(120, TimeUnit.CALENDAR_DAY)

    check(asked, LONG_CYCLE, last_day=date(2024, 5, 12))

    with pytest.raises(LongCycleExceededError):
        check(asked, LONG_CYCLE, last_day=date(2024, 5, 13))
