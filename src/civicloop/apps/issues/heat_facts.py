"""What the ranking of hot issues needs to know about each event and topic."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from civicloop.apps.intake.models import Appeal
from civicloop.engines.hotness.ranking import HotCandidate

GROWTH_DAYS = 63  # the last week and eight weeks of the same weekdays before it
PLACE_COUNT = 2
COLUMNS = (
    "caller_key", "received_at", "area__name", "support_votes", "oppose_votes", "is_waiting",
)  # fmt: skip


class _Row(NamedTuple):
    key: int  # of the event or topic
    caller_key: str
    received_at: datetime
    area: str | None
    support_votes: int
    oppose_votes: int
    is_waiting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatFacts:
    """An event or a topic in the window: what is ranked and what is shown beside it."""

    candidate: HotCandidate
    place: str
    first_at: datetime
    last_at: datetime
    daily_counts: tuple[int, ...]  # oldest first, the ranking's day last


@dataclass(slots=True)
class _Tally:
    """The appeals of one event or topic, counted in one pass."""

    rows: list[_Row] = field(default_factory=list)
    per_day: Counter[date] = field(default_factory=Counter)  # of the growth days too


def read_event_facts(*, day: date, window_days: int) -> list[HeatFacts]:
    """Every event with an appeal in the window."""
    rows = _appeals_until(day, window_days).exclude(event_member=None)
    return _read(rows.values_list("event_member__event_id", *COLUMNS), day, window_days)


def read_topic_facts(*, day: date, window_days: int) -> list[HeatFacts]:
    """Every topic with an appeal in the window."""
    rows = _appeals_until(day, window_days).exclude(topic=None)
    return _read(rows.values_list("topic_id", *COLUMNS), day, window_days)


def count_appeals(*, day: date, window_days: int) -> int:
    """Appeals received in the window; 0 days is the whole history."""
    appeals = Appeal.objects.filter(received_at__lt=_starts(day + timedelta(days=1)))
    if window_days:
        appeals = appeals.filter(received_at__gte=_starts(day - timedelta(days=window_days - 1)))
    return appeals.count()


def _appeals_until(day: date, window_days: int) -> QuerySet[Appeal]:
    appeals = Appeal.objects.filter(received_at__lt=_starts(day + timedelta(days=1)))
    if window_days:
        first = day - timedelta(days=max(window_days, GROWTH_DAYS) - 1)
        appeals = appeals.filter(received_at__gte=_starts(first))
    return appeals


def _starts(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _read(
    rows: "QuerySet[Appeal, tuple[object, ...]]", day: date, window_days: int
) -> list[HeatFacts]:
    window_start = _starts(day - timedelta(days=window_days - 1)) if window_days else None
    tallies: defaultdict[int, _Tally] = defaultdict(_Tally)
    for row in map(_Row._make, rows.iterator(chunk_size=5_000)):
        tally = tallies[row.key]
        tally.per_day[timezone.localtime(row.received_at).date()] += 1
        if window_start is None or row.received_at >= window_start:
            tally.rows.append(row)
    return [
        _facts(key, tally, day, window_days) for key, tally in sorted(tallies.items()) if tally.rows
    ]


def _facts(key: int, tally: _Tally, day: date, window_days: int) -> HeatFacts:
    rows = tally.rows
    callers = Counter(row.caller_key for row in rows)
    places = Counter(row.area for row in rows if row.area)
    waiting_since = [row.received_at for row in rows if row.is_waiting]
    candidate = HotCandidate(
        key=key,
        people=people_among(callers),
        appeals=len(rows),
        recent=_daily(tally.per_day, day, GROWTH_DAYS),
        places=len(places),
        repeat_callers=sum(count > 1 for caller, count in callers.items() if caller),
        support=sum(row.support_votes for row in rows),
        oppose=sum(row.oppose_votes for row in rows),
        unresolved=len(waiting_since),
        oldest_unresolved_days=_age_days(waiting_since, day),
    )
    return HeatFacts(
        candidate=candidate,
        place=name_places(places),
        first_at=min(row.received_at for row in rows),
        last_at=max(row.received_at for row in rows),
        daily_counts=_daily(tally.per_day, day, window_days or GROWTH_DAYS),
    )


def people_among(callers: Counter[str]) -> int:
    """Distinct citizens; an appeal without a caller counts as a citizen of its own."""
    return sum(1 for caller in callers if caller) + callers[""]


def name_places(places: Counter[str]) -> str:
    """The commonest places, most appeals first."""
    ranked = sorted(places.items(), key=lambda item: (-item[1], item[0]))
    return "、".join(name for name, _ in ranked[:PLACE_COUNT])


def _daily(per_day: Counter[date], day: date, days: int) -> tuple[int, ...]:
    return tuple(per_day[day - timedelta(days=back)] for back in range(days - 1, -1, -1))


def _age_days(waiting_since: Iterable[datetime], day: date) -> float:
    oldest = min(waiting_since, default=None)
    if oldest is None:
        return 0.0
    return (_starts(day + timedelta(days=1)) - oldest).total_seconds() / 86_400
