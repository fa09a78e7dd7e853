"""A year against the limits of each class, in rows and sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from civicloop.apps.air.models import CityPeriod
from civicloop.apps.air.wording import short_edition
from civicloop.web.air.words import POLLUTANTS_BY_CODE, UNITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One pollutant."""

    name: str
    unit: str
    year: str
    day: str
    verdict: str
    days: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """One class."""

    number: str
    title: str
    summary: str
    rows: Sequence[Row]


def limits_of(whole: CityPeriod) -> list[Limits]:
    """The classes that the year was held against; none of a year that is not over."""
    return [_limits(each) for each in whole.figures.get("verdicts", ())]


def _limits(verdict: Mapping[str, Any]) -> Limits:
    title = _("Class %(number)s, %(edition)s") % {
        "number": verdict["class"],
        "edition": short_edition(verdict["limits"]),
    }
    if verdict["unverified"]:
        title += f" ({_('unverified')})"
    above = [
        POLLUTANTS_BY_CODE[code]
        for code, each in verdict["pollutants"].items()
        if each["is_within"] is False
    ]
    summary = {
        True: _("All pollutants are within their limits."),
        False: _("Above their limits: %(names)s.") % {"names": ", ".join(above)},
        None: _("Too few days to judge the year."),
    }
    return Limits(
        number=verdict["class"],
        title=title,
        summary=summary[verdict["is_attained"]],
        rows=[_row(code, each) for code, each in verdict["pollutants"].items()],
    )


def _row(code: str, each: Mapping[str, Any]) -> Row:
    words = {True: _("within"), False: _("above"), None: _("too few days")}
    return Row(
        name=POLLUTANTS_BY_CODE[code],
        unit=UNITS.get(code, "µg/m³"),
        year=_pair(each["mean"], each["year_limit"]) if each["year_limit"] else "–",
        day=_pair(each["percentile"], each["day_limit"]),
        verdict=words[each["is_within"]],
        days=f"{each['days_within']}/{each['days_measured']}",
    )


def _pair(value: str | None, limit: str) -> str:
    return f"{value or 'NA'} / {limit}"
