"""Which column of a file holds what, and in which unit."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from civicloop.engines.air.pollutants import Pollutant

_BRACKETS = re.compile(r"[(\[【<{](.*?)[)\]】>}]")
_NOISE = re.compile(r"[\W_]+")
_HIGHEST_MEDIAN_OF_CO = 30  # mg/m³; the index reaches 500 at a day's mean of 60


class Field(StrEnum):
    """What a column holds."""

    CITY = "city"
    STATION = "station"
    TIME = "time"
    DATE = "date"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    HOUR = "hour"
    PERIOD = "period"
    SO2 = "so2"
    NO2 = "no2"
    PM10 = "pm10"
    PM25 = "pm25"
    CO = "co"
    O3 = "o3"
    SO2_24H = "so2_24h"
    O3_8H = "o3_8h"
    O3_DAY = "o3_day"
    CO_P95 = "co_p95"
    O3_P90 = "o3_p90"
    AQI = "aqi"
    LEVEL = "level"
    PRIMARY = "primary"
    INDEX = "index"


class Shape(StrEnum):
    """The kinds of files that are recognised by their columns."""

    HOURS = "hours"  # station, hour, pollutants
    SNAPSHOT = "snapshot"  # the same with a published index
    CITY_DAYS = "city_days"  # day, pollutants, perhaps a published index
    BULLETINS = "bulletins"  # a period's concentrations and a published composite index


POLLUTANT_FIELDS = {Pollutant(field.value): field for field in Field if field.value in {*Pollutant}}
_CLOCKS = (
    {Field.TIME},
    {Field.DATE, Field.HOUR},
    {Field.YEAR, Field.MONTH, Field.DAY, Field.HOUR},
)
_DAYS = ({Field.DATE}, {Field.TIME}, {Field.YEAR, Field.MONTH, Field.DAY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of a file that are read."""

    positions: Mapping[Field, int]
    headers: Mapping[Field, str]
    micrograms: Mapping[Field, bool]  # where the header says the unit: whether it is µg/m³

    @property
    def fields(self) -> frozenset[Field]:
        """What the file holds."""
        return frozenset(self.positions)


def columns_of(headers: Sequence[str], named: Mapping[Field, str] | None = None) -> Columns:
    """Find the fields among headers; those that the caller names come first.

    Raises:
        KeyError: a header that the caller names is not there.
    """
    found = _best([_field_of(header) for header in headers])
    if Field.STATION not in found:
        days = _synonyms("day_headers")
        found = _best([days.get(normalised(header)) for header in headers]) | found
    positions = dict(found)
    for field, header in (named or {}).items():
        positions[field] = _position(headers, header)
    return Columns(
        positions=positions,
        headers={field: headers[position] for field, position in positions.items()},
        micrograms={
            field: unit == "ug"
            for field, position in positions.items()
            if (unit := _unit(headers[position]))
        },
    )


def _best(known: Sequence[tuple[Field, int] | None]) -> dict[Field, int]:
    """Return the position of each field: of its words the one that stands earliest in its list."""
    found: dict[Field, tuple[int, int]] = {}
    for position, each in enumerate(known):
        if each is not None and (each[0] not in found or each[1] < found[each[0]][0]):
            found[each[0]] = each[1], position
    return {field: position for field, (_, position) in found.items()}


def _field_of(header: str) -> tuple[Field, int] | None:
    """Return what a header holds and how good a word it is, the lower the better."""
    plain, synonyms = normalised(header), _synonyms("headers")
    if plain in synonyms:
        return synonyms[plain]
    for name, pattern in _preset()["patterns"].items():
        if re.fullmatch(pattern, _NOISE.sub("", unicodedata.normalize("NFKC", header).casefold())):
            return Field(name), len(synonyms)
    for ending in _preset()["endings"]["words"]:
        if plain.endswith(ending) and (known := synonyms.get(plain.removesuffix(ending))):
            return known[0], len(synonyms)
    return None


def shape_of(fields: Iterable[Field]) -> Shape | None:
    """Tell what kind of file has such columns."""
    fields = set(fields)
    measured = fields & {*POLLUTANT_FIELDS.values(), Field.O3_8H}
    if _is_of_periods(fields) and len(measured | fields & {Field.CO_P95, Field.O3_P90}) >= 6:
        return Shape.BULLETINS
    if Field.STATION in fields and measured and any(clock <= fields for clock in _CLOCKS):
        return Shape.SNAPSHOT if Field.AQI in fields else Shape.HOURS
    is_daily = Field.STATION not in fields and any(day <= fields for day in _DAYS)
    return Shape.CITY_DAYS if is_daily and len(measured) >= 2 else None


def _is_of_periods(fields: set[Field]) -> bool:
    """Tell whether rows are of periods: of cities, with a composite index or a column of periods."""
    return not fields & {Field.STATION, Field.AQI} and bool(fields & {Field.INDEX, Field.PERIOD})


def is_micrograms(median: float, columns: Columns) -> bool:
    """Tell whether CO is in µg/m³: by its header, else by a median that mg/m³ cannot have."""
    return columns.micrograms.get(Field.CO, median > _HIGHEST_MEDIAN_OF_CO)


def normalised(text: str) -> str:
    """Return a header or word without case, width, brackets, spaces and punctuation."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _NOISE.sub("", _BRACKETS.sub("", plain)) or _NOISE.sub("", plain)


def number_of(text: str) -> Decimal | None:
    """Return the number of a cell; None where nothing was measured.

    Raises:
        ValueError: it is neither a number nor one of the marks for nothing.
    """
    if is_nothing(text):
        return None
    plain = _plain(text)
    try:
        value = Decimal(plain)
    except ArithmeticError:
        raise ValueError(text) from None
    if not value.is_finite():
        raise ValueError(text)
    return value


def is_nothing(text: str) -> bool:
    """Tell whether a cell is empty or has one of the marks for nothing."""
    return _plain(text).casefold() in _not_measured()


def level_of_words(text: str) -> int | None:
    """Return the level that a word names; None for a word that names none."""
    plain = normalised(text)
    return _levels().get(plain) or _levels().get(plain.removesuffix("级"))


def primaries_of_words(text: str) -> frozenset[Pollutant] | None:
    """Return the pollutants that words name; None if one of them is unknown."""
    if is_nothing(text):
        return frozenset()
    words = [word for word in re.split(r"[,，、;；/+|&和与及\s]+", _plain(text)) if word]
    known = [_primaries().get(_NOISE.sub("", word.casefold())) for word in words]
    return None if None in known else frozenset(each for each in known if each)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().rstrip(";；").strip()


def _position(headers: Sequence[str], header: str) -> int:
    plain = _NOISE.sub("", header.casefold())
    for position, each in enumerate(headers):
        if _NOISE.sub("", each.casefold()) == plain:
            return position
    raise KeyError(header)


def _unit(header: str) -> str:
    plain = unicodedata.normalize("NFKC", header).casefold().replace("μ", "u").replace("µ", "u")
    inside = [each.strip() for each in _BRACKETS.findall(plain)]
    words = _preset()["words"]
    for unit in ("ug", "mg"):
        if any(each in words[unit] for each in inside):
            return unit
    return ""


@cache
def _synonyms(kind: str) -> dict[str, tuple[Field, int]]:
    return {
        word: (Field(name), rank)
        for name, words in _preset()[kind].items()
        for rank, word in enumerate(words)
    }


@cache
def _not_measured() -> frozenset[str]:
    return frozenset(_preset()["words"]["not_measured"])


@cache
def _levels() -> dict[str, int]:
    return {word: int(level) for level, words in _preset()["levels"].items() for word in words}


@cache
def _primaries() -> dict[str, Pollutant]:
    return {
        _NOISE.sub("", word): Pollutant(name)
        for name, words in _preset()["primaries"].items()
        for word in words
    }


@cache
def _preset() -> dict[str, Any]:
    file = files("civicloop") / "presets" / "air" / "columns.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
