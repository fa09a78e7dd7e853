"""Raise the alarms of some days, and try a bound on days gone by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.issues.alarm_facts import AlarmHistory, read_alarm_history
from civicloop.apps.issues.alarm_queries import days_with_appeals
from civicloop.apps.issues.alarm_words import AlarmNames, read_voices, tags_of
from civicloop.apps.issues.models import Alarm, AlarmBacktest, AlarmCheck
from civicloop.engines.hotness import alarm_values, plain_z
from civicloop.engines.hotness.alarm_values import LEAST_HISTORY_DAYS, AppealFacts, Watch
from civicloop.engines.hotness.alarms import PER_WEEK, watch
from civicloop.engines.hotness.sources import FEW_CALLERS, BusyWriter, busy_writers

WARM_UP_DAYS = 35  # days before the first one, so that what goes on is not taken for news
BACKTEST_DAYS = 364
ALARMS_KEPT = 500  # of a back-test
SAME_BURST_RATIO = 0.5  # of an alarm's appeals, in the plain z-score's alarm too
USUAL_PER_WEEK = PER_WEEK
LEAST_PER_WEEK, MOST_PER_WEEK = 0.1, 50.0


class TooLittleHistoryError(ValueError):
    """Nine weeks of appeals must lie before the day."""


class NoAppealsInDaysError(ValueError):
    """None of the days lies between the first appeal and the newest, whose days stand here."""

    def __init__(self, first_known: date, last_known: date) -> None:
        super().__init__(f"appeals are known from {first_known} to {last_known}")
        self.first_known = first_known
        self.last_known = last_known


def known_part(first_day: date, last_day: date) -> tuple[date, date]:
    """The first and last of some days between the first appeal and the newest.

    Raises:
        TooLittleHistoryError: There are no appeals at all.
        NoAppealsInDaysError: No day lies there.
    """
    known = days_with_appeals()
    if known is None:
        raise TooLittleHistoryError
    first, last = max(first_day, known[0]), min(last_day, known[1])
    if first > last:
        raise NoAppealsInDaysError(*known)
    return first, last


def raise_alarms(
    *, first_day: date, last_day: date, now: datetime, per_week: float = PER_WEEK
) -> AlarmCheck:
    """Find what rose on the days from ``first_day`` to ``last_day``; replaces those days' alarms.

    Each day is judged by what was received of it, against what is expected of the whole day: run during
    the day it raises no alarm that the end of the day would not, only sooner. Run again, it finds the
    same; an alarm that goes on is only brought up to date.

    Raises:
        TooLittleHistoryError: Fewer than nine weeks of appeals lie before ``last_day``.
        NoAppealsInDaysError: The days lie before the first appeal or after the newest.
    """
    first_day, last_day = known_part(first_day, last_day)
    warm_day = first_day - timedelta(days=WARM_UP_DAYS)
    history = read_alarm_history(first_day=warm_day, last_day=last_day)
    found = _watch(history, warm_day, last_day, per_week)
    writers = busy_writers(
        history.facts,
        first_day=history.number_of(first_day),
        last_day=history.number_of(last_day),
    )
    alarms = _alarms(history, found) + _writers(history, writers)
    return _keep(alarms, found, history, (first_day, last_day), per_week, now)


def _watch(history: AlarmHistory, first_day: date, last_day: date, per_week: float) -> Watch:
    last = history.number_of(last_day)
    if not history.appeals or last < LEAST_HISTORY_DAYS:
        raise TooLittleHistoryError
    return watch(
        history.facts, first_day=history.number_of(first_day), last_day=last, per_week=per_week
    )


def _alarms(history: AlarmHistory, found: Watch) -> list[Alarm]:
    names = AlarmNames(history)
    ids = {id(alarm): [history.appeals[row] for row in alarm.rows] for alarm in found.alarms}
    voices = read_voices(appeal for each in ids.values() for appeal in each)
    alarms = []
    for alarm in found.alarms:
        subject = names.subject_of(alarm.key)
        if subject is None:
            continue
        alarms.append(
            Alarm(
                key=subject.key,
                kind=subject.kind,
                topic_id=subject.topic_id,
                area_id=subject.area_id,
                event_id=subject.event_id,
                title=subject.title,
                place=subject.place,
                day=history.day_of(alarm.day),
                told_at=history.received_at[alarm.told_by],
                window_days=alarm.window_days,
                people_count=alarm.people,
                appeal_count=alarm.appeals,
                expected=alarm.expected,
                chance=alarm.score,
                bound=alarm.bound,
                tags=tags_of(ids[id(alarm)], voices),
                last_day=history.day_of(alarm.last_day),
                peak_day=history.day_of(alarm.peak_day),
                curve=_curve(history, alarm.curve),
            )
        )
    return alarms


def _curve(
    history: AlarmHistory, curve: alarm_values.AlarmCurve | None
) -> dict[str, str | list[int] | list[float]]:
    if curve is None:
        return {}
    return {
        "first_day": history.day_of(curve.first_day).isoformat(),
        "people": list(curve.people),
        "expected": [round(each, 3) for each in curve.expected],
        "upper": list(curve.upper),
    }


def _writers(history: AlarmHistory, writers: Sequence[BusyWriter]) -> list[Alarm]:
    """One citizen's many appeals: shown, though one citizen is no burst."""
    names = AlarmNames(history)
    alarms = []
    for writer in writers:
        subject = names.writer_of(history.appeals[row] for row in writer.rows)
        days = history.facts.day[writer.rows]
        first = int(days.min())
        alarms.append(
            Alarm(
                key=subject.key,
                kind=subject.kind,
                topic_id=subject.topic_id,
                area_id=subject.area_id,
                title=subject.title,
                place=subject.place,
                day=history.day_of(writer.day),
                told_at=history.received_at[int(writer.rows[-1])],
                window_days=writer.day - first + 1,
                people_count=1,
                appeal_count=len(writer.rows),
                expected=0.0,
                tags=[FEW_CALLERS],
                last_day=history.day_of(writer.day),
                peak_day=history.day_of(max(days.tolist(), key=days.tolist().count)),
                curve={},
            )
        )
    return alarms


@transaction.atomic
def _keep(
    alarms: Sequence[Alarm],
    found: Watch,
    history: AlarmHistory,
    days: tuple[date, date],
    per_week: float,
    now: datetime,
) -> AlarmCheck:
    first_day, last_day = days
    check, _is_new = AlarmCheck.objects.update_or_create(
        day=last_day,
        defaults={
            "first_day": first_day,
            "computed_at": now,
            "per_week": per_week,
            "series_count": found.series,
            "appeal_count": len(history.appeals),
        },
    )
    known = {(alarm.day, alarm.key): alarm for alarm in _known_since(first_day, last_day)}
    new = [alarm for alarm in alarms if (alarm.day, alarm.key) not in known]
    Alarm.objects.bulk_create([alarm for alarm in new if alarm.day >= first_day])
    for alarm in alarms:
        if (before := known.pop((alarm.day, alarm.key), None)) is not None:
            alarm.pk = before.pk
            alarm.save()
    gone = [alarm.pk for alarm in known.values() if alarm.day >= first_day]
    Alarm.objects.filter(pk__in=gone).delete()
    record_event(
        action="alarms_raised",
        object_type="alarm_check",
        object_id=check.pk,
        actor=None,
        now=now,
        details={
            "first_day": first_day.isoformat(),
            "day": last_day.isoformat(),
            "per_week": per_week,
            "alarms": sum(alarm.day >= first_day for alarm in alarms),
        },
    )
    return check


def _known_since(first_day: date, last_day: date) -> list[Alarm]:
    """The stored alarms of the days, and those before that may still go on."""
    since = first_day - timedelta(days=WARM_UP_DAYS)
    return list(Alarm.objects.filter(day__gte=since, day__lte=last_day))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """An alarm of a back-test beside what the plain z-score told of the same appeals."""

    alarm: alarm_values.Alarm
    plain_day: int | None


def run_backtest(
    *,
    first_day: date,
    last_day: date,
    now: datetime,
    per_week: float = PER_WEEK,
    actor: User | None = None,
) -> AlarmBacktest:
    """Tell which alarms a bound would have raised, and replace an earlier back-test of the same days.

    Days before the ninth week of appeals or after the newest appeal are left out; what is kept names
    the days that were looked at.

    Beside it stands a plain z-score whose threshold is set so that it raises as many alarms.

    Raises:
        TooLittleHistoryError: Fewer than nine weeks of appeals lie before ``last_day``.
        NoAppealsInDaysError: The days lie before the first appeal or after the newest.
    """
    first_day, last_day = known_part(first_day, last_day)
    history = read_alarm_history(first_day=first_day, last_day=last_day)
    found = _watch(history, first_day, last_day, per_week)
    plain = _as_many_plain(history.facts, found)
    return _keep_backtest(history, found, plain, per_week=per_week, now=now, actor=actor)


def _as_many_plain(facts: AppealFacts, found: Watch) -> list[alarm_values.Alarm]:
    scores = plain_z.PlainWatch(facts, first_day=found.first_day, last_day=found.last_day)
    return scores.loosest(lambda alarms: len(alarms) <= len(found.alarms))


@transaction.atomic
def _keep_backtest(
    history: AlarmHistory,
    found: Watch,
    plain: Sequence[alarm_values.Alarm],
    *,
    per_week: float,
    now: datetime,
    actor: User | None,
) -> AlarmBacktest:
    told = _beside(found.alarms, plain)
    backtest, _is_new = AlarmBacktest.objects.update_or_create(
        first_day=history.day_of(found.first_day),
        last_day=history.day_of(found.last_day),
        per_week=per_week,
        defaults={
            "computed_at": now,
            "appeal_count": len(history.appeals),
            "alarm_count": len(found.alarms),
            "result": _result(history, found, told, plain),
        },
    )
    record_event(
        action="alarms_backtested",
        object_type="alarm_backtest",
        object_id=backtest.pk,
        actor=actor,
        now=now,
        details={"alarms": len(found.alarms), "per_week": per_week},
    )
    return backtest


def _beside(
    alarms: Sequence[alarm_values.Alarm], plain: Sequence[alarm_values.Alarm]
) -> list[_Told]:
    """Find for each alarm the day on which the plain z-score told of half of its appeals."""
    days: dict[int, list[int]] = {}
    for number, alarm in enumerate(plain):
        for row in alarm.rows.tolist():
            days.setdefault(row, []).append(number)
    told = []
    for alarm in alarms:
        met: dict[int, int] = {}
        for row in alarm.rows.tolist():
            for number in days.get(row, ()):
                met[number] = met.get(number, 0) + 1
        same = [n for n, rows in met.items() if rows >= SAME_BURST_RATIO * len(alarm.rows)]
        told.append(_Told(alarm=alarm, plain_day=min((plain[n].day for n in same), default=None)))
    return told


def _result(
    history: AlarmHistory,
    found: Watch,
    told: Sequence[_Told],
    plain: Sequence[alarm_values.Alarm],
) -> dict[str, object]:
    """What the page of a back-test shows, as JSON."""
    leads = [alarm.peak_day - alarm.day for alarm in found.alarms]
    plain_leads = [alarm.peak_day - alarm.day for alarm in plain]
    both = [each.plain_day - each.alarm.day for each in told if each.plain_day is not None]
    return {
        "first_day": history.day_of(found.first_day).isoformat(),
        "weeks": found.weeks,
        "series": found.series,
        "lead_days": median(leads) if leads else None,
        "before_peak": sum(lead > 0 for lead in leads),
        "plain_alarms": len(plain),
        "plain_lead_days": median(plain_leads) if plain_leads else None,
        "plain_before_peak": sum(lead > 0 for lead in plain_leads),
        "plain_threshold": -plain[0].bound if plain else None,
        "plain_too": len(both),
        "plain_later_days": sum(both) / len(both) if both else None,
        "alarms": _listed(history, told[-ALARMS_KEPT:]),
    }


def _listed(history: AlarmHistory, told: Sequence[_Told]) -> list[dict[str, object]]:
    names = AlarmNames(history)
    listed: list[dict[str, object]] = []
    for each in reversed(told):
        subject = names.subject_of(each.alarm.key)
        if subject is None:
            continue
        alarm, plain_day = each.alarm, each.plain_day
        listed.append(
            {
                "day": history.day_of(alarm.day).isoformat(),
                "title": subject.title,
                "place": subject.place,
                "kind": subject.kind,
                "event": subject.event_id,
                "people": alarm.people,
                "expected": round(alarm.expected, 3),
                "window_days": alarm.window_days,
                "lead_days": alarm.peak_day - alarm.day,
                "plain_days_later": None if plain_day is None else plain_day - alarm.day,
            }
        )
    return listed
