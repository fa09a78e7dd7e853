from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.jobs.actions import EntryNotInDoubtError, JobNotFailedError, retry_job
from civicloop.apps.jobs.models import JobState, OutboxEntry
from civicloop.apps.jobs.outbox import send_again
from civicloop.apps.jobs.queries import queue_overview
from civicloop.web.requests import HtmxRequest, actor_of

SHOWN = 20


@never_cache
@require_safe
def overview(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.WATCH_JOBS)
    now = timezone.now()
    queue = queue_overview(now=now, limit=SHOWN)
    return render(request, "jobs/overview.html", {"queue": queue, "now": now})


@require_POST
def retry(request: HtmxRequest, job_id: UUID) -> HttpResponse:
    require(request.user, Action.WATCH_JOBS)
    state = get_object_or_404(JobState, pk=job_id)
    try:
        retry_job(state=state, actor=actor_of(request), now=timezone.now())
        messages.success(request, _("The job waits for a worker again."))
    except JobNotFailedError:
        messages.error(request, _("Somebody else has tried this job again already."))
    return redirect("jobs:overview")


@require_POST
def send(request: HtmxRequest, entry_id: int) -> HttpResponse:
    require(request.user, Action.WATCH_JOBS)
    entry = get_object_or_404(OutboxEntry, pk=entry_id)
    try:
        send_again(entry=entry, actor=actor_of(request), now=timezone.now())
        messages.success(request, _("The message will be sent again."))
    except EntryNotInDoubtError:
        messages.error(request, _("This message is not in doubt any more."))
    return redirect("jobs:overview")
