"""Editions of the rules, each in force for a span of days: the day decides which one applies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeVar

from civicloop.engines.air.pollutants import Measure, Pollutant
from civicloop.engines.air.scales import Scale


class NoEditionError(LookupError):
    """No edition of the rules is in force on a day, or more than one."""

    def __init__(self, day: date, found: int) -> None:
        self.day = day
        super().__init__(f"{found} editions of the rules are in force on {day}, not one")


class Dated(Protocol):
    """Whatever is in force from a day to a day, both included; None leaves the end open."""

    @property
    def valid_from(self) -> date | None:
        """First day."""

    @property
    def valid_to(self) -> date | None:
        """Last day."""


Edition = TypeVar("Edition", bound=Dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class AqiEdition:
    """One edition of an air-quality index."""

    code: str  # e.g. cn_hj633_2026
    valid_from: date | None
    valid_to: date | None
    scales: Mapping[Measure, Scale]
    daily: tuple[Measure, ...]  # what enters the day's index
    realtime: tuple[Measure, ...]  # what enters the hour's index
    stand_ins: Mapping[Measure, Measure]  # who answers where a scale gives nothing above its top
    decimals: Mapping[Pollutant, int]  # to which a concentration is rounded first; {}: it is not
    lowest: int  # the index is never below
    level_bounds: tuple[int, ...]  # highest index of each level but the last
    good_up_to: int  # highest index of a good day
    primary_above: int  # a primary pollutant is named if the index is above
    missing_needs_above: int | None  # with pollutants missing, an index is published only above
    unverified: tuple[str, ...] = field(default=())  # parts that no primary text confirms


class AreaClass(StrEnum):
    """Which limits an area has to keep."""

    FIRST = "1"  # nature reserves, scenic areas
    SECOND = "2"  # where people live and work


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassLimits:
    """The limits of one class; µg/m³, CO in mg/m³."""

    year: Mapping[Pollutant, Decimal]  # of a year's mean; CO and O3 have none
    day: Mapping[Pollutant, Decimal]  # of a day's mean, O3: of its highest 8-hour mean
    unverified: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitEdition:
    """One edition of the limits S that the composite index divides by."""

    code: str
    valid_from: date | None
    valid_to: date | None
    limits: Mapping[Pollutant, Decimal]
    weights: Mapping[Pollutant, int]  # 1 for all, unless an optional profile says otherwise
    classes: Mapping[AreaClass, ClassLimits] = field(default_factory=dict)  # {} of optional ones
    unverified: tuple[str, ...] = field(default=())


def edition_on(day: date, editions: Iterable[Edition]) -> Edition:
    """Return the edition in force on a day.

    Raises:
        NoEditionError: none is, or several are.
    """
    found = [each for each in editions if _is_in_force(each, day)]
    if len(found) != 1:
        raise NoEditionError(day, len(found))
    return found[0]


def editions_between(first: date, last: date, editions: Iterable[Edition]) -> list[Edition]:
    """Return the editions in force on any day from first to last, the oldest first."""
    found = [
        each
        for each in editions
        if (each.valid_from or date.min) <= last and (each.valid_to or date.max) >= first
    ]
    return sorted(found, key=lambda each: each.valid_from or date.min)


def _is_in_force(edition: Dated, day: date) -> bool:
    return (edition.valid_from or date.min) <= day <= (edition.valid_to or date.max)
