"""Rows of a table of articles: what each column is called, and a row as content or as problems."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from civicloop.apps.intake.models import Topic, TopicTree
from civicloop.apps.knowledge.contents import ArticleContent
from civicloop.apps.knowledge.models import Audience
from civicloop.apps.places.models import AREA_CODE_LENGTH, Area, Unit
from civicloop.apps.places.reference_files import ReferenceRow
from civicloop.connectors.spreadsheets.dates import TimeRules, UnreadableTimeError, parse_time

Named = TypeVar("Named")

COLUMNS = {
    "number": ("编号", "知识编号"),
    "title": ("标题", "知识标题"),
    "questions": ("问法", "常见问法", "问题"),
    "answer": ("答案", "答复口径", "内容"),
    "steps": ("步骤", "办理流程"),
    "legal_basis": ("依据", "政策依据", "法律依据"),
    "source_name": ("来源", "知识来源"),
    "source_url": ("来源链接", "链接"),
    "unit": ("责任单位", "维护单位", "单位", "单位编码"),
    "topic": ("类别", "诉求类别", "知识类别"),
    "area": ("区划", "适用区划", "区划代码"),
    "audience": ("公开范围", "知识属性"),
    "valid_from": ("生效日期", "有效期起"),
    "valid_to": ("失效日期", "有效期止"),
}
REQUIRED = ("title", "answer", "source_name", "unit", "valid_from")
LONGEST = {"number": 30, "title": 200, "source_name": 200, "source_url": 500}
LONGEST_TEXT = 20_000
AUDIENCE_WORDS = {
    "": Audience.INTERNAL,
    "public": Audience.PUBLIC,
    "公开": Audience.PUBLIC,
    "对外": Audience.PUBLIC,
    "internal": Audience.INTERNAL,
    "内部": Audience.INTERNAL,
    "对内": Audience.INTERNAL,
}
OUR_NUMBER = re.compile(r"K\d{5,}")
_GUARDED = re.compile(r"'(?=\s*[=+\-@＝＋－＠])")  # as our own CSV files guard against formulas
_ANY_DAY = TimeRules(
    zone=ZoneInfo(settings.TIME_ZONE), first_day=date(1949, 10, 1), last_day=date(2200, 1, 1)
)


class RowCode(StrEnum):
    """What can be wrong with a row."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NUMBER_TWICE = "number_twice"
    UNKNOWN_NUMBER = "unknown_number"
    UNKNOWN_UNIT = "unknown_unit"
    UNKNOWN_TOPIC = "unknown_topic"
    UNKNOWN_AREA = "unknown_area"
    UNKNOWN_AUDIENCE = "unknown_audience"
    NO_DAY = "no_day"
    ENDS_TOO_EARLY = "ends_too_early"
    NO_ADDRESS = "no_address"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """One thing wrong with one row; row 1 is the header."""

    row: int
    column: str  # a key of COLUMNS
    code: RowCode
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRow:
    """A row that can go in."""

    row: int
    number: str  # "" for a new article
    content: ArticleContent


class ArticleRowReader:
    """Reads rows with the city's units, topics and areas at hand."""

    def __init__(self, known_numbers: set[str]) -> None:
        self._known_numbers = known_numbers
        self._seen: set[str] = set()
        units = list(Unit.objects.all())
        self._units = _unambiguous((u.name, u) for u in units) | {u.code: u for u in units}
        topics = list(Topic.objects.filter(tree=TopicTree.objects.first()))
        self._topics = {t.path: t for t in topics} | {t.code: t for t in topics}
        areas = list(Area.objects.all())
        self._areas = _unambiguous((a.name, a) for a in areas) | {a.code: a for a in areas}

    def read(self, row: ReferenceRow) -> ArticleRow | list[RowProblem]:
        """The row, or everything that is wrong with it."""
        values = {name: _GUARDED.sub("", value, count=1) for name, value in row.values.items()}
        found = dict(self._problems(values))
        if found:
            return [
                RowProblem(row=row.number, column=name, code=code, value=values[name][:60])
                for name, code in found.items()
            ]
        self._seen.add(values["number"])
        return ArticleRow(row=row.number, number=values["number"], content=self._content(values))

    def _problems(self, values: Mapping[str, str]) -> Iterator[tuple[str, RowCode]]:
        for name, value in values.items():
            if not value and name in REQUIRED:
                yield name, RowCode.EMPTY
            elif len(value) > LONGEST.get(name, LONGEST_TEXT):
                yield name, RowCode.TOO_LONG
            elif value and (code := self._problem(name, value)):
                yield name, code
        first_day, last_day = _day(values["valid_from"]), _day(values["valid_to"])
        if first_day and last_day and last_day < first_day:
            yield "valid_to", RowCode.ENDS_TOO_EARLY

    def _problem(self, name: str, value: str) -> RowCode | None:
        """What is wrong with a cell that is filled."""
        is_wrong = {
            "number": (value in self._seen, RowCode.NUMBER_TWICE),
            "unit": (value not in self._units, RowCode.UNKNOWN_UNIT),
            "topic": (value not in self._topics, RowCode.UNKNOWN_TOPIC),
            "area": (_area_key(value) not in self._areas, RowCode.UNKNOWN_AREA),
            "audience": (value.lower() not in AUDIENCE_WORDS, RowCode.UNKNOWN_AUDIENCE),
            "source_url": (not _is_address(value), RowCode.NO_ADDRESS),
            "valid_from": (_day(value) is None, RowCode.NO_DAY),
            "valid_to": (_day(value) is None, RowCode.NO_DAY),
        }.get(name)
        if is_wrong and is_wrong[0]:
            return is_wrong[1]
        is_ours = name == "number" and OUR_NUMBER.fullmatch(value)
        return RowCode.UNKNOWN_NUMBER if is_ours and value not in self._known_numbers else None

    def _content(self, values: Mapping[str, str]) -> ArticleContent:
        texts = ("title", "answer", "source_name", "questions", "steps", "legal_basis")
        first_day = _day(values["valid_from"])
        if first_day is None:  # pragma: no cover  such a row has a problem
            raise ValueError(values["valid_from"])
        return ArticleContent(
            **{name: values[name].replace("\r\n", "\n") for name in texts},
            source_url=values["source_url"],
            unit=self._units[values["unit"]],
            topic=self._topics.get(values["topic"]),
            area=self._areas.get(_area_key(values["area"])),
            audience=AUDIENCE_WORDS[values["audience"].lower()].value,
            valid_from=first_day,
            valid_to=_day(values["valid_to"]),
        )


def _unambiguous(pairs: Iterable[tuple[str, Named]]) -> dict[str, Named]:
    """By name, without the names that two bear."""
    pairs = list(pairs)
    counts = Counter(name for name, _ in pairs)
    return {name: named for name, named in pairs if counts[name] == 1}


def _area_key(value: str) -> str:
    return value.ljust(AREA_CODE_LENGTH, "0") if value.isdecimal() else value


def _is_address(value: str) -> bool:
    try:
        URLValidator(schemes=["http", "https"])(value)
    except ValidationError:
        return False
    return True


def _day(value: str) -> date | None:
    if not value:
        return None
    try:
        return parse_time(value, _ANY_DAY).astimezone(_ANY_DAY.zone).date()
    except UnreadableTimeError:
        return None
