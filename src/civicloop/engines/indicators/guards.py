"""Looks at figures that cannot be right, are old, are not whole, or mean something else than before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from statistics import median

from civicloop.engines.indicators.definitions import Definition, Kind
from civicloop.engines.indicators.figures import CODE_LENGTH
from civicloop.engines.indicators.periods import Month, Period, PeriodKind

# 亿元 for 万元 and back, yuan for 亿元, a share for per cent, persons for thousands
JUMPS = (10_000, 100_000_000, 1_000, 100)
LEAST_BEFORE = 3  # values that say what is usual
SPREAD = Fraction(4)  # usual values may differ by this much, and a jump by this much from its power


class Doubt(StrEnum):
    """Why somebody should look at a figure before it is published."""

    UNIT_JUMP = "unit_jump"  # params: factor
    BELOW_BOUND = "below_bound"  # params: bound
    ABOVE_BOUND = "above_bound"  # params: bound
    NOT_WHOLE = "not_whole"
    STALE = "stale"  # params: day; data should be there since
    AREAS_MISSING = "areas_missing"  # params: areas
    MEMBERS_SILENT = "members_silent"  # params: members
    PARTS_APART = "parts_apart"  # params: parts, sum


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """From a period on a series means something else."""

    period: Period
    was: str
    now: str


def jump_of(value: Decimal, before: Sequence[Decimal]) -> Fraction | None:
    """Return by which power of ten a value seems to be in another unit than those before.

    Args:
        value: the new value.
        before: earlier values of the same series, any order.

    Returns:
        10 000 if it is about so many times as large, 1/10 000 if as small; None if it fits, or if
        the earlier values are too few or too unlike each other to say.
    """
    sizes = sorted(abs(Fraction(each)) for each in before if each)
    if len(sizes) < LEAST_BEFORE or not value:
        return None
    usual = Fraction(median(sizes))
    if sizes[-1] > usual * SPREAD or sizes[0] * SPREAD < usual:
        return None
    ratio = abs(Fraction(value)) / usual
    for power in JUMPS:
        for factor in (Fraction(power), Fraction(1, power)):
            if factor / SPREAD < ratio < factor * SPREAD:
                return factor
    return None


def jumps_among(values: Sequence[Decimal]) -> dict[int, Fraction]:
    """Return by place which values of one series seem to be in another unit than most of them.

    What `jump_of` finds, where no values are known from before: those near the median say what is
    usual, and there must be three times as many of them as of the others.
    """
    sizes = [abs(Fraction(each)) for each in values]
    measured = [size for size in sizes if size]
    if not measured:
        return {}
    usual = Fraction(median(measured))
    is_near = [usual <= size * SPREAD <= usual * SPREAD**2 for size in sizes]
    near = [value for value, is_one in zip(values, is_near, strict=True) if is_one]
    others = [place for place, size in enumerate(sizes) if size and not is_near[place]]
    if len(others) * 3 > len(near):
        return {}
    return {place: jump for place in others if (jump := jump_of(values[place], near))}


def impossible(value: Decimal, definition: Definition) -> tuple[Doubt, Decimal] | None:
    """Return which bound a value is beyond, or that a count is not whole."""
    least, most = definition.bounds
    if least is not None and value < least:
        return Doubt.BELOW_BOUND, least
    if most is not None and value > most:
        return Doubt.ABOVE_BOUND, most
    if definition.kind is Kind.COUNT and value != value.to_integral_value():
        return Doubt.NOT_WHOLE, value
    return None


def stale_since(definition: Definition, last: Period | None, day: date) -> date | None:
    """Return since when data of the next period should be there; None if nothing is late.

    Args:
        definition: says how many days after a period's end its data should be there.
        last: the newest period that has a figure; None: there is none at all, which is no delay.
        day: today.
    """
    if definition.fresh_days is None or last is None:
        return None
    months = 1 if last.kind is PeriodKind.TO_DATE else len(last.months)
    next_end = Month.numbered(last.last.number + months).last_day
    expected = next_end + timedelta(days=definition.fresh_days + 1)
    return expected if day >= expected else None


def missing_areas(expected: Collection[str], values: Mapping[str, Decimal | None]) -> list[str]:
    """Return the areas that should have a figure and have none: the title must name them."""
    return sorted(
        each for each in expected if len(each) == CODE_LENGTH and values.get(each) is None
    )


def breaks_of(meanings: Sequence[tuple[Period, str]]) -> list[Break]:
    """Return where a series changed its definition, edition or list of members.

    Args:
        meanings: of each period, in order, a code of what the figure means; "" if it is not known.
    """
    found, known = [], ""
    for period, meaning in meanings:
        if meaning and known and meaning != known:
            found.append(Break(period=period, was=known, now=meaning))
        known = meaning or known
    return found
