"""The directory as a table: read what a city's office keeps in a workbook, write it back."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from civicloop.apps.dispatch.concerned_words import read_concerned, unit_words
from civicloop.apps.dispatch.directory_facts import CityUnits, read_units
from civicloop.apps.dispatch.models import DirectoryRule, DirectoryVersion
from civicloop.apps.intake.area_names import AreaNames
from civicloop.apps.intake.models import Topic
from civicloop.apps.intake.wording import word_reference_problems, word_unreadable_file
from civicloop.apps.issues.tables import Table
from civicloop.apps.places.models import Area, UnitLevel
from civicloop.apps.places.reference_files import (
    ReferenceCode,
    ReferenceFileError,
    ReferenceProblem,
    ReferenceRow,
    read_reference_file,
    refuse,
)
from civicloop.connectors.spreadsheets import UnreadableFileError
from civicloop.engines.routing.concerned import is_concerned

COLUMNS = {
    "topic": ("诉求类别", "类别", "事项", "事项类别", "topic"),
    "area": ("区划", "属地", "适用区划", "area"),
    "level": ("层级", "级别", "level"),
    "lead": ("主办单位", "责任单位", "承办单位", "lead unit"),
    "assisting": ("协办单位", "配合单位", "assisting units"),
    "grassroots_allowed": ("可派基层", "可否派乡镇街道", "townships allowed"),
    "statute": ("依据", "法定依据", "职责依据", "statute"),
    "valid_from": ("生效日期", "起始日期", "valid from"),
    "valid_to": ("失效日期", "截止日期", "截止日", "last day"),
}
YES = frozenset({"是", "可", "可以", "yes", "y", "true", "1", "√"})
NO = frozenset({"", "否", "不可", "no", "n", "false", "0", "×"})
EVERY = frozenset({"", "全市", "全部", "所有", "*", "all"})
LEVELS = {
    "市": UnitLevel.CITY, "市级": UnitLevel.CITY,
    "县": UnitLevel.COUNTY, "区县": UnitLevel.COUNTY, "县级": UnitLevel.COUNTY,
    "乡镇": UnitLevel.TOWNSHIP, "街道": UnitLevel.TOWNSHIP, "乡级": UnitLevel.TOWNSHIP,
    "村": UnitLevel.VILLAGE, "社区": UnitLevel.VILLAGE, "村级": UnitLevel.VILLAGE,
    "企业": UnitLevel.ENTERPRISE, "公共服务企业": UnitLevel.ENTERPRISE, "utility": UnitLevel.ENTERPRISE,
}  # fmt: skip
BETWEEN_UNITS = re.compile(r"[、，,;；/\n]+")
MOST_LINES = 20  # of what is wrong with a file
LONGEST = {"topic": 190, "area": 60, "lead": 100, "statute": 300}


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryNames:
    """Codes and names that a table may use, and what they stand for here."""

    units: Mapping[str, str]  # name or code → code
    topics: Mapping[str, str]  # path or code → path
    areas: AreaNames
    prefixes: Mapping[int, str]  # area's primary key → first digits
    levels: Mapping[str, str]  # unit's code → level

    def unit(self, text: str) -> str:
        """The code of a unit, or a duty in the county concerned; else as it is written."""
        return self.units.get(text) or read_concerned(text) or text

    def topic(self, text: str) -> str:
        """The path of a topic; one that is not known stays as it is written."""
        if text.lower() in EVERY:
            return ""
        return self.topics.get(text, text.strip("/"))

    def area(self, text: str) -> str:
        """The first digits of an area; one that is not wholly known stays as it is written."""
        if text.lower() in EVERY:
            return ""
        if text in self.prefixes.values():
            return text
        found = self.areas.find(text)
        return self.prefixes[found.area_id] if found.area_id and not found.warning else text


def read_directory_file(path: Path, *, names: DirectoryNames, day: date) -> list[DirectoryRule]:
    """The rules of a table, not saved; names that are not known here stay as they are written.

    Raises:
        ReferenceFileError: a column is missing, or a cell holds no day, no level, no yes or no.
        UnreadableFileError: the file is no table.
    """
    rows = read_reference_file(path, columns=COLUMNS, required=("lead",), day=day)
    refuse(problem for row in rows for problem in _problems(row))
    return [_rule(number, row, names) for number, row in enumerate(rows, start=1)]


class UnreadableDirectoryError(ValueError):
    """A table cannot be used; `lines` say why, in the reader's language."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = tuple(lines)


def read_directory_upload(path: Path, *, day: date) -> list[DirectoryRule]:
    """The rules of a table that a page took; raises UnreadableDirectoryError."""
    try:
        return read_directory_file(path, names=read_names(read_units()), day=day)
    except ReferenceFileError as error:
        lines = word_reference_problems(error.problems).splitlines()
        raise UnreadableDirectoryError(lines[:MOST_LINES]) from None
    except UnreadableFileError as error:
        raise UnreadableDirectoryError([word_unreadable_file(error)]) from None


def rule_table(version: DirectoryVersion, units: CityUnits) -> Table:
    """Header, then the rules in order; can be read again, in either language.

    A unit is written by its name where that is read as this unit, else by its code.
    """
    by_name = _by_name(units)
    yield [
        _("Topic"), _("Area"), _("Level"), _("Lead unit"), _("Assisting units"),
        _("Townships allowed"), _("Statute"), _("Valid from"), _("Last day"),
    ]  # fmt: skip
    for rule in version.rules.order_by("number"):
        yield [
            rule.topic,
            rule.area,
            rule.get_level_display(),
            _unit_cell(rule.lead, units, by_name),
            "、".join(_unit_cell(code, units, by_name) for code in rule.assisting),
            _("yes") if rule.grassroots_allowed else _("no"),
            rule.statute,
            f"{rule.valid_from or ''}",
            f"{rule.valid_to or ''}",
        ]


def _unit_cell(code: str, units: CityUnits, by_name: Mapping[str, str]) -> str:
    name = unit_words(code, units.names)
    if is_concerned(code) or (by_name.get(name) == code and not BETWEEN_UNITS.search(name)):
        return name
    return code


def _by_name(units: CityUnits) -> dict[str, str]:
    """Units by name and by code; a name that several have names none of them."""
    counts = Counter(units.names.values())
    names = {name: code for code, name in units.names.items() if counts[name] == 1}
    return names | {code: code for code in units.names}


def read_names(units: CityUnits) -> DirectoryNames:
    newest = Topic.objects.order_by("-tree__valid_from").values_list("tree_id", flat=True).first()
    topics = list(Topic.objects.filter(tree_id=newest).values_list("code", "path"))
    return DirectoryNames(
        units=_by_name(units),
        topics=dict(topics) | {path: path for _code, path in topics},
        areas=AreaNames(),
        prefixes={area.pk: area.prefix for area in Area.objects.only("code", "level")},
        levels={code: fact.level for code, fact in units.facts.items()},
    )  # fmt: skip


def _problems(row: ReferenceRow) -> Iterator[ReferenceProblem]:
    values = row.values
    for name, longest in LONGEST.items():
        if len(values[name]) > longest:
            yield row.problem(ReferenceCode.TOO_LONG, name)
    if values["level"] and _level(values["level"]) is None:
        yield row.problem(ReferenceCode.UNKNOWN_LEVEL, "level")
    for name in ("valid_from", "valid_to"):
        if values[name] and _day(values[name]) is None:
            yield row.problem(ReferenceCode.NO_DAY, name)
    if values["grassroots_allowed"].lower() not in YES | NO:
        yield row.problem(ReferenceCode.NEITHER_YES_NOR_NO, "grassroots_allowed")


def _rule(number: int, row: ReferenceRow, names: DirectoryNames) -> DirectoryRule:
    values = row.values
    lead = names.unit(values["lead"])
    assisting = [part.strip() for part in BETWEEN_UNITS.split(values["assisting"]) if part.strip()]
    level = _level(values["level"]) or names.levels.get(lead) or _usual_level(lead)
    return DirectoryRule(
        number=number,
        topic=names.topic(values["topic"]),
        area=names.area(values["area"]),
        level=level,
        lead=lead,
        assisting=[names.unit(part) for part in assisting],
        grassroots_allowed=values["grassroots_allowed"].lower() in YES,
        statute=values["statute"],
        valid_from=_day(values["valid_from"]),
        valid_to=_day(values["valid_to"]),
    )


def _usual_level(lead: str) -> UnitLevel:
    return UnitLevel.COUNTY if is_concerned(lead) else UnitLevel.CITY


def _level(text: str) -> UnitLevel | None:
    known = {**LEVELS, **{level.value: level for level in UnitLevel}}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            known |= {str(level.label).lower(): level for level in UnitLevel}
    return known.get(text.lower())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10].replace("/", "-").replace(".", "-")) if text else None
    except ValueError:
        return None
