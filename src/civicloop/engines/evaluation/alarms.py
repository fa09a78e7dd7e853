"""Score alarms against bursts that are known to have happened.

* An alarm tells a burst that holds half of what exceeds its expectation.
* Recall within 48 hours: share of the bursts that a check told at most 48 hours after the burst's first
  appeal. The check is the one that alarms ran at: checks on the hour see an appeal at the next full hour.
* Recall within so many days: share of the bursts that an alarm told by the end of that day after the
  burst's first; day 0 is the first day itself.
* False alarms a week: alarms that tell no known burst.
* Lead: days from the first alarm to the day on which the burst had most appeals.

Source: own work.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

SOON = timedelta(hours=48)


class AlarmGoldError(ValueError):
    """There is nothing to measure on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBurst:
    """A burst, by its days in days of any calendar."""

    first_day: int
    first_at: datetime | None = None  # of its first appeal; None: not known
    peak_day: int | None = None  # with most appeals; the last of equal days; None: not known


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAlarm:
    """The day of an alarm and the burst it tells of: its place in the list, None for none."""

    day: int
    burst: int | None
    checked_at: datetime | None = None  # when the check that raised it ran; None: not known


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmScore:
    """How soon bursts were told, and at the price of how many false alarms."""

    bursts: int
    alarms: int
    recall: float  # told at all
    recall_48_hours: float | None  # within 48 hours of the first appeal; None: times not known
    recall_1_day: float  # by the end of the day after the first: never later than 48 hours
    recall_2_days: float  # by the end of the second day after the first
    false_per_week: float
    median_lead_days: float | None  # of the bursts told; below 0: after the peak


def burst_told(appeals: Set[int], expected: float, bursts: Sequence[Set[int]]) -> int | None:
    """Return which burst an alarm tells: two of its appeals, and half of what exceeds expectation.

    Args:
        appeals: The appeals of the alarm.
        expected: How many of them were expected.
        bursts: The appeals of each burst.

    Returns:
        The place of the burst with most appeals in the alarm; None when it tells none.
    """
    shared = [len(appeals & burst) for burst in bursts]
    best = max(range(len(bursts)), key=lambda number: shared[number], default=None)
    if best is None or shared[best] < max(2.0, (len(appeals) - expected) / 2):
        return None
    return best


def score_alarms(
    alarms: Sequence[ToldAlarm], bursts: Sequence[KnownBurst], *, weeks: float
) -> AlarmScore:
    """Score alarms of some weeks against the bursts that began in them.

    Raises:
        AlarmGoldError: No burst, or no time.
    """
    if not bursts or weeks <= 0:
        raise AlarmGoldError(f"{len(bursts)} bursts in {weeks} weeks")
    told: dict[int, int] = {}
    for alarm in alarms:
        if alarm.burst is not None:
            told[alarm.burst] = min(alarm.day, told.get(alarm.burst, alarm.day))
    in_time = {
        alarm.burst
        for alarm in alarms
        if alarm.burst is not None and _is_soon(alarm, bursts[alarm.burst])
    }
    delays = [day - bursts[burst].first_day for burst, day in told.items()]
    leads = [
        peak - day for burst, day in told.items() if (peak := bursts[burst].peak_day) is not None
    ]
    return AlarmScore(
        bursts=len(bursts),
        alarms=len(alarms),
        recall=len(told) / len(bursts),
        recall_48_hours=None
        if any(burst.first_at is None for burst in bursts)
        else len(in_time) / len(bursts),
        recall_1_day=sum(delay <= 1 for delay in delays) / len(bursts),
        recall_2_days=sum(delay <= 2 for delay in delays) / len(bursts),
        false_per_week=sum(alarm.burst is None for alarm in alarms) / weeks,
        median_lead_days=median(leads) if leads else None,
    )


def _is_soon(alarm: ToldAlarm, burst: KnownBurst) -> bool:
    if alarm.checked_at is None or burst.first_at is None:
        return False
    return alarm.checked_at - burst.first_at <= SOON
