"""Mapping files: what the columns of one source mean, written by hand in TOML."""

import codecs
import re
import tomllib
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from civicloop.connectors.spreadsheets.dates import (
    TimeRules,
    UnreadableTimeError,
    parse_time,
)
from civicloop.connectors.spreadsheets.fields import (
    NUMBER_FIELDS,
    TIME_FIELDS,
    Field,
    normalise_header,
)
from civicloop.connectors.spreadsheets.limits import Limits
from civicloop.connectors.spreadsheets.shape import DateOrder, column_index, column_letter

LONGEST_MAPPING = 64 * 1024  # characters
DELIMITERS = (",", ";", "\t", "|")
_LETTERS = re.compile(r"@[A-Z]{1,3}")
_LINE = re.compile(r"line (\d+)")


class MappingCode(StrEnum):
    """What is wrong with a mapping file."""

    TOO_LONG = "too_long"  # params: limit
    NOT_TOML = "not_toml"  # params: detail
    UNKNOWN_KEY = "unknown_key"  # params: key, known
    WRONG_TYPE = "wrong_type"  # params: key, expected
    UNKNOWN_FIELD = "unknown_field"  # params: key, value, known
    FIELD_TWICE = "field_twice"  # params: key, value
    UNKNOWN_COLUMN = "unknown_column"  # params: key, last
    UNKNOWN_VALUE = "unknown_value"  # params: key, value, known


class MappingError(Exception):
    """A mapping file cannot be used; ``line`` is 0 when the whole file is meant."""

    def __init__(self, code: MappingCode, *, line: int = 0, **params: str) -> None:
        self.code = code
        self.line = line
        self.params = params
        super().__init__(f"line {line}: {code} {params}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMapping:
    """What is known about one source's files beyond what their headers say."""

    source: str = ""  # name of the source, kept with each record
    sheet: str = ""  # the only sheet to read; "" reads every sheet with appeals
    header_row: int | None = None  # first row of the header, 0 for none; None: find it
    header_rows: int = 1  # used together with header_row
    encoding: str = ""  # "" to find out
    delimiter: str = ""
    columns: dict[str, Field] = field(default_factory=dict)  # header, or "@B" for column B
    constants: dict[Field, str] = field(default_factory=dict)  # used where a cell is empty
    value_names: dict[Field, dict[str, str]] = field(default_factory=dict)  # the source's → ours
    time_zone: str = "Asia/Shanghai"
    date_order: DateOrder = DateOrder.UNKNOWN
    date_formats: tuple[str, ...] = ()
    earliest_day: date = date(1990, 1, 1)
    time_required: bool = True  # False: an empty received time is no problem
    every_column: bool = False  # True: no list of appeals; each column's cells count as they stand


def mapping_as_json(mapping: ImportMapping) -> dict[str, Any]:
    """Return the mapping as plain lists and strings."""
    return {**asdict(mapping), "earliest_day": mapping.earliest_day.isoformat()}


def mapping_from_json(plain: dict[str, Any]) -> ImportMapping:
    """Rebuild a mapping from :func:`mapping_as_json` after its way through JSON."""
    return ImportMapping(
        **{
            **plain,
            "columns": {key: Field(value) for key, value in plain["columns"].items()},
            "constants": {Field(key): value for key, value in plain["constants"].items()},
            "value_names": {Field(key): value for key, value in plain["value_names"].items()},
            "date_order": DateOrder(plain["date_order"]),
            "date_formats": tuple(plain["date_formats"]),
            "earliest_day": date.fromisoformat(plain["earliest_day"]),
        }
    )


def load_mapping(source: str) -> ImportMapping:
    """Read a mapping file's text.

    Raises:
        MappingError: The text is not TOML, or says something that no mapping can say.
    """
    if len(source) > LONGEST_MAPPING:
        raise MappingError(MappingCode.TOO_LONG, limit=str(LONGEST_MAPPING))
    try:
        document = tomllib.loads(source.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))
        line = int(found[1]) if found else 0
        raise MappingError(MappingCode.NOT_TOML, line=line, detail=str(error)) from None
    except RecursionError:
        raise MappingError(MappingCode.NOT_TOML, detail="nested too deeply") from None
    return _Reader(source).mapping(document)


_TOP_TYPES: dict[str, type] = {
    "source": str,
    "sheet": str,
    "header_row": int,
    "header_rows": int,
    "encoding": str,
    "delimiter": str,
    "columns": dict,
    "constants": dict,
    "values": dict,
    "dates": dict,
}
_DATE_TYPES: dict[str, type] = {
    "time_zone": str,
    "order": str,
    "formats": list,
    "earliest": date,
    "required": bool,
}
_ANY_TIME = TimeRules(zone=ZoneInfo("UTC"), first_day=date.min, last_day=date.max)
_NAMED_FIELDS = (
    Field.KIND,
    Field.CHANNEL,
    Field.AREA,
    Field.ADDRESS,
    Field.TOPIC,
    Field.TOPIC_LEVEL1,
    Field.TOPIC_LEVEL2,
    Field.TOPIC_LEVEL3,
    Field.UNIT,
)


class _Reader:
    """Checks a parsed document step by step and knows on which line a key stands."""

    def __init__(self, source: str) -> None:
        self._lines = source.splitlines()

    def mapping(self, document: dict[str, Any]) -> ImportMapping:
        self._check(document, _TOP_TYPES)
        dates = document.get("dates", {})
        self._check(dates, _DATE_TYPES)
        top: dict[str, Any] = {
            key: document[key]
            for key in ("source", "sheet", "header_row", "header_rows", "encoding", "delimiter")
            if key in document
        }
        self._check_top(top)
        return ImportMapping(
            **top,
            columns=self._columns(document.get("columns", {})),
            constants=self._constants(document.get("constants", {})),
            value_names=self._value_names(document.get("values", {})),
            **self._dates(dates),
        )

    def _fail(self, code: MappingCode, key: str, **params: str) -> MappingError:
        line = next((n for n, text in enumerate(self._lines, 1) if key in text), 0)
        return MappingError(code, line=line, key=key, **params)

    def _check(self, table: dict[str, Any], types: dict[str, type]) -> None:
        for key, value in table.items():
            if key not in types:
                raise self._fail(MappingCode.UNKNOWN_KEY, key, known=", ".join(types))
            expected = types[key]
            is_wrong_bool = isinstance(value, bool) and expected is not bool
            if not isinstance(value, expected) or is_wrong_bool:
                raise self._fail(MappingCode.WRONG_TYPE, key, expected=expected.__name__)

    def _check_top(self, top: dict[str, Any]) -> None:
        if not 0 <= top.get("header_row", 0) <= 1_000:
            raise self._fail(MappingCode.UNKNOWN_VALUE, "header_row", value=str(top["header_row"]))
        if top.get("header_rows", 1) not in {1, 2}:
            raise self._fail(
                MappingCode.UNKNOWN_VALUE,
                "header_rows",
                value=str(top["header_rows"]),
                known="1, 2",
            )
        if top.get("delimiter", ",") not in DELIMITERS:
            raise self._fail(
                MappingCode.UNKNOWN_VALUE,
                "delimiter",
                value=top["delimiter"],
                known=", ".join(map(repr, DELIMITERS)),
            )
        if top.get("encoding"):
            self._check_encoding(top["encoding"])

    def _check_encoding(self, encoding: str) -> None:
        try:
            is_text = isinstance(codecs.decode(b"", encoding), str)
        except (LookupError, ValueError, UnicodeError):
            is_text = False
        if not is_text:
            raise self._fail(MappingCode.UNKNOWN_VALUE, "encoding", value=encoding)

    def _field(self, key: str, name: object) -> Field:
        try:
            return Field(str(name))
        except ValueError:
            raise self._fail(
                MappingCode.UNKNOWN_FIELD, key, value=str(name), known=", ".join(Field)
            ) from None

    def _columns(self, table: dict[str, Any]) -> dict[str, Field]:
        columns: dict[str, Field] = {}
        for header, name in table.items():
            found = self._field(header, name)
            if found is not Field.IGNORE and found in columns.values():
                raise self._fail(MappingCode.FIELD_TWICE, header, value=found.value)
            if header.startswith("@"):
                self._check_letters(header)
            elif not normalise_header(header):
                raise self._fail(MappingCode.UNKNOWN_VALUE, header, value=header)
            columns[header] = found
        return columns

    def _check_letters(self, name: str) -> None:
        most = Limits().max_columns
        if not _LETTERS.fullmatch(name) or column_index(name[1:]) >= most:
            raise self._fail(MappingCode.UNKNOWN_COLUMN, name, last=column_letter(most - 1))

    def _constants(self, table: dict[str, Any]) -> dict[Field, str]:
        constants: dict[Field, str] = {}
        for name, value in table.items():
            found = self._field(name, name)
            if not isinstance(value, str | int | date | datetime) or isinstance(value, bool):
                raise self._fail(MappingCode.WRONG_TYPE, name, expected="str")
            if found in NUMBER_FIELDS and not str(value).isdecimal():
                raise self._fail(MappingCode.WRONG_TYPE, name, expected="int")
            if found in TIME_FIELDS:
                self._check_time(name, str(value))
            constants[found] = str(value)
        return constants

    def _check_time(self, name: str, value: str) -> None:
        try:
            parse_time(value, _ANY_TIME)
        except UnreadableTimeError:
            raise self._fail(MappingCode.UNKNOWN_VALUE, name, value=value) from None

    def _value_names(self, table: dict[str, Any]) -> dict[Field, dict[str, str]]:
        names: dict[Field, dict[str, str]] = {}
        for name, values in table.items():
            found = self._field(name, name)
            if found not in _NAMED_FIELDS:
                known = ", ".join(_NAMED_FIELDS)
                raise self._fail(MappingCode.UNKNOWN_VALUE, name, value=name, known=known)
            if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
                raise self._fail(MappingCode.WRONG_TYPE, name, expected="dict")
            names[found] = values
        return names

    def _dates(self, table: dict[str, Any]) -> dict[str, Any]:
        chosen: dict[str, Any] = {}
        if "time_zone" in table:
            chosen["time_zone"] = self._time_zone(table["time_zone"])
        if "order" in table:
            chosen["date_order"] = self._order(table["order"])
        if "formats" in table:
            chosen["date_formats"] = self._formats(table["formats"])
        if "earliest" in table:
            earliest = table["earliest"]
            chosen["earliest_day"] = earliest.date() if isinstance(earliest, datetime) else earliest
        if "required" in table:
            chosen["time_required"] = table["required"]
        return chosen

    def _time_zone(self, name: str) -> str:
        try:
            return ZoneInfo(name).key
        except (LookupError, ValueError, OSError):
            raise self._fail(MappingCode.UNKNOWN_VALUE, "time_zone", value=name) from None

    def _order(self, order: str) -> DateOrder:
        if order not in {DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST}:
            raise self._fail(MappingCode.UNKNOWN_VALUE, "order", value=order, known="dmy, mdy")
        return DateOrder(order)

    def _formats(self, formats: list[Any]) -> tuple[str, ...]:
        moment = datetime(2019, 1, 16, 9, 5, 14)  # noqa: DTZ001  only to try the format
        for form in formats:
            try:
                datetime.strptime(moment.strftime(form), form)  # noqa: DTZ007
            except (ValueError, TypeError, re.error):
                raise self._fail(MappingCode.UNKNOWN_VALUE, "formats", value=str(form)) from None
        return tuple(formats)
