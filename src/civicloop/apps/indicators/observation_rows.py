"""Rows of a table of observations: what each column is called, and a row as values or as problems."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction

from civicloop.apps.indicators.models import Vintage
from civicloop.apps.places.models import AREA_CODE_LENGTH, Area
from civicloop.apps.places.reference_files import ReferenceRow
from civicloop.connectors.indicators.units import factor_between
from civicloop.engines.indicators.definitions import Definition
from civicloop.engines.indicators.guards import impossible, jump_of
from civicloop.engines.indicators.period_words import period_of_words
from civicloop.engines.indicators.periods import NotAPeriodError, Period

COLUMNS = {
    "series": ("指标", "指标代码", "INDICATOR", "SERIES"),
    "area": ("地区", "区划代码", "区划", "REF_AREA"),
    "member": ("主体", "企业", "单位名称", "MEMBER"),
    "period": ("时期", "时间", "TIME_PERIOD"),
    "value": ("数值", "值", "OBS_VALUE"),
    "unit": ("计量单位", "单位", "UNIT_MEASURE"),
    "vintage": ("数据状态", "状态", "OBS_STATUS"),
    "basis": ("口径", "BASIS"),
    "page": ("页", "页码", "PAGE"),
    "cell": ("单元格", "CELL"),
}
REQUIRED = ("series", "area", "period", "value", "unit")
LONGEST = {"series": 80, "member": 100, "unit": 20, "basis": 60, "page": 60, "cell": 20}
VINTAGES = {
    "": Vintage.FINAL, "a": Vintage.FINAL, "f": Vintage.FINAL, "final": Vintage.FINAL, "最终": Vintage.FINAL, "正式": Vintage.FINAL,
    "p": Vintage.PRELIMINARY, "preliminary": Vintage.PRELIMINARY, "初步": Vintage.PRELIMINARY, "快报": Vintage.PRELIMINARY,
    "r": Vintage.REVISED, "revised": Vintage.REVISED, "修订": Vintage.REVISED,
}  # fmt: skip
NONE_WORDS = frozenset(
    {"-", "--", "—", "——", "…", "/", "na", "n/a", "#n/a", "nan", "null", "none", "缺", "无"}
)
LARGEST = Decimal(10) ** 10  # in the unit of the series, with six decimals kept


class RowCode(StrEnum):
    """What can be wrong with a row."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNKNOWN_SERIES = "unknown_series"
    UNKNOWN_AREA = "unknown_area"
    NO_PERIOD = "no_period"
    NOT_OVER = "not_over"
    NO_NUMBER = "no_number"
    TOO_LARGE = "too_large"
    TOO_PRECISE = "too_precise"
    OTHER_UNIT = "other_unit"
    UNKNOWN_VINTAGE = "unknown_vintage"
    TWICE = "twice"
    UNIT_JUMP = "unit_jump"  # a doubt: goes in only if it is confirmed
    BELOW_BOUND = "below_bound"  # doubts as well: what the definition says cannot be
    ABOVE_BOUND = "above_bound"
    NOT_WHOLE = "not_whole"
    PARTS_APART = "parts_apart"


DOUBTS = frozenset(
    {RowCode.UNIT_JUMP, RowCode.BELOW_BOUND, RowCode.ABOVE_BOUND, RowCode.NOT_WHOLE, RowCode.PARTS_APART}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """One thing wrong with one row; row 1 is the header."""

    row: int
    column: str  # a key of COLUMNS
    code: RowCode
    value: str = ""
    hint: str = ""  # the unit wanted, the factor of a jump


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedRow:
    """A row that can go in."""

    row: int
    series: str
    area: str
    member: str
    period: Period
    value: Decimal | None
    unit: str
    vintage: Vintage
    basis: str
    page: str
    cell: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.series, self.area, self.member, str(self.period)


class ObservationReader:
    """Reads rows with the city's areas and the units of each series at hand."""

    def __init__(
        self,
        *,
        units: Mapping[str, str],
        stated: Mapping[str, Definition],
        earlier: Mapping[tuple[str, str, str], list[Decimal]],
        day: date,
    ) -> None:
        self._units, self._earlier, self._day = units, earlier, day
        self._stated = stated  # by series: the definition whose figure each value is
        self._areas = dict(Area.objects.values_list("name", "code"))
        self._codes = set(self._areas.values())
        self._seen: set[tuple[str, str, str, str]] = set()

    def read(self, row: ReferenceRow) -> ObservedRow | list[RowProblem]:
        """The row, or everything that is wrong with it."""
        found = list(self._problems(row))
        if any(problem.code not in DOUBTS for problem in found):
            return found
        read = self._row(row)
        if read.key in self._seen:
            return [problem_of(row, "period", RowCode.TWICE)]
        self._seen.add(read.key)
        return found or read

    def confirmed(self, row: ReferenceRow) -> ObservedRow:
        """The row in spite of doubts that somebody looked at."""
        return self._row(row)

    def _problems(self, row: ReferenceRow) -> Iterator[RowProblem]:
        for name, value in row.values.items():
            if not value and name in REQUIRED:
                yield problem_of(row, name, RowCode.EMPTY)
            elif len(value) > LONGEST.get(name, 60):
                yield problem_of(row, name, RowCode.TOO_LONG)
        checks = (self._series, self._area, self._period, self._vintage, self._value)
        for check in checks:
            problem = check(row)
            if problem:
                yield problem

    def _series(self, row: ReferenceRow) -> RowProblem | None:
        series, unit = row.values["series"], row.values["unit"]
        if not series or not unit:
            return None
        if series not in self._units:
            known = ", ".join(sorted(self._units)[:40])
            return problem_of(row, "series", RowCode.UNKNOWN_SERIES, known)
        if factor_between(unit, self._units[series]) is None:
            return problem_of(row, "unit", RowCode.OTHER_UNIT, self._units[series])
        return None

    def _area(self, row: ReferenceRow) -> RowProblem | None:
        value = row.values["area"]
        is_known = not value or self._code(value) is not None
        return None if is_known else problem_of(row, "area", RowCode.UNKNOWN_AREA)

    def _code(self, value: str) -> str | None:
        """Any code of twelve digits will do: peers outside the city are areas too."""
        if value.isdecimal() and len(value) in {2, 4, 6, 9, AREA_CODE_LENGTH}:
            return value.ljust(AREA_CODE_LENGTH, "0")
        return self._areas.get(value)

    def _period(self, row: ReferenceRow) -> RowProblem | None:
        if not row.values["period"]:
            return None
        try:
            period = period_of_words(row.values["period"])
        except NotAPeriodError:
            return problem_of(row, "period", RowCode.NO_PERIOD)
        if period.last_day >= self._day:
            return problem_of(row, "period", RowCode.NOT_OVER)
        return None

    def _vintage(self, row: ReferenceRow) -> RowProblem | None:
        is_known = row.values["vintage"].lower() in VINTAGES
        return None if is_known else problem_of(row, "vintage", RowCode.UNKNOWN_VINTAGE)

    def _value(self, row: ReferenceRow) -> RowProblem | None:
        text = row.values["value"]
        if not text or text.casefold() in NONE_WORDS:
            return None
        number = _number(text, row.values["unit"])
        if number is None:
            return problem_of(row, "value", RowCode.NO_NUMBER)
        exact = self._in_unit(row, number)
        is_large = abs(exact) >= LARGEST
        if is_large or (exact * 10**6).denominator != 1:
            code = RowCode.TOO_LARGE if is_large else RowCode.TOO_PRECISE
            return problem_of(row, "value", code)
        beyond = self._impossible(row, _decimal(exact))
        if beyond:
            return beyond
        area = self._code(row.values["area"]) or ""
        before = self._earlier.get((row.values["series"], area, row.values["member"]), [])
        jump = jump_of(_decimal(exact), before)
        return problem_of(row, "value", RowCode.UNIT_JUMP, str(jump)) if jump else None

    def _impossible(self, row: ReferenceRow, value: Decimal) -> RowProblem | None:
        definition = self._stated.get(row.values["series"])
        beyond = definition and impossible(value, definition)
        if not beyond:
            return None
        doubt, bound = beyond
        return problem_of(row, "value", RowCode(doubt.value), str(bound))

    def _in_unit(self, row: ReferenceRow, number: Decimal) -> Fraction:
        wanted = self._units.get(row.values["series"], row.values["unit"])
        return Fraction(number) * (factor_between(row.values["unit"], wanted) or 1)

    def _row(self, row: ReferenceRow) -> ObservedRow:
        values = row.values
        is_none = values["value"].casefold() in NONE_WORDS
        number = None if is_none else _number(values["value"], values["unit"])
        return ObservedRow(
            row=row.number,
            series=values["series"],
            area=self._code(values["area"]) or "",
            member=values["member"],
            period=period_of_words(values["period"]),
            value=None if number is None else _decimal(self._in_unit(row, number)),
            unit=self._units[values["series"]],
            vintage=VINTAGES[values["vintage"].lower()],
            basis=values["basis"],
            page=values["page"],
            cell=values["cell"] or f"row {row.number}",
        )


def problem_of(row: ReferenceRow, column: str, code: RowCode, hint: str = "") -> RowProblem:
    """Say what is wrong with a cell of a row."""
    value = row.values.get(column, "")[:60]
    return RowProblem(row=row.number, column=column, code=code, value=value, hint=hint)


def _number(text: str, unit: str) -> Decimal | None:
    """The number, of which only a share may be written with its sign."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "")
    if factor_between(unit, "%") is not None:
        plain = plain.removesuffix("%")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 30 else None


def _decimal(exact: Fraction) -> Decimal:
    """Six decimals hold it: whatever needs more was refused."""
    return Decimal(int(exact * 10**6)) / 10**6
