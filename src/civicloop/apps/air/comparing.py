"""The same days under two or three editions side by side, and a year before on each one's basis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from civicloop.apps.air.models import CityDay
from civicloop.apps.air.queries import days_between
from civicloop.connectors.air.editions import CHINESE, FOREIGN, aqi_edition
from civicloop.engines.air.index import AirIndex
from civicloop.engines.air.periods import (
    DayCounts,
    Period,
    PeriodKind,
    count_days,
    period_around,
    year_before,
)
from civicloop.values.changes import Change, point_change

EDITIONS = CHINESE + FOREIGN
MOST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The days by one edition, and the same days a year before by the same one."""

    code: str
    now: DayCounts
    before: DayCounts
    change: Change  # of the share of good days, in points


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """A day that the editions put in different levels; index and level of each."""

    day: CityDay
    rated: Sequence[Sequence[int | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A city's year to its last day."""

    span: Period
    span_before: Period
    sides: Sequence[Side]
    apart: Sequence[Apart]
    in_force: frozenset[str]  # editions that the days follow


def compare(city_id: int, year: int, codes: Sequence[str]) -> Comparison | None:
    """Compare the days of a year; None where no day of it is kept."""
    days = days_between(city_id, date(year, 1, 1), date(year, 12, 31))
    if not days:
        return None
    span = period_around(max(days), PeriodKind.TO_DATE)
    before = year_before(span)
    former = days_between(city_id, before.first_day, before.last_day)
    return Comparison(
        span=span,
        span_before=before,
        sides=[_side(code, days, former, span, before) for code in codes],
        apart=_apart(days, codes),
        in_force=frozenset(each.edition for each in days.values()),
    )


VALID, GOOD = "valid", "good"


def days_rated(city_id: int, year: int, code: str, asked: str) -> list[tuple[CityDay, int]]:
    """Return the days of a year and their index by one edition, that of each day the oldest first.

    Args:
        city_id: the city.
        year: of which all kept days are asked.
        code: the edition; of another nothing is known.
        asked: "valid" for all with an index, "good" for good days, or the number of a level.
    """
    if code not in EDITIONS:
        return []
    good_up_to = aqi_edition(code).good_up_to
    found = []
    for _, each in sorted(days_between(city_id, date(year, 1, 1), date(year, 12, 31)).items()):
        value, level = each.profiles.get(code, (None, None))
        is_asked = asked == VALID or (asked == GOOD and (value or 0) <= good_up_to)
        if value is not None and (is_asked or asked == str(level)):
            found.append((each, value))
    return found


def _side(
    code: str,
    days: Mapping[date, CityDay],
    former: Mapping[date, CityDay],
    span: Period,
    before: Period,
) -> Side:
    now, then = _counts(code, days, span), _counts(code, former, before)
    change = point_change(now.good_rate, then.good_rate)
    return Side(code=code, now=now, before=then, change=change)


def _counts(code: str, days: Mapping[date, CityDay], span: Period) -> DayCounts:
    rated = {
        day: AirIndex(value=value, level=level, primary=(), sub_indices={}, missing=())
        for day, each in days.items()
        for value, level in [each.profiles.get(code, (None, None))]
    }
    return count_days(rated, span, good_up_to=aqi_edition(code).good_up_to)


def _apart(days: Mapping[date, CityDay], codes: Sequence[str]) -> list[Apart]:
    found = []
    for _, each in sorted(days.items()):
        rated = [each.profiles.get(code, (None, None)) for code in codes]
        if len({level for _, level in rated if level is not None}) > 1:
            found.append(Apart(day=each, rated=rated))
    return found
