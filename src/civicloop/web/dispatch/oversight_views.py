"""The supervision office's page: what is late, comes again, bounces or is red, and the sheets."""

from collections.abc import Iterator, Mapping

from django import forms
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.clocks.wording import word_end
from civicloop.apps.dispatch.models import SupervisionSheet
from civicloop.apps.dispatch.queries.oversight import (
    LEVELS,
    OF_SHEETS,
    OversightEntry,
    OversightFilters,
    OversightLook,
    all_entries,
    oversight_page,
)
from civicloop.apps.issues.tables import Table
from civicloop.web.dispatch.due_words import due_words
from civicloop.web.downloads import csv_download, xlsx_download
from civicloop.web.requests import HtmxRequest, actor_of
from civicloop.web.templatetags.lights import light_words

BIGGEST_NUMBER = 2**62
ROWS_IN_A_FILE = 100_000
DOWNLOADS = {"csv": csv_download, "xlsx": xlsx_download}
LOOK_WORDS: Mapping[OversightLook, Promise] = {
    OversightLook.OVERDUE: gettext_lazy("Overdue"),
    OversightLook.AGAIN: gettext_lazy("To be done again"),
    OversightLook.BOUNCED: gettext_lazy("Bounced twice or more"),
    OversightLook.RED: gettext_lazy("Red"),
    OversightLook.REMINDED: gettext_lazy("Nearly due"),
    OversightLook.SHEETS: gettext_lazy("Open sheets"),
    OversightLook.REPLIED: gettext_lazy("Replied sheets"),
    OversightLook.LEADERS: gettext_lazy("Leaders' instructions"),
    OversightLook.HELD_BACK: gettext_lazy("Held back"),
}
LOOK_REMARKS: Mapping[OversightLook, Promise] = {
    OversightLook.OVERDUE: gettext_lazy("The time is out and no reply is there; the latest first."),
    OversightLook.AGAIN: gettext_lazy("The citizen was not content, or the matter came back."),
    OversightLook.BOUNCED: gettext_lazy("Units have returned it twice or more; find who must act."),
    OversightLook.RED: gettext_lazy("Orders under a red sheet or before a joint meeting."),
    OversightLook.REMINDED: gettext_lazy("Level 0: the unit has been reminded, time is left."),
    OversightLook.SHEETS: gettext_lazy("The unit has not accounted for the order yet."),
    OversightLook.REPLIED: gettext_lazy("The unit has accounted for the order: read it, end it."),
    OversightLook.LEADERS: gettext_lazy(
        "Assigned within the day, told of in three, done in seven or in a month; then ended."
    ),
    OversightLook.HELD_BACK: gettext_lazy(
        "Overdue without a sheet, for the unit has had its sheets of the month: look at the unit."
    ),
}


class OversightForm(forms.Form):
    """What the address says; what it says wrongly is passed over."""

    look = forms.ChoiceField(choices=[(each.value, "") for each in OversightLook], required=False)
    unit = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST_NUMBER)
    level = forms.TypedChoiceField(
        choices=[(level, "") for level in LEVELS], coerce=int, empty_value=None, required=False
    )


def filters_of(query: QueryDict) -> OversightFilters:
    """The valid parts of the address."""
    form = OversightForm(query)
    form.is_valid()
    return OversightFilters(
        look=OversightLook(form.cleaned_data.get("look") or OversightLook.OVERDUE),
        unit_id=form.cleaned_data.get("unit"),
        level=form.cleaned_data.get("level"),
    )


@require_safe
def oversight(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.OVERSEE)
    user, now = actor_of(request), timezone.now()
    filters = filters_of(request.GET)
    page = oversight_page(user, filters, now=now, after=request.GET.get("after", ""))
    context = {
        "filters": filters,
        "is_of_sheets": filters.look in OF_SHEETS,
        "looks": [(each.value, LOOK_WORDS[each], page.counts[each]) for each in OversightLook],
        "remark": LOOK_REMARKS[filters.look],
        "page": page,
        "entries": [(entry, due_words(entry.due_at, now=now)) for entry in page.entries],
    }
    return render(request, "dispatch/oversight.html", context)


@require_safe
def export(request: HtmxRequest, format_: str) -> HttpResponseBase:
    """What the tab shows, as a table to be saved."""
    require(request.user, Action.OVERSEE)
    require(request.user, Action.EXPORT)
    if format_ not in DOWNLOADS:
        raise Http404
    now, filters = timezone.now(), filters_of(request.GET)
    entries = all_entries(actor_of(request), filters, now=now, most=ROWS_IN_A_FILE)
    name = f"supervision-{filters.look}-{timezone.localdate(now)}"
    return DOWNLOADS[format_](name, _table(entries))


def _table(entries: Iterator[OversightEntry]) -> Table:
    yield [
        _("Order"), _("Subject"), _("Unit"), _("State"), _("Due"), _("Round"), _("Returns"),
        _("Light"), _("Cause"), _("Replied"),
    ]  # fmt: skip
    for entry in entries:
        order, sheet = entry.order, entry.sheet
        yield [
            order.number,
            entry.title,
            str(entry.unit or ""),
            str(sheet.get_state_display() if sheet else order.get_state_display()),
            word_end(entry.due_at) if entry.due_at else "",
            order.round,
            order.return_count,
            "" if entry.level is None else light_words(entry.level),
            cause_words(sheet) if sheet else "",
            word_end(sheet.replied_at) if sheet and sheet.replied_at else "",
        ]


def cause_words(sheet: SupervisionSheet) -> str:
    """Why a sheet was issued, and by which leader."""
    return " · ".join(filter(None, [str(sheet.get_cause_display()), sheet.leader]))
