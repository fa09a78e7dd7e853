"""The same days by each shipped edition of an index, and how their periods come out."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from civicloop.analytics.air.city_days import CityDays
from civicloop.analytics.air.indices import indices_on
from civicloop.apps.air.facts import CityAir
from civicloop.connectors.air.editions import (
    CHINESE,
    FOREIGN,
    aqi_edition,
    edition_units,
    limit_editions,
)
from civicloop.engines.air.composite import composite_index
from civicloop.engines.air.gases import in_units
from civicloop.engines.air.index import AirIndex, daily_index, realtime_index
from civicloop.engines.air.periods import Period, count_days
from civicloop.engines.air.pollutants import Exact, Measure, Pollutant

Rated = list[int | None]  # index, level


def profiles_of(air: CityAir, highest: CityDays | None) -> list[dict[str, Rated]]:
    """Rate each day by every edition; those of other countries need the hours of stations."""
    found: list[dict[str, Rated]] = [{} for _ in range(len(air.days))]
    for code in CHINESE:
        indices = indices_on(air.days, aqi_edition(code))
        rated = zip(indices.value.tolist(), indices.level.tolist(), strict=True)
        for day, pair in zip(found, rated, strict=True):
            day[code] = [None if each < 0 else each for each in pair]
    if highest is not None:
        for position, day in enumerate(found):
            day |= {code: _foreign(code, _values(highest, position)) for code in FOREIGN}
    return found


def _values(highest: CityDays, position: int) -> dict[Measure, Fraction | None]:
    return {measure: column.exact(position) for measure, column in highest.columns.items()}


def _foreign(code: str, concentrations: Mapping[Measure, Exact | None]) -> Rated:
    """The worst hour of a day decides where an edition rates hours."""
    edition = aqi_edition(code)
    asked = in_units(concentrations, edition_units(code))
    index = daily_index(asked, edition) if edition.daily else realtime_index(asked, edition)
    return [index.value, index.level]


def profile_counts(
    days: Mapping[date, Mapping[str, Sequence[int | None]]], period: Period
) -> dict[str, dict[str, object]]:
    """Count the days of a period by each edition that rates any of them."""
    found: dict[str, dict[str, object]] = {}
    for code in CHINESE + FOREIGN:
        rated = {day: _index(each[code]) for day, each in days.items() if code in each}
        counts = count_days(rated, period, good_up_to=aqi_edition(code).good_up_to)
        if counts.valid:
            found[code] = {
                "valid": counts.valid,
                "good": counts.good,
                "levels": list(counts.levels),
                "good_rate": str(counts.good_rate),
            }
    return found


def _index(rated: Sequence[int | None]) -> AirIndex:
    value, level = rated
    return AirIndex(value=value, level=level, primary=(), sub_indices={}, missing=())


def composites(concentrations: Mapping[Pollutant, Exact | None]) -> dict[str, str | None]:
    """Return the composite index of the same concentrations by each edition of the limits."""
    found = {}
    for limits in limit_editions():
        value = composite_index(concentrations, limits).value
        found[limits.code] = None if value is None else str(value)
    return found
