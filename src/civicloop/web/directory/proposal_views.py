"""What happened speaks against some rules: look at them, and draft a version that follows it."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.dispatch.actions.directory import draft_from_doubts
from civicloop.apps.dispatch.concerned_words import unit_words
from civicloop.apps.dispatch.directory_facts import directory_on, read_units
from civicloop.apps.dispatch.queries.rule_doubts import rule_doubts
from civicloop.apps.dispatch.routing_words import area_words
from civicloop.apps.issues.queries import last_appeal_day
from civicloop.web.requests import HtmxRequest, actor_of

LOOKED_BACK = timedelta(days=365)


@require_http_methods(["GET", "HEAD", "POST"])
def proposals(request: HtmxRequest) -> HttpResponse:
    """The doubted rules of the version in force; a POST drafts a version without the doubts."""
    require(request.user, Action.EDIT_DIRECTORY)
    now = timezone.now()
    current, units = directory_on(timezone.localdate(now)), read_units()
    since = now - LOOKED_BACK
    if last := last_appeal_day():  # history that was imported may end long ago
        since = min(since, now - (timezone.localdate(now) - last) - LOOKED_BACK)
    doubts = rule_doubts(current, units, since=since) if current else []
    if request.method == "POST" and current and doubts:
        made = draft_from_doubts(version=current, doubts=doubts, actor=actor_of(request), now=now)
        words = _(
            "A draft with %(count)s changed rules; back-test it, then let somebody approve it."
        )
        messages.success(request, words % {"count": len(doubts)})
        return redirect("directory:directory_version", made.number)
    context = {
        "current": current,
        "since": since,
        "doubts": [
            {
                "doubt": doubt,
                "area": area_words(doubt.rule.area),
                "lead": unit_words(doubt.rule.lead, units.names),
                "solver": units.names[doubt.solver],
            }
            for doubt in doubts
        ],
    }
    return render(request, "directory/proposals.html", context)
