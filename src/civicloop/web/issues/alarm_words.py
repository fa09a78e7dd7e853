"""Alarms in words: how many, against what, how sure, from how many sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from civicloop.apps.issues.alarm_queries import is_over
from civicloop.apps.issues.models import Alarm, AlarmKind
from civicloop.web.charts import Chart, Series, chart
from civicloop.web.templatetags.wording import day as day_words
from civicloop.web.templatetags.wording import thousands

TAG_WORDS: Mapping[str, Promise] = {
    "few_callers": gettext_lazy("few citizens, many appeals"),
    "same_text": gettext_lazy("mostly one text"),
    "one_address": gettext_lazy("one address"),
}
SUREST = 1_000_000_000  # nothing more is said about what is less likely
DRAWN_DAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmWords:
    """One alarm as a row of a list."""

    alarm: Alarm
    sentence: str
    odds: str  # "" where nothing was tested
    tags: list[str]
    people: list[int]  # per day, the day of the alarm last
    is_over: bool


def alarm_words(alarm: Alarm, *, today: date) -> AlarmWords:
    """The words of an alarm, as it stands on the day of the newest check."""
    return AlarmWords(
        alarm=alarm,
        sentence=_sentence(alarm),
        odds=_odds(alarm.chance) if alarm.chance is not None else "",
        tags=[str(TAG_WORDS.get(tag, tag)) for tag in alarm.tags],
        people=_people_before(alarm),
        is_over=is_over(alarm, today),
    )


def _sentence(alarm: Alarm) -> str:
    numbers = {
        "people": thousands(alarm.people_count),
        "appeals": thousands(alarm.appeal_count),
        "days": alarm.window_days,
        "expected": expected_words(alarm.expected),
    }
    if alarm.kind == AlarmKind.SOURCE:
        words = ngettext(
            "one citizen wrote %(appeals)s appeals in %(days)s day",
            "one citizen wrote %(appeals)s appeals in %(days)s days",
            alarm.window_days,
        )
        return words % numbers
    words = ngettext(
        "%(people)s citizens on one day; expected %(expected)s",
        "%(people)s citizens in %(days)s days; expected %(expected)s",
        alarm.window_days,
    )
    return words % numbers


def expected_words(expected: float) -> str:
    """0.004 → less than 0.01; 0.25 → 0.25; 12.3 → 12.3."""
    if expected < 0.01:
        return _("less than 0.01")
    return f"{expected:.2f}" if expected < 10 else f"{expected:,.1f}"


def _odds(chance: float) -> str:
    times = 1 / max(chance, 1 / SUREST)
    if times >= SUREST:
        return _("less than 1 in %(times)s") % {"times": thousands(SUREST)}
    return _("1 in %(times)s") % {"times": thousands(_rounded(times))}


def _rounded(number: float) -> int:
    """Two digits are enough: 13,467 → 13,000."""
    digits = max(len(str(int(number))) - 2, 0)
    return int(round(number / 10**digits) * 10**digits)


def bound_words(bound: float) -> str:
    """The chance below which an alarm is raised."""
    return _odds(bound)


def plain_beside(result: Mapping[str, Any]) -> str:
    """How many of a back-test's bursts a plain z-score told, and how much later or earlier."""
    later: float | None = result["plain_later_days"]
    if later is None:
        return ""
    numbers = {"number": thousands(result["plain_too"]), "days": f"{abs(later):.1f}"}
    if numbers["days"] == "0.0":
        words = ngettext(
            "The plain z-score told %(number)s of the same bursts, on the same day.",
            "The plain z-score told %(number)s of the same bursts, on average on the same day.",
            result["plain_too"],
        )
    elif later > 0:
        words = ngettext(
            "The plain z-score told %(number)s of the same bursts, %(days)s days later.",
            "The plain z-score told %(number)s of the same bursts, on average %(days)s days later.",
            result["plain_too"],
        )
    else:
        words = ngettext(
            "The plain z-score told %(number)s of the same bursts, %(days)s days earlier.",
            "The plain z-score told %(number)s of the same bursts, on average %(days)s days earlier.",
            result["plain_too"],
        )
    return words % numbers


def _people_before(alarm: Alarm) -> list[int]:
    if not alarm.curve:
        return []
    until = (alarm.day - date.fromisoformat(alarm.curve["first_day"])).days + 1
    return list(alarm.curve["people"])[max(until - DRAWN_DAYS, 0) : until]


def alarm_chart(alarm: Alarm, told_on: Sequence[date]) -> Chart | None:
    """The alarm curve: what came, what was expected, what is usual at most, the days of alarms."""
    if not alarm.curve:
        return None
    first = date.fromisoformat(alarm.curve["first_day"])
    days = [first + timedelta(days=number) for number in range(len(alarm.curve["people"]))]
    series = [
        Series(name=_("Citizens"), values=alarm.curve["people"], is_bars=True),
        Series(name=_("Expected"), values=[round(each, 2) for each in alarm.curve["expected"]]),
        Series(name=_("At most, on 99 of 100 days"), values=alarm.curve["upper"], is_earlier=True),
    ]
    marks = [day for day in told_on if first <= day <= days[-1]]
    return chart(days, series, _curve_summary(alarm, marks), marks=marks)


def _curve_summary(alarm: Alarm, marks: Sequence[date]) -> str:
    lead = (alarm.peak_day - alarm.day).days
    peak = _("most citizens came on %(peak)s") % {"peak": day_words(alarm.peak_day)}
    if lead > 0:
        words = ngettext("%(lead)s day after the alarm", "%(lead)s days after the alarm", lead)
        peak = f"{peak}, {words % {'lead': lead}}"
    return _("Alarm on %(days)s (marked); %(peak)s; it stood out until %(last)s.") % {
        "days": ", ".join(day_words(day) for day in marks),
        "peak": peak,
        "last": day_words(alarm.last_day),
    }
