"""Sentences and rows of the air page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from civicloop.apps.air.kept_events import event_of
from civicloop.apps.air.models import CityDay, CityPeriod
from civicloop.apps.air.queries import AirYear
from civicloop.apps.air.wording import (
    LEVELS,
    POLLUTANTS,
    profile_levels,
    short_edition,
    word_edition,
    word_event_kind,
    word_number,
)
from civicloop.web.templatetags.wording import day as word_day

MINUS = "\N{MINUS SIGN}"
UNITS = {"co": "mg/m³"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A pollutant's part: of the days with a primary one, or of the composite index."""

    name: str
    amount: str
    percent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A period by one edition of an index."""

    code: str
    name: str
    full_name: str
    is_in_force: bool
    valid: int
    good: int
    good_rate: str
    levels: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Concentration:
    """A pollutant's day."""

    name: str
    unit: str
    published: str
    exact: str  # "" for none
    stations: int


def word_changes(changes: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say each change with the edition that both years follow."""
    return [_word_change(each) for each in changes if each["change"] is not None]


def _word_change(each: Mapping[str, Any]) -> str:
    values = {
        "change": signed(each["change"]),
        "before": each["before"],
        "now": each["now"],
        "basis": short_edition(each["basis"]),
    }
    if each["unit"] == "pp":
        return _("%(change)s points by %(basis)s: %(before)s%% → %(now)s%%") % values
    return _("%(change)s%% by %(basis)s: %(before)s → %(now)s") % values


def signed(text: str) -> str:
    """Write a change with its sign."""
    if text.startswith("-"):
        return MINUS + text[1:]
    return "±0" if not float(text) else f"+{text}"


def word_year(air: AirYear) -> str:
    """The calendar in a sentence: days of each level, the worst day."""
    rated = [each for each in air.days if each.aqi is not None]
    if air.whole is None or not rated:
        return _("No day has an index.")
    levels = air.whole.figures["levels"]
    named = _(", ").join(
        f"{words} {count}" for words, count in zip(LEVELS, levels, strict=True) if count
    )
    worst = max(rated, key=lambda each: each.aqi or 0)
    return _("%(days)s days with an index: %(named)s; the highest, %(aqi)s, on %(worst)s.") % {
        "days": len(rated),
        "named": named,
        "aqi": worst.aqi,
        "worst": word_day(worst.day),
    }


def shares_of(whole: CityPeriod) -> list[Share]:
    """The primary pollutants, the most frequent first."""
    primary = sorted(whole.figures["primary"].items(), key=lambda found: -found[1][0])
    return [
        Share(name=POLLUTANTS_BY_CODE[code], amount=str(days), percent=percent)
        for code, (days, percent) in primary
    ]


def loads_of(whole: CityPeriod) -> list[Share]:
    """What each pollutant adds to the composite index, the most first; [] without an index."""
    index = whole.figures["composite_index"]
    found = [
        Share(name=POLLUTANTS_BY_CODE[code], amount=index["items"][code], percent=percent)
        for code, percent in index["shares"].items()
    ]
    return sorted(found, key=lambda each: -float(each.percent))


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event of nature."""

    code: str
    kind: str
    first_day: date
    last_day: date
    pollutants: str
    source: str
    evidence: str


def events_of(whole: CityPeriod) -> list[Event]:
    """The events that touch the year."""
    return [
        Event(
            code=each.code,
            kind=word_event_kind(each.kind),
            first_day=each.first_day,
            last_day=each.last_day,
            pollutants=", ".join(POLLUTANTS[name] for name in each.pollutants),
            source=each.source,
            evidence=each.evidence,
        )
        for each in map(event_of, whole.figures.get("events", ()))
    ]


POLLUTANTS_BY_CODE = {pollutant.value: name for pollutant, name in POLLUTANTS.items()}


def word_shares(whole: CityPeriod, shares: Sequence[Share]) -> str:
    """The primary pollutants in a sentence."""
    if not shares:
        return _("No day had a primary pollutant: none is named up to an index of 50.")
    return _(
        "Of %(days)s days with a primary pollutant, %(name)s was it on %(count)s (%(percent)s%%); "
        "a day with two counts for both."
    ) % {
        "days": whole.figures["primary_days"],
        "name": shares[0].name,
        "count": shares[0].amount,
        "percent": shares[0].percent,
    }


def profiles_of(whole: CityPeriod, in_force: set[str]) -> list[Profile]:
    """The same days by each edition."""
    return [
        Profile(
            code=code,
            name=short_edition(code),
            full_name=word_edition(code),
            is_in_force=code in in_force,
            valid=each["valid"],
            good=each["good"],
            good_rate=each["good_rate"],
            levels=list(zip(profile_levels(code), each["levels"], strict=True)),
        )
        for code, each in whole.figures["profiles"].items()
    ]


def composites_of(whole: CityPeriod) -> list[tuple[str, str, bool]]:
    """The composite index by each edition of the limits; which one is in force."""
    used = whole.figures["composite_index"]["limits"]
    return [
        (short_edition(code), value or "NA", code == used)
        for code, value in whole.figures["composites"].items()
    ]


def concentrations_of(each: CityDay) -> list[Concentration]:
    """A day's pollutants, published and unrounded."""
    found = []
    for code, name in POLLUTANTS_BY_CODE.items():
        total, stations, unit = each.exact.get(_MEASURES[code], (0, 0, 1))
        exact = Fraction(total, stations * unit) if stations else None
        found.append(
            Concentration(
                name=name,
                unit=UNITS.get(code, "µg/m³"),
                published=each.published[code] or "NA",
                exact="" if exact is None else f"{float(exact):.4g}",
                stations=stations,
            )
        )
    return found


_MEASURES = {code: f"{code}_24h" for code in POLLUTANTS_BY_CODE} | {"o3": "o3_8h"}


def rated_by(each: CityDay) -> list[tuple[str, str, str]]:
    """A day by each edition: its name, the index, the level."""
    found = []
    for code, (value, level) in each.profiles.items():
        words = "NA" if level is None else profile_levels(code)[level - 1]
        found.append((short_edition(code), word_number(value), words))
    return found
