"""What the site tells Prometheus: what is asked, how long it takes, what waits. Nothing of anybody.

Only with the extra `metrics`. The web processes count together (see `civicloop serve`); what waits is asked
of the database when Prometheus comes.
"""

import os
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from importlib.util import find_spec
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import MiddlewareNotUsed
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.dispatch.models import ENDED, WorkOrder
from civicloop.apps.jobs.library import TaskResultStatus, TaskRow
from civicloop.apps.jobs.models import OutboxEntry, OutboxState

IS_INSTALLED = find_spec("prometheus_client") is not None
TOGETHER = "PROMETHEUS_MULTIPROC_DIR"  # where the processes count together


class MetricsMiddleware:
    """Count each request by the name of its route, never by its address, and time it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not IS_INSTALLED:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        from civicloop.web.counts import count_request

        began = time.perf_counter()
        response = self.get_response(request)
        found = request.resolver_match
        route = found.view_name if found else "none"
        count_request(route, response.status_code, time.perf_counter() - began)
        return response


@never_cache
@require_safe
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for the addresses that the city names; for all others there is no such page."""
    if not (IS_INSTALLED and _may_read(request)):
        raise Http404
    from civicloop.web.counts import TYPE, written

    return HttpResponse(written(waiting(timezone.now())), TYPE)


def waiting(now: datetime) -> Iterable[tuple[str, str, float]]:
    """Name, meaning and value of what is asked of the database."""
    jobs = TaskRow.objects.filter(status=TaskResultStatus.READY, run_after__lte=now)
    oldest = jobs.order_by("run_after").values_list("run_after", flat=True).first()
    last = AuditEvent.objects.order_by("-id").values_list("at", flat=True).first()
    letters = OutboxEntry.objects.exclude(state=OutboxState.SENT)
    orders = WorkOrder.objects.exclude(state__in=ENDED)
    return [
        ("civicloop_open_orders", "Work orders that have not ended", orders.count()),
        ("civicloop_jobs_waiting", "Jobs that could run now", jobs.count()),
        ("civicloop_jobs_oldest_seconds", "How long the oldest of them waits", _age(oldest, now)),
        ("civicloop_outbox_entries", "Messages that are not known to be out", letters.count()),
        ("civicloop_audit_last_seconds", "Since the last audit event", _age(last, now)),
    ]


def _age(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0


def _may_read(request: HttpRequest) -> bool:
    """What came through a proxy that the city did not name is the proxy's address, not the asker's."""
    said = request.headers.get("X-Forwarded-For")
    if said is not None and not 0 < settings.TRUSTED_PROXIES <= len(said.split(",")):
        return False
    address = ip_address(request.META["REMOTE_ADDR"])
    return any(address in network for network in settings.METRICS_FROM)


def count_together(folder: str) -> None:
    """Before the web processes begin: each counts into files in this folder."""
    os.environ[TOGETHER] = folder
