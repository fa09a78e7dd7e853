"""Alarms, checks, back-tests and slow burners, as the pages and the command ask for them."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Max, Min
from django.utils import timezone

from civicloop.apps.accounts.visibility import unit_now
from civicloop.apps.intake.models import Appeal
from civicloop.apps.intake.shown import hidden_from_unit, without_hidden
from civicloop.apps.issues.models import Alarm, AlarmBacktest, AlarmCheck, AlarmKind, Event
from civicloop.apps.issues.shown import without_hidden_events
from civicloop.engines.hotness.slow_burners import (
    LEAST_PEOPLE,
    Matter,
    SlowBurner,
    rank_slow_burners,
)

QUIET_DAYS = 7  # after which a burst is over
SHOWN_DAYS = 28
SLOW_SHOWN = 20


def last_alarm_check() -> AlarmCheck | None:
    """The check of the newest day."""
    return AlarmCheck.objects.first()


def alarms_until(day: date, *, days: int = SHOWN_DAYS, limit: int | None = None) -> list[Alarm]:
    """The alarms of some days up to ``day``, newest day first, without one citizen's many appeals."""
    alarms = Alarm.objects.filter(day__gt=day - timedelta(days=days), day__lte=day)
    shown = without_hidden_events(alarms, "event").exclude(kind=AlarmKind.SOURCE)
    shown = shown.select_related("event", "topic", "area")
    return list(shown[:limit])


def busy_writers_until(day: date, *, days: int = SHOWN_DAYS) -> list[Alarm]:
    """The citizens who alone wrote very many appeals, newest day first."""
    alarms = Alarm.objects.filter(day__gt=day - timedelta(days=days), day__lte=day)
    writers = alarms.filter(kind=AlarmKind.SOURCE).select_related("topic", "area")
    return without_accusing_writers(writers)


def without_accusing_writers(alarms: Iterable[Alarm]) -> list[Alarm]:
    """The alarms without citizens who reported the unit of the reader of this moment.

    Many appeals of one citizen on one topic at one place would tell the unit of the report.
    """
    found, unit = list(alarms), unit_now()
    if unit is None:
        return found
    first_appeal = {one.pk: one.first_appeal_id or 0 for one in found}
    callers = dict(
        Appeal.objects.filter(pk__in=first_appeal.values()).values_list("pk", "caller_key")
    )
    accusing = hidden_from_unit(unit).filter(caller_key__in=callers.values())
    accusers = set(accusing.values_list("caller_key", flat=True))
    return [one for one in found if callers.get(first_appeal[one.pk]) not in accusers]


def alarms_of_series(alarm: Alarm) -> list[date]:
    """The days on which the alarm's series was told, oldest first."""
    return list(Alarm.objects.filter(key=alarm.key).order_by("day").values_list("day", flat=True))


def is_over(alarm: Alarm, day: date) -> bool:
    """Whether the burst has ended by the day of the newest check."""
    return (day - alarm.last_day).days > QUIET_DAYS


def backtests() -> list[AlarmBacktest]:
    """The back-tests kept, newest first, without their lists."""
    return list(AlarmBacktest.objects.defer("result"))


class ShownBacktest(NamedTuple):
    """What a reader sees of a back-test."""

    result: Mapping[str, Any]
    alarm_count: int


def shown_of_backtest(backtest: AlarmBacktest) -> ShownBacktest:
    """A back-test as if the events that are hidden from the reader of this moment had raised no alarm.

    An event that is gone may have been such a one.
    """
    result: Mapping[str, Any] = backtest.result
    if unit_now() is None:
        return ShownBacktest(result, backtest.alarm_count)
    events = {each["event"] for each in result["alarms"]} - {None}
    there = without_hidden_events(Event.objects.filter(pk__in=events))
    kept = {None, *there.values_list("pk", flat=True)}
    hidden = [each for each in result["alarms"] if each["event"] not in kept]
    early = sum(each["lead_days"] > 0 for each in hidden)
    return ShownBacktest(
        {
            **result,
            "alarms": [each for each in result["alarms"] if each["event"] in kept],
            "before_peak": result["before_peak"] - early,
        },
        backtest.alarm_count - len(hidden),
    )


def days_with_appeals() -> tuple[date, date] | None:
    """The local days of the first and of the newest appeal."""
    ends = Appeal.objects.aggregate(first=Min("received_at"), newest=Max("received_at"))
    if ends["first"] is None:
        return None
    return timezone.localdate(ends["first"]), timezone.localdate(ends["newest"])


def appeals_between(first_day: date, last_day: date) -> int:
    """How many appeals were received in some days."""
    after, before = _midnight(first_day), _midnight(last_day + timedelta(days=1))
    inside = Appeal.objects.filter(received_at__gte=after, received_at__lt=before)
    return without_hidden(inside).count()


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowMatter:
    """A matter that goes on, with its event."""

    event: Event
    burner: SlowBurner


def slow_burners_on(day: date, *, limit: int = SLOW_SHOWN) -> list[SlowMatter]:
    """The matters that never end, most person-days first, as they stood at the end of ``day``."""
    end = _midnight(day + timedelta(days=1))
    long = Appeal.objects.filter(
        event_member__event__people_count__gte=LEAST_PEOPLE, received_at__lt=end
    )
    rows = without_hidden_events(long, "event_member__event").values_list(
        "event_member__event_id", "id", "caller_key", "received_at", "is_waiting", "replied_at"
    )
    members: defaultdict[int, list[tuple[Hashable, datetime, bool]]] = defaultdict(list)
    for event_id, appeal_id, caller, received_at, is_waiting, replied_at in rows:
        waits = is_waiting or (replied_at is not None and replied_at >= end)
        members[event_id].append((caller or appeal_id, received_at, waits))
    burners = rank_slow_burners(
        [_matter(key, appeals, end) for key, appeals in members.items()], top=limit
    )
    events = Event.objects.in_bulk([burner.key for burner in burners])
    return [SlowMatter(event=events[burner.key], burner=burner) for burner in burners]


def _matter(key: int, appeals: list[tuple[Hashable, datetime, bool]], end: datetime) -> Matter:
    first: dict[Hashable, datetime] = {}
    for caller, received_at, _waits in appeals:
        first[caller] = min(received_at, first.get(caller, received_at))
    waiting = [received_at for _caller, received_at, waits in appeals if waits]
    return Matter(
        key=key,
        waits_days=tuple(_days(end - moment) for moment in first.values()),
        last_days=_days(end - max(received_at for _caller, received_at, _waits in appeals)),
        unresolved=len(waiting),
        oldest_unresolved_days=_days(end - min(waiting)) if waiting else 0.0,
    )


def _days(age: timedelta) -> float:
    return age.total_seconds() / 86_400


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
