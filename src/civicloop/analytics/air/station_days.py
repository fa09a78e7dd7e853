"""The fast path from one station's line of hours to its days, in whole numbers."""

from math import lcm
from typing import NamedTuple

import numpy as np

from civicloop.analytics.air.grids import LEAD, MISSING
from civicloop.engines.air.blocks import QUANTUM, Floats, Ints
from civicloop.engines.air.station_days import HOURS, WINDOW, DayRules, Windows

EIGHTS = lcm(*range(1, WINDOW + 1))  # 840: every mean of up to 8 hours is a whole number of it
_ONES = np.ones(HOURS)
_SAFE = 1 << 62


class Days(NamedTuple):
    """One measure of a station's days: value / unit; below zero there is none."""

    value: Ints
    unit: int


def day_means(line: Floats, rules: DayRules) -> Days:
    """Return the means of the days; their hours are added by one product with ones."""
    return means_of(*_sums(line), rules)


def means_of(total: Ints, measured: Ints, rules: DayRules) -> Days:
    """Return the means of days by their sums and how many hours were measured."""
    step = lcm(*range(rules.least_hours, HOURS + 1))
    is_valid = measured >= rules.least_hours
    factor = np.where(is_valid, step // np.maximum(measured, 1), 0)
    total = whole_numbers(total, int(total.max()) * step // rules.least_hours)
    return Days(np.where(is_valid, total * factor, -1), QUANTUM * step)


def highest_hours(line: Floats, rules: DayRules) -> Days:
    """Return the highest hours of the days."""
    _, measured = _sums(line)
    known = np.where(line >= MISSING, -1, line)[LEAD:].reshape(-1, HOURS).max(axis=1)
    value = np.where(measured >= rules.least_hours, known, -1)
    return Days(value.astype(np.int64), QUANTUM)


def highest_windows(line: Floats, rules: DayRules) -> Days:
    """Return the highest 8-hour means of the days.

    Three additions of the shifted line make sums of 8 hours; that which ends with hour i stands at i.
    """
    sums = line
    for shift in (1, 2, 4):
        sums = sums[shift:] + sums[:-shift]
    gaps = np.flatnonzero(sums >= MISSING)
    missing = np.floor(sums[gaps] / MISSING)
    measured = WINDOW - missing
    is_valid = measured >= rules.least_of_window
    rest = (sums[gaps] - missing * MISSING) * (EIGHTS / np.maximum(measured, 1))
    sums *= EIGHTS // WINDOW
    sums[gaps] = np.where(is_valid, rest, -1)
    by_day, invalid = sums.reshape(-1, HOURS), gaps[~is_valid]
    windows = HOURS
    if rules.windows is Windows.WITHIN:
        by_day, invalid = by_day[:, LEAD:], invalid[invalid % HOURS >= LEAD]
        windows = HOURS - LEAD
    counted = windows - np.bincount(invalid // HOURS, minlength=len(by_day))
    highest = by_day.max(axis=1)
    is_enough = counted >= rules.least_windows
    if rules.valid_above is not None:
        is_enough |= highest > float(rules.valid_above * QUANTUM * EIGHTS)
    return Days(np.where(is_enough, highest, -1).astype(np.int64), QUANTUM * EIGHTS)


def half_even(total: Ints, unit: Ints | int, decimals: int) -> Ints:
    """Round total / unit to steps of 10**-decimals, half to even; below zero is none and stays."""
    steps = 10**decimals
    scaled = whole_numbers(total, 2 * steps * int(np.max(total, initial=0))) * steps
    whole = scaled // unit
    twice = 2 * (scaled - whole * unit)
    is_up = (twice > unit) | ((twice == unit) & (whole % 2 == 1))
    return np.where(total >= 0, whole + is_up, -1).astype(np.int64)


def whole_numbers(values: Ints, bound: int) -> Ints:
    """Turn to Python's integers where numbers up to the bound would not fit in 64 bits."""
    return values.astype(object) if bound >= _SAFE else values


def _sums(line: Floats) -> tuple[Ints, Ints]:
    """Return the sum of each day's measured hours, and how many were measured."""
    sums = line[LEAD:].reshape(-1, HOURS) @ _ONES
    missing = np.floor(sums / MISSING)
    return (sums - missing * MISSING).astype(np.int64), HOURS - missing.astype(np.int64)
