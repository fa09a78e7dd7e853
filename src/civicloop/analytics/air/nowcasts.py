"""NowCast of all hours of a city at once, equal to the engine's one by one.

Worked out in floating point; where a result lies so near to a step that its error could cross it,
the engine decides with fractions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from civicloop.analytics.air.grids import LEAD, MISSING, Layout, layout_of, lines_of
from civicloop.engines.air.blocks import QUANTUM, Floats, HourBlock, Ints
from civicloop.engines.air.editions import AqiEdition
from civicloop.engines.air.index import level_of
from civicloop.engines.air.nowcast import HOURS, LEAST_RECENT, LEAST_WEIGHT, RECENT, nowcast
from civicloop.engines.air.pollutants import Measure, Pollutant
from civicloop.engines.air.station_days import HourStamp

DECIMALS = {Measure.PM25_24H: 1, Measure.PM10_24H: 0}  # to which the edition truncates
NONE = -1
_NEAR = 1e-5  # of a step; the error of a float is below 1e-6 of one at 1e5 µg/m³


@dataclass(frozen=True, slots=True, kw_only=True)
class NowCasts:
    """Lines of hours, one of each station."""

    first_hour: int  # as it is stamped, since 1970-01-01 00:00
    steps: Mapping[Measure, Ints]  # stations, hours: truncated concentration in its last decimal
    index: Ints  # the highest of the particles
    level: Ints

    def concentration(self, measure: Measure, station: int, hour: int) -> Decimal | None:
        """Return a truncated concentration."""
        found = int(self.steps[measure][station, hour])
        return None if found == NONE else Decimal(found).scaleb(-DECIMALS[measure])


def nowcasts(block: HourBlock, stamp: HourStamp, edition: AqiEdition) -> NowCasts:
    """Compute the NowCast of particles at every station and hour of a city.

    Raises:
        DoubleHourError: a station has two rows of one hour that differ.
        ImpossibleHourError: a concentration is too high to be one.
    """
    layout = layout_of(block, stamp)
    steps = {measure: _steps(block, measure, layout) for measure in DECIMALS}
    index = np.maximum.reduce([_indices(steps[each], each, edition) for each in steps])
    shift = 1 if stamp is HourStamp.ENDS else 0
    return NowCasts(
        first_hour=layout.first_day * 24 + shift,
        steps=steps,
        index=index,
        level=_mapped(index, lambda value: level_of(value, edition)),
    )


def _steps(block: HourBlock, measure: Measure, layout: Layout) -> Ints:
    unit = QUANTUM // 10 ** DECIMALS[measure]
    lines = lines_of(block, Pollutant(measure.pollutant), layout)
    return np.stack([_line(line[LEAD:], unit) for line in lines])


def _line(hours: Floats, unit: int) -> Ints:
    """Return the truncated NowCast of a line of whole numbers."""
    padded = np.append(np.full(HOURS - 1, np.nan), np.where(hours >= MISSING, np.nan, hours))
    ago = sliding_window_view(padded, HOURS)[:, ::-1]  # the current hour first
    is_measured = ~np.isnan(ago)
    is_enough = is_measured[:, :RECENT].sum(axis=1) >= LEAST_RECENT
    values = np.where(is_measured, ago, 0.0)
    highest = values.max(axis=1)
    lowest = np.where(is_measured, ago, np.inf).min(axis=1)
    ratio = np.divide(lowest, highest, out=np.ones_like(highest), where=highest > 0)
    weights = np.maximum(float(LEAST_WEIGHT), ratio)[:, None] ** np.arange(HOURS) * is_measured
    totals, whole = (values * weights).sum(axis=1), weights.sum(axis=1)
    mean = np.divide(totals, whole * unit, out=np.zeros_like(totals), where=is_enough)
    found = np.where(is_enough, np.floor(mean), NONE).astype(np.int64)
    for hour in np.flatnonzero(is_enough & (np.abs(mean - np.rint(mean)) < _NEAR)):
        found[hour] = _exactly(ago[hour], unit)
    return found


def _exactly(ago: Floats, unit: int) -> int:
    hours = [None if np.isnan(each) else Fraction(int(each), unit) for each in ago]
    found = nowcast(hours)
    return NONE if found is None else int(found)


def _indices(steps: Ints, measure: Measure, edition: AqiEdition) -> Ints:
    scale, decimals = edition.scales[measure], DECIMALS[measure]

    def index_of(step: int) -> int:
        found = scale.sub_index(Fraction(step, 10**decimals))
        return NONE if found is None else found

    return _mapped(steps, index_of)


def _mapped(values: Ints, function: Callable[[int], int]) -> Ints:
    """Apply a function to each value but NONE, once to equal ones."""
    known, places = np.unique(values, return_inverse=True)
    mapped = [each if each == NONE else function(int(each)) for each in known]
    return np.array(mapped, np.int64)[places].reshape(values.shape)
