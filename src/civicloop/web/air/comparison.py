"""Rows and sentences of the page that compares editions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civicloop.apps.air.comparing import EDITIONS, GOOD, MOST, VALID, Comparison, Side
from civicloop.apps.air.models import CityDay
from civicloop.apps.air.wording import profile_levels, short_edition, word_edition, word_number
from civicloop.web.air.words import signed

USUAL = EDITIONS[:2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An edition to choose."""

    code: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A side in words."""

    code: str
    name: str
    full_name: str
    is_in_force: bool
    valid: int
    good: int
    rate: str
    before: str
    change: str
    levels: Sequence[tuple[int, str, int]]  # number, name, days


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A day that the editions rate differently: number of the level, index, name of the level."""

    day: date
    kept: CityDay
    cells: Sequence[tuple[int, str, str]]


def chosen_editions(asked: Sequence[str]) -> list[str]:
    """Keep what there is, each once, at most three; the two of China where fewer than two are asked."""
    known = [code for code in dict.fromkeys(asked) if code in EDITIONS][:MOST]
    return known if len(known) > 1 else list(USUAL)


def choices_of(chosen: Sequence[str]) -> list[Choice]:
    """All editions, those that are compared ticked."""
    return [
        Choice(code=code, name=short_edition(code), is_chosen=code in chosen) for code in EDITIONS
    ]


def columns_of(found: Comparison) -> list[Column]:
    """The sides in words."""
    return [_column(side, is_in_force=side.code in found.in_force) for side in found.sides]


def _column(side: Side, *, is_in_force: bool) -> Column:
    rate, before = side.now.good_rate, side.before.good_rate
    change = side.change.value
    names = profile_levels(side.code)
    return Column(
        code=side.code,
        name=short_edition(side.code),
        full_name=word_edition(side.code),
        is_in_force=is_in_force,
        valid=side.now.valid,
        good=side.now.good,
        rate="NA" if rate is None else f"{rate}%",
        before="NA" if before is None else f"{before}% ({side.before.good}/{side.before.valid})",
        change="NA" if change is None else signed(str(change)),
        levels=list(zip(range(1, len(names) + 1), names, side.now.levels, strict=True)),
    )


def months_apart(found: Comparison) -> list[tuple[date, list[Line]]]:
    """The days apart in words, by month."""
    codes = [side.code for side in found.sides]
    lines = [
        Line(
            day=each.day.day,
            kept=each.day,
            cells=[
                (level or 0, word_number(value), profile_levels(code)[level - 1] if level else "NA")
                for code, (value, level) in zip(codes, each.rated, strict=True)
            ],
        )
        for each in found.apart
    ]
    by_month = groupby(lines, key=lambda line: line.day.replace(day=1))
    return [(first, list(own)) for first, own in by_month]


def word_rated(code: str, asked: str) -> str:
    """Name the days that an edition rates as asked; "" where nothing is asked that there is."""
    if code not in EDITIONS:
        return ""
    levels = {str(number): name for number, name in enumerate(profile_levels(code), 1)}
    names = {VALID: _("days with an index"), GOOD: _("good days"), **levels}
    if asked not in names:
        return ""
    return _("%(edition)s: %(level)s") % {"edition": short_edition(code), "level": names[asked]}


def word_comparison(found: Comparison) -> str:
    """Say how far apart the editions are, in a sentence."""
    count, whole = len(found.apart), max((side.now.valid for side in found.sides), default=0)
    words = ngettext(
        "On %(count)s day of %(whole)s the editions name different levels.",
        "On %(count)s days of %(whole)s the editions name different levels.",
        count,
    )
    return words % {"count": count, "whole": whole}


def word_basis(found: Comparison) -> str:
    """Say on which basis the year before stands."""
    bases = ", ".join(short_edition(code) for code in EDITIONS if code in found.in_force)
    return _(
        "Year on year: both years of a column follow its own edition, never one against the other. "
        "The air page compares on the editions in force on these days: %(bases)s."
    ) % {"bases": bases}
