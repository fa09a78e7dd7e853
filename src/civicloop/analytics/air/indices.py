"""The fast path from city days to the index, in whole numbers."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from civicloop.analytics.air.city_days import CityDays
from civicloop.engines.air.blocks import Ints
from civicloop.engines.air.city_days import REPORTED
from civicloop.engines.air.editions import AqiEdition, edition_on, editions_between
from civicloop.engines.air.index import AirIndex
from civicloop.engines.air.pollutants import Measure
from civicloop.engines.air.scales import Interpolated

NONE = -1


class UnsuitedEditionError(TypeError):
    """The edition is not one of interpolated tables and stated decimals: ask the engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayIndices:
    """The index of each day of a city; -1: none."""

    value: Ints
    level: Ints
    sub_indices: Ints  # shape (measures of REPORTED, days)
    primary: Ints  # bit i: the i-th measure of REPORTED

    def primary_on(self, position: int) -> tuple[Measure, ...]:
        bits = int(self.primary[position])
        return tuple(each for i, each in enumerate(REPORTED) if bits >> i & 1)

    def plain(self, position: int, edition: AqiEdition) -> AirIndex:
        """Return one day as the engine states it."""
        subs = self.sub_indices[:, position].tolist()
        known = {each: subs[REPORTED.index(each)] for each in edition.daily}
        known = {each: value for each, value in known.items() if value != NONE}
        covered = {each.pollutant for each in known}
        asked = dict.fromkeys(each.pollutant for each in edition.daily)
        value, level = int(self.value[position]), int(self.level[position])
        return AirIndex(
            value=None if value == NONE else value,
            level=None if level == NONE else level,
            primary=self.primary_on(position),
            sub_indices=known,
            missing=tuple(each for each in asked if each not in covered),
        )


def day_indices(days: CityDays, editions: Collection[AqiEdition]) -> DayIndices:
    """Compute each day by the edition in force on it.

    Raises:
        NoEditionError: a day has no edition, or several.
        UnsuitedEditionError: an edition is of another kind.
    """
    first, last = days.day(0), days.day(len(days) - 1)
    shape = (len(REPORTED), len(days))
    value, level, primary = (np.full(len(days), fill) for fill in (NONE, NONE, 0))
    subs, done = np.full(shape, NONE), np.zeros(len(days), np.int64)
    for edition in editions_between(first, last, editions):
        span = _span(edition, days)
        found = indices_on(days, edition)
        value[span], level[span] = found.value[span], found.level[span]
        subs[:, span], primary[span] = found.sub_indices[:, span], found.primary[span]
        done[span] += 1
    if (done != 1).any():
        edition_on(days.day(int(np.flatnonzero(done != 1)[0])), editions)
    return DayIndices(value=value, level=level, sub_indices=subs, primary=primary)


def indices_on(days: CityDays, edition: AqiEdition) -> DayIndices:
    """Compute all days by one edition, whichever was in force.

    Raises:
        UnsuitedEditionError: the edition is of another kind.
    """
    if not edition.daily:
        raise UnsuitedEditionError(edition.code)
    subs = np.full((len(REPORTED), len(days)), NONE)
    for measure in edition.daily:
        subs[REPORTED.index(measure)] = _sub_indices(days, measure, edition)
    highest = subs.max(axis=0)
    is_known = highest != NONE
    if edition.missing_needs_above is not None:
        is_known &= (highest > edition.missing_needs_above) | ~_is_missing(subs, edition)
    value = np.where(is_known, np.maximum(highest, edition.lowest), NONE)
    level = np.where(is_known, 1 + np.searchsorted(edition.level_bounds, value, "left"), NONE)
    bits = ((subs == highest) << np.arange(len(REPORTED))[:, None]).sum(axis=0)
    primary = np.where(value > edition.primary_above, bits, 0)
    return DayIndices(value=value, level=level, sub_indices=subs, primary=primary)


def _sub_indices(days: CityDays, measure: Measure, edition: AqiEdition) -> Ints:
    scale, decimals = edition.scales[measure], edition.decimals.get(measure.pollutant)
    if not isinstance(scale, Interpolated) or decimals is None:
        raise UnsuitedEditionError(f"{edition.code}: {measure}")
    values = days.columns[measure].rounded(decimals)
    limits = np.array([int(limit * Decimal(10) ** decimals) for limit in scale.limits])
    indices = np.array(scale.indices)
    row = np.clip(np.searchsorted(limits, values, "left"), 1, len(limits) - 1)
    rise, run = indices[row] - indices[row - 1], limits[row] - limits[row - 1]
    found = indices[row - 1] - (-rise * (values - limits[row - 1])) // run  # a ceiling
    found = np.where(values > limits[-1], NONE if scale.above is None else scale.above, found)
    found = np.where(values < 0, NONE, found)
    stand_in = edition.stand_ins.get(measure)
    if scale.above is None and stand_in is not None and (values > limits[-1]).any():
        found = np.where(values > limits[-1], _sub_indices(days, stand_in, edition), found)
    return found


def _is_missing(
    subs: Ints, edition: AqiEdition
) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    """Tell on which days a pollutant has no sub-index at all."""
    missing = np.zeros(subs.shape[1], dtype=bool)
    for pollutant in {each.pollutant for each in edition.daily}:
        rows = [REPORTED.index(each) for each in edition.daily if each.pollutant is pollutant]
        missing |= subs[rows].max(axis=0) == NONE
    return missing


def _span(edition: AqiEdition, days: CityDays) -> slice:
    first = days.position(edition.valid_from) if edition.valid_from else 0
    last = days.position(edition.valid_to) if edition.valid_to else len(days) - 1
    return slice(max(first, 0), min(last, len(days) - 1) + 1)
