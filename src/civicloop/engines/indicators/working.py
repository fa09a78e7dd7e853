"""Work a figure out of facts: exact first, rounded once, or a reason why there is none."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from civicloop.engines.indicators.definitions import (
    Counted,
    Definition,
    Formula,
    Parameters,
    Percentile,
    Stated,
)
from civicloop.engines.indicators.evaluating import DividedByZeroError
from civicloop.engines.indicators.facts import WHOLE, Facts
from civicloop.engines.indicators.formulas import (
    NoEditionError,
    calculate,
    edition_on,
)
from civicloop.engines.indicators.periods import Month, Period
from civicloop.engines.indicators.tallies import Tally, percentile_of
from civicloop.values.rounding import round_half_even


class Status(StrEnum):
    """How far a figure can be relied on (SDMX: OBS_STATUS)."""

    NORMAL = "normal"
    PROVISIONAL = "provisional"  # too little was measured, or the source calls it preliminary
    MISSING = "missing"


class WhyNone(StrEnum):
    """Why there is no figure."""

    NOT_COVERED = "not_covered"  # the facts do not reach over the period
    NOT_REPORTED = "not_reported"  # months without a report
    NOTHING_COUNTED = "nothing_counted"  # the denominator is zero
    NOT_STATED = "not_stated"  # no source states it
    PART_MISSING = "part_missing"  # a figure that a formula uses
    DIVIDED_BY_ZERO = "divided_by_zero"
    NO_EDITION = "no_edition"  # of a formula's parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """A figure of an area and period, before anything is compared."""

    value: Decimal | None  # rounded once; None: see why
    exact: Fraction | None = None
    why_none: WhyNone | None = None
    status: Status = Status.NORMAL
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    rows: int = 0
    left_out: int = 0
    basis: str = ""
    silent: tuple[str, ...] = ()  # members of the list that did not report


class Workings:
    """Works figures out, each once."""

    def __init__(self, definitions: Iterable[Definition], facts: Facts) -> None:
        self._definitions = {each.code: each for each in definitions}
        self._facts = facts
        self._tallies: dict[str, dict[str, dict[Month, list[Tally]]]] = {}
        self._done: dict[tuple[str, str, Period, str], Worked] = {}

    def work(self, code: str, area: str, period: Period, *, basis: str = "") -> Worked:
        """Work out a figure.

        Args:
            code: an indicator; those that its formula uses must be among the definitions.
            area: its code; "" for all areas together.
            period: any that the indicator is stated for.
            basis: edition or version of the list to use; "": what is in force at the period's end.
        """
        key = (code, area, period, basis)
        if key not in self._done:
            definition = self._definitions[code]
            worked = self._worked(definition, area, period, basis)
            if worked.exact is not None:
                value = round_half_even(worked.exact, definition.decimals)
                worked = replace(worked, value=value)
            self._done[key] = worked
        return self._done[key]

    def areas_of(self, code: str) -> frozenset[str]:
        """Return the areas that an indicator has facts for."""
        calculation = self._definitions[code].calculation
        if isinstance(calculation, Stated):
            return frozenset(
                area for series, area, _ in self._facts.stated if series == calculation.series
            )
        if isinstance(calculation, Formula):
            used = [self.areas_of(each) for each in calculation.uses.values()]
            return frozenset.intersection(*used) if used else frozenset()
        whole = {WHOLE} if self._definitions[code].adds_up else set()
        return frozenset({each.area for each in self._facts.tallies.get(code, ())} | whole)

    def _worked(self, definition: Definition, area: str, period: Period, basis: str) -> Worked:
        calculation = definition.calculation
        if isinstance(calculation, Stated):
            return self._stated(calculation, definition, area, period)
        if isinstance(calculation, Formula):
            return self._formula(calculation, area, period, basis)
        return self._counted(definition, calculation, area, period, basis)

    def _stated(
        self, calculation: Stated, definition: Definition, area: str, period: Period
    ) -> Worked:
        found = self._facts.stated.get((calculation.series, area, str(period)))
        if found is None or found.value is None:
            return _none(WhyNone.NOT_STATED)
        status = Status.PROVISIONAL if found.status == "preliminary" else Status.NORMAL
        basis = found.basis or str(definition.price_basis or "")
        return Worked(value=None, exact=Fraction(found.value), status=status, rows=1, basis=basis)

    def _formula(self, calculation: Formula, area: str, period: Period, basis: str) -> Worked:
        used = {name: self.work(code, area, period) for name, code in calculation.uses.items()}
        try:
            edition = _edition(calculation, period, basis)
            figures = {name: each.value for name, each in used.items()}
            exact = calculate(calculation, figures, edition)
        except NoEditionError:
            return _none(WhyNone.NO_EDITION)
        except DividedByZeroError:
            return _none(WhyNone.DIVIDED_BY_ZERO)
        if exact is None:
            return _none(WhyNone.PART_MISSING)
        is_sure = all(each.status is Status.NORMAL for each in used.values())
        return Worked(
            value=None,
            exact=exact,
            status=Status.NORMAL if is_sure else Status.PROVISIONAL,
            basis=edition.code if edition else "",
        )

    def _counted(
        self,
        definition: Definition,
        calculation: Counted | Percentile,
        area: str,
        period: Period,
        basis: str,
    ) -> Worked:
        coverage = self._facts.coverage.get(calculation.table)
        if coverage is None or period.first < coverage.first or period.last > coverage.last:
            return _none(WhyNone.NOT_COVERED)
        members, number = self._members(definition, period, basis)
        by_month = self._by_month(definition.code, area)
        found = {
            month: [
                each
                for each in by_month.get(month, ())
                if members is None or each.member in members
            ]
            for month in period.months
        }
        if coverage.is_reported and not all(found.values()):
            return _none(WhyNone.NOT_REPORTED)
        tallies = [each for month in found.values() for each in month]
        worked = _summed(calculation, tallies)
        silent = _silent(found, members, by_month, area) if coverage.is_reported else ()
        is_sure = not silent and _is_enough(definition, worked, period)
        if worked.why_none:
            return worked
        return replace(
            worked,
            basis=number,
            silent=silent,
            status=Status.NORMAL if is_sure else Status.PROVISIONAL,
        )

    def _members(
        self, definition: Definition, period: Period, basis: str
    ) -> tuple[frozenset[str] | None, str]:
        """Return who counts, and which version of the list says so; None: everybody."""
        if not definition.roster:
            return None, ""
        known = self._facts.rosters.get(definition.roster, ())
        chosen = [each for each in known if str(each.number) == basis]
        roster = chosen[0] if chosen else self._facts.roster_on(definition.roster, period.last_day)
        return (roster.members, str(roster.number)) if roster else (frozenset(), "")

    def _by_month(self, code: str, area: str) -> Mapping[Month, list[Tally]]:
        if code not in self._tallies:
            sorted_out: dict[str, dict[Month, list[Tally]]] = defaultdict(lambda: defaultdict(list))
            for each in self._facts.tallies.get(code, ()):
                sorted_out[each.area][each.month].append(each)
                if self._definitions[code].adds_up:
                    sorted_out[WHOLE][each.month].append(each)
            self._tallies[code] = sorted_out
        return self._tallies[code].get(area, {})


def _none(why: WhyNone) -> Worked:
    return Worked(value=None, why_none=why, status=Status.MISSING)


def _edition(calculation: Formula, period: Period, basis: str) -> Parameters | None:
    chosen = [each for each in calculation.editions if each.code == basis]
    return chosen[0] if chosen else edition_on(period.last_day, calculation)


def _summed(calculation: Counted | Percentile, tallies: Iterable[Tally]) -> Worked:
    tallies = list(tallies)
    rows, left_out = sum(each.rows for each in tallies), sum(each.left_out for each in tallies)
    if isinstance(calculation, Percentile):
        values: Counter[Fraction] = Counter()
        for each in tallies:
            values.update(each.values)
        exact = percentile_of(values, calculation.share)
        if exact is None:
            return _none(WhyNone.NOTHING_COUNTED)
        measured = Fraction(sum(values.values()))
        return Worked(value=None, exact=exact, rows=rows, left_out=left_out, denominator=measured)
    numerator = sum((each.numerator for each in tallies), Fraction())
    if calculation.denominator is None:
        exact = numerator * calculation.times
        return Worked(value=None, exact=exact, rows=rows, left_out=left_out, numerator=numerator)
    denominator = sum((each.denominator for each in tallies), Fraction())
    if not denominator:
        return replace(_none(WhyNone.NOTHING_COUNTED), rows=rows, left_out=left_out)
    return Worked(
        value=None,
        exact=calculation.times * numerator / denominator,
        numerator=numerator,
        denominator=denominator,
        rows=rows,
        left_out=left_out,
    )


def _is_enough(definition: Definition, worked: Worked, period: Period) -> bool:
    measured = worked.denominator if worked.denominator is not None else Fraction(worked.rows)
    share = definition.least_share_of_days
    if share is not None and measured < share * period.days:
        return False
    return measured >= definition.least_denominator


def _silent(
    found: Mapping[Month, list[Tally]],
    members: frozenset[str] | None,
    by_month: Mapping[Month, list[Tally]],
    area: str,
) -> tuple[str, ...]:
    """Return who of a list should have reported and did not in some month of the period."""
    if members is None:
        return ()
    expected = members
    if area != WHOLE:  # who of them is here shows in what they ever reported
        expected &= {each.member for month in by_month.values() for each in month}
    missing: set[str] = set()
    for tallies in found.values():
        missing |= expected - {each.member for each in tallies}
    return tuple(sorted(missing))
