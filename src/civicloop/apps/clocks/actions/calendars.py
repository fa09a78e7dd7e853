"""Change the calendar: each change makes a new version, the earlier ones stay as they were."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import Json, record_event
from civicloop.apps.clocks.actions.recounting import recount_waiting_clocks
from civicloop.apps.clocks.calendar_files import belongs, is_needless, read_calendar_file
from civicloop.apps.clocks.calendars import CalendarEntry, days_in_version
from civicloop.apps.clocks.library_years import library_years
from civicloop.apps.clocks.models import (
    CalendarDay,
    CalendarDayKind,
    CalendarVersion,
    CalendarYear,
)
from civicloop.engines.clocks import BusinessHours, InvalidHoursError

Spans = tuple[tuple[int, int], ...]

USUAL_HOURS: Spans = ((8 * 60 + 30, 12 * 60), (14 * 60 + 30, 18 * 60))


class CalendarRefusedError(ValueError):
    """These days cannot be a year's special days."""


@transaction.atomic
def seed_calendar(*, actor: User | None, now: datetime) -> CalendarVersion:
    """Add the years that the library knows and the table does not; what was edited stays.

    Returns the new version, or the latest when the library knows no other year.
    """
    known = set(CalendarYear.objects.values_list("year", flat=True))
    added = {year: days for year, days in library_years().items() if year not in known}
    latest = _latest_locked()
    if latest is not None and not added:
        return latest
    version = _new_version(latest, source="chinesecalendar", actor=actor, now=now)
    taken = {found.day for found in _days_now(latest)}
    entries = [entry for days in added.values() for entry in days if entry.day not in taken]
    _write_days(version, [], entries)
    CalendarYear.objects.bulk_create(CalendarYear(year=year, since=version) for year in added)
    years: Json = [str(year) for year in sorted(added)]
    _record("seed_calendar", version, actor, now, {"years": years})
    recount_waiting_clocks(actor=actor, now=now, reason=version.source)
    return version


def import_calendar_file(
    *, file: Path, day: date, actor: User | None, now: datetime, source: str = ""
) -> int:
    """Put a year's special days in place of those that are there; gives the number of rows.

    The file holds one year; days of the December before may stand in it, as they do in a notice
    whose New Year holiday begins in the old year: they are added to that year.

    Raises:
        ReferenceFileError: a row is wrong; nothing was loaded.
        NoTableError: it cannot be read.
    """
    year, entries = read_calendar_file(file, day=day)
    save_calendar_year(year=year, entries=entries, source=source or file.name, actor=actor, now=now)
    return len(entries)


@transaction.atomic
def save_calendar_year(
    *, year: int, entries: Sequence[CalendarEntry], source: str, actor: User | None, now: datetime
) -> CalendarVersion:
    """Make these the special days of the year, and add those of the December before.

    Clocks keep their end until somebody counts them again; those that waited for the year are
    counted now. Returns the new version, or the latest when nothing changes.

    Raises:
        CalendarRefusedError: a day twice, of another year, or a make-up day from Monday to Friday.
    """
    wanted = {entry.day: entry for entry in entries}
    wrong = [day for day in wanted if not belongs(day, year)]
    wrong += [day for day, entry in wanted.items() if is_needless(day, entry.kind)]
    if wrong or len(wanted) != len(entries):
        raise CalendarRefusedError(", ".join(map(str, wrong)) or "twice")
    latest = _latest_locked()
    kept = {found.day: found for found in _days_now(latest) if found.day.year == year}
    kept |= {found.day: found for found in _days_now(latest) if found.day in wanted}
    ended = [found for day, found in kept.items() if _entry_of(found) != wanted.get(day)]
    added = [
        entry for day, entry in wanted.items() if day not in kept or _entry_of(kept[day]) != entry
    ]
    is_known = CalendarYear.objects.filter(year=year).exists()
    if latest is not None and is_known and not ended and not added:
        return latest
    version = _new_version(latest, source=source, actor=actor, now=now)
    _write_days(version, ended, added)
    CalendarYear.objects.get_or_create(year=year, defaults={"since": version})
    details: dict[str, Json] = {
        "year": year,
        "source": source,
        "ended": [_words(_entry_of(found)) for found in ended],
        "added": [_words(entry) for entry in added],
    }
    _record("save_calendar_year", version, actor, now, details)
    recount_waiting_clocks(actor=actor, now=now, reason=source)
    return version


@transaction.atomic
def change_calendar_day(
    *,
    day: date,
    kind: CalendarDayKind | None,
    name: str,
    source: str,
    actor: User | None,
    now: datetime,
) -> CalendarVersion:
    """Say what one day is; without a kind it is what its weekday says.

    Raises:
        CalendarRefusedError: a make-up day from Monday to Friday, or a year that is not known.
    """
    if not CalendarYear.objects.filter(year=day.year).exists():
        raise CalendarRefusedError(str(day.year))
    entries = [
        _entry_of(found)
        for found in _days_now(_latest_locked())
        if found.day.year == day.year and found.day != day
    ]
    if kind is not None:
        entries.append(CalendarEntry(day, CalendarDayKind(kind), name))
    return save_calendar_year(year=day.year, entries=entries, source=source, actor=actor, now=now)


@transaction.atomic
def change_hours(
    *, spans: Spans, source: str, actor: User | None, now: datetime
) -> CalendarVersion:
    """Set the business hours of every worked day.

    Raises:
        CalendarRefusedError: they overlap, run backwards or are none.
    """
    try:
        BusinessHours(spans=spans)
    except InvalidHoursError:
        raise CalendarRefusedError(str(spans)) from None
    latest = _latest_locked()
    if latest is not None and _spans_of(latest) == spans:
        return latest
    version = _new_version(latest, source=source, actor=actor, now=now, spans=spans)
    hours: Json = [list(span) for span in spans]
    _record("change_hours", version, actor, now, {"hours": hours, "source": source})
    return version


def _latest_locked() -> CalendarVersion | None:
    """The latest version, kept from being succeeded by anybody else until this change is written."""
    return CalendarVersion.objects.select_for_update().order_by("-number").first()


def _days_now(latest: CalendarVersion | None) -> Sequence[CalendarDay]:
    return [] if latest is None else list(days_in_version(latest.number))


def _entry_of(found: CalendarDay) -> CalendarEntry:
    return CalendarEntry(found.day, CalendarDayKind(found.kind), found.name)


def _spans_of(version: CalendarVersion) -> Spans:
    return tuple((first, last) for first, last in version.hours)


def _new_version(
    latest: CalendarVersion | None,
    *,
    source: str,
    actor: User | None,
    now: datetime,
    spans: Spans | None = None,
) -> CalendarVersion:
    kept = USUAL_HOURS if latest is None else _spans_of(latest)
    return CalendarVersion.objects.create(
        number=1 if latest is None else latest.number + 1,
        made_at=now,
        actor=actor,
        source=source,
        hours=spans or kept,
    )


def _write_days(
    version: CalendarVersion, ended: Sequence[CalendarDay], added: Sequence[CalendarEntry]
) -> None:
    CalendarDay.objects.filter(pk__in=[found.pk for found in ended]).update(until=version)
    CalendarDay.objects.bulk_create(
        CalendarDay(day=entry.day, kind=entry.kind, name=entry.name, since=version)
        for entry in added
    )


def _words(entry: CalendarEntry) -> str:
    return f"{entry.day} {entry.kind} {entry.name}"


def _record(
    action: str,
    version: CalendarVersion,
    actor: User | None,
    now: datetime,
    details: dict[str, Json],
) -> None:
    record_event(
        action=action,
        object_type="calendar",
        object_id=version.number,
        actor=actor,
        now=now,
        details=details,
    )
