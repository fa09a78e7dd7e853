"""Periods of cities: statistics, composite index, good days, change on each basis, places."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from civicloop.analytics.air.figures import counted_days, counted_within, period_figures
from civicloop.analytics.air.indices import indices_on
from civicloop.apps.air.facts import CityAir, Ways
from civicloop.connectors.air.editions import (
    aqi_edition,
    aqi_editions,
    event_policies,
    limit_editions,
    period_rules,
)
from civicloop.engines.air.attainment import DaysWithin, Judged, judge_year
from civicloop.engines.air.changes import (
    OnBasis,
    Place,
    changes_on_each_basis,
    places,
)
from civicloop.engines.air.composite import (
    CompositeIndex,
    composite_index,
    published_concentrations,
)
from civicloop.engines.air.editions import (
    AqiEdition,
    AreaClass,
    LimitEdition,
    edition_on,
    editions_between,
)
from civicloop.engines.air.exclusions import (
    AirEvent,
    Exclusion,
    Figure,
    days_of_events,
    events_within,
    exclusion_for,
)
from civicloop.engines.air.periods import (
    DayCounts,
    Period,
    PeriodKind,
    PollutantFigures,
    period_around,
    year_before,
)
from civicloop.engines.air.pollutants import Pollutant
from civicloop.values.changes import percent_change, point_change

Concentrations = dict[Pollutant, Decimal | None]
Known = dict[Period, Concentrations]  # of periods of one city


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A year against the limits of one class, by the edition in force on its last day."""

    edition: str
    area_class: AreaClass
    judged: Mapping[Pollutant, Judged]
    days: Mapping[Pollutant, DaysWithin]
    unverified: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodAir:
    """A city over a period."""

    period: Period
    figures: dict[Pollutant, PollutantFigures]
    concentrations: Concentrations  # as published, of the composite index
    index: CompositeIndex
    counts: DayCounts
    is_valid: bool
    dust_events: tuple[str, ...]  # whose days the concentrations and the index leave out
    events: tuple[AirEvent, ...]  # that touch the period
    without_events: DayCounts | None  # without the days of these; None: there are none
    index_changes: tuple[OnBasis, ...]  # against the year before; () without one
    rate_changes: tuple[OnBasis, ...]
    is_year_before_valid: bool
    verdicts: tuple[Verdict, ...]  # of a year against the limits of each class; () of less


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A city's places in a period among the cities of the file."""

    period: Period
    city: str
    index: Decimal | None
    index_place: Place | None
    rate: Decimal | None
    rate_place: Place | None


def periods_of(air: CityAir, ways: Ways, *, at_month_ends: bool = False) -> list[PeriodAir]:
    """Assess every month, quarter and year that a city has days in, and the last year to date.

    `at_month_ends` adds the year to the end of each whole month.
    """
    asked = _periods(air) + (_years_to_month_ends(air) if at_month_ends else [])
    known: Known = {}
    return [assess_period(air, period, ways, known) for period in dict.fromkeys(asked)]


def ranking(cities: Sequence[tuple[str, Sequence[PeriodAir]]]) -> list[Ranked]:
    """Rank the cities of each period by index (low is good) and by rate of good days."""
    found = []
    for period in sorted({each.period for _, periods in cities for each in periods}):
        rows = [
            (city, each) for city, periods in cities for each in periods if each.period == period
        ]
        by_index = _places([each.index.value for _, each in rows], is_high_good=False)
        by_rate = _places([each.counts.good_rate for _, each in rows], is_high_good=True)
        for (city, each), index_place, rate_place in zip(rows, by_index, by_rate, strict=True):
            ranked = Ranked(
                period=period,
                city=city,
                index=each.index.value,
                index_place=index_place,
                rate=each.counts.good_rate,
                rate_place=rate_place,
            )
            found.append(ranked)
    return found


def _places(values: Sequence[Decimal | None], *, is_high_good: bool) -> list[Place | None]:
    known = [value for value in values if value is not None]
    ranked = iter(places(known, is_high_good=is_high_good))
    return [None if value is None else next(ranked) for value in values]


def _periods(air: CityAir) -> list[Period]:
    days = air.days.days
    kinds = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR)
    found = {period_around(day, kind) for kind in kinds for day in _month_starts(days)}
    last = period_around(days[-1], PeriodKind.TO_DATE)
    whole_year = period_around(days[-1], PeriodKind.YEAR)
    if last.last_day != whole_year.last_day:
        found.add(last)
    return sorted(found, key=lambda each: (list(PeriodKind).index(each.kind), each.first_day))


def _years_to_month_ends(air: CityAir) -> list[Period]:
    days = air.days.days
    ends = {period_around(day, PeriodKind.MONTH).last_day for day in _month_starts(days)}
    return [period_around(day, PeriodKind.TO_DATE) for day in sorted(ends) if day <= days[-1]]


def _month_starts(days: Sequence[date]) -> Iterable[date]:
    return {day.replace(day=1) for day in days}


def assess_period(
    air: CityAir, period: Period, ways: Ways, known: Known | None = None
) -> PeriodAir:
    """Assess one period of a city beside the same period of the year before.

    Args:
        air: the city.
        period: the stretch.
        ways: how it is to be assessed.
        known: what was worked out of the same city in the same way before; it is added to.
    """
    known = {} if known is None else known
    rules, exclusion = period_rules(), _exclusion(air, period, Figure.CONCENTRATIONS, ways)
    figures = period_figures(air.days, period, rules, set_aside=exclusion.days)
    events = events_within(
        ways.events, city=air.city, first_day=period.first_day, last_day=period.last_day
    )
    concentrations = _concentrations(air, period, ways, known)
    before = year_before(period)
    has_before = air.days.day(0) <= before.last_day
    return PeriodAir(
        period=period,
        figures=figures,
        concentrations=concentrations,
        index=composite_index(concentrations, _limits(period)),
        counts=counted_days(air.days, air.indices, period),
        is_valid=_is_valid(figures),
        dust_events=exclusion.events,
        events=tuple(events),
        without_events=counted_days(air.days, air.indices, period, left_out=days_of_events(events))
        if events
        else None,
        index_changes=_index_changes(air, period, before, ways, known) if has_before else (),
        rate_changes=_rate_changes(air, period, before, ways) if has_before else (),
        is_year_before_valid=_is_valid(period_figures(air.days, before, rules)),
        verdicts=tuple(_verdicts(air, period, figures)),
    )


def _verdicts(
    air: CityAir, period: Period, figures: Mapping[Pollutant, PollutantFigures]
) -> Iterable[Verdict]:
    if period.kind is not PeriodKind.YEAR or air.days.days[-1] < period.last_day:
        return
    edition = _limits(period)
    for area_class, limits in edition.classes.items():
        yield Verdict(
            edition=edition.code,
            area_class=area_class,
            judged=judge_year(figures, limits),
            days=counted_within(air.days, period, limits),
            unverified=limits.unverified,
        )


def _is_valid(figures: Mapping[Pollutant, PollutantFigures]) -> bool:
    return all(each.is_valid for each in figures.values())


def _limits(period: Period) -> LimitEdition:
    return edition_on(period.last_day, limit_editions())


def _exclusion(air: CityAir, period: Period, figure: Figure, ways: Ways) -> Exclusion:
    return exclusion_for(
        figure,
        city=air.city,
        events=ways.events,
        policies=event_policies(),
        first_day=period.first_day,
        last_day=period.last_day,
    )


def _concentrations(air: CityAir, period: Period, ways: Ways, known: Known) -> Concentrations:
    """What the composite index uses, by whichever limits."""
    if period not in known:
        exclusion = _exclusion(air, period, Figure.COMPOSITE_INDEX, ways)
        figures = period_figures(air.days, period, period_rules(), set_aside=exclusion.days)
        known[period] = published_concentrations(figures)
    return known[period]


def _index_changes(
    air: CityAir, period: Period, before: Period, ways: Ways, known: Known
) -> tuple[OnBasis, ...]:
    bases = {each.code: each for each in (_limits(before), _limits(period))}

    def values(limits: LimitEdition) -> tuple[Decimal | None, Decimal | None]:
        now, then = (
            composite_index(_concentrations(air, each, ways, known), limits).value
            for each in (period, before)
        )
        return now, then

    return tuple(changes_on_each_basis(bases, values, percent_change))


def _rate_changes(air: CityAir, period: Period, before: Period, ways: Ways) -> tuple[OnBasis, ...]:
    def values(edition: AqiEdition) -> tuple[Decimal | None, Decimal | None]:
        return _rates(air, edition, period, before)

    return tuple(changes_on_each_basis(_aqi_bases(period, before, ways), values, point_change))


def _rates(
    air: CityAir, edition: AqiEdition, period: Period, before: Period
) -> tuple[Decimal | None, Decimal | None]:
    indices = indices_on(air.days, edition)
    now, then = (counted_days(air.days, indices, each).good_rate for each in (period, before))
    return now, then


def _aqi_bases(period: Period, before: Period, ways: Ways) -> dict[str, AqiEdition]:
    if ways.edition:
        return {ways.edition: aqi_edition(ways.edition)}
    return {
        edition.code: edition
        for each in (before, period)
        for edition in editions_between(each.first_day, each.last_day, aqi_editions())
    }
