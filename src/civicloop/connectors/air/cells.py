"""Read the cells of one row, or say which cell cannot be read."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from civicloop.connectors.air.columns import Field, number_of
from civicloop.connectors.air.problems import AirFileCode, AirFileError
from civicloop.connectors.air.tables import AirFile
from civicloop.connectors.air.times import (
    NoFullHourError,
    NoHourNamedError,
    day_of_text,
    end_of_period,
    hour_of_text,
    hours,
    is_within_day,
)

Value = TypeVar("Value")


class Cells:
    """One row of a file."""

    def __init__(self, file: AirFile, number: int, row: Sequence[str]) -> None:
        self.file, self.row, self._cells = file, number, row

    def text(self, field: Field) -> str:
        """Return a cell without spaces about it; "" where the file has no such column."""
        position = self.file.columns.positions.get(field)
        if position is None or position >= len(self._cells):
            return ""
        return self._cells[position].strip()

    def number(self, field: Field) -> Decimal | None:
        """Return a number; None where nothing was measured.

        Raises:
            AirFileError: the cell is no number.
        """
        value = self._read(field, number_of, AirFileCode.UNREADABLE_NUMBER)
        return None if value in self.file.gaps else value

    def concentration(self, field: Field) -> Decimal | None:
        """Return a concentration of 0 or more, CO in mg/m³.

        Raises:
            AirFileError: the cell is no number, or one below zero.
        """
        value = self.number(field)
        if value is not None and value < 0:
            raise self.problem(AirFileCode.BELOW_ZERO, field)
        return value

    def whole(self, field: Field) -> int | None:
        """Return a whole number.

        Raises:
            AirFileError: the cell is none.
        """
        value = self.number(field)
        if value is not None and value != int(value):
            raise self.problem(AirFileCode.UNREADABLE_NUMBER, field)
        return None if value is None else int(value)

    def names_hour(self) -> bool:
        """Whether the row says which hour it is; a day alone may be the midnight that begins it."""
        try:
            hour_of_text(self.text(Field.TIME))
        except NoHourNamedError:
            return False
        except ValueError:
            pass  # `hour` tells
        return True

    def hour(self) -> int:
        """Return the hour of the row, counted from 1970; workbooks write midnight as a day alone.

        Raises:
            AirFileError: there is none.
        """
        fields = self.file.columns.fields
        if Field.TIME in fields:
            try:
                return self._read(Field.TIME, hour_of_text, AirFileCode.UNREADABLE_TIME)
            except NoHourNamedError:
                return hours(day_of_text(self.text(Field.TIME)), 0)
            except NoFullHourError:
                raise self.problem(AirFileCode.NO_FULL_HOUR, Field.TIME) from None
        clock = self._read(Field.HOUR, lambda text: int(Decimal(text)), AirFileCode.UNREADABLE_TIME)
        day = self.day()
        return self._read(Field.HOUR, lambda _: hours(day, clock), AirFileCode.UNREADABLE_TIME)

    def day(self) -> date:
        """Return the day of the row.

        Raises:
            AirFileError: there is none.
        """
        fields = self.file.columns.fields
        for field in (Field.DATE, Field.TIME):
            if field in fields:
                return self._read(field, day_of_text, AirFileCode.UNREADABLE_TIME)
        text = "-".join(self.text(field) for field in (Field.YEAR, Field.MONTH, Field.DAY))
        return self._read(Field.DAY, lambda _: day_of_text(text), AirFileCode.UNREADABLE_TIME)

    def whole_day(self) -> date:
        """Return the day of a row that is about a whole day of a city.

        Raises:
            AirFileError: there is none, or the row is about an hour.
        """
        day, fields = self.day(), self.file.columns.fields
        if Field.HOUR in fields and self.text(Field.HOUR):
            raise self.problem(AirFileCode.HOURS_WITHOUT_STATION, Field.HOUR)
        for field in (Field.DATE, Field.TIME):
            if field in fields:
                if is_within_day(self.text(field)):
                    raise self.problem(AirFileCode.HOURS_WITHOUT_STATION, field)
                break
        return day

    def end_of_period(self) -> tuple[str, date]:
        """Return the period as it is written, and its last day.

        Raises:
            AirFileError: there is none.
        """
        fields = self.file.columns.fields
        for field in (Field.PERIOD, Field.DATE, Field.TIME):
            if field in fields:
                text = self.text(field)
                return text, self._read(field, end_of_period, AirFileCode.UNREADABLE_PERIOD)
        parts = (self.text(field) for field in (Field.YEAR, Field.MONTH))
        text = "-".join(part for part in parts if part)
        return text, self._read(
            Field.YEAR, lambda _: end_of_period(text), AirFileCode.UNREADABLE_PERIOD
        )

    def problem(self, code: AirFileCode, field: Field) -> AirFileError:
        """Return the error of a cell."""
        return AirFileError(
            code,
            file=self.file.path,
            row=self.row,
            column=self.file.columns.headers.get(field, field.value),
            value=self.text(field),
        )

    def _read(self, field: Field, read: Callable[[str], Value], code: AirFileCode) -> Value:
        try:
            return read(self.text(field))
        except (NoFullHourError, NoHourNamedError):
            raise
        except (ValueError, ArithmeticError):
            raise self.problem(code, field) from None
