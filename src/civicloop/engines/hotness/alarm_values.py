"""What the early warning is given and what it says."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

WINDOWS = (1, 3, 7)  # days that are looked at together, each on every day
WEEK = 7
LEAST_PEOPLE = 3  # fewer citizens are never a burst
LEAST_HISTORY_DAYS = 63  # eight weeks to learn from and the week that is not learned from
WHOLE_CITY = 0  # the place that every appeal lies in
NOTHING = -1  # no topic, no place


class AlarmInputError(ValueError):
    """The facts contradict each other, or there is too little history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealFacts:
    """All appeals of a city as columns, oldest first.

    Days count from any first day on; day 0 may hold the first appeal. A topic stands for itself and
    its ancestors, a place for itself and the places around it; ``WHOLE_CITY`` is added by itself.
    """

    day: Ints  # (appeals,), ascending
    caller: Ints  # (appeals,), equal for one citizen; an unknown citizen has a number of its own
    topic: Ints  # (appeals,), row of topic_nodes, or NOTHING
    place: Ints  # (appeals,), row of place_nodes, or NOTHING
    event: Ints  # (appeals,), equal for one matter; a matter nobody else wrote about counts too
    topic_nodes: Ints  # (topics, depth): the topics whose series an appeal counts in, or NOTHING
    place_nodes: Ints  # (places, depth): the places whose series it counts in, or NOTHING

    def __post_init__(self) -> None:
        size = len(self.day)
        if any(len(each) != size for each in (self.caller, self.topic, self.place, self.event)):
            raise AlarmInputError("the columns differ in length")
        if size and ((np.diff(self.day) < 0).any() or self.day[0] < 0):
            raise AlarmInputError("the days must ascend from 0 on")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesKey:
    """What is counted per day: a topic at a place, or one matter."""

    topic: int = NOTHING
    place: int = NOTHING
    event: int = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmCurve:
    """The days around an alarm: what came and what was expected on the day of the alarm."""

    first_day: int
    people: tuple[int, ...]  # citizens per day
    expected: tuple[float, ...]  # per day
    upper: tuple[int, ...]  # not exceeded on 99 of 100 days if nothing happens


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A series that stands above what chance explains, from its first day to its last."""

    key: SeriesKey
    day: int  # on which it was raised
    window_days: int  # the window that told most
    people: int  # citizens in the window, each once
    appeals: int  # appeals in the window
    expected: float  # citizens in the window if nothing happened
    score: float  # chance of as many or more in some window, if nothing happened
    bound: float  # largest chance that raised an alarm that day
    rows: Ints = field(repr=False)  # rows of the appeals in the window
    told_by: (
        int  # row of the appeal with which it stood out: a check right after it raises the alarm
    )
    last_day: int  # last day on which it still stood out, as far as was looked
    peak_day: int  # the last day with most citizens from the window's start to the last day
    curve: AlarmCurve | None = None  # None where only the plain z-score was asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The alarms of some days, and what they were raised against."""

    alarms: list[Alarm]  # by day, the surest first
    series: int  # tests per day, on average: series and matters that could have raised one
    first_day: int
    last_day: int

    @property
    def weeks(self) -> float:
        """How many weeks were watched."""
        return (self.last_day - self.first_day + 1) / WEEK
