"""The city's appeals as the early warning wants them: columns of numbers."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import numpy as np
from django.utils import timezone

from civicloop.apps.intake.models import Appeal, Topic
from civicloop.apps.places.models import AREA_CODE_LENGTH, CODE_PREFIX_LENGTH, Area, AreaLevel
from civicloop.engines.hotness.alarm_values import NOTHING, AppealFacts, Ints

HISTORY_DAYS = 448  # a year for the shares, and the eight weeks before this season last year
WATCHED_LEVELS = (AreaLevel.COUNTY, AreaLevel.TOWNSHIP)


class AppealRow(NamedTuple):
    """What the early warning looks at in one appeal."""

    id: int
    received_at: datetime
    caller: str  # "" is unknown
    topic: int | None
    area: int | None
    event: int | None  # None: nobody else wrote about it


class CityFrame:
    """The topics and areas of the city, numbered, each with those it counts in."""

    def __init__(
        self, parents: Mapping[int, int | None], areas: Mapping[int, tuple[str, str]]
    ) -> None:
        """Number the topics (id → parent's id) and the areas (id → code and level)."""
        self.topics = sorted(parents)
        self.topic_numbers = {topic: number for number, topic in enumerate(self.topics)}
        self.topic_nodes = self._topic_nodes(parents)
        self.area_rows = {area: row for row, area in enumerate(sorted(areas))}
        watched = [area for area in sorted(areas) if areas[area][1] in WATCHED_LEVELS]
        self.places: list[int | None] = [None, *watched]  # 0 is the whole city
        self.place_nodes = self._place_nodes(areas)

    @classmethod
    def stored(cls) -> "CityFrame":
        """The topics and areas of this installation."""
        return cls(
            dict(Topic.objects.values_list("id", "parent_id")),
            {
                key: (code, level)
                for key, code, level in Area.objects.values_list("id", "code", "level")
            },
        )

    def _topic_nodes(self, parents: Mapping[int, int | None]) -> Ints:
        """Each topic and the topic of the first level above it."""
        nodes = np.full((max(len(self.topics), 1), 2), NOTHING, dtype=np.int64)
        for number, topic in enumerate(self.topics):
            nodes[number, 0] = number
            root = topic
            while (parent := parents[root]) is not None:
                root = parent
            if root != topic:
                nodes[number, 1] = self.topic_numbers[root]
        return nodes

    def _place_nodes(self, areas: Mapping[int, tuple[str, str]]) -> Ints:
        """The county and the township of each area, as far as it lies in one."""
        known = {(areas[a][0], areas[a][1]): n for n, a in enumerate(self.places) if a is not None}
        nodes = np.full((max(len(areas), 1), len(WATCHED_LEVELS)), NOTHING, dtype=np.int64)
        for area, row in self.area_rows.items():
            code, level = areas[area]
            for column, watched in enumerate(WATCHED_LEVELS):
                digits = CODE_PREFIX_LENGTH[watched]
                if CODE_PREFIX_LENGTH[AreaLevel(level)] >= digits:
                    around = code[:digits].ljust(AREA_CODE_LENGTH, "0")
                    nodes[row, column] = known.get((around, watched), NOTHING)
        return nodes


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmHistory:
    """The facts, and what their numbers stand for."""

    facts: AppealFacts
    frame: CityFrame
    first_day: date  # day 0; always a Monday, so that every run cuts the same weeks
    appeals: list[int]  # ids, by row
    received_at: list[datetime]  # by row
    events: list[int | None]  # ids, by event number; None: an appeal that stands alone

    def number_of(self, day: date) -> int:
        """The day in days of the facts."""
        return (day - self.first_day).days

    def day_of(self, number: int) -> date:
        """The date of a day of the facts."""
        return self.first_day + timedelta(days=number)


def read_alarm_history(*, first_day: date, last_day: date) -> AlarmHistory:
    """The appeals received from 64 weeks before ``first_day`` to the end of ``last_day``."""
    start = first_day - timedelta(days=HISTORY_DAYS)
    rows = Appeal.objects.filter(
        received_at__gte=_midnight(start), received_at__lt=_midnight(last_day + timedelta(days=1))
    ).order_by("received_at", "id")
    columns = ("id", "received_at", "caller_key", "topic_id", "area_id", "event_member__event_id")
    appeals = [AppealRow(*row) for row in rows.values_list(*columns).iterator(chunk_size=5_000)]
    return alarm_history(appeals, frame=CityFrame.stored())


def alarm_history(appeals: Sequence[AppealRow], *, frame: CityFrame) -> AlarmHistory:
    """The facts of appeals that are ordered by time."""
    days = [timezone.localtime(appeal.received_at).toordinal() for appeal in appeals]
    first = days[0] if days else 1
    first -= (first - 1) % 7  # ordinal day 1 was a Monday
    events, event_ids = _numbered([appeal.event for appeal in appeals])
    callers, _caller_ids = _numbered([appeal.caller or None for appeal in appeals])
    facts = AppealFacts(
        day=np.array(days, dtype=np.int64) - first,
        caller=callers,
        topic=_looked_up(frame.topic_numbers, [appeal.topic for appeal in appeals]),
        place=_looked_up(frame.area_rows, [appeal.area for appeal in appeals]),
        event=events,
        topic_nodes=frame.topic_nodes,
        place_nodes=frame.place_nodes,
    )
    return AlarmHistory(
        facts=facts,
        frame=frame,
        first_day=date.fromordinal(first),
        appeals=[appeal.id for appeal in appeals],
        received_at=[appeal.received_at for appeal in appeals],
        events=[event if isinstance(event, int) else None for event in event_ids],
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _numbered(keys: Iterable[Hashable]) -> tuple[Ints, list[Hashable]]:
    """Number the keys as they come; each None has a number of its own."""
    numbers: dict[Hashable, int] = {}
    found: list[Hashable] = []
    numbered = []
    for key in keys:
        number = numbers.get(key) if key is not None else None
        if number is None:
            number = len(found)
            found.append(key)
            if key is not None:
                numbers[key] = number
        numbered.append(number)
    return np.array(numbered, dtype=np.int64), found


def _looked_up(numbers: Mapping[int, int], keys: Iterable[int | None]) -> Ints:
    return np.array(
        [NOTHING if key is None else numbers.get(key, NOTHING) for key in keys], dtype=np.int64
    )
