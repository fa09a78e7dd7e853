"""The limits that civicloop knows: reviewed rows of presets/clocks, each with the place it is from."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from civicloop.apps.clocks.limits import LONG_CYCLE, USUAL, SourcedLimit
from civicloop.apps.clocks.models import ClockBasis, ClockName
from civicloop.engines.clocks import (
    DayEnd,
    ExtensionRule,
    InvalidLimitError,
    Limit,
    RollRule,
    StartRule,
    TimeUnit,
)

DEFAULT_PRESET = "lueliang"
PRESETS = (
    DEFAULT_PRESET,
    "national",
    "beijing",
    "shandong",
    "bengbu",
    "petitions",
    "market",
    "supervision_13710",
)
OF_ORDERS = (ClockName.ACCEPT, ClockName.CHECK, ClockName.MEDIATE, ClockName.DISCLOSE)


class Sure(StrEnum):
    """How well a row is known."""

    STATUTE = "statute"  # the statute's text was read
    OFFICIAL = "official"  # an official or press page
    UNVERIFIED = "unverified"  # a low-grade page, or general knowledge
    OWN = "own"  # a default of ours


class PresetError(ValueError):
    """A row cannot be used; says which, and what to write instead."""

    def __init__(self, *, file: str, row: int, cure: str) -> None:
        self.file, self.row, self.cure = file, row, cure
        where = _("presets/clocks/%(file)s.toml, row %(row)s") % {"file": file, "row": row}
        super().__init__(f"{where}: {cure}")


class PresetLimit(NamedTuple):
    """One row: a limit of one clock in one case ("" is the usual one)."""

    name: ClockName
    case: str
    sourced: SourcedLimit
    article: str
    sure: Sure
    remark: Mapping[str, str]  # by language: zh, en; empty where nothing is to be said
    reviewed_on: date
    reviewer: str
    next_review: date


class Preset(NamedTuple):
    """One file: the limits of one city or one statute."""

    code: str
    name: str
    name_en: str
    source: str
    url: str
    limits: tuple[PresetLimit, ...]


def sourced_limit(preset: str, name: ClockName, *cases: str) -> SourcedLimit | None:
    """The limit of a clock in the first of the cases that has a row of its own, else the usual one."""
    found = {(row.name, row.case): row.sourced for row in load_preset(preset).limits}
    rows = (found.get((name, case)) for case in (*cases, ""))
    return next((row for row in rows if row), None)


def knows_case(preset: str, case: str) -> bool:
    """Whether a limit of the preset is another one in this case."""
    return any(row.case == case for row in load_preset(preset).limits)


def knows_long_cycle(preset: str) -> bool:
    """Whether the city gives long-cycle matters more time than others."""
    return any(LONG_CYCLE in row.sourced.extension_rules for row in load_preset(preset).limits)


def statutes_of_orders() -> dict[str, PresetLimit]:
    """The shipped limits of statutes and sector rules that the handling of an order may have, by a key."""
    return {
        f"{preset.code} {row.name}": row
        for preset in all_presets()
        for row in preset.limits
        if row.sourced.basis == ClockBasis.STATUTE and row.name in OF_ORDERS
    }


def all_presets() -> list[Preset]:
    return [load_preset(code) for code in PRESETS]


@cache
def load_preset(code: str) -> Preset:
    """Read one of the shipped presets.

    Raises:
        PresetError: a row of it is wrong.
    """
    source = files("civicloop").joinpath(f"presets/clocks/{code}.toml").read_text(encoding="utf-8")
    return read_preset(code, source)


def read_preset(code: str, text: str) -> Preset:
    """Read a preset from its TOML text.

    Raises:
        PresetError: a field is missing, unknown or cannot be used; row 0 is the head of the file.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PresetError(file=code, row=0, cure=str(error)) from None
    head = _Row(code, 0, table)
    rows = [_Row(code, number, row) for number, row in enumerate(table.get("limits", []), 1)]
    return Preset(
        code=code,
        name=head.text("name"),
        name_en=head.text("name_en"),
        source=head.text("source"),
        url=table.get("url", ""),
        limits=tuple(_limit_of(row, head) for row in rows),
    )


def _limit_of(row: "_Row", head: "_Row") -> PresetLimit:
    rules = {
        name: _rule(row.inner(field))
        for name, field in [(USUAL, "extension"), (LONG_CYCLE, "long_cycle")]
        if field in row.table
    }
    article = row.text("article")
    return PresetLimit(
        name=ClockName(row.one_of("clock", ClockName.values)),
        case=row.table.get("case", ""),
        sourced=SourcedLimit(
            limit=_limit(row),
            basis=ClockBasis(head.one_of("basis", [ClockBasis.PRESET, ClockBasis.STATUTE])),
            source=f"{head.text('source')}：{article}",
            extension_rules=rules,
        ),
        article=article,
        sure=Sure(row.one_of("sure", Sure)),
        remark=row.by_language("remark"),
        reviewed_on=head.day("reviewed_on"),
        reviewer=head.text("reviewer"),
        next_review=head.day("next_review"),
    )


def _limit(row: "_Row") -> Limit:
    try:
        return Limit(
            n=row.number("n"),
            unit=TimeUnit(row.one_of("unit", TimeUnit)),
            start=StartRule(row.one_of("start", StartRule)),
            roll=RollRule(row.one_of("roll", RollRule, default=RollRule.NONE)),
            day_end=DayEnd(row.one_of("day_end", DayEnd, default=DayEnd.MIDNIGHT)),
        )
    except InvalidLimitError as error:
        raise row.wrong(str(error)) from None


def _rule(row: "_Row") -> ExtensionRule:
    return ExtensionRule(
        count=int(row.number("count")),
        n=row.number("n"),
        unit=TimeUnit(row.one_of("unit", TimeUnit)),
        longest_days=row.table.get("longest_days"),
    )


class _Row:
    """A table of the file that can say what is wrong with it."""

    def __init__(self, file: str, number: int, table: Mapping[str, Any]) -> None:
        self.file, self.row, self.table = file, number, table

    def wrong(self, cure: str) -> PresetError:
        return PresetError(file=self.file, row=self.row, cure=cure)

    def inner(self, field: str) -> "_Row":
        return _Row(self.file, self.row, self.table[field])

    def text(self, field: str) -> str:
        value = self.table.get(field)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(_("give “%(field)s” a text") % {"field": field})
        return value

    def by_language(self, field: str) -> Mapping[str, str]:
        if field not in self.table:
            return {}
        value = self.table[field]
        if not isinstance(value, dict) or value.keys() != {"zh", "en"}:
            raise self.wrong(_("give “%(field)s” as { zh = …, en = … }") % {"field": field})
        return {language: self.inner(field).text(language) for language in value}

    def day(self, field: str) -> date:
        value = self.table.get(field)
        if not isinstance(value, date):
            raise self.wrong(_("give “%(field)s” a day, like 2026-11-26") % {"field": field})
        return value

    def number(self, field: str) -> Decimal:
        try:
            return Decimal(str(self.table[field]))
        except (KeyError, InvalidOperation):
            raise self.wrong(_("give “%(field)s” a number") % {"field": field}) from None

    def one_of(self, field: str, choices: Iterable[str], *, default: str | None = None) -> str:
        value = self.table.get(field, default)
        known = [str(choice) for choice in choices]
        if value not in known:
            words = _("give “%(field)s” one of: %(choices)s")
            raise self.wrong(words % {"field": field, "choices": ", ".join(known)})
        return str(value)
