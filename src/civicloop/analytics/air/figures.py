"""The fast path from city days to the figures of a period: exact means and percentiles."""

from collections.abc import Collection, Mapping
from datetime import date
from fractions import Fraction
from math import lcm

import numpy as np

from civicloop.analytics.air.city_days import CityDays, Column
from civicloop.analytics.air.indices import NONE, DayIndices
from civicloop.analytics.air.station_days import whole_numbers
from civicloop.engines.air.attainment import DaysWithin
from civicloop.engines.air.blocks import Ints
from civicloop.engines.air.composite import PUBLISHED_DECIMALS
from civicloop.engines.air.editions import ClassLimits
from civicloop.engines.air.periods import (
    DayCounts,
    Month,
    Period,
    PeriodRules,
    PollutantFigures,
    is_enough,
)
from civicloop.engines.air.pollutants import DAY_FIGURES, Pollutant


def period_figures(
    days: CityDays,
    period: Period,
    rules: PeriodRules,
    *,
    set_aside: Mapping[date, Collection[Pollutant]] | None = None,
) -> dict[Pollutant, PollutantFigures]:
    """Return what `pollutant_figures` of the engine returns, from arrays."""
    span = span_of(days, period)
    month = _months(days)[span]
    found = {}
    for pollutant, measure in DAY_FIGURES.items():
        column = days.columns[measure]
        is_known = column.is_known[span]
        known = span.start + np.flatnonzero(is_known)
        aside = [days.position(day) for day, each in (set_aside or {}).items() if pollutant in each]
        kept = known[~np.isin(known, aside)] if aside else known
        share = rules.percentiles.get(pollutant)
        found[pollutant] = PollutantFigures(
            days=len(kept),
            set_aside=len(known) - len(kept),
            mean=_mean(column, kept) if len(kept) else None,
            percentile=_percentile(column, kept, share)
            if len(kept) and share is not None
            else None,
            is_valid=is_enough(_per_month(month[is_known]), period, rules),
        )
    return found


def counted_days(
    days: CityDays,
    indices: DayIndices,
    period: Period,
    *,
    good_up_to: int = 100,
    levels: int = 6,
    left_out: Collection[date] = (),
) -> DayCounts:
    """Return what `count_days` of the engine returns, from arrays."""
    span = span_of(days, period)
    value, level = indices.value[span], indices.level[span]
    is_valid = value != NONE
    aside = [days.position(day) - span.start for day in left_out]
    is_valid[[place for place in aside if 0 <= place < len(is_valid)]] = False
    per_level = np.bincount(level[is_valid], minlength=levels + 1)[1:]
    return DayCounts(
        valid=int(is_valid.sum()),
        good=int((is_valid & (value <= good_up_to)).sum()),
        levels=tuple(per_level.tolist()),
    )


def counted_within(
    days: CityDays, period: Period, limits: ClassLimits
) -> dict[Pollutant, DaysWithin]:
    """Return what `days_within` of the engine returns, from arrays."""
    span = span_of(days, period)
    found = {}
    for pollutant, measure in DAY_FIGURES.items():
        if pollutant in limits.day:
            decimals = PUBLISHED_DECIMALS.get(pollutant, 0)
            values = days.columns[measure].rounded(decimals)[span]
            is_known = values != NONE
            highest = int(limits.day[pollutant].scaleb(decimals))
            within = int((is_known & (values <= highest)).sum())
            found[pollutant] = DaysWithin(within=within, measured=int(is_known.sum()))
    return found


def span_of(days: CityDays, period: Period) -> slice:
    """Return the positions of a period's days."""
    first = min(max(days.position(period.first_day), 0), len(days))
    last = min(max(days.position(period.last_day) + 1, first), len(days))
    return slice(first, last)


def _mean(column: Column, kept: Ints) -> Fraction:
    """Add up the days that have equally many stations, then these few sums."""
    total, stations = column.total[kept], column.stations[kept]
    total = whole_numbers(total, int(total.max()) * len(total))
    whole = sum(
        (
            Fraction(int(total[stations == count].sum()), count)
            for count in np.flatnonzero(np.bincount(stations)).tolist()
        ),
        Fraction(),
    )
    return whole / (column.unit * len(kept))


def _percentile(column: Column, kept: Ints, share: Fraction) -> Fraction:
    """Bring the days to one denominator, so that whole numbers are put in order."""
    total, stations = column.total[kept], column.stations[kept]
    common = lcm(*np.flatnonzero(np.bincount(stations)).tolist())
    times = common // whole_numbers(stations, common)
    keys = np.sort(whole_numbers(total, int(total.max()) * common) * times)
    place = (len(keys) - 1) * share
    low = int(place)
    high = min(low + 1, len(keys) - 1)
    one, other = int(keys[low]), int(keys[high])
    return (one + (other - one) * (place - low)) / Fraction(column.unit * common)


def _months(days: CityDays) -> Ints:
    """Return the month of each day, counted from January 1970."""
    first = np.datetime64(days.first_day, "D")
    return np.arange(first, first + len(days)).astype("datetime64[M]").astype(np.int64)


def _per_month(month: Ints) -> dict[Month, int]:
    if not len(month):
        return {}
    first = int(month[0])
    counts = np.bincount(month - first).tolist()
    return {
        (1970 + (first + i) // 12, (first + i) % 12 + 1): count for i, count in enumerate(counts)
    }
