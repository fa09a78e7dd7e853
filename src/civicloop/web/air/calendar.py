"""A year's days as twelve months of cells, each with a colour, a shape and a word."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from civicloop.apps.air.models import CityDay
from civicloop.apps.air.wording import LEVELS

SHAPES = ("●", "◆", "▲", "■", "✖", "★")  # of levels 1 to 6: colour is not the only sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A day of the calendar."""

    day: date
    kept: CityDay | None

    @property
    def shape(self) -> str:
        """The sign of the level."""
        return SHAPES[self.kept.level - 1] if self.kept and self.kept.level else "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month; None stands for days of its neighbours."""

    first: date
    weeks: Sequence[Sequence[Cell | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCount:
    """How many days were of a level."""

    level: int
    shape: str
    words: str
    count: int


def months_of(year: int, days: Sequence[CityDay]) -> list[Month]:
    """Lay out the months from the first that has days to the last."""
    by_day = {each.day: each for each in days}
    if not days:
        return []
    numbers = range(days[0].day.month, days[-1].day.month + 1)
    return [_month(year, number, by_day) for number in numbers]


def _month(year: int, number: int, by_day: Mapping[date, CityDay]) -> Month:
    weeks = [
        [Cell(day=day, kept=by_day.get(day)) if day.month == number else None for day in week]
        for week in calendar.Calendar().monthdatescalendar(year, number)
    ]
    return Month(first=date(year, number, 1), weeks=weeks)


def level_counts(levels: Sequence[int]) -> list[LevelCount]:
    """Name the six levels with the days of each."""
    return [
        LevelCount(level=level, shape=shape, words=str(words), count=count)
        for level, (shape, words, count) in enumerate(
            zip(SHAPES, LEVELS, levels, strict=True), start=1
        )
    ]
