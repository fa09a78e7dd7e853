"""Who did and saw what in the whole installation: the audit administrator's page, without words of citizens."""

from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.accounts.words import words_now
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.audit.queries import events_page
from civicloop.apps.audit.verifying import last_check
from civicloop.web.requests import HtmxRequest

PAGE_SIZE = 50
LONGEST_NUMBER = 18  # digits that a database takes as a whole number


class Told(NamedTuple):
    """An event, and what it says as far as its reader may see it."""

    event: AuditEvent
    details: list[tuple[str, str]]


@require_safe
def events(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.VIEW_AUDIT)
    who, about = (request.GET.get(name, "").replace("\0", "").strip() for name in ("who", "about"))
    object_type, _space, object_id = about.partition(" ")
    before = request.GET.get("before", "")
    page = events_page(
        username=who,
        object_type=object_type,
        object_id=object_id.strip(),
        before=int(before) if before.isdecimal() and len(before) <= LONGEST_NUMBER else None,
        size=PAGE_SIZE,
    )
    context = {
        "events": [Told(event, _details(event)) for event in page.events],
        "older_than": page.older_than,
        "who": who,
        "about": about,
        "check": last_check(),
    }
    return render(request, "audit/events.html", context)


def _details(event: AuditEvent) -> list[tuple[str, str]]:
    return [(key, _shown(value)) for key, value in sorted(event.details.items())]


def _shown(value: object) -> str:
    """Numbers stand as they are, words may be a citizen's; of what is nested it is told how much."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, str):
        return words_now(value) or "–"
    if isinstance(value, list) and all(isinstance(one, int) for one in value):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, list | dict):
        return f"({len(value)})"
    return "–" if value is None else str(value)
