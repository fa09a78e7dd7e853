"""How many appeals come on which day, and about what: weekdays, holidays, seasons."""

from __future__ import annotations

import itertools
import random
from bisect import bisect
from datetime import date, timedelta

from civicloop.connectors.sample_city.plan import CityPlan
from civicloop.connectors.sample_city.vocabulary import SEASONS, Problem

WEEKDAY_FACTORS = (1.22, 1.12, 1.06, 1.04, 1.02, 0.80, 0.72)
HOLIDAY_FACTOR = 0.5
GROWTH_PER_DAY = 0.00035  # more people use the hotline every month
WEEK = 7
# First day of the lunar year, which moves the winter holiday and the season of unpaid wages.
SPRING_FESTIVALS = {
    2015: (2, 19), 2016: (2, 8), 2017: (1, 28), 2018: (2, 16), 2019: (2, 5), 2020: (1, 25),
    2021: (2, 12), 2022: (2, 1), 2023: (1, 22), 2024: (2, 10), 2025: (1, 29), 2026: (2, 17),
    2027: (2, 6), 2028: (1, 26), 2029: (2, 13), 2030: (2, 3), 2031: (1, 23), 2032: (2, 11),
    2033: (1, 31), 2034: (2, 19), 2035: (2, 8),
}  # fmt: skip
MEAN_SPRING_FESTIVAL = (2, 5)  # for years outside the table
WAGE_SEASON_DAYS = 45
FIXED_HOLIDAYS = (((1, 1), 1), ((5, 1), 5), ((10, 1), 7))


def spring_festival(year: int) -> date:
    """Return the first day of the lunar year that begins in ``year``."""
    return date(year, *SPRING_FESTIVALS.get(year, MEAN_SPRING_FESTIVAL))


def is_holiday(day: date) -> bool:
    """Tell whether most offices are closed for a holiday."""
    if 0 <= (day - spring_festival(day.year)).days + 1 <= WEEK:
        return True
    return any(
        0 <= (day - date(day.year, *first)).days < length for first, length in FIXED_HOLIDAYS
    )


def season_factor(season: str, day: date) -> float:
    """Return how much more often than usual a seasonal problem comes up on the day."""
    factor = SEASONS[season][day.month - 1]
    if season == "festival":
        festival = spring_festival(day.year)
        if 0 < (festival - day).days <= WAGE_SEASON_DAYS:
            return factor * 1.8
    return factor


class Days:
    """Draws days and, for a day, the problem an appeal is about."""

    def __init__(self, plan: CityPlan, problems: tuple[Problem, ...]) -> None:
        self._first = plan.first_day
        self._length = plan.days
        weights = [self._weight(offset) for offset in range(plan.days)]
        self.weights = weights
        self._bounds = list(itertools.accumulate(weights))
        self._all = problems
        self._shared = tuple(problem for problem in problems if not problem.is_personal)
        self._tables: dict[tuple[int, bool], list[float]] = {}

    def _weight(self, offset: int) -> float:
        day = self._first + timedelta(days=offset)
        factor = WEEKDAY_FACTORS[day.weekday()] * (1 + GROWTH_PER_DAY * offset)
        return factor * (HOLIDAY_FACTOR if is_holiday(day) else 1.0)

    def counts(self, total: int) -> list[int]:
        """Share ``total`` appeals out over the days, in proportion, none lost."""
        scale = total / self._bounds[-1]
        ends = [round(bound * scale) for bound in self._bounds]
        return [end - start for start, end in itertools.pairwise([0, *ends])]

    def draw(self, first: int, last: int, stream: random.Random) -> int:
        """Draw a day from ``first`` to ``last`` (offsets, both included, cut to the plan)."""
        first, last = max(first, 0), min(last, self._length - 1)
        low = self._bounds[first - 1] if first else 0.0
        position = low + stream.random() * (self._bounds[last] - low)
        return min(bisect(self._bounds, position), last)

    def problem(self, offset: int, stream: random.Random, *, shared: bool = False) -> Problem:
        """Draw what an appeal of the day is about; ``shared`` leaves personal cases out."""
        key = (offset // WEEK, shared)
        bounds = self._tables.get(key) or self._table(key)
        chosen = bisect(bounds, stream.random() * bounds[-1])
        return (self._shared if shared else self._all)[chosen]

    def _table(self, key: tuple[int, bool]) -> list[float]:
        week, shared = key
        day = self._first + timedelta(days=week * WEEK)
        problems = self._shared if shared else self._all
        bounds = list(
            itertools.accumulate(p.weight * season_factor(p.season, day) for p in problems)
        )
        self._tables[key] = bounds
        return bounds
