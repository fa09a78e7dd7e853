"""Why a clock is due when it is, in a sentence; and what is to be done about a missing year."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from civicloop.apps.clocks.counting import last_day_of
from civicloop.apps.clocks.limits import steps_from_json
from civicloop.apps.clocks.models import CalendarVersion, Clock
from civicloop.engines.clocks import (
    ExtensionRule,
    Limit,
    RollRule,
    StartRule,
    Step,
    StepKind,
    TimeUnit,
)

HOLIDAY_NAMES: dict[str, str | Promise] = {
    "元旦": gettext_lazy("New Year's Day"),
    "春节": gettext_lazy("Spring Festival"),
    "清明节": gettext_lazy("Qingming Festival"),
    "劳动节": gettext_lazy("Labour Day"),
    "端午节": gettext_lazy("Dragon Boat Festival"),
    "中秋节": gettext_lazy("Mid-Autumn Festival"),
    "国庆节": gettext_lazy("National Day"),
}
PLURAL = 2
SECONDS_OF_A_DAY, SECONDS_OF_AN_HOUR = 86_400, 3_600


def explain(clock: Clock) -> str:
    """The whole reckoning of a clock in one sentence, in the reader's language."""
    if clock.waits_for_year is not None:
        return word_waiting(clock.waits_for_year)
    return explain_steps(steps_from_json(clock.explanation))


def explain_steps(steps: Sequence[Step]) -> str:
    return _(", ").join(_phrases(steps))


def word_due(clock: Clock) -> str:
    """When it is due: 2023-10-10 24:00."""
    if clock.due_at is None:
        return word_waiting(clock.waits_for_year or 0)
    return word_end(clock.due_at)


def word_end(moment: datetime) -> str:
    """The end of something; at midnight it is 24:00 of the day that ends."""
    local = timezone.localtime(moment)
    if (local.hour, local.minute) == (0, 0):
        return f"{last_day_of(moment)} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


def word_waiting(year: int) -> str:
    words = _("The holidays of %(year)s are not loaded yet; the end is not counted.")
    return words % {"year": year}


def word_missing_year(year: int) -> str:
    """The warning, with its cure."""
    words = _(
        "The calendar has no holidays and make-up days of %(year)s: limits that reach into it have no "
        "end until they are loaded (civicloop load calendar FILE, from the State Council's notice)."
    )
    return words % {"year": year}


def word_hours(version: CalendarVersion) -> str:
    """08:30-12:00, 14:30-18:00."""
    spans = [
        f"{first // 60:02d}:{first % 60:02d}-{last // 60:02d}:{last % 60:02d}"
        for first, last in version.hours
    ]
    return _(", ").join(spans)


def word_limit(limit: Limit) -> str:
    """5 working days; 60 days; 1 day, the first day counted."""
    words = word_count(limit.n, limit.unit)
    if limit.start == StartRule.SAME_DAY:
        words = _("%(count)s, the first day counted") % {"count": words}
    if limit.roll != RollRule.NONE:
        words = _("%(count)s, an end on a day off moves on") % {"count": words}
    return words


def word_rule(rule: ExtensionRule) -> str:
    """up to 3 times, each up to 3 working days."""
    told = {"count": rule.count, "n": word_count(rule.n, rule.unit), "days": rule.longest_days}
    words = ngettext(
        "%(count)s extension of at most %(n)s",
        "%(count)s extensions of at most %(n)s each",
        rule.count,
    )
    if rule.longest_days:
        return _("%(rule)s, %(days)s days in all") % {"rule": words % told, **told}
    return words % told


def word_holidays(names: str) -> str:
    """The names of a run of days off, in the reader's language."""
    known = [str(HOLIDAY_NAMES.get(name, name)) for name in names.split("、")]
    return _(" and ").join(known)


def word_count(n: Decimal, unit: TimeUnit) -> str:
    """5 working days, 0.5 working day, 30 minutes."""
    plain = f"{n.normalize():f}"
    number = PLURAL if n > 1 else 1
    words = {
        TimeUnit.MINUTE: ngettext("%(n)s minute", "%(n)s minutes", number),
        TimeUnit.HOUR: ngettext("%(n)s hour", "%(n)s hours", number),
        TimeUnit.WORKING_HOUR: ngettext("%(n)s working hour", "%(n)s working hours", number),
        TimeUnit.CALENDAR_DAY: ngettext("%(n)s day", "%(n)s days", number),
        TimeUnit.WORKING_DAY: ngettext("%(n)s working day", "%(n)s working days", number),
        TimeUnit.CALENDAR_MONTH: ngettext("%(n)s month", "%(n)s months", number),
    }
    return words[unit] % {"n": plain}


def word_length(seconds: int) -> str:
    """A stretch of time: 2 days 3 hours, 3 hours 20 minutes, 7 minutes."""
    days, rest = divmod(seconds, SECONDS_OF_A_DAY)
    hours, rest = divmod(rest, SECONDS_OF_AN_HOUR)
    parts = [(days, TimeUnit.CALENDAR_DAY), (hours, TimeUnit.HOUR), (rest // 60, TimeUnit.MINUTE)]
    told = [word_count(Decimal(n), unit) for n, unit in parts if n]
    if len(told) > 1:
        return _("%(larger)s %(smaller)s") % {"larger": told[0], "smaller": told[1]}
    return told[0] if told else word_count(Decimal(0), TimeUnit.MINUTE)


def word_left(length: timedelta, *, is_worked: bool) -> str:
    """What is left, or overdue, in the time that a limit counts: 35 working hours."""
    hours = length // timedelta(hours=1)
    if is_worked and hours:
        return word_count(Decimal(hours), TimeUnit.WORKING_HOUR)
    return word_length(int(length.total_seconds()))


def _phrases(steps: Sequence[Step]) -> Iterator[str]:
    for kind, group in groupby(steps, key=lambda step: step.kind):
        if kind == StepKind.MAKE_UP:
            yield _word_make_up([step.from_day for step in group if step.from_day])
        else:
            yield from (PHRASES[kind](step) for step in group)


def _word_make_up(days: Sequence[date]) -> str:
    words = ngettext("make-up workday %(days)s", "make-up workdays %(days)s", len(days))
    return words % {"days": _(" and ").join(map(_short, days))}


def _short(day: date | None) -> str:
    if day is None:
        return ""
    return _("%(month)02d-%(day)02d") % {"month": day.month, "day": day.day}


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def _count(step: Step) -> str:
    return word_count(step.n or Decimal(0), step.unit or TimeUnit.CALENDAR_DAY)


def _counted(step: Step) -> str:
    begin = _moment(step.at) if step.at else str(step.from_day)
    return _("%(count)s from %(day)s") % {"count": _count(step), "day": begin}


def _opened(step: Step) -> str:
    return _("begun at the opening, %(moment)s") % {"moment": _moment(step.at)}


def _holiday(step: Step) -> str:
    days = int(step.n or 0)
    words = ngettext("%(name)s %(days)s day off", "%(name)s %(days)s days off", days)
    return words % {"name": word_holidays(step.name), "days": days}


def _extended(step: Step) -> str:
    words = _("extended by %(count)s to %(day)s")
    return words % {"count": _count(step), "day": step.to_day}


def _paused(step: Step) -> str:
    told = {"moment": _moment(step.at), "length": word_length(step.seconds or 0)}
    if step.n is None:
        return _("paused from %(moment)s for %(length)s, which do not count") % told
    if not step.n:
        return _("paused from %(moment)s for %(length)s, which is no whole day") % told
    days = word_count(step.n, TimeUnit.CALENDAR_DAY)
    words = _("paused from %(moment)s for %(length)s, %(days)s given back")
    return words % (told | {"days": days})


def _paused_late(step: Step) -> str:
    return _("the pause from %(moment)s came after the end") % {"moment": _moment(step.at)}


def _standing(step: Step) -> str:
    return _("paused since %(moment)s") % {"moment": _moment(step.at)}


def _rolled(step: Step) -> str:
    told = {"day": _short(step.from_day), "name": word_holidays(step.name), "to": step.to_day}
    if step.name:
        return _("%(day)s is %(name)s, moved to %(to)s") % told
    return _("%(day)s is a day of rest, moved to %(to)s") % told


def _shortened(step: Step) -> str:
    words = _("shortened by a leader, otherwise due %(moment)s")
    return words % {"moment": word_end(step.at) if step.at else ""}


def _ends(step: Step) -> str:
    return _("due %(moment)s") % {"moment": word_end(step.at) if step.at else ""}


PHRASES: dict[StepKind, Callable[[Step], str]] = {
    StepKind.COUNTED: _counted,
    StepKind.OPENED: _opened,
    StepKind.HOLIDAY: _holiday,
    StepKind.EXTENDED: _extended,
    StepKind.PAUSED: _paused,
    StepKind.PAUSED_LATE: _paused_late,
    StepKind.STANDING: _standing,
    StepKind.ROLLED: _rolled,
    StepKind.SHORTENED: _shortened,
    StepKind.ENDS: _ends,
}
