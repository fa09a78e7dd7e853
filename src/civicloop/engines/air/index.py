"""The index of a day or an hour at one place: sub-indices, their maximum, who caused it.

Source: HJ 633-2012 and HJ 633-2026, 4.2 to 4.5 and 5.3. The text of 2012 lists 24-hour means of
particles for the hourly report; what was published used the hour's means against the daily
breakpoints, which 2026 has written down.
"""

from bisect import bisect_left
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from civicloop.engines.air.editions import AqiEdition
from civicloop.engines.air.pollutants import (
    Exact,
    Measure,
    NegativeConcentrationError,
    Pollutant,
)
from civicloop.values.rounding import round_half_even

Concentrations = Mapping[Measure, Exact | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class AirIndex:
    """What is reported of a day or an hour."""

    value: int | None  # None: NA
    level: int | None  # from 1 (best)
    primary: tuple[Measure, ...]  # side by side where they tie; none up to the index of 50
    sub_indices: Mapping[Measure, int]  # of what could be computed
    missing: tuple[Pollutant, ...]  # without any sub-index


def daily_index(
    concentrations: Concentrations, edition: AqiEdition, *, exempt: Collection[Pollutant] = ()
) -> AirIndex:
    """Compute the index of a day.

    Args:
        concentrations: by measure; absent and None are the same.
        edition: the rules in force on that day.
        exempt: pollutants that need not be measured here (HJ 633-2026, 5.3.2).

    Raises:
        NegativeConcentrationError: a concentration is below zero.
    """
    return _index(concentrations, edition, edition.daily, exempt)


def realtime_index(
    concentrations: Concentrations, edition: AqiEdition, *, exempt: Collection[Pollutant] = ()
) -> AirIndex:
    """Compute the index of an hour; arguments and errors are those of `daily_index`."""
    return _index(concentrations, edition, edition.realtime, exempt)


def level_of(value: int, edition: AqiEdition) -> int:
    """Return the level of an index, from 1 (best)."""
    return 1 + bisect_left(edition.level_bounds, value)


def _index(
    concentrations: Concentrations,
    edition: AqiEdition,
    measures: tuple[Measure, ...],
    exempt: Collection[Pollutant],
) -> AirIndex:
    found = {each: _sub_index(each, concentrations, edition) for each in measures}
    known = {measure: value for measure, value in found.items() if value is not None}
    covered = {measure.pollutant for measure in known}
    asked = dict.fromkeys(measure.pollutant for measure in measures)
    missing = tuple(each for each in asked if each not in covered and each not in exempt)
    highest = max(known.values(), default=None)
    if highest is None or not _is_publishable(highest, edition, missing=missing):
        return AirIndex(value=None, level=None, primary=(), sub_indices=known, missing=missing)
    value = max(highest, edition.lowest)
    is_named = value > edition.primary_above
    primary = tuple(each for each in known if known[each] == highest) if is_named else ()
    return AirIndex(
        value=value,
        level=level_of(value, edition),
        primary=primary,
        sub_indices=known,
        missing=missing,
    )


def _is_publishable(highest: int, edition: AqiEdition, *, missing: tuple[Pollutant, ...]) -> bool:
    least = edition.missing_needs_above
    return not missing or least is None or highest > least


def _sub_index(measure: Measure, concentrations: Concentrations, edition: AqiEdition) -> int | None:
    """Return the sub-index; above a scale's top its stand-in answers, if there is one."""
    value = concentrations.get(measure)
    if value is None:
        return None
    if value < 0:
        raise NegativeConcentrationError(f"{measure} of {value} is below zero")
    found = edition.scales[measure].sub_index(_rounded(value, measure, edition))
    stand_in = edition.stand_ins.get(measure)
    if found is None and stand_in is not None:
        return _sub_index(stand_in, concentrations, edition)
    return found


def _rounded(value: Exact, measure: Measure, edition: AqiEdition) -> Fraction:
    decimals = edition.decimals.get(measure.pollutant)
    return Fraction(value if decimals is None else round_half_even(value, decimals))
