"""What came in lately and what waits, for the home page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Min
from django.utils import timezone

from civicloop.apps.intake.models import Appeal, Channel, Kind
from civicloop.apps.intake.queries.filters import stored_moment
from civicloop.apps.intake.shown import shown_sql, without_hidden

WINDOW_DAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    day: date
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCount:
    """Appeals of one kind or channel in the last 28 days, and in the 28 days before."""

    code: str
    asked: str  # what the filter of the list of appeals is asked for
    name: str
    count: int
    previous_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeOverview:
    """Numbers of appeals; weeks are 7 and months 28 days, today included."""

    today: int
    week: int
    previous_week: int
    month: int
    previous_month: int
    days: list[DayCount]  # 28, oldest first
    by_kind: list[NamedCount]
    by_channel: list[NamedCount]
    waiting_count: int
    oldest_waiting_at: datetime | None
    is_empty: bool  # not one appeal has ever come in


def intake_overview(now: datetime) -> IntakeOverview:
    """The state of the intake at a moment."""
    today = timezone.localdate(now)
    daily = _daily_counts(today)
    days = [today - timedelta(days=back) for back in range(2 * WINDOW_DAYS)]
    counts = [daily[day] for day in days]  # today first
    waiting = without_hidden(Appeal.objects.filter(is_waiting=True)).aggregate(
        Count("id"), Min("received_at")
    )
    kinds, channels = _counts_by_kind_and_channel(today)
    return IntakeOverview(
        today=counts[0],
        week=sum(counts[:7]),
        previous_week=sum(counts[7:14]),
        month=sum(counts[:WINDOW_DAYS]),
        previous_month=sum(counts[WINDOW_DAYS:]),
        days=[DayCount(day=day, count=daily[day]) for day in reversed(days[:WINDOW_DAYS])],
        by_kind=kinds,
        by_channel=channels,
        waiting_count=waiting["id__count"],
        oldest_waiting_at=waiting["received_at__min"],
        is_empty=not without_hidden(Appeal.objects.all()).exists(),
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _fetched(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _and_shown() -> tuple[str, tuple[int, ...]]:
    """What the reader may not meet is not counted."""
    sql, params = shown_sql()
    return (f" AND {sql}" if sql else "", params)


def _daily_counts(today: date) -> dict[date, int]:
    """Appeals per local day over two windows: a range of the index for each day."""
    days = [today - timedelta(days=back) for back in range(2 * WINDOW_DAYS)]
    shown, units = _and_shown()
    one_day = (
        "SELECT %s AS back, count(*) FROM intake_appeal a"  # noqa: S608  own text
        f" WHERE received_at >= %s AND received_at < %s{shown}"
    )
    params: list[Any] = []
    for back, day in enumerate(days):
        until = _midnight(day + timedelta(days=1))
        params += [back, stored_moment(_midnight(day)), stored_moment(until), *units]
    counts = _fetched(" UNION ALL ".join([one_day] * len(days)), params)
    return {days[back]: count for back, count in counts}


def _counts_by_kind_and_channel(today: date) -> tuple[list[NamedCount], list[NamedCount]]:
    edge, since, until = (
        stored_moment(_midnight(today + timedelta(days=days)))
        for days in (1 - WINDOW_DAYS, 1 - 2 * WINDOW_DAYS, 1)
    )
    shown, units = _and_shown()
    sql = (
        "SELECT kind, channel_id, received_at >= %s AS is_recent, count(*) FROM intake_appeal a"  # noqa: S608
        f" WHERE received_at >= %s AND received_at < %s{shown} GROUP BY kind, channel_id, is_recent"
    )
    by_kind: Counter[tuple[str, bool]] = Counter()
    by_channel: Counter[tuple[int, bool]] = Counter()
    for kind, channel_id, is_recent, count in _fetched(sql, (edge, since, until, *units)):
        by_kind[kind, bool(is_recent)] += count
        by_channel[channel_id, bool(is_recent)] += count
    kinds = [
        NamedCount(
            code=kind.value,
            asked=kind.value,
            name=str(kind.label),
            count=by_kind[kind.value, True],
            previous_count=by_kind[kind.value, False],
        )
        for kind in Kind
    ]
    channels = [
        NamedCount(
            code=channel.code,
            asked=str(channel.pk),
            name=channel.shown_name,
            count=by_channel[channel.id, True],
            previous_count=by_channel[channel.id, False],
        )
        for channel in Channel.objects.order_by("id")
    ]
    return _busiest_first(kinds), _busiest_first(channels)


def _busiest_first(counts: list[NamedCount]) -> list[NamedCount]:
    shown = [each for each in counts if each.count or each.previous_count]
    return sorted(shown, key=lambda each: -each.count)
