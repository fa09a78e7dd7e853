"""What to generate, and what came out."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

DAYS_PER_MONTH = 30.4375


class PlanError(ValueError):
    """The plan of a sample city cannot be carried out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CityPlan:
    """How large a city to generate; the same plan gives the same bytes."""

    seed: int = 2023
    appeals: int = 20_000
    last_day: date
    months: int = 24

    def __post_init__(self) -> None:
        if self.appeals < 1:
            raise PlanError("a sample city needs at least one appeal")
        if not 1 <= self.months <= 240:
            raise PlanError("the months of a sample city must lie between 1 and 240")

    @property
    def first_day(self) -> date:
        """The first day on which appeals come in."""
        return self.last_day - timedelta(days=self.days - 1)

    @property
    def days(self) -> int:
        """The number of days, both ends included."""
        return round(self.months * DAYS_PER_MONTH)

    def stream(self, name: str) -> random.Random:
        """Return a stream of random numbers of its own, the same for the same plan and name."""
        return random.Random(f"{self.seed}/{name}")  # noqa: S311 - invents a city, no secret


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCityFiles:
    """The files of a generated city."""

    areas: Path
    units: Path
    topics: Path
    appeals: Path
    truth_topics: Path
    truth_events: Path
    truth_bursts: Path
    truth_readings: Path
    truth_replies: Path
    directory: Path
    handled: Path
    truth_units: Path
