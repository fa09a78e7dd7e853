"""The calendar of worked days, and the limits with where each is from."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.clocks.actions import (
    CalendarRefusedError,
    change_calendar_day,
    change_hours,
    import_calendar_file,
    seed_calendar,
)
from civicloop.apps.clocks.calendar_files import NoTableError
from civicloop.apps.clocks.calendars import missing_year
from civicloop.apps.clocks.models import CalendarDayKind
from civicloop.apps.clocks.wording import word_hours, word_missing_year
from civicloop.apps.clocks.year_view import year_shown
from civicloop.apps.intake.wording import word_reference_problems, word_unreadable_file
from civicloop.apps.places.reference_files import ReferenceFileError
from civicloop.web.clocks.forms import DayForm, HoursForm, YearFileForm
from civicloop.web.clocks.preset_words import presets_shown
from civicloop.web.requests import HtmxRequest, actor_of, is_number

FIRST_YEAR, LAST_YEAR = 2000, 2100


@require_safe
def calendar(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.VIEW_CALENDAR)
    return _page(request, {})


@require_safe
def limits(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.VIEW_CALENDAR)
    context = {"presets": presets_shown(), "today": timezone.localdate()}
    return render(request, "clocks/limits.html", context)


def _page(request: HtmxRequest, bound: Mapping[str, forms.Form], status: int = 200) -> HttpResponse:
    now = timezone.now()
    shown = year_shown(_year_asked(request, timezone.localdate(now)))
    missing = missing_year(now)
    version = shown.version
    hours = word_hours(version) if version else ""
    context = {
        "shown": shown,
        "missing": word_missing_year(missing) if missing else "",
        "hours": hours,
        "year_form": YearFileForm(),
        "day_form": DayForm(),
        "hours_form": HoursForm(initial={"hours": hours}),
    }
    return render(request, "clocks/calendar.html", {**context, **bound}, status=status)


def _year_asked(request: HtmxRequest, today: date) -> int:
    asked = request.GET.get("year", "")
    year = int(asked) if is_number(asked) else today.year
    return year if FIRST_YEAR <= year <= LAST_YEAR else today.year


@require_POST
def import_year(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.EDIT_CALENDAR)
    form = YearFileForm(request.POST, request.FILES)
    if form.is_valid():
        problem = _import(request, form.cleaned_data["file"], form.cleaned_data["source"])
        if problem is None:
            return _done(request, _("The year is loaded."))
        form.add_error("file", problem)
    return _page(request, {"year_form": form}, status=422)


def _import(request: HtmxRequest, file: "UploadedFile[bytes]", source: str) -> str | None:
    """Load the table; what is wrong with it in words, if anything."""
    now = timezone.now()
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"year{Path(file.name or '').suffix.lower()}"
        path.write_bytes(file.read())
        try:
            import_calendar_file(
                file=path,
                source=source,
                day=timezone.localdate(now),
                actor=actor_of(request),
                now=now,
            )
        except ReferenceFileError as error:
            return word_reference_problems(error.problems)
        except NoTableError as error:
            return f"{file.name}: {word_unreadable_file(error.reason)}"
    return None


@require_POST
def change_day(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.EDIT_CALENDAR)
    form = DayForm(request.POST)
    if not form.is_valid():
        return _page(request, {"day_form": form}, status=422)
    known = form.cleaned_data
    try:
        change_calendar_day(
            day=known["day"],
            kind=CalendarDayKind(known["kind"]) if known["kind"] else None,
            name=known["name"],
            source=known["source"],
            actor=actor_of(request),
            now=timezone.now(),
        )
    except CalendarRefusedError:
        form.add_error("day", _refused_words())
        return _page(request, {"day_form": form}, status=422)
    return _done(request, _("The day is changed."), known["day"].year)


@require_POST
def change_business_hours(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.EDIT_CALENDAR)
    form = HoursForm(request.POST)
    if not form.is_valid():
        return _page(request, {"hours_form": form}, status=422)
    known = form.cleaned_data
    try:
        change_hours(
            spans=known["hours"],
            source=known["source"],
            actor=actor_of(request),
            now=timezone.now(),
        )
    except CalendarRefusedError:
        form.add_error("hours", _("The hours overlap or run backwards."))
        return _page(request, {"hours_form": form}, status=422)
    return _done(request, _("The business hours are changed."))


@require_POST
def seed(request: HtmxRequest) -> HttpResponse:
    """Load the years that the library knows and the table does not."""
    require(request.user, Action.EDIT_CALENDAR)
    seed_calendar(actor=actor_of(request), now=timezone.now())
    return _done(request, _("The years that the library knows are loaded."))


def _done(request: HtmxRequest, words: str, year: int | None = None) -> HttpResponseRedirect:
    messages.success(
        request,
        _(
            "%(done)s Open clocks keep their end until they are counted again on the server: %(command)s"
        )
        % {"done": words, "command": "civicloop calendar recount"},
    )
    address = reverse("clocks:calendar")
    return HttpResponseRedirect(f"{address}?year={year}" if year else address)


def _refused_words() -> str:
    return _(
        "This cannot be: the year is not loaded yet, or a make-up workday is no Saturday or Sunday."
    )
